"""The project's own application: system checks, and the admin behind MiTalk's sign-in."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class MiTalkConfig(AppConfig):
    """Registers what belongs to the whole installation rather than to one app."""

    name = "config"

    def ready(self) -> None:
        from config import checks, deploy_checks, speech_checks  # noqa: F401 - importing registers them


class MiTalkAdminConfig(AdminConfig):
    """Django's admin with MiTalk's site, whose sign-in is allauth's."""

    default_site = "config.admin.MiTalkAdminSite"
