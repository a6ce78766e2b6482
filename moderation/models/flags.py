"""What a machine noticed. A flag never sanctions: staff decide."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from rooms.models import Participant, Room


class FlagSource(models.TextChoices):
    """What it was noticed by."""

    TEXT = "text", _("text")
    SPEECH = "speech", _("speech")
    SIGNAL = "signal", _("signal")


class FlagState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("open")
    UPHELD = "upheld", _("upheld")
    DISMISSED = "dismissed", _("dismissed")


class Flag(models.Model):
    """A machine noticed something, at a moment: what it was, where, and why it was noticed."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    source = models.CharField(_("noticed by"), max_length=10, choices=FlagSource)
    where = models.CharField(_("where"), max_length=40, help_text=_("A stable name: room.title, chat, stage …"))
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags", verbose_name=_("room")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="flags", verbose_name=_("who")
    )
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("their account")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    because = models.CharField(_("because of"), max_length=200, help_text=_("The term, or the signal in words."))
    excerpt = models.CharField(_("what was written or said"), max_length=500, blank=True)
    seconds_in = models.PositiveIntegerField(_("seconds into the room"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=FlagState, default=FlagState.OPEN)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering: ClassVar = ["-at", "-id"]
        permissions: ClassVar = [("decide_flag", _("Can decide on flags"))]
        indexes: ClassVar = [models.Index(fields=["state", "-at"], name="flags_waiting")]

    def __str__(self) -> str:
        return f"{self.where} {self.at:%Y-%m-%d %H:%M}"
