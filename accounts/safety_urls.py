"""Pages that take the place of allauth's at the same addresses."""

from django.urls import path

from accounts import safety_views

urlpatterns = [
    path("2fa/", safety_views.to_safety, name="mfa_index"),
    path("sessions/", safety_views.list_sessions, name="usersessions_list"),
]
