"""Topics, rooms, who is in them, and which audio worker carries them."""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Industry, SpokenLanguage, User, random_id
from accounts.text import validate_words
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Phase

WORKER_SILENT_AFTER = timedelta(seconds=8)  # a worker beats every 2 s


def choices(enum: type) -> list[tuple[str, str]]:
    """Django's choices of one of the domain's enums."""
    return [(member.value, member.value) for member in enum]  # type: ignore[attr-defined]


class Topic(models.Model):
    """What rooms are about. Made by members, within an industry."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    name = models.CharField(_("topic"), max_length=60, validators=[MinLengthValidator(2), validate_words])
    key = models.CharField(
        max_length=80, editable=False, help_text=_("The name with case folded: one topic, one spelling.")
    )
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="topics", verbose_name=_("industry"))
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["industry", "key"], name="one_topic_a_name_and_industry"),
        ]

    def __str__(self) -> str:
        return self.name


class AudioWorker(models.Model):
    """The audio worker at one address. A restart keeps the row and changes `worker_id`, so rooms need not move."""

    public_ip = models.GenericIPAddressField(_("address"))
    udp_port = models.PositiveIntegerField(_("UDP port"))
    worker_id = models.CharField(_("process"), max_length=24, unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    beat_at = models.DateTimeField(_("last heard of"), default=timezone.now)

    class Meta:
        verbose_name = _("audio worker")
        verbose_name_plural = _("audio workers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_ip", "udp_port"], name="one_worker_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.public_ip}:{self.udp_port}"


class Room(models.Model):
    """A conversation: to come, live, or over."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    title = models.CharField(_("title"), max_length=120, validators=[MinLengthValidator(4), validate_words])
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("topic"))
    language = models.CharField(_("language"), max_length=2, choices=SpokenLanguage, default=SpokenLanguage.ENGLISH)
    host = models.ForeignKey(User, on_delete=models.PROTECT, related_name="hosted", verbose_name=_("host"))
    speakers = models.ManyToManyField(User, blank=True, related_name="speaks_in", verbose_name=_("speakers"))
    stage_size = models.PositiveSmallIntegerField(_("stage seats"), default=8)
    phase = models.CharField(_("phase"), max_length=10, choices=choices(Phase), default=Phase.SCHEDULED.value)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    worker = models.ForeignKey(
        AudioWorker, on_delete=models.SET_NULL, null=True, blank=True, related_name="rooms", editable=False
    )
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    stage_empty_since = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes: ClassVar = [models.Index(fields=["phase", "starts_at"])]

    def __str__(self) -> str:
        return self.title


class Participant(models.Model):
    """One person in one room, for the room's whole life: their place outlives a drop.

    They are on the roster while `left_at` is empty. `connection` names their one live socket and media peer.
    """

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="participants", verbose_name=_("room"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="participations", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=choices(Role), default=Role.MEMBER.value)
    position = models.CharField(
        _("position"), max_length=10, choices=choices(Position), default=Position.AUDIENCE.value
    )
    muted = models.BooleanField(_("muted"), default=True)
    number = models.PositiveIntegerField(_("place on stage"), default=0)
    connection = models.CharField(max_length=24, db_index=True)
    joins = models.PositiveIntegerField(
        default=0, help_text=_("Counts sockets: a late word of an old one is not believed.")
    )
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        verbose_name = _("person in a room")
        verbose_name_plural = _("people in rooms")
        constraints: ClassVar = [models.UniqueConstraint(fields=["room", "user"], name="one_entry_a_person_and_room")]
        indexes: ClassVar = [
            models.Index(fields=["left_at", "last_seen_at"]),
            models.Index(fields=["room", "left_at", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}"
