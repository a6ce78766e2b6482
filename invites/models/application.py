"""People who ask to be let in, who vouches for them, and how staff answer."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import contacts
from accounts.contacts import Contact
from accounts.models import Industry, User, random_id
from accounts.reply_models import MOST_WORDS, ThreeLanguages
from accounts.sealing import PHONE, unseal
from accounts.text import validate_line, validate_words
from invites.models.invite import Invite


class ApplicationState(models.TextChoices):
    """How far an application is."""

    UNPROVEN = "unproven", _("contact not proven")
    WAITING = "waiting", _("waiting")
    ASKED = "asked", _("asked back")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN_STATES = (ApplicationState.WAITING, ApplicationState.ASKED)


class Application(models.Model):
    """Somebody asks to be let in."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    name = models.CharField(_("name"), max_length=60, validators=[MinLengthValidator(2), validate_words])
    email = models.EmailField(_("work e-mail"), blank=True)
    phone_sealed = models.TextField(blank=True, editable=False, help_text=_("Encrypted; deleted when it is over."))
    phone_hint = models.CharField(_("phone"), max_length=12, blank=True, editable=False)
    contact_key = models.CharField(max_length=64, db_index=True, editable=False, help_text=_("Keyed hash."))
    occupation = models.CharField(_("occupation"), max_length=100, validators=[MinLengthValidator(2), validate_words])
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="+", verbose_name=_("industry"))
    why = models.TextField(
        _("why"),
        max_length=MOST_WORDS,
        validators=[MaxLengthValidator(MOST_WORDS), MinLengthValidator(10), validate_line],
    )
    vouchers = models.CharField(_("who could vouch"), max_length=300, blank=True, validators=[validate_line])
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ApplicationState, default=ApplicationState.UNPROVEN, db_index=True
    )
    state_at = models.DateTimeField(_("since"), default=timezone.now)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    is_imported = models.BooleanField(_("imported by staff"), default=False)
    question = models.TextField(_("what was asked"), blank=True)
    answer = models.TextField(_("what was answered"), blank=True, max_length=MOST_WORDS)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, help_text=_("For staff only."))
    invite = models.OneToOneField(
        Invite, on_delete=models.SET_NULL, null=True, blank=True, related_name="application", verbose_name=_("invite")
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering: ClassVar = ["state_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contact_key"],
                condition=Q(state__in=[state.value for state in OPEN_STATES]),
                name="one_open_application_a_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def contact(self) -> Contact | None:
        """Where they are answered; None if the phone was forgotten."""
        if self.email:
            return contacts.email(self.email)
        return contacts.phone(unseal(self.phone_sealed, purpose=PHONE)) if self.phone_sealed else None

    @property
    def is_open(self) -> bool:
        """Whether staff have still to decide."""
        return self.state in OPEN_STATES


class Vouch(models.Model):
    """A member knows an applicant, and answers for them."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="vouches", verbose_name=_("application")
    )
    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="vouches", verbose_name=_("member"))
    words = models.CharField(_("how they know them"), max_length=300, validators=[MinLengthValidator(2), validate_line])
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("vouch")
        verbose_name_plural = _("vouches")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "member"], name="one_vouch_a_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.application_id}"


class ReplyKind(models.TextChoices):
    """What staff answer."""

    APPROVE = "approve", _("approve")
    ASK = "ask", _("ask back")
    DECLINE = "decline", _("decline")


class ReplyTemplate(ThreeLanguages):
    """What staff write to applicants."""

    kind = models.CharField(_("what for"), max_length=10, choices=ReplyKind)

    class Meta(ThreeLanguages.Meta):
        verbose_name = _("template of a reply")
        verbose_name_plural = _("templates of replies")
