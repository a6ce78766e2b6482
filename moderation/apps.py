"""How rooms stay fit to be in."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports, evidence, sanctions and appeals, above the apps they judge."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Be the one who keeps reports, and evidence of what they are about; who judges what people write; who says what
        members may not do, and tells them why."""
        from accounts import account_page
        from accounts.hooks import (
            register_delay,
            register_explained,
            register_held_page,
            register_text_gate,
            register_waiting_words,
            register_with_the_account,
            when_restored,
        )
        from moderation import limits, notices, personal_data, services, standing
        from moderation.account_entries import ENTRIES
        from moderation.gate import Gate
        from moderation.needed import needed
        from moderation.services import (
            all_suspensions_lifted,
            note_listening,
            orders_for,
            take_report,
            take_sealed,
            take_spotted,
        )
        from moderation.services.outcomes import register_notices
        from moderation.speech_phrases import phrases
        from moderation.terms import changed
        from rooms.bench import more
        from rooms.hooks import (
            register_evidence,
            register_limits,
            register_needed,
            register_phrases,
            register_reports,
            register_speech,
            register_waiting,
        )

        register_reports(take_report)
        register_evidence(orders_for, take_sealed)
        register_needed(needed)
        register_phrases(phrases)
        register_speech(take_spotted, note_listening)
        register_text_gate(Gate())
        register_waiting(services.waiting_in, services.take_back)
        register_waiting_words(services.waiting_words_of)
        more.register("text", "moderation.bench_text")
        for signal in (post_save, post_delete):
            signal.connect(
                lambda **_more: changed(), sender="moderation.Term", weak=False, dispatch_uid="moderation.terms"
            )
        register_delay(personal_data.open_reports_delay)
        register_limits(limits.limits_of_many, limits.silenced)
        when_restored(all_suspensions_lifted)
        register_explained(standing.is_explained)
        register_with_the_account("has_standing_news", standing.has_news)
        register_held_page(standing.note_held)
        notices.register()
        account_page.add(*ENTRIES)
        register_notices()
        personal_data.register()
