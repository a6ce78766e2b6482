"""How rooms stay fit to be in: what was reported or noticed, and the evidence of it."""

from moderation.models.appeals import Appeal, AppealState
from moderation.models.cases import NOT_DECIDED, Case, CaseKind, CaseState, Outcome
from moderation.models.evidence import Evidence, EvidenceOpening, EvidenceState
from moderation.models.figures import Figures
from moderation.models.flags import Flag, FlagSource, FlagState
from moderation.models.people import Person
from moderation.models.reports import Report, ReportKind
from moderation.models.risk import RoomRisk
from moderation.models.sanctions import KEEPS_OUT, Decider, Sanction, SanctionKind, holding
from moderation.models.speech import ListeningState, Recogniser, SpeechPhrase
from moderation.models.terms import Category, HeldState, HeldText, Term, TermLanguage, TermsVersion

__all__ = [
    "KEEPS_OUT",
    "NOT_DECIDED",
    "Appeal",
    "AppealState",
    "Case",
    "CaseKind",
    "CaseState",
    "Category",
    "Decider",
    "Evidence",
    "EvidenceOpening",
    "EvidenceState",
    "Figures",
    "Flag",
    "FlagSource",
    "FlagState",
    "HeldState",
    "HeldText",
    "ListeningState",
    "Outcome",
    "Person",
    "Recogniser",
    "Report",
    "ReportKind",
    "RoomRisk",
    "Sanction",
    "SanctionKind",
    "SpeechPhrase",
    "Term",
    "TermLanguage",
    "TermsVersion",
    "holding",
]
