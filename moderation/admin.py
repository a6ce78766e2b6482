"""Reports, for staff: to be read."""

from django.contrib import admin
from django.http import HttpRequest

from moderation.models import Report


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    """What members and guests reported."""

    list_display = ("at", "category", "room", "target", "reporter", "line")
    list_filter = ("category",)
    list_select_related = ("room", "target__user", "reporter__user")
    search_fields = ("room__title", "line", "target__user__profile__name")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Reports come from rooms."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        """What was reported stays as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        """Never here."""
        return False
