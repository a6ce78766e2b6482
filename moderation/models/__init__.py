"""How rooms stay fit to be in: what was reported or noticed, and the evidence of it."""

from moderation.models.cases import NOT_DECIDED, Case, CaseKind, CaseState, Outcome
from moderation.models.evidence import Evidence, EvidenceOpening, EvidenceState
from moderation.models.flags import Flag, FlagSource, FlagState
from moderation.models.reports import Report, ReportKind

__all__ = [
    "NOT_DECIDED",
    "Case",
    "CaseKind",
    "CaseState",
    "Evidence",
    "EvidenceOpening",
    "EvidenceState",
    "Flag",
    "FlagSource",
    "FlagState",
    "Outcome",
    "Report",
    "ReportKind",
]
