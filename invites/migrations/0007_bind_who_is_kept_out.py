from django.db import migrations
from django.utils import timezone

from accounts import bans, contacts
from accounts.models import FORMER_MEMBER
from accounts.sealing import PHONE, Unreadable, unseal


def bind(apps, schema_editor):
    """Who was suspended, or held by a measure, before contacts were bound: a new invite must not help them either."""
    User = apps.get_model("accounts", "User")
    BoundContact = apps.get_model("accounts", "BoundContact")
    out = User.objects.filter(is_active=False, bound_contacts=None).exclude(email=FORMER_MEMBER)
    for user in out.exclude(deletions__state__in=["pending", "erasing"]).iterator():
        keys = [bans.keys_of([contact])[0] for contact in _proven(apps, user)]
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
    proven = [contacts.email(address) for address in found]
    for phone in apps.get_model("accounts", "Phone").objects.filter(user=user):
        try:
            proven.append(contacts.phone(unseal(phone.sealed, purpose=PHONE)))
        except Unreadable:
            continue
    return proven


class Migration(migrations.Migration):

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0009_claims"),
        ("invites", "0006_measures_outlive_their_root"),
    ]

    operations = [migrations.RunPython(bind, migrations.RunPython.noop)]
