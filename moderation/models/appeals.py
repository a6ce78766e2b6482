"""Somebody says that a sanction was wrong; somebody else of staff decides."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from moderation.models.sanctions import Sanction

MOST_APPEAL = 2000


class AppealState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("open")
    UPHELD = "upheld", _("the sanction stands")
    SHORTENED = "shortened", _("the sanction is shortened")
    OVERTURNED = "overturned", _("the sanction is lifted as a mistake")


class Appeal(models.Model):
    """The one appeal that a sanction can have. `imposed_by` is who imposed it, kept here so that the database itself can
    refuse their deciding on it."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    sanction = models.OneToOneField(
        Sanction, on_delete=models.PROTECT, related_name="appeal", verbose_name=_("sanction")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    words = models.TextField(_("why it was wrong"), max_length=MOST_APPEAL)
    imposed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("imposed by")
    )
    state = models.CharField(_("state"), max_length=10, choices=AppealState, default=AppealState.OPEN)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reasons = models.TextField(_("reasons"), max_length=MOST_APPEAL, blank=True, help_text=_("The person reads it."))

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering: ClassVar = ["at", "id"]
        permissions: ClassVar = [("decide_appeal", _("Can decide appeals"))]
        indexes: ClassVar = [models.Index(fields=["state", "at"], name="appeals_waiting")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | models.Q(imposed_by=None)
                | ~models.Q(decided_by=models.F("imposed_by")),
                name="nobody_decides_on_their_own_sanction",
            ),
            models.CheckConstraint(
                condition=models.Q(state=AppealState.OPEN)
                | (models.Q(decided_at__isnull=False) & ~models.Q(reasons="")),
                name="an_appeal_is_answered_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sanction_id} {self.at:%Y-%m-%d}"
