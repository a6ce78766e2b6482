"""Numbers that documents name and settings decide: written in a file as `{evidence_days}`."""

import re
from collections.abc import Callable

from django.conf import settings

_NAMED = re.compile(r"\{([a-z_]+)\}")

FIGURES: dict[str, Callable[[], int]] = {
    "appeal_days": lambda: settings.APPEAL_DAYS,
    "attendance_hours": lambda: settings.ATTENDANCE_HOURS,
    "chat_days": lambda: settings.CHAT_DAYS,
    "evidence_after_seconds": lambda: settings.MITALK_EVIDENCE_AFTER_SECONDS,
    "evidence_before_seconds": lambda: settings.MITALK_EVIDENCE_BEFORE_SECONDS,
    "evidence_days": lambda: settings.MITALK_EVIDENCE_DAYS,
    "former_contact_days": lambda: settings.FORMER_CONTACT_DAYS,
    "report_after_days": lambda: settings.MITALK_REPORT_AFTER_DAYS,
    "report_holds_days": lambda: settings.REPORT_HOLDS_DAYS,
    "ring_minutes": lambda: settings.MITALK_RING_SECONDS // 60,
    "strike_days": lambda: settings.STRIKE_DAYS,
    "timeline_days": lambda: settings.TIMELINE_DAYS,
}


def filled(text: str) -> str:
    """The text with the numbers that hold here. What names none of them stays as it is."""
    return _NAMED.sub(lambda named: str(FIGURES[named[1]]()) if named[1] in FIGURES else named[0], text)
