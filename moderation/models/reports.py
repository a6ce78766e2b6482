"""What was reported."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from rooms.domain.messages import ReportCategory
from rooms.domain.talk import MAX_MESSAGE
from rooms.models import Participant, Room, choices


class Report(models.Model):
    """Somebody in a room reported somebody there, or the room itself, at a moment."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="reports", verbose_name=_("room"))
    reporter = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="reports_made", verbose_name=_("reported by")
    )
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
    category = models.CharField(_("category"), max_length=20, choices=choices(ReportCategory))
    line = models.CharField(_("in their words"), max_length=500, blank=True)
    message = models.CharField(
        _("what was written"), max_length=MAX_MESSAGE, blank=True, help_text=_("Of a message that was reported.")
    )
    seconds_in = models.PositiveIntegerField(_("seconds into the room"), default=0)
    stage = models.JSONField(_("who was on stage"), default=list)
    evidence = models.ForeignKey(
        "Evidence",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="reports",
        verbose_name=_("evidence"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.category} {self.at:%Y-%m-%d %H:%M}"
