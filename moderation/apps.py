"""How rooms stay fit to be in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports and evidence; sanctions will live here too, above the apps they judge."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Be the one who keeps reports, and evidence of what they are about."""
        from accounts.hooks import register_delay
        from moderation import personal_data
        from moderation.services import note_listening, orders_for, take_report, take_sealed, take_spotted
        from moderation.speech_phrases import phrases
        from rooms.hooks import register_evidence, register_phrases, register_reports, register_speech

        register_reports(take_report)
        register_evidence(orders_for, take_sealed)
        register_phrases(phrases)
        register_speech(take_spotted, note_listening)
        register_delay(personal_data.open_reports_delay)
        personal_data.register()
