"""Addresses of invites."""

from django.urls import path

from invites import views

app_name = "invites"
urlpatterns = [
    path("join/", views.how_to_get_in, name="how_to_get_in"),
    path("join/again/", views.start_again, name="start_again"),
    path("i/<str:code>/", views.preview, name="preview"),
    path("i/<str:code>/accept/", views.accept, name="accept"),
]
