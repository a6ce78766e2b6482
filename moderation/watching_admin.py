"""What waits for staff because a machine noticed it, and the live rooms, for staff."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from moderation import services
from moderation.deciding_admin import DecidingAdmin
from moderation.models import Flag, FlagState, HeldState, HeldText, RoomRisk
from moderation.partiality import flags_of, texts_of
from moderation.risk.score import THRESHOLD
from moderation.risk.words import in_words
from moderation.wheres import WHERES, name_of
from rooms.admin import ReadOnlyAdmin

_SHORT = 80


class WhereFilter(admin.SimpleListFilter):
    """Where it was written or said, in words."""

    title = gettext_lazy("where")
    parameter_name = "where"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The places there are."""
        return list(WHERES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those of there."""
        return queryset.filter(where=self.value()) if self.value() else queryset


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


@admin.register(Flag)
class FlagAdmin(DecidingAdmin):
    """What machines noticed: nothing follows from it but what staff decide."""

    yes = gettext_lazy("It was noticed rightly")
    no = gettext_lazy("There is nothing to it")
    waiting_state = FlagState.OPEN.value
    list_display = ("at", "in_words", "said", "because", "room", "user", "source", "state")
    list_filter = ("state", "source", WhereFilter, "language")
    list_select_related = ("room", "user__profile", "participant__user__profile")
    search_fields = ("because", "excerpt", "room__title", "user__profile__name", "public_id")
    date_hierarchy = "at"
    fields = (
        *("at", "source", "in_words", "room", "user", "participant", "language", "because", "excerpt"),
        *("seconds_in", "state", "decided_by", "decided_at"),
    )

    @admin.display(description=gettext_lazy("where"), ordering="where")
    def in_words(self, flag: Flag) -> str:
        """Where, in words."""
        return name_of(flag.where)

    @admin.display(description=gettext_lazy("what was written or said"))
    def said(self, flag: Flag) -> str:
        """Its beginning."""
        return _short(flag.excerpt)

    def decide_row(self, row: Flag, by: User, *, yes: bool, reason: str) -> bool:
        """Uphold or dismiss."""
        try:
            return services.decide_flag(row, by=by, upheld=yes, reason=reason)
        except services.NotYours as refused:
            raise PermissionError from refused

    def own_of(self, rows: list[Flag], user: User) -> set[int]:
        """About them, or a room that they run."""
        return flags_of(user, rows)

    def details(self, row: Flag) -> list[tuple[str, str]]:
        """What was noticed."""
        who = row.user.name if row.user else ""
        rows = [
            (_("When"), f"{row.at:%Y-%m-%d %H:%M} UTC"),
            (_("Noticed by"), row.get_source_display()),
            (_("Where"), " · ".join(filter(None, (name_of(row.where), row.room.title if row.room else "")))),
            (_("Who"), who),
            (_("Because of"), row.because),
            (_("What was written or said"), row.excerpt),
        ]
        return [(label, value) for label, value in rows if value]


@admin.register(HeldText)
class HeldTextAdmin(DecidingAdmin):
    """What was written and waits: shown where it was meant to once it is approved."""

    yes = gettext_lazy("It is shown")
    no = gettext_lazy("It is not shown")
    reason_help = gettext_lazy("It is in the audit log; who is refused reads it.")
    waiting_state = HeldState.WAITING.value
    list_display = ("at", "in_words", "written", "because", "room", "user", "state")
    list_filter = ("state", WhereFilter, "language")
    list_select_related = ("room", "user__profile")
    search_fields = ("because", "text", "room__title", "user__profile__name")
    date_hierarchy = "at"
    fields = (
        *("at", "in_words", "room", "user", "language", "because", "before", "text"),
        *("state", "decided_by", "decided_at", "reason"),
    )

    @admin.display(description=gettext_lazy("where"), ordering="where")
    def in_words(self, held: HeldText) -> str:
        """Where, in words."""
        return name_of(held.where)

    @admin.display(description=gettext_lazy("what was written"))
    def written(self, held: HeldText) -> str:
        """Its beginning."""
        return _short(held.text)

    def decide_row(self, row: HeldText, by: User, *, yes: bool, reason: str) -> bool:
        """Approve or reject."""
        try:
            return services.decide_held(row, by=by, approved=yes, reason=reason)
        except services.NotYours as refused:
            raise PermissionError from refused

    def own_of(self, rows: list[HeldText], user: User) -> set[int]:
        """Theirs, or of a room that they run."""
        return texts_of(user, rows)

    def details(self, row: HeldText) -> list[tuple[str, str]]:
        """What waits."""
        rows = [
            (_("When"), f"{row.at:%Y-%m-%d %H:%M} UTC"),
            (_("Where"), " · ".join(filter(None, (name_of(row.where), row.room.title if row.room else "")))),
            (_("Who"), row.user.name if row.user else ""),
            (_("Because of"), row.because),
            (_("What stays until then"), row.before),
            (_("What was written"), row.text),
        ]
        return [(label, value) for label, value in rows if value]


@admin.register(RoomRisk)
class RoomRiskAdmin(ReadOnlyAdmin):
    """Live rooms now, the riskiest first, each with why."""

    list_display = ("risk", "title", "host", "people", "why", "at")
    list_display_links = None
    list_select_related = ("room__host__profile",)
    search_fields = ("room__title", "room__host__profile__name")
    ordering = ("-score", "room")
    change_list_template = "admin/moderation/roomrisk/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """With counting it now."""
        count = self.admin_site.admin_view(self.count_view)
        return [path("count/", count, name="moderation_roomrisk_count"), *super().get_urls()]

    def count_view(self, request: HttpRequest) -> Any:
        """Count anew, at once."""
        if request.method == "POST" and self.has_view_permission(request):
            services.count_risks()
        return redirect("admin:moderation_roomrisk_changelist")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoomRisk]:
        """With how many are there."""
        return services.with_people(super().get_queryset(request))

    @admin.display(description=gettext_lazy("risk"), ordering="score")
    def risk(self, row: RoomRisk) -> str | SafeString:
        """The score; from the threshold on it stands out."""
        return format_html("<strong>{} ▲</strong>", row.score) if row.score >= THRESHOLD else str(row.score)

    @admin.display(description=gettext_lazy("title"), ordering="room__title")
    def title(self, row: RoomRisk) -> SafeString:
        """Leads to the room."""
        return format_html('<a href="{}">{}</a>', reverse("admin:room", args=[row.room.public_id]), row.room.title)

    @admin.display(description=gettext_lazy("host"))
    def host(self, row: RoomRisk) -> str:
        """By name."""
        return row.room.host.name

    @admin.display(description=gettext_lazy("people"), ordering="people")
    def people(self, row: Any) -> int:
        """How many are there."""
        return row.people

    @admin.display(description=gettext_lazy("because of"))
    def why(self, row: RoomRisk) -> str | SafeString:
        """Each part in words."""
        return format_html_join(format_html("<br>"), "{}", ((in_words(part),) for part in row.parts)) or "–"
