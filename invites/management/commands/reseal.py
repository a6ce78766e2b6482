"""`manage.py reseal`: after a new key was put in front of MITALK_DATA_KEYS, everything that is sealed gets it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import models, transaction

from accounts import contacts
from accounts.claims import private_files
from accounts.claims.work_domains import mailbox
from accounts.models import Claim, ClaimDocument, OutboxMessage, Phone
from accounts.sealing import CLAIM, MESSAGE, PHONE, reseal, unseal
from accounts.second_factor import reseal_secrets
from invites.models import Application, Invite


class Command(BaseCommand):
    """Encrypts again, and makes the keyed hashes anew where the value is known. Can be run at any time, and again."""

    help = (
        "Encrypt phone numbers, claims, waiting messages and second factors with today's first key of MITALK_DATA_KEYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """One row after the other, so that nobody waits."""
        count = self._each(Phone, PHONE, "sealed", "key") + self._each(Invite, PHONE, "phone_sealed", "phone_key")
        count += self._each(Application, PHONE, "phone_sealed", "contact_key")
        count += sum(self._each(OutboxMessage, MESSAGE, name) for name in ("sealed_address", "sealed_content"))
        count += self._each(Claim, CLAIM, "sealed", "key") + self._each(
            ClaimDocument, private_files.PURPOSE, "sealed_key"
        )
        count += sum(self._secrets(pk) for pk in list(Authenticator.objects.values_list("pk", flat=True)))
        self.stdout.write(f"{count} values are sealed with today's key.")

    @transaction.atomic
    def _secrets(self, pk: int) -> int:
        authenticator = Authenticator.objects.select_for_update().filter(pk=pk).first()
        return reseal_secrets(authenticator) if authenticator else 0

    def _each(self, model: type[models.Model], purpose: str, sealed: str, key: str = "") -> int:
        rows = model._default_manager.exclude(**{sealed: ""})
        pks = list(rows.values_list("pk", flat=True))
        return sum(self._one(rows, pk, purpose, sealed, key) for pk in pks)

    @transaction.atomic
    def _one(self, rows: models.QuerySet, pk: int, purpose: str, sealed: str, key: str) -> bool:
        value = rows.select_for_update().filter(pk=pk).values_list(sealed, flat=True).first()
        if not value:
            return False
        new = {sealed: reseal(value, purpose=purpose)}
        if key:
            new[key] = _key(rows.model, unseal(value, purpose=purpose))
        rows.filter(pk=pk).update(**new)
        return True


def _key(model: type[models.Model], value: str) -> str:
    """The keyed hash by which this is found; licences, whose number has no address in it, are found by none."""
    if model is Claim:
        return contacts.email(mailbox(value)).key if "@" in value else ""
    return contacts.phone(value).key
