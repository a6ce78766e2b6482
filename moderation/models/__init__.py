"""How rooms stay fit to be in: what was reported or noticed, and the evidence of it."""

from moderation.models.appeals import Appeal, AppealState
from moderation.models.evidence import Evidence, EvidenceOpening, EvidenceState
from moderation.models.flags import Flag, FlagSource, FlagState
from moderation.models.reports import Report
from moderation.models.sanctions import KEEPS_OUT, Decider, Sanction, SanctionKind, holding

__all__ = [
    "KEEPS_OUT",
    "Appeal",
    "AppealState",
    "Decider",
    "Evidence",
    "EvidenceOpening",
    "EvidenceState",
    "Flag",
    "FlagSource",
    "FlagState",
    "Report",
    "Sanction",
    "SanctionKind",
    "holding",
]
