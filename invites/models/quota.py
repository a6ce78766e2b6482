"""How many people a member may invite: a ledger. The balance is the sum of its rows; each says why it is there."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class QuotaReason(models.TextChoices):
    """Why a member may invite more people, or fewer."""

    START = "start", _("to begin with")
    REFILL = "refill", _("for taking part")
    INVITE = "invite", _("an invite was made")
    RETURN = "return", _("seats that nobody took")
    SANCTION = "sanction", _("somebody they invited was suspended")
    LIFTED = "lifted", _("a measure was lifted")
    GRANT = "grant", _("given by staff")


class QuotaEntry(models.Model):
    """So many invites more or fewer, and why. Appended, never changed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="quota", verbose_name=_("member"))
    amount = models.SmallIntegerField(_("invites"))
    reason = models.CharField(_("reason"), max_length=10, choices=QuotaReason)
    cause = models.CharField(
        _("cause"), max_length=80, blank=True, help_text=_("The invite, the week or the measure that it comes from.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("The member reads it."))
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("entry of a quota")
        verbose_name_plural = _("quotas")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            # The same thing counts once, however often the clock comes by.
            models.UniqueConstraint(fields=["user", "reason", "cause"], name="one_entry_a_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.reason}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append.

        Raises:
            TypeError: the entry already exists.
        """
        if self.pk is not None:
            raise TypeError("An entry of a quota is never changed.")
        super().save(*args, **kwargs)

    @property
    def less(self) -> int:
        """The amount without its sign."""
        return abs(self.amount)

    @property
    def words(self) -> str:
        """What it is, to its member."""
        return {
            QuotaReason.START: gettext("To begin with"),
            QuotaReason.REFILL: gettext("You took part in rooms in week %(week)s") % {"week": self.cause},
            QuotaReason.INVITE: gettext("You made an invite"),
            QuotaReason.RETURN: gettext("Seats of an invite that nobody took came back"),
            QuotaReason.SANCTION: gettext("Somebody you invited was suspended"),
            QuotaReason.LIFTED: gettext("A measure on somebody you invited was lifted"),
            QuotaReason.GRANT: gettext("Given by MiTalk’s staff"),
        }[QuotaReason(self.reason)]
