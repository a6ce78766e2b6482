"""The only writers of moderation."""

from moderation.services.evidence import (
    OpeningRefused,
    approve_opening,
    ask_to_open,
    destroy_due,
    give_up,
    hear,
    orders_for,
    take_sealed,
)
from moderation.services.flags import decide_flag, raise_flag
from moderation.services.reports import MOST_REPORTS_AN_HOUR, take_report
from moderation.services.speech import note_listening, take_spotted

__all__ = [
    "MOST_REPORTS_AN_HOUR",
    "OpeningRefused",
    "approve_opening",
    "ask_to_open",
    "decide_flag",
    "destroy_due",
    "give_up",
    "hear",
    "note_listening",
    "orders_for",
    "raise_flag",
    "take_report",
    "take_sealed",
    "take_spotted",
]
