"""Addresses of people."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.edit_profile, name="welcome"),
    path("people/<str:public_id>/", views.show_profile, name="profile"),
]
