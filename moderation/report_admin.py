"""Reports, for staff: to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from moderation import cases
from moderation.models import Report
from rooms.admin import ReadOnlyAdmin


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What members and guests reported."""

    list_display = ("at", "category", "kind", "room", "target_user", "reported_by", "line", "message", "case")
    list_filter = ("category", "kind")
    list_select_related = (
        "room",
        "case",
        "target_user__profile",
        "reporter__user",
        "reporter_user__profile",
    )
    search_fields = ("public_id", "room__title", "line", "message", "target_user__profile__name")
    date_hierarchy = "at"

    @admin.display(description=_("reported by"))
    def reported_by(self, report: Report) -> str:
        """By name; a guest by their number."""
        return cases.reporter_name(report)
