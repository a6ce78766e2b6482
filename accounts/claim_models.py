"""What professionals can show about themselves, and how far each of it is."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, random_id
from accounts.reply_models import MOST_WORDS, ThreeLanguages
from accounts.text import validate_line, validate_words


class ClaimKind(models.TextChoices):
    """How it is shown."""

    WORK_EMAIL = "work_email", _("work e-mail")
    LICENCE = "licence", _("licence")
    DOCUMENT = "document", _("document")


class DocumentKind(models.TextChoices):
    """What a document says."""

    EMPLOYMENT = "employment", _("employment")
    DEGREE = "degree", _("degree")
    OTHER = "other", _("something else")


class ClaimState(models.TextChoices):
    """How far a claim is. Expired is not among them: a verified one is shown until its time, by the clock."""

    WAITING = "waiting", _("waiting")
    ASKED = "asked", _("asked back")
    VERIFIED = "verified", _("verified")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("not decided in time")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REVOKED = "revoked", pgettext_lazy("a claim, by staff", "revoked")
    RENEWED = "renewed", _("renewed")
    MOVED = "moved", _("proven by another account")


OPEN_STATES = (ClaimState.WAITING, ClaimState.ASKED)


class Claim(models.Model):
    """One thing that a member showed, or wants to. A renewal is a row of its own: rows are the history."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="claims", verbose_name=_("whose"))
    kind = models.CharField(_("kind"), max_length=10, choices=ClaimKind)
    document_kind = models.CharField(_("what it says"), max_length=10, choices=DocumentKind, blank=True)
    about = models.CharField(
        _("what others read"),
        max_length=100,
        validators=[MinLengthValidator(2), validate_words],
        help_text=_("A domain, the register of a licence, or what a document shows."),
    )
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=60, blank=True, validators=[MinLengthValidator(2), validate_words]
    )
    sealed = models.TextField(
        blank=True, editable=False, help_text=_("The address, or the licence’s number: encrypted; deleted at the end.")
    )
    key = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Keyed hash of the address; empty at the end.")
    )
    note = models.TextField(
        _("to staff"), max_length=MOST_WORDS, blank=True, validators=[MaxLengthValidator(MOST_WORDS), validate_line]
    )
    good_until = models.DateField(_("good until"), null=True, blank=True, help_text=_("As its holder says."))
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    state = models.CharField(_("state"), max_length=10, choices=ClaimState, default=ClaimState.WAITING)
    state_at = models.DateTimeField(_("since"), default=timezone.now)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="renewals", verbose_name=_("renews")
    )
    question = models.TextField(_("what was asked"), blank=True)
    answer = models.TextField(_("what was answered"), blank=True, max_length=MOST_WORDS)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("For staff only."))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering: ClassVar = ["state_at", "pk"]
        permissions: ClassVar = [("review_claim", "Can review claims and open their documents")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state="verified", kind="work_email") & ~Q(key=""),
                name="one_account_a_work_address",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(state__in=["waiting", "asked"]), name="one_open_renewal_a_claim"
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False, expires_at__isnull=False),
                name="verified_claims_expire",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "state", "expires_at"]),
            models.Index(fields=["state", "state_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"

    @property
    def is_open(self) -> bool:
        """Whether staff have still to decide."""
        return self.state in OPEN_STATES

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.state == ClaimState.VERIFIED and self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_shown(self) -> bool:
        """Whether others see it."""
        return self.state == ClaimState.VERIFIED and not self.has_expired

    @property
    def lapses_at(self) -> datetime:
        """When it is given up, and its document deleted, if nobody has decided."""
        return self.made_at + timedelta(days=settings.CLAIM_DECIDED_WITHIN_DAYS)


class ClaimDocument(models.Model):
    """The file that a claim stands on, until it is decided. What it holds is on the disk, encrypted with a key of its own,
    and that key is here, sealed: without the row the file is noise."""

    claim = models.OneToOneField(Claim, on_delete=models.CASCADE, related_name="document", verbose_name=_("claim"))
    name = models.CharField(max_length=64, unique=True, editable=False, help_text=_("Of the file: random."))
    sealed_key = models.TextField(editable=False, help_text=_("Encrypted."))
    media_type = models.CharField(_("type"), max_length=20)
    size = models.PositiveIntegerField(_("bytes"))
    stored_at = models.DateTimeField(_("stored"), default=timezone.now)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return f"{self.media_type}, {self.size}"


class ClaimReplyKind(models.TextChoices):
    """What staff answer."""

    APPROVE = "approve", _("approve")
    ASK = "ask", _("ask back")
    DECLINE = "decline", _("decline")
    REVOKE = "revoke", _("revoke")


class ClaimReplyTemplate(ThreeLanguages):
    """What staff write about claims."""

    kind = models.CharField(_("what for"), max_length=10, choices=ClaimReplyKind)

    class Meta(ThreeLanguages.Meta):
        verbose_name = _("template of a reply about claims")
        verbose_name_plural = _("templates of replies about claims")
