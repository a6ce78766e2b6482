"""Whom somebody has muted for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Mute(models.Model):
    """Somebody does not want to read or be asked anything by somebody else, who is not told: see accounts.muting."""

    muter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes", verbose_name=_("who")
    )
    muted = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_by", verbose_name=_("whom")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("member’s own mute")
        verbose_name_plural = _("members’ own mutes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["muter", "muted"], name="one_mute_a_pair"),
            models.CheckConstraint(condition=~models.Q(muter=models.F("muted")), name="nobody_mutes_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} mutes {self.muted_id}"
