"""How much a live room needs to be looked at."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.models import Room


class RoomRisk(models.Model):
    """A room's risk, as it was counted last, with each part of it: see moderation.risk.score."""

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="risk", verbose_name=_("room"))
    score = models.PositiveSmallIntegerField(_("risk"), default=0)
    parts = models.JSONField(_("because of"), default=list)
    at = models.DateTimeField(_("counted"), default=timezone.now)
    hands_at = models.PositiveBigIntegerField(
        default=0, editable=False, help_text=_("How far the history of hands had come then.")
    )
    flagged_on = models.DateField(null=True, editable=False, help_text=_("The day on which staff were told last."))

    class Meta:
        verbose_name = _("live room now")
        verbose_name_plural = _("live rooms now")
        ordering: ClassVar = ["-score", "room"]
        indexes: ClassVar = [models.Index(fields=["-score"], name="risks_first")]
        default_permissions: ClassVar = ["view"]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.score}"
