"""Addresses of invites."""

from django.urls import path

from invites import views

app_name = "invites"
urlpatterns = [
    path("i/<str:code>/", views.preview, name="preview"),
    path("i/<str:code>/accept/", views.accept, name="accept"),
]
