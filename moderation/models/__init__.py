"""How rooms stay fit to be in: what was reported or noticed, and the evidence of it."""

from moderation.models.evidence import Evidence, EvidenceOpening, EvidenceState
from moderation.models.flags import Flag, FlagSource, FlagState
from moderation.models.reports import Report
from moderation.models.risk import RoomRisk
from moderation.models.terms import Category, HeldState, HeldText, Term, TermLanguage, TermsVersion

__all__ = [
    "Category",
    "Evidence",
    "EvidenceOpening",
    "EvidenceState",
    "Flag",
    "FlagSource",
    "FlagState",
    "HeldState",
    "HeldText",
    "Report",
    "RoomRisk",
    "Term",
    "TermLanguage",
    "TermsVersion",
]
