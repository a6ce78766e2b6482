"""What happened on a stage, and when: for staff who look into a report, for a while."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MomentKind(models.TextChoices):
    """What happened."""

    SEATED = "seated", _("on stage")
    UNSEATED = "unseated", _("off the stage")
    MUTED = "muted", _("muted")
    UNMUTED = "unmuted", _("unmuted")
    MEMBER = "member", _("no moderator any more")
    MODERATOR = "moderator", _("is a moderator")
    HOST = "host", _("is the host")
    LOCKED = "locked", _("stage locked")
    UNLOCKED = "unlocked", _("stage unlocked")
    FROZEN = "frozen", _("room frozen")
    THAWED = "thawed", _("room goes on")
    STAFF_ENTERED = "staff_entered", _("staff entered")
    STAFF_LEFT = "staff_left", _("staff left")
    TOLD = "told", _("staff told everybody something")
    ENDED = "ended", _("room ended")
    HAND_RAISED = "hand_raised", _("hand raised")
    HAND_LOWERED = "hand_lowered", _("hand down")
    INVITED = "invited", _("invited onto the stage")


class StageMoment(models.Model):
    """One thing that happened on a stage. Goes with the place of whom it is about: see rooms.services.forgetting."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="moments", verbose_name=_("room"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=14, choices=MomentKind)
    person = models.ForeignKey(
        "rooms.Participant", on_delete=models.CASCADE, null=True, related_name="moments", verbose_name=_("who")
    )
    by = models.ForeignKey(
        "rooms.Participant", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("moment of a stage")
        verbose_name_plural = _("moments of stages")
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["room", "at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"
