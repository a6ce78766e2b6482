"""The only writers of moderation."""

from moderation.partiality import NotYours
from moderation.services.appeals import AppealRefused, decide_appeal, make_appeal, may_decide
from moderation.services.cases import CaseRefused, decide, give_back, is_partial, take
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
    decide_held,
    empty_old,
    hold_text,
    take_back,
    waiting_in,
    waiting_words_of,
    withdraw_held,
)
from moderation.services.outcomes import WORDS as OUTCOME_WORDS
from moderation.services.paging import page_again
from moderation.services.reports import (
    MOST_REPORTS_AN_HOUR,
    MOST_REPORTS_AN_HOUR_OF_A_NETWORK,
    About,
    Reporter,
    make_report,
    moment_held,
    take_report,
)
from moderation.services.risk import count_risks, with_people
from moderation.services.sanctions import (
    SanctionRefused,
    all_suspensions_lifted,
    end_due,
    impose,
    lift,
    seen_by,
    shorten,
)
from moderation.services.speech import note_listening, take_spotted

__all__ = [
    "MOST_REPORTS_AN_HOUR",
    "MOST_REPORTS_AN_HOUR_OF_A_NETWORK",
    "OUTCOME_WORDS",
    "About",
    "AppealRefused",
    "CaseRefused",
    "NotYours",
    "OpeningRefused",
    "Reporter",
    "SanctionRefused",
    "all_suspensions_lifted",
    "approve_opening",
    "ask_to_open",
    "count_risks",
    "decide",
    "decide_appeal",
    "decide_flag",
    "decide_held",
    "destroy_due",
    "empty_old",
    "end_due",
    "give_back",
    "give_up",
    "hear",
    "hold_text",
    "impose",
    "is_partial",
    "lift",
    "make_appeal",
    "make_report",
    "may_decide",
    "moment_held",
    "note_listening",
    "orders_for",
    "page_again",
    "raise_flag",
    "seen_by",
    "shorten",
    "take",
    "take_back",
    "take_report",
    "take_sealed",
    "take_spotted",
    "waiting_in",
    "waiting_words_of",
    "with_people",
    "withdraw_held",
]
