"""The staff's site."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class MiTalkAdminSite(AdminSite):
    """Staff sign in where everybody does, so limits and later the second factor hold here too."""

    site_header = _("MiTalk staff")
    site_title = _("MiTalk staff")
    index_title = _("What needs attention")

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Send to MiTalk's sign-in instead of the admin's own form."""
        return secure_admin_login(super().login)(request, extra_context=extra_context)
