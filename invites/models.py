"""How people get in: invites and who came by them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from accounts.text import validate_words
from rooms.models import Room

MOST_SEATS = 1000


class InviteState(StrEnum):
    """What an invite is good for now. The values are stable codes."""

    OPEN = "open"
    EXPIRED = "invite_expired"
    REVOKED = "invite_revoked"
    USED = "invite_used"


class InviteQuerySet(models.QuerySet["Invite"]):
    """Invites, by what they are good for."""

    def redeemable(self, now: datetime | None = None) -> "InviteQuerySet":
        """Those with a free seat, not revoked, not expired."""
        now = now or timezone.now()
        return self.filter(revoked_at=None, expires_at__gt=now, seats_taken__lt=F("seats"))


class Invite(models.Model):
    """A link that lets people in. Its code is kept only as a keyed hash: whoever reads the table cannot use it."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    sponsor = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invites",
        verbose_name=_("invited by"),
        help_text=_("Empty: MiTalk itself."),
    )
    email = models.EmailField(
        _("for this address only"),
        blank=True,
        help_text=_("The link is then sent there, shown to nobody, and proves the address."),
    )
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="invites", verbose_name=_("into the room")
    )
    note = models.CharField(_("personal note"), max_length=300, blank=True, validators=[validate_words])
    seats = models.PositiveIntegerField(
        _("seats"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    seats_taken = models.PositiveIntegerField(_("seats taken"), default=0, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    expired_at = models.DateTimeField(_("found expired"), null=True, blank=True, editable=False)

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = _("invite")
        verbose_name_plural = _("invites")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seats_taken__lte=F("seats")), name="no_more_people_than_seats"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def state(self, now: datetime | None = None) -> InviteState:
        """What it is good for; where several reasons hold, the one that a person can do least about."""
        if self.revoked_at is not None:
            return InviteState.REVOKED
        if self.seats_taken >= self.seats:
            return InviteState.USED
        if self.expires_at <= (now or timezone.now()):
            return InviteState.EXPIRED
        return InviteState.OPEN


class Redemption(models.Model):
    """One person who came in by an invite."""

    invite = models.ForeignKey(Invite, on_delete=models.PROTECT, related_name="redemptions", verbose_name=_("invite"))
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="redemption", verbose_name=_("person"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")

    def __str__(self) -> str:
        return f"{self.user_id} by {self.invite_id}"
