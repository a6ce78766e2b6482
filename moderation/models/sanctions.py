"""What staff, or a machine, did about somebody: which rule was broken, what happened, from when until when."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from rooms.models import Room

MOST_FACTS = 2000
MOST_REASON = 300


class SanctionKind(models.TextChoices):
    """What is done, the mildest first."""

    WARN = "warn", _("warning")
    MUTE = "mute", _("muted in rooms")
    NO_STAGE = "no_stage", _("no stage")
    NO_HOSTING = "no_hosting", _("no hosting")
    SUSPEND = "suspend", _("suspension")
    BAN = "ban", _("ban")


KEEPS_OUT = (SanctionKind.SUSPEND, SanctionKind.BAN)


class Decider(models.TextChoices):
    """Who decided on it."""

    STAFF = "staff", _("a member of staff")
    MACHINE = "machine", _("a machine")
    OPERATOR = "operator", _("an operator of this MiTalk")


class Sanction(models.Model):
    """One measure against one person. Written by moderation.services.sanctions only; it ends, and is never deleted."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    kind = models.CharField(_("what"), max_length=12, choices=SanctionKind)
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="sanctions", verbose_name=_("against")
    )
    rule = models.PositiveSmallIntegerField(_("rule"))
    rules_version = models.CharField(_("version of the rules"), max_length=20)
    facts = models.TextField(_("what happened"), max_length=MOST_FACTS, help_text=_("The person reads it."))
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="sanctions", verbose_name=_("room")
    )
    seconds_in = models.PositiveIntegerField(_("seconds into the room"), null=True, blank=True)
    report = models.ForeignKey(
        "Report", on_delete=models.SET_NULL, null=True, blank=True, related_name="sanctions", verbose_name=_("report")
    )
    flag = models.ForeignKey(
        "Flag", on_delete=models.SET_NULL, null=True, blank=True, related_name="sanctions", verbose_name=_("flag")
    )
    at = models.DateTimeField(_("from"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: without an end."))
    decider = models.CharField(_("decided by"), max_length=10, choices=Decider)
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("imposed by")
    )
    appeal_until = models.DateTimeField(_("can be appealed until"))
    seen_at = models.DateTimeField(_("seen by the person"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, help_text=_("Its time was over."))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lift_reason = models.CharField(_("reason for lifting"), max_length=MOST_REASON, blank=True)
    overturned = models.BooleanField(
        _("was a mistake"), default=False, help_text=_("It counts as no strike any more, and never should have.")
    )

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering: ClassVar = ["-at", "-id"]
        permissions: ClassVar = [
            ("impose_sanction", _("Can impose sanctions")),
            ("lift_sanction", _("Can lift sanctions")),
            ("ban_member", _("Can ban and suspend without an end")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "kind"], name="sanctions_of_somebody"),
            models.Index(fields=["until"], condition=models.Q(ended_at=None, lifted_at=None), name="sanctions_to_end"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("at")),
                name="a_sanction_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=~models.Q(decider=Decider.MACHINE) | models.Q(by=None), name="a_machine_is_nobody_of_staff"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def is_instant(self) -> bool:
        """Whether it is a word and nothing more."""
        return self.kind == SanctionKind.WARN

    def holds(self, now: datetime | None = None) -> bool:
        """Whether something is taken from the person by it now."""
        now = now or timezone.now()
        is_over = self.lifted_at is not None or self.ended_at is not None
        return not self.is_instant and not is_over and (self.until is None or self.until > now)


def holding(now: datetime | None = None) -> models.Q:
    """The same as a query."""
    not_over = models.Q(until=None) | models.Q(until__gt=now or timezone.now())
    return not_over & models.Q(lifted_at=None, ended_at=None) & ~models.Q(kind=SanctionKind.WARN)
