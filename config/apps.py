"""The project's own application: system checks, and the admin behind MiTalk's sign-in."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig

from config import sentry


class MiTalkConfig(AppConfig):
    """Registers what belongs to the whole installation rather than to one app."""

    name = "config"

    def ready(self) -> None:
        from config import checks, deploy_checks, seeing_checks, speech_checks  # noqa: F401 - importing registers them

        if seeing_checks.has_sentry():
            sentry.start(settings.MITALK_SENTRY_DSN, environment=settings.MITALK_SENTRY_ENVIRONMENT)


class MiTalkAdminConfig(AdminConfig):
    """Django's admin with MiTalk's site, whose sign-in is allauth's."""

    default_site = "config.admin.MiTalkAdminSite"
