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
from moderation.services.held import (
    NotYours,
    decide_held,
    empty_old,
    hold_text,
    take_back,
    waiting_in,
    waiting_words_of,
    withdraw_held,
)
from moderation.services.reports import MOST_REPORTS_AN_HOUR, take_report
from moderation.services.risk import count_risks, with_people

__all__ = [
    "MOST_REPORTS_AN_HOUR",
    "NotYours",
    "OpeningRefused",
    "approve_opening",
    "ask_to_open",
    "count_risks",
    "decide_flag",
    "decide_held",
    "destroy_due",
    "empty_old",
    "give_up",
    "hear",
    "hold_text",
    "orders_for",
    "raise_flag",
    "take_back",
    "take_report",
    "take_sealed",
    "waiting_in",
    "waiting_words_of",
    "with_people",
    "withdraw_held",
]
