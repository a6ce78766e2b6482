"""How rooms stay fit to be in: what was reported or noticed, and the evidence of it."""

from moderation.models.evidence import Evidence, EvidenceOpening, EvidenceState
from moderation.models.flags import Flag, FlagSource, FlagState
from moderation.models.reports import Report
from moderation.models.speech import ListeningState, Recogniser, SpeechPhrase

__all__ = [
    "Evidence",
    "EvidenceOpening",
    "EvidenceState",
    "Flag",
    "FlagSource",
    "FlagState",
    "ListeningState",
    "Recogniser",
    "Report",
    "SpeechPhrase",
]
