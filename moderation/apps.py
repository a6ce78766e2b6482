"""How rooms stay fit to be in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports; evidence and sanctions will live here too, above the apps they judge."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Be the one who keeps reports."""
        from accounts.hooks import register_delay
        from moderation import personal_data
        from moderation.services import take_report
        from rooms.hooks import register_reports

        register_reports(take_report)
        register_delay(personal_data.open_reports_delay)
        personal_data.register()
