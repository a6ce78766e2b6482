"""Addresses of people."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…> and <relation:…>
from accounts import people_views, phone_sign_in, phone_views, photo_views, safety_views, views

app_name = "accounts"
urlpatterns = [
    path("time-zone/", views.time_zone, name="time_zone"),
    path("me/", views.edit_profile, name="welcome"),
    path("me/name/withdraw/", views.withdraw_name, name="withdraw_name"),
    path("me/photo/", photo_views.edit_photo, name="edit_photo"),
    path("me/blocked/", people_views.blocked, name="blocked"),
    path("photos/<public_id:name>/<int:size>.webp", photo_views.photo, name="photo"),
    path("people/", people_views.find, name="people"),
    path("people/<public_id:public_id>/<follow_list:which>/", people_views.follow_list, name="follow_list"),
    path("me/safety/", safety_views.safety, name="safety"),
    path("me/phone/", phone_views.phone, name="phone"),
    path("me/phone/code/", phone_views.code, name="phone_code"),
    path("me/phone/remove/", phone_views.remove, name="phone_remove"),
    path("accounts/phone/", phone_sign_in.ask, name="phone_sign_in"),
    path("accounts/phone/code/", phone_sign_in.code, name="phone_sign_in_code"),
    path("people/<public_id:public_id>/", views.show_profile, name="profile"),
    path("people/<public_id:public_id>/<relation:relation>/", views.relate, name="relate"),
]
