"""Addresses of WebSockets."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…>
from rooms.signalling.consumer import RoomConsumer
from rooms.signalling.sound_check import SoundCheckConsumer

websocket_urlpatterns = [
    path("ws/rooms/<public_id:public_id>/", RoomConsumer.as_asgi()),
    path("ws/check/", SoundCheckConsumer.as_asgi()),
]
