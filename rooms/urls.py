"""Addresses of rooms."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…>
from rooms import host_views, ping_views, views

app_name = "rooms"
urlpatterns = [
    path("", views.front, name="front"),
    path("hallway/", views.hallway, name="hallway"),
    path("check/", views.check, name="check"),
    path("topics/new/", views.new_topic, name="new_topic"),
    path("rooms/new/", views.new_room, name="new_room"),
    path("r/<public_id:public_id>/", views.room, name="room"),
    path("r/<public_id:public_id>/link/", views.pinned_link, name="link"),
    path("r/<public_id:public_id>/open/", views.open_scheduled, name="open_scheduled"),
    path("r/<public_id:public_id>/qr.svg", views.qr_code, name="qr_code"),
    path("r/<public_id:public_id>/ping/", ping_views.ping, name="ping"),
    path("pings/<public_id:public_id>/put-away/", ping_views.put_away, name="put_ping_away"),
    path("r/<public_id:public_id>/choices/", host_views.choices, name="choices"),
    path("r/<public_id:public_id>/guest-list/", host_views.change_guest_list, name="change_guest_list"),
    path("r/<public_id:public_id>/confidentiality/", host_views.change_confidentiality, name="change_confidentiality"),
]
