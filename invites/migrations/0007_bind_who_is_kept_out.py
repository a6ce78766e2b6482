"""Nothing of this is imported from the apps: whatever becomes of them, a migration does what it did when it was written."""

import base64
import hashlib
import hmac
import unicodedata

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import migrations
from django.utils import timezone

FORMER_MEMBER = "former-member@mitalk.invalid"
DOTS_MEAN_NOTHING = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}



def bind(apps, schema_editor):
    """Who was suspended, or held by a measure, before contacts were bound: a new invite must not help them either."""
    User = apps.get_model("accounts", "User")
    BoundContact = apps.get_model("accounts", "BoundContact")
    out = User.objects.filter(is_active=False, bound_contacts=None).exclude(email=FORMER_MEMBER)
    for user in out.exclude(deletions__state__in=["pending", "erasing"]).iterator():
        keys = _proven(apps, user)
        for cause in _causes(apps, user):
            BoundContact.objects.bulk_create(
                [BoundContact(contact_key=key, user=user, person=user.public_id, cause=cause) for key in keys],
                ignore_conflicts=True,
            )


def _causes(apps, user):
    BranchMember = apps.get_model("invites", "BranchMember")
    held_by = BranchMember.objects.filter(user=user, measure__lifted_at=None).values_list("measure", flat=True)
    return [f"measure {pk}" for pk in held_by] or [f"suspension {timezone.now().isoformat()}"]


def _proven(apps, user):
    EmailAddress = apps.get_model("account", "EmailAddress")
    found = [user.email, *EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)]
    proven = [_key("email", _one_spelling(address)) for address in found]
    for phone in apps.get_model("accounts", "Phone").objects.filter(user=user):
        try:
            proven.append(_key("sms", _unseal(phone.sealed)))
        except InvalidToken:
            continue
    return proven


def _key(channel, value):
    secret = _derived(settings.DATA_KEYS[0], f"hash.ban.{channel}")
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()


def _one_spelling(address):
    address = unicodedata.normalize("NFKC", address).strip().lower()
    name, _at, domain = address.rpartition("@")
    name = name.partition("+")[0] or name
    if domain in DOTS_MEAN_NOTHING:
        name, domain = name.replace(".", ""), DOTS_MEAN_NOTHING[domain]
    return f"{name}@{domain}"


def _unseal(sealed):
    keys = [Fernet(base64.urlsafe_b64encode(_derived(secret, "seal.phone"))) for secret in settings.DATA_KEYS]
    return MultiFernet(keys).decrypt(sealed.encode()).decode()


def _derived(secret, purpose):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mitalk.{purpose}".encode()).derive(secret.encode())


class Migration(migrations.Migration):

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0009_claims"),
        ("invites", "0006_measures_outlive_their_root"),
    ]

    operations = [migrations.RunPython(bind, migrations.RunPython.noop)]
