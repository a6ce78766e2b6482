"""Addresses of rooms."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…>
from rooms import views

app_name = "rooms"
urlpatterns = [
    path("", views.front, name="front"),
    path("hallway/", views.hallway, name="hallway"),
    path("check/", views.check, name="check"),
    path("topics/new/", views.new_topic, name="new_topic"),
    path("rooms/new/", views.new_room, name="new_room"),
    path("r/<public_id:public_id>/", views.room, name="room"),
    path("r/<public_id:public_id>/open/", views.open_scheduled, name="open_scheduled"),
]
