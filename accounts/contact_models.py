"""Rows about reaching people: their phones, the codes that prove a contact, and what is to be sent."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Phone(models.Model):
    """The proven phone of an account: encrypted, and found by a keyed hash. One number, one account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone")
    sealed = models.TextField(editable=False, help_text=_("Encrypted."))
    key = models.CharField(max_length=64, unique=True, editable=False, help_text=_("Keyed hash."))
    verified_at = models.DateTimeField(_("proven"), default=timezone.now)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")

    def __str__(self) -> str:
        return f"phone of {self.user_id}"


class OneTimeCode(models.Model):
    """A code on its way to a contact. It lives ten minutes and five tries, and is kept as a keyed hash only."""

    purpose = models.CharField(max_length=30)
    subject = models.CharField(
        max_length=64, help_text=_("What it is for: a code of one thing proves nothing to another.")
    )
    contact_key = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    hour = models.PositiveIntegerField(help_text=_("Since 1970."))
    number = models.PositiveSmallIntegerField(help_text=_("Of the codes that this contact got in this hour."))

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints: ClassVar = [
            # Counts without a lock: of many who ask at once, as many get a code as there are numbers.
            models.UniqueConstraint(fields=["contact_key", "hour", "number"], name="so_many_codes_an_hour"),
        ]
        indexes: ClassVar = [models.Index(fields=["purpose", "subject"]), models.Index(fields=["expires_at"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.made_at:%Y-%m-%d %H:%M}"


class OutboxMessage(models.Model):
    """One mail or text message to be sent, once. Address and words are encrypted, and deleted when it is done."""

    key = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text=_("The gateway knows it by this.")
    )
    channel = models.CharField(_("how"), max_length=5, choices=[("email", "email"), ("sms", "sms")])
    kind = models.CharField(_("what"), max_length=30)
    occasion = models.CharField(_("about"), max_length=80)
    contact_key = models.CharField(max_length=64, editable=False, help_text=_("Keyed hash."))
    sealed_address = models.TextField(blank=True, editable=False)
    sealed_content = models.TextField(blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    good_until = models.DateTimeField(_("good until"), null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    sent = models.BooleanField(_("sent"), default=False)
    error_code = models.CharField(_("error code"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact_key", "kind", "occasion"], name="one_message_an_occasion"),
        ]
        indexes: ClassVar = [models.Index(fields=["done_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"


class SmsCount(models.Model):
    """How many text messages went somewhere on a day: see accounts.sms_budget."""

    day = models.DateField(_("day"), help_text=_("In UTC."))
    scope = models.CharField(_("where"), max_length=80)
    sent = models.PositiveIntegerField(_("sent"), default=0)

    class Meta:
        verbose_name = _("count of text messages")
        verbose_name_plural = _("counts of text messages")
        ordering: ClassVar = ["-day", "scope"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "scope"], name="one_count_a_day_and_scope")]

    def __str__(self) -> str:
        return f"{self.day} {self.scope}: {self.sent}"
