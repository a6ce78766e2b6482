"""Addresses of reports, and of one's standing."""

from django.urls import path, register_converter

from accounts import converters
from moderation import report_views, views
from moderation.models import ReportKind


class KindConverter(converters.PublicIdConverter):
    """What can be reported."""

    regex = "|".join(ReportKind.values)


register_converter(KindConverter, "report_kind")

app_name = "moderation"
urlpatterns = [
    path("report/<report_kind:kind>/<public_id:public_id>/", report_views.report, name="report"),
    path("r/<public_id:public_id>/afterwards/", report_views.afterwards, name="afterwards"),
    path("reports/", report_views.mine, name="mine"),
    path("me/standing/", views.standing, name="standing"),
    path("me/standing/link/<str:token>/", views.standing_link, name="standing_link"),
    path("me/standing/<public_id:public_id>/appeal/", views.appeal, name="appeal"),
    path("me/standing/<public_id:public_id>/voice.wav", views.own_voice_sound, name="own_voice"),
]
