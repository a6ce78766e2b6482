"""Who brought whom, and what staff did to a whole branch."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Branch(User):
    """A member and everybody who came by them, and by those. The same rows as accounts, for the page of staff."""

    class Meta:
        proxy = True
        verbose_name = _("branch of the invite tree")
        verbose_name_plural = _("invite tree")


class MeasureKind(models.TextChoices):
    """What was done."""

    PAUSE = "pause", _("paused")
    CUT = "cut", _("cut off")


class BranchMeasure(models.Model):
    """Staff paused a branch, or cut it off. While it holds, nobody in it is let in anywhere."""

    root = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="measures", verbose_name=_("whose branch")
    )  # empty: their account is erased, and the others are still held
    kind = models.CharField(_("what"), max_length=5, choices=MeasureKind)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("measure on a branch")
        verbose_name_plural = _("measures on branches")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["root", "kind"], condition=Q(lifted_at=None), name="one_measure_of_a_kind_a_branch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class BranchMember(models.Model):
    """Somebody whom a measure holds."""

    measure = models.ForeignKey(BranchMeasure, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="held_by")

    class Meta:
        verbose_name = _("member held by a measure")
        verbose_name_plural = _("members held by measures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "user"], name="one_entry_a_measure_and_member"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} by {self.measure_id}"
