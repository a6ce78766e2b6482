"""Topics and rooms, for staff."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.requests import MemberRequest
from rooms import selectors, services
from rooms.domain.errors import Refused
from rooms.models import AudioWorker, Ban, Participant, ProgrammeMail, Room, Topic

WORKER_STATES: dict[str, Promise] = {
    "live": _("carries rooms"),
    "late": _("late: gets no new rooms"),
    "full": _("full: gets no new rooms"),
    "draining": _("draining"),
    "deaf": _("cut off from the others: gets no new rooms"),
    "other_version": _("another version: gets no new rooms"),
    "silent": _("does not answer"),
    "ended": _("ended by itself"),
}


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never here."""
        return False


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """Topics that members made."""

    list_display = ("name", "industry", "created_by", "created_at")
    list_filter = ("industry",)
    list_select_related = ("industry", "created_by")
    search_fields = ("name",)
    fields = ("name", "industry", "created_by", "created_at")
    readonly_fields = ("name", "created_by", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members make topics, where the name is checked."""
        return False


class ParticipantInline(admin.TabularInline):
    """Who is and was there."""

    model = Participant
    extra = 0
    can_delete = False
    fields = ("user", "guest_number", "role", "position", "muted", "hand_at", "hand_line", "arrived_at", "left_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        """People enter rooms by themselves."""
        return False


@admin.register(Room)
class RoomAdmin(ReadOnlyAdmin):
    """Rooms: to look at, and to end."""

    list_display = (
        "title",
        "topic",
        "host",
        "phase",
        "visibility",
        "confidentiality",
        "frozen",
        "starts_at",
        "not_held",
        "ended_at",
    )
    list_filter = ("phase", "visibility", "confidentiality", "frozen", "language")
    list_select_related = ("topic", "host")
    search_fields = ("title", "host__email", "public_id")
    date_hierarchy = "starts_at"
    actions = ("end_rooms",)
    inlines = (ParticipantInline,)

    def view_on_site(self, room: Room) -> str:
        """What happened in it."""
        return reverse("admin:room", args=[room.public_id])

    @admin.action(description=_("End the selected rooms"), permissions=["end"])
    def end_rooms(self, request: MemberRequest, queryset: QuerySet[Room]) -> None:
        """End them for everybody, with an entry in the audit log each."""
        for room in queryset:
            try:
                services.end_from_outside(room.public_id, by=request.user)
            except Refused:
                messages.warning(request, _("“%(title)s” is not live.") % {"title": room.title})
            else:
                messages.success(request, _("“%(title)s” is over.") % {"title": room.title})

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may change rooms may end them."""
        return request.user.has_perm("rooms.change_room")


@admin.register(Ban)
class BanAdmin(ReadOnlyAdmin):
    """Who is kept out of which room: to look at, and to lift."""

    list_display = ("room", "participant", "by", "reason", "at", "until")
    list_select_related = ("room", "participant__user", "by")
    search_fields = ("room__title", "participant__user__profile__name", "reason")
    date_hierarchy = "at"
    actions = ("lift",)

    @admin.action(description=_("Lift the selected bans"), permissions=["lift"])
    def lift(self, request: MemberRequest, queryset: QuerySet[Ban]) -> None:
        """Let them come back, with an entry in the audit log each."""
        for ban in queryset.select_related("room", "participant"):
            services.lift_ban(ban, by=request.user)
        messages.success(request, _("They may come back."))

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Whoever may change bans may lift them."""
        return request.user.has_perm("rooms.change_ban")


@admin.register(ProgrammeMail)
class ProgrammeMailAdmin(ReadOnlyAdmin):
    """What was written to whom about rooms to come."""

    list_display = ("made_at", "kind", "room", "user", "sent", "done_at")
    list_filter = ("kind", "sent")
    list_select_related = ("room", "user")
    search_fields = ("room__title", "user__email")
    date_hierarchy = "made_at"


@admin.register(AudioWorker)
class AudioWorkerAdmin(ReadOnlyAdmin):
    """The audio workers: whether they live, what they carry, and when they were last heard of."""

    list_display = (
        *("__str__", "state", "live_rooms", "people", "most_people", "late_ms", "cpu_percent", "age"),
        *("unfed_rooms", "disk"),
        *("epoch", "version", "started_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AudioWorker]:
        """With what each carries and how long it has been silent."""
        return selectors.workers_with_load()

    @admin.display(description=_("state"))
    def state(self, worker: AudioWorker) -> Promise:
        """In a word."""
        return WORKER_STATES[selectors.state_of_worker(worker)]

    @admin.display(description=_("live rooms"), ordering="load")
    def live_rooms(self, worker: AudioWorker) -> int:
        """How many it carries."""
        return worker.load  # type: ignore[attr-defined]

    @admin.display(description=_("silent for, s"), ordering="beat_at")
    def age(self, worker: AudioWorker) -> str:
        """How long ago it was heard of."""
        return f"{worker.age.total_seconds():.1f}"  # type: ignore[attr-defined]
