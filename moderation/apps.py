"""How rooms stay fit to be in."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports and evidence; sanctions will live here too, above the apps they judge."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Be the one who keeps reports, and evidence of what they are about, and who judges what people write."""
        from accounts.hooks import register_delay, register_text_gate, register_waiting_words
        from moderation import personal_data, services
        from moderation.gate import Gate
        from moderation.services import orders_for, take_report, take_sealed
        from moderation.terms import changed
        from rooms.bench import more
        from rooms.hooks import register_evidence, register_reports, register_waiting

        register_reports(take_report)
        register_evidence(orders_for, take_sealed)
        register_text_gate(Gate())
        register_waiting(services.waiting_in, services.take_back)
        register_waiting_words(services.waiting_words_of)
        more.register("text", "moderation.bench_text")
        for signal in (post_save, post_delete):
            signal.connect(
                lambda **_more: changed(), sender="moderation.Term", weak=False, dispatch_uid="moderation.terms"
            )
        register_delay(personal_data.open_reports_delay)
        personal_data.register()
