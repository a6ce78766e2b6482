"""Reports about the same thing, gathered until somebody of staff has decided."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from moderation.words import CATEGORIES
from rooms.models import Participant, Room, Topic


class CaseKind(models.TextChoices):
    """What a case is about."""

    PERSON = "person", _("a person")
    ROOM = "room", _("a room")
    TOPIC = "topic", _("a topic")
    WRITTEN = "written", _("something written")


class CaseState(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", _("waits")
    TAKEN = "taken", _("being looked at")
    DECIDED = "decided", _("decided")


class Outcome(models.TextChoices):
    """What staff decided."""

    NOTHING_FOUND = "nothing_found", _("nothing found")
    WARNED = "warned", _("words were had")
    ACTED = "acted", _("acted on")
    NOT_ENOUGH = "not_enough", _("not enough to tell")


NOT_DECIDED = (CaseState.OPEN, CaseState.TAKEN)
_STILL = Q(state__in=("open", "taken"))


class Case(models.Model):
    """One person, room, topic or piece of writing that was reported, and what became of it. Others point at it by its
    `public_id`. Of what is the same there is one case that is not decided; what is reported later makes a new one."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=CaseKind)
    room = models.ForeignKey(
        Room,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("room"),
        help_text=_("The first in which it was reported."),
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    target = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("who")
    )
    target_user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name=_("their account")
    )
    written = models.CharField(max_length=24, blank=True, editable=False, help_text=_("Which message or question."))

    category = models.CharField(
        _("category"), max_length=20, choices=CATEGORIES, help_text=_("The gravest of its reports.")
    )
    is_urgent = models.BooleanField(_("urgent"), default=False)
    reporters = models.PositiveIntegerField(
        _("reporters"), default=0, help_text=_("Different people: however often one reports, it is one.")
    )
    weight = models.FloatField(
        _("weight"), default=0, help_text=_("The same, but whose reports were often unfounded counts less.")
    )
    opened_at = models.DateTimeField(_("first reported"), default=timezone.now)
    reported_at = models.DateTimeField(_("last reported"), default=timezone.now)
    due_at = models.DateTimeField(
        _("to be looked at by"),
        default=timezone.now,
        help_text=_("By its category, sooner with every different reporter: the order of the queue."),
    )

    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.OPEN)
    taken_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("looked at by")
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("times staff were paged"), default=0)
    paged_at = models.DateTimeField(_("staff last paged"), null=True, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering: ClassVar = ["-is_urgent", "due_at", "id"]
        permissions: ClassVar = [
            ("decide_case", _("Can take and decide cases")),
            ("be_paged", _("Is paged when something urgent is reported")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-is_urgent", "due_at"], name="case_queue"),
            models.Index(fields=["is_urgent", "paged_at"], condition=Q(state="open"), name="cases_to_page"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target_user"], condition=_STILL & Q(kind="person"), name="one_case_a_member"
            ),
            models.UniqueConstraint(
                fields=["target"], condition=_STILL & Q(kind="person", target_user=None), name="one_case_a_guest"
            ),
            models.UniqueConstraint(fields=["room"], condition=_STILL & Q(kind="room"), name="one_case_a_room"),
            models.UniqueConstraint(fields=["topic"], condition=_STILL & Q(kind="topic"), name="one_case_a_topic"),
            models.UniqueConstraint(fields=["written"], condition=_STILL & Q(kind="written"), name="one_case_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def is_decided(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state == CaseState.DECIDED
