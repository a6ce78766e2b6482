"""The one gate through which everything goes that members write: see accounts.written."""

from typing import Any

from accounts import clock
from accounts.models import User
from accounts.written import Place, Verdict
from moderation import services
from moderation.models import FlagSource
from moderation.terms import compiled_terms
from moderation.text.finding import SEVERITY, Outcome


class Gate:
    """Judges by the lists of terms."""

    def check(self, where: str, text: str, *, language: str = "", by: User | None = None, room: Any = None) -> Verdict:
        """What becomes of a text. Nothing else happens."""
        compiled = compiled_terms.now()
        matches = compiled.lists.find(text)
        if not matches:
            return Verdict()
        worst = max(matches, key=lambda match: SEVERITY[match.term.outcome])
        patterns = dict.fromkeys(compiled.entries[match.term.key].pattern for match in matches)
        because = ", ".join(patterns)[:200]
        return Verdict(Outcome(worst.term.outcome).value, compiled.entries[worst.term.key].reason, because)

    def flag(self, place: Place, text: str, verdict: Verdict) -> None:
        """Put it before staff."""
        services.raise_flag(
            source=FlagSource.TEXT,
            where=place.where,
            because=verdict.because,
            room=place.room,
            participant=place.participant,
            user=place.by,
            language=place.language,
            excerpt=text if place.keeps_words else "",
            seconds_in=_seconds_in(place.room),
        )

    def hold(self, place: Place, text: str, before: str, verdict: Verdict) -> str:
        """Keep it for staff."""
        return services.hold_text(place, text, before, verdict).public_id

    def drop(self, where: str, target: str) -> None:
        """What waits there is not wanted any more."""
        services.withdraw_held(where, target)


def _seconds_in(room: Any) -> int | None:

    if room is None or room.started_at is None or room.ended_at is not None:
        return None
    return int((clock.now() - room.started_at).total_seconds())
