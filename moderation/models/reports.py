"""What was reported."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from moderation.words import CATEGORIES
from rooms.domain.talk import MAX_MESSAGE
from rooms.models import Participant, Room, Topic


class ReportKind(models.TextChoices):
    """What a report is about."""

    ROOM = "room", _("a room")
    PERSON = "person", _("a person in a room")
    MESSAGE = "message", _("a message")
    QUESTION = "question", _("a question")
    PROFILE = "profile", _("a profile")
    TOPIC = "topic", _("a topic")


class Report(models.Model):
    """Somebody reported something, at a moment. `message` and `snapshot` hold what it said then, whatever becomes of it."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    kind = models.CharField(_("about what"), max_length=10, choices=ReportKind, default=ReportKind.ROOM)
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("room")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    reporter = models.ForeignKey(
        Participant,
        on_delete=models.SET_NULL,
        null=True,
        related_name="reports_made",
        verbose_name=_("reported by"),
        help_text=_("Their place in the room, if they were there."),
    )
    reporter_user = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reporter’s account"),
        help_text=_("Empty: a guest."),
    )
    guest_key = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Keyed hash of their cookie."))
    network = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Keyed hash; of guests only."))
    target = models.ForeignKey(
        Participant,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports_received",
        verbose_name=_("about"),
        help_text=_("Empty: the room itself."),
    )
    target_user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("their account")
    )
    category = models.CharField(_("category"), max_length=20, choices=CATEGORIES)
    line = models.CharField(_("in their words"), max_length=500, blank=True)
    message = models.CharField(
        _("what was written"), max_length=MAX_MESSAGE, blank=True, help_text=_("Of a message that was reported.")
    )
    written = models.CharField(max_length=24, blank=True, editable=False, help_text=_("Which message or question."))
    snapshot = models.JSONField(_("as it was then"), default=dict, blank=True)
    seconds_in = models.PositiveIntegerField(_("seconds into the room"), null=True, blank=True)
    stage = models.JSONField(_("who was on stage"), default=list)
    evidence = models.ForeignKey(
        "Evidence",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="reports",
        verbose_name=_("evidence"),
    )
    case = models.ForeignKey(
        "Case", on_delete=models.PROTECT, null=True, editable=False, related_name="reports", verbose_name=_("case")
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["reporter_user", "-at"], name="reports_of_a_member"),
            models.Index(fields=["guest_key", "-at"], name="reports_of_a_guest"),
            models.Index(fields=["network", "-at"], name="reports_of_a_network"),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.at:%Y-%m-%d %H:%M}"
