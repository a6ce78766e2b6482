"""Addresses of invites."""

from django.urls import path

from invites import apply_views, member_views, never_views, views

app_name = "invites"
urlpatterns = [
    path("join/", views.how_to_get_in, name="how_to_get_in"),
    path("join/again/", views.start_again, name="start_again"),
    path("join/apply/", apply_views.apply, name="apply"),
    path("join/apply/code/", apply_views.code, name="apply_code"),
    path("application/<str:token>/", apply_views.application, name="application"),
    path("vouch/<public_id:public_id>/", apply_views.vouch, name="vouch"),
    path("join/phone/", views.prove, name="prove"),
    path("invites/", member_views.mine, name="mine"),
    path("invites/new/", member_views.make, name="make"),
    path("invites/<public_id:public_id>/renew/", member_views.renew, name="renew"),
    path("invites/<public_id:public_id>/revoke/", member_views.revoke, name="revoke"),
    path("never/", never_views.ask, name="never_ask"),
    path("never/code/", never_views.code, name="never_code"),
    path("never/<str:token>/", never_views.never, name="never"),
    path("i/<str:code>/", views.preview, name="preview"),
    path("i/<str:code>/accept/", views.accept, name="accept"),
]
