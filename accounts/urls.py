"""Addresses of people."""

from django.urls import path

from accounts import converters as _converters  # noqa: F401 - registers <public_id:…> and <relation:…>
from accounts import deletion_views, notice_views, own_data_views, safety_views, views

app_name = "accounts"
urlpatterns = [
    path("time-zone/", views.time_zone, name="time_zone"),
    path("me/", views.edit_profile, name="welcome"),
    path("me/safety/", safety_views.safety, name="safety"),
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
    path("people/<public_id:public_id>/", views.show_profile, name="profile"),
    path("people/<public_id:public_id>/<relation:relation>/", views.relate, name="relate"),
]
