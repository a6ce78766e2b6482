"""Addresses of people."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…> and <relation:…>
from accounts import phone_sign_in, phone_views, safety_views, views

app_name = "accounts"
urlpatterns = [
    path("time-zone/", views.time_zone, name="time_zone"),
    path("me/", views.edit_profile, name="welcome"),
    path("me/safety/", safety_views.safety, name="safety"),
    path("me/phone/", phone_views.phone, name="phone"),
    path("me/phone/code/", phone_views.code, name="phone_code"),
    path("me/phone/remove/", phone_views.remove, name="phone_remove"),
    path("accounts/phone/", phone_sign_in.ask, name="phone_sign_in"),
    path("accounts/phone/code/", phone_sign_in.code, name="phone_sign_in_code"),
    path("people/<public_id:public_id>/", views.show_profile, name="profile"),
    path("people/<public_id:public_id>/<relation:relation>/", views.relate, name="relate"),
]
