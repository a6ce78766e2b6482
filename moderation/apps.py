"""How rooms stay fit to be in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports and evidence; sanctions will live here too, above the apps they judge."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Be the one who keeps reports, and evidence of what they are about."""
        from accounts import account_page
        from accounts.hooks import register_delay
        from moderation import personal_data
        from moderation.account_entries import ENTRIES
        from moderation.services import orders_for, take_report, take_sealed
        from moderation.services.outcomes import register_notices
        from rooms.hooks import register_evidence, register_reports

        register_reports(take_report)
        register_evidence(orders_for, take_sealed)
        register_delay(personal_data.open_reports_delay)
        personal_data.register()
        register_notices()
        account_page.add(*ENTRIES)
