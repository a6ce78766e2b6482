"""Invites and who came by them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import contacts
from accounts.contacts import Contact
from accounts.models import User, random_id
from accounts.sealing import PHONE, unseal
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
        return self.filter(revoked_at=None, expired_at=None, expires_at__gt=now, seats_taken__lt=F("seats"))


class Invite(models.Model):
    """A link that lets people in. Its code is kept only as a keyed hash: whoever reads the table cannot use it."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    reminder_hash = models.CharField(
        max_length=64, blank=True, db_index=True, editable=False, help_text=_("Of the code in the reminder.")
    )
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
    phone_sealed = models.TextField(blank=True, editable=False, help_text=_("Encrypted; deleted when it is over."))
    phone_key = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Keyed hash."))
    phone_hint = models.CharField(_("for this phone only"), max_length=12, blank=True, editable=False)
    language = models.CharField(
        _("language of the message"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="invites", verbose_name=_("into the room")
    )
    note = models.CharField(_("personal note"), max_length=300, blank=True, validators=[validate_words])
    seats = models.PositiveIntegerField(
        _("seats"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    seats_taken = models.PositiveIntegerField(_("seats taken"), default=0, editable=False)
    made_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("made by")
    )
    is_from_quota = models.BooleanField(_("out of the sponsor's invites"), default=False, editable=False)
    sends = models.PositiveSmallIntegerField(_("times sent"), default=0, editable=False)
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True, editable=False)
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
            models.CheckConstraint(condition=Q(email="") | Q(phone_key=""), name="an_address_or_a_phone"),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at", "expired_at"])]

    def __str__(self) -> str:
        return self.public_id

    def state(self, now: datetime | None = None) -> InviteState:
        """What it is good for; where several reasons hold, the one that a person can do least about."""
        if self.revoked_at is not None or (self.sponsor is not None and not self.sponsor.is_active):
            return InviteState.REVOKED
        if self.seats_taken >= self.seats:
            return InviteState.USED
        if self.expired_at is not None or self.expires_at <= (now or timezone.now()):
            return InviteState.EXPIRED
        return InviteState.OPEN

    def clean(self) -> None:
        """What is for one person has one seat.

        Raises:
            ValidationError: code `bound_has_one_seat`.
        """
        super().clean()
        if self.is_bound and self.seats > 1:
            raise ValidationError(_("An invite for one address or phone has one seat."), code="bound_has_one_seat")

    @property
    def is_bound(self) -> bool:
        """Whether it is for one address or phone only: its link goes there and is shown to nobody."""
        return bool(self.email or self.phone_key)

    @property
    def contact(self) -> Contact | None:
        """Where it is sent; None if it is not bound, or the phone was forgotten."""
        if self.email:
            return contacts.email(self.email)
        return contacts.phone(unseal(self.phone_sealed, purpose=PHONE)) if self.phone_sealed else None

    @property
    def whom_for(self) -> str:
        """Whom it is for, in words for its sponsor; empty for anybody."""
        return self.email or self.phone_hint


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
