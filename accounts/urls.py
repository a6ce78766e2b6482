"""Addresses of people."""

from django.urls import include, path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…> and the like
from accounts import (
    deletion_views,
    notice_views,
    own_data_views,
    people_views,
    phone_sign_in,
    phone_views,
    photo_views,
    safety_views,
    views,
)

app_name = "accounts"
urlpatterns = [
    path("time-zone/", views.time_zone, name="time_zone"),
    path("me/", views.edit_profile, name="welcome"),
    path("me/name/withdraw/", views.withdraw_name, name="withdraw_name"),
    path("me/photo/", photo_views.edit_photo, name="edit_photo"),
    path("me/blocked/", people_views.blocked, name="blocked"),
    path("me/muted/", people_views.muted, name="muted"),
    path("photos/<public_id:name>/<int:size>.webp", photo_views.photo, name="photo"),
    path("people/", people_views.find, name="people"),
    path("people/<public_id:public_id>/<follow_list:which>/", people_views.follow_list, name="follow_list"),
    path("me/safety/", safety_views.safety, name="safety"),
    path("me/phone/", phone_views.phone, name="phone"),
    path("me/phone/code/", phone_views.code, name="phone_code"),
    path("me/phone/remove/", phone_views.remove, name="phone_remove"),
    path("accounts/phone/", phone_sign_in.ask, name="phone_sign_in"),
    path("accounts/phone/code/", phone_sign_in.code, name="phone_sign_in_code"),
    path("me/account/", own_data_views.account, name="account"),
    path("me/data/", own_data_views.data, name="data"),
    path("me/data/progress/", own_data_views.export_progress, name="export_progress"),
    path("me/data/<public_id:public_id>.zip", own_data_views.download, name="download"),
    path("me/agreements/", own_data_views.agreements, name="agreements"),
    path("me/delete/", deletion_views.delete, name="delete"),
    path("me/undo/", deletion_views.undo, name="undo"),
    path("me/notifications/", notice_views.choose, name="notices"),
    path("notices/<str:token>/", notice_views.stop, name="stop_notices"),
    path("documents/<slug:name>/", own_data_views.show_document, name="document"),
    path("documents/<slug:name>/<slug:version>/", own_data_views.show_document, name="document_version"),
    path("me/claims/", include("accounts.claims.urls")),
    path("people/<public_id:public_id>/", views.show_profile, name="profile"),
    path("people/<public_id:public_id>/<relation:relation>/", views.relate, name="relate"),
]
