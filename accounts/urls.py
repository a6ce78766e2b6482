"""Addresses of people."""

from django.urls import include, path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…> and <relation:…>
from accounts import safety_views, views

app_name = "accounts"
urlpatterns = [
    path("time-zone/", views.time_zone, name="time_zone"),
    path("me/", views.edit_profile, name="welcome"),
    path("me/safety/", safety_views.safety, name="safety"),
    path("me/claims/", include("accounts.claims.urls")),
    path("people/<public_id:public_id>/", views.show_profile, name="profile"),
    path("people/<public_id:public_id>/<relation:relation>/", views.relate, name="relate"),
]
