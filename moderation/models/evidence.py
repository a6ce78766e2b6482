"""Evidence of what was reported."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from rooms.models import Room


class EvidenceState(models.TextChoices):
    """Where a piece of evidence stands."""

    WANTED = "wanted", _("being sealed")
    SEALED = "sealed", _("sealed")
    SILENT = "silent", _("nobody spoke")
    LOST = "lost", _("could not be sealed")
    DESTROYED = "destroyed", _("destroyed")
    FULL = "full", _("not kept: no space was left")


class Evidence(models.Model):
    """What was said on a stage around the moment of a report. The sound itself is not in the database: see rooms.evidence."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("room"))
    state = models.CharField(_("state"), max_length=10, choices=EvidenceState, default=EvidenceState.WANTED)
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    wanted_at = models.DateTimeField(_("asked for"), default=timezone.now)
    sealed_at = models.DateTimeField(_("sealed"), null=True)
    keep_until = models.DateTimeField(_("kept until"), null=True)
    destroyed_at = models.DateTimeField(_("destroyed at"), null=True)
    voices = models.JSONField(_("voices"), default=dict, help_text=_("Packets by participant."))
    rings = models.JSONField(
        default=dict, editable=False, help_text="What each machine that carried the room had of it."
    )
    bytes = models.BigIntegerField(_("bytes"), default=0, editable=False)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering: ClassVar = ["-wanted_at", "-id"]
        permissions: ClassVar = [("open_evidence", _("Can hear sealed evidence"))]
        indexes: ClassVar = [models.Index(fields=["state", "until_at"], name="evidence_to_seal")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.from_at:%Y-%m-%d %H:%M}"

    @property
    def parts(self) -> list[str]:
        """What its files are called (rooms.evidence): one of each ring in which somebody spoke; sealed of old, one alone."""
        return [ring for ring, part in self.rings.items() if part["first_ms"] is not None] or [""]

    def gaps(self) -> list[tuple[datetime, datetime]]:
        """When the room was on its way from one machine to another: what was said then nobody holds."""
        spans = sorted(
            (part["first_ms"], part["last_ms"]) for part in self.rings.values() if part["first_ms"] is not None
        )
        found, reached = [], 0
        for (_first, last), (following, _last) in pairwise(spans):
            reached = max(reached, last)
            if following > reached:
                found.append((_moment(reached), _moment(following)))
        return found


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class EvidenceOpening(models.Model):
    """A member of staff opened a piece of evidence, and why. For the gravest reports another one has to agree first."""

    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="openings", verbose_name=_("evidence")
    )
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("when"), default=timezone.now)
    agreed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("agreed by")
    )
    open_until = models.DateTimeField(
        _("open until"), null=True, help_text=_("Empty: somebody else has to agree first.")
    )

    class Meta:
        verbose_name = _("opening of evidence")
        verbose_name_plural = _("openings of evidence")
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.at:%Y-%m-%d %H:%M}"
