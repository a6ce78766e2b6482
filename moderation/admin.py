"""Reports, for staff: to be read."""

from django.contrib import admin

from moderation.evidence_admin import EvidenceAdmin
from moderation.models import Report
from moderation.speech_admin import RecogniserAdmin, SpeechPhraseAdmin
from rooms.admin import ReadOnlyAdmin

__all__ = ["EvidenceAdmin", "RecogniserAdmin", "ReportAdmin", "SpeechPhraseAdmin"]


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What members and guests reported."""

    list_display = ("at", "category", "room", "target", "reporter", "line", "message")
    list_filter = ("category",)
    list_select_related = ("room", "target__user", "reporter__user")
    search_fields = ("room__title", "line", "message", "target__user__profile__name")
    date_hierarchy = "at"
