"""What was somebody's address or phone until lately: who gives one up before staff keep them out does not come back by it.
Only keyed hashes are known, for a while (docs/decisions/0024)."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models.signals import post_save, pre_delete
from django.utils import timezone

from accounts import bans, contacts
from accounts.ban_models import FormerContact
from accounts.contacts import Contact
from accounts.models import Phone, User
from accounts.sealing import PHONE, Unreadable, unseal


def connect() -> None:
    """Notice what people give up, by whatever way."""
    pre_delete.connect(_address_goes, sender=EmailAddress, dispatch_uid="accounts.former_address")
    pre_delete.connect(_phone_goes, sender=Phone, dispatch_uid="accounts.former_phone")
    post_save.connect(_address_comes, sender=EmailAddress, dispatch_uid="accounts.address_comes")
    post_save.connect(_phone_comes, sender=Phone, dispatch_uid="accounts.phone_comes")


def forget() -> int:
    """Delete those whose time is over; how many."""
    return FormerContact.objects.filter(until__lte=timezone.now()).delete()[0]


def _address_goes(sender: object, instance: EmailAddress, origin: Any = None, **_kwargs: Any) -> None:
    if instance.verified and not _with_the_account(origin):
        _keep(instance.user_id, contacts.email(instance.email))


def _phone_goes(sender: object, instance: Phone, origin: Any = None, **_kwargs: Any) -> None:
    if _with_the_account(origin):
        return
    try:
        _keep(instance.user_id, contacts.phone(unseal(instance.sealed, purpose=PHONE)))
    except Unreadable:  # nobody is stopped from giving up a phone because a key is gone
        return


def _address_comes(sender: object, instance: EmailAddress, **_kwargs: Any) -> None:
    if instance.verified:
        _is_somebodys(contacts.email(instance.email))


def _phone_comes(sender: object, instance: Phone, **_kwargs: Any) -> None:
    _is_somebodys(contacts.phone(unseal(instance.sealed, purpose=PHONE)))


def _is_somebodys(contact: Contact) -> None:
    """Whoever proves a contact has it now: nobody is kept out because of who had it before."""
    FormerContact.objects.filter(contact_key__in=bans.keys_of([contact])).delete()


def _with_the_account(origin: Any) -> bool:
    return isinstance(origin, User) or getattr(origin, "model", None) is User


def _keep(user_id: int, contact: Contact) -> None:
    until = timezone.now() + timedelta(days=settings.FORMER_CONTACT_DAYS)
    FormerContact.objects.update_or_create(user_id=user_id, contact_key=bans.key_of(contact), defaults={"until": until})
