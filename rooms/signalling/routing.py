"""Addresses of WebSockets."""

from django.urls import path

from rooms.signalling.consumer import RoomConsumer

websocket_urlpatterns = [path("ws/rooms/<str:public_id>/", RoomConsumer.as_asgi())]
