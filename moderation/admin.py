"""Moderation, for staff: each part registers its own pages."""

from moderation.appeal_admin import AppealAdmin
from moderation.case_admin import CaseAdmin
from moderation.evidence_admin import EvidenceAdmin
from moderation.figures_admin import FiguresAdmin
from moderation.person_admin import PersonAdmin
from moderation.report_admin import ReportAdmin
from moderation.rules_admin import RulesAdmin
from moderation.sanction_admin import SanctionAdmin
from moderation.speech_admin import RecogniserAdmin, SpeechPhraseAdmin
from moderation.term_admin import TermAdmin
from moderation.watching_admin import FlagAdmin, HeldTextAdmin, RoomRiskAdmin

__all__ = [
    "AppealAdmin",
    "CaseAdmin",
    "EvidenceAdmin",
    "FiguresAdmin",
    "FlagAdmin",
    "HeldTextAdmin",
    "PersonAdmin",
    "RecogniserAdmin",
    "ReportAdmin",
    "RoomRiskAdmin",
    "RulesAdmin",
    "SanctionAdmin",
    "SpeechPhraseAdmin",
    "TermAdmin",
]
