"""Addresses of one's standing."""

from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("me/standing/", views.standing, name="standing"),
    path("me/standing/link/<str:token>/", views.standing_link, name="standing_link"),
    path("me/standing/<public_id:public_id>/appeal/", views.appeal, name="appeal"),
    path("me/standing/<public_id:public_id>/voice.wav", views.own_voice_sound, name="own_voice"),
]
