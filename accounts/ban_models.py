"""Whom staff keep out, by how they are reached."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BoundContact(models.Model):
    """An address or phone of somebody who is kept out. Only its keyed hash is known; the row stays when the account is gone,
    and goes when the measure is lifted."""

    contact_key = models.CharField(max_length=64, db_index=True, editable=False, help_text=_("Keyed hash."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="bound_contacts",
        verbose_name=_("whose"),
    )
    person = models.CharField(_("who"), max_length=24, help_text=_("Public id: stays when the account is gone."))
    cause = models.CharField(_("cause"), max_length=80, help_text=_("The measure that it comes from."))
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("contact that is kept out")
        verbose_name_plural = _("contacts that are kept out")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact_key", "person", "cause"], name="one_bound_contact_a_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.cause}"


class FormerContact(models.Model):
    """An address or phone that somebody gave up. Only its keyed hash is known, for a while: see accounts.former_contacts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_contacts", verbose_name=_("whose")
    )
    contact_key = models.CharField(max_length=64, editable=False, help_text=_("Keyed hash."))
    until = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("former contact")
        verbose_name_plural = _("former contacts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "contact_key"], name="one_former_contact_once"),
        ]

    def __str__(self) -> str:
        return f"of {self.user_id} until {self.until:%Y-%m-%d}"
