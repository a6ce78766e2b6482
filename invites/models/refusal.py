"""Who wants no invitation."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NeverInvite(models.Model):
    """An address or phone that no invitation is sent to, whoever asks. Only its keyed hash is known."""

    contact_key = models.CharField(max_length=64, unique=True, editable=False, help_text=_("Keyed hash."))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("wish never to be invited")
        verbose_name_plural = _("wishes never to be invited")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
