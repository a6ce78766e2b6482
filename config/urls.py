"""Every address of MiTalk, by app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("rooms.urls")),
    path("", include("accounts.urls")),
    path("", include("invites.urls")),
    path("", include("moderation.urls")),
    path("accounts/", include("accounts.safety_urls")),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("staff/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
