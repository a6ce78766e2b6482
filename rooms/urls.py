"""Addresses of rooms."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…>
from rooms import host_views, ping_views, programme_views, views

app_name = "rooms"
urlpatterns = [
    path("", views.front, name="front"),
    path("hallway/", views.hallway, name="hallway"),
    path("check/", views.check, name="check"),
    path("topics/new/", views.new_topic, name="new_topic"),
    path("topics/<public_id:public_id>/follow/", views.follow_topic, {"follow": True}, name="follow_topic"),
    path("topics/<public_id:public_id>/unfollow/", views.follow_topic, {"follow": False}, name="unfollow_topic"),
    path("search/", views.search, name="search"),
    path("programme/", programme_views.programme, name="programme"),
    path("calendar/", programme_views.calendar, name="calendar"),
    path("calendar/<calendar_token:token>.ics", programme_views.calendar_feed, name="calendar_feed"),
    path("rooms/new/", views.new_room, name="new_room"),
    path("rooms/schedule/", programme_views.schedule, name="schedule"),
    path("r/<public_id:public_id>/", views.room, name="room"),
    path("r/<public_id:public_id>/link/", views.pinned_link, name="link"),
    path("r/<public_id:public_id>/qr.svg", views.qr_code, name="qr_code"),
    path("r/<public_id:public_id>/ping/", ping_views.ping, name="ping"),
    path("pings/<public_id:public_id>/put-away/", ping_views.put_away, name="put_ping_away"),
    path("r/<public_id:public_id>/choices/", host_views.choices, name="choices"),
    path("r/<public_id:public_id>/guest-list/", host_views.change_guest_list, name="change_guest_list"),
    path("r/<public_id:public_id>/confidentiality/", host_views.change_confidentiality, name="change_confidentiality"),
    path("r/<public_id:public_id>/open/", programme_views.start, name="open_scheduled"),
    path("r/<public_id:public_id>/edit/", programme_views.edit, name="edit"),
    path("r/<public_id:public_id>/cancel/", programme_views.cancel, name="cancel"),
    path("r/<public_id:public_id>/going/", programme_views.going, name="going"),
    path("r/<public_id:public_id>/phase/", programme_views.phase, name="phase"),
    path("r/<public_id:public_id>/co-hosts/", programme_views.co_hosts, name="co_hosts"),
    path("r/<public_id:public_id>/co-host/", programme_views.answer_co_host, name="answer_co_host"),
    path("r/<public_id:public_id>/event.ics", programme_views.event_file, name="event_file"),
]
