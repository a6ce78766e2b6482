"""Addresses of one's claims, under `/me/claims/`; their names are those of accounts."""

from django.urls import path

from accounts.claims import views

urlpatterns = [
    path("", views.mine, name="claims"),
    path("work-email/", views.work_email, name="claim_work_email"),
    path("work-email/code/", views.code, name="claim_code"),
    path("document/", views.ask_for, {"kind": "document"}, name="claim_document"),
    path("licence/", views.ask_for, {"kind": "licence"}, name="claim_licence"),
    path("<public_id:public_id>/answer/", views.answer, name="claim_answer"),
    path("<public_id:public_id>/renew/", views.renew, name="claim_renew"),
    path("<public_id:public_id>/withdraw/", views.withdraw, name="claim_withdraw"),
]
