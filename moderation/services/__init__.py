"""The only writers of moderation."""

from moderation.services.appeals import AppealRefused, decide_appeal, make_appeal, may_decide
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
from moderation.services.sanctions import (
    SanctionRefused,
    all_suspensions_lifted,
    end_due,
    impose,
    lift,
    seen_by,
    shorten,
)

__all__ = [
    "MOST_REPORTS_AN_HOUR",
    "AppealRefused",
    "OpeningRefused",
    "SanctionRefused",
    "all_suspensions_lifted",
    "approve_opening",
    "ask_to_open",
    "decide_appeal",
    "decide_flag",
    "destroy_due",
    "end_due",
    "give_up",
    "hear",
    "impose",
    "lift",
    "make_appeal",
    "may_decide",
    "orders_for",
    "raise_flag",
    "seen_by",
    "shorten",
    "take_report",
    "take_sealed",
]
