"""Who is kept out, by contact: a new invite, application, account or phone does not help whoever staff sanctioned.

A measure binds every address and phone of a person as keyed hashes, which outlive the account. They are kept under today's
key only, and looked up under all: as for `NeverInvite`, former keys must stay in the list.
"""

import contextlib
from collections.abc import Iterable, Iterator

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import contacts
from accounts.ban_models import BoundContact, FormerContact
from accounts.claim_models import Claim, ClaimKind, ClaimState
from accounts.contacts import Channel, Contact
from accounts.models import Phone, User
from accounts.sealing import CLAIM, PHONE, Unreadable, keyed_hashes, unseal

# One mailbox, however the dots are set and by either name.
_DOTS_MEAN_NOTHING = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def is_bound(contact: Contact | None) -> bool:
    """Whether a contact is somebody's who is kept out."""
    return contact is not None and BoundContact.objects.filter(contact_key__in=_keys(contact)).exists()


def bound_among(found: Iterable[Contact]) -> set[Contact]:
    """Those of some contacts that are kept out: one question for all."""
    by_key = {key: contact for contact in found for key in _keys(contact)}
    bound = BoundContact.objects.filter(contact_key__in=by_key).values_list("contact_key", flat=True)
    return {by_key[key] for key in bound}


@transaction.atomic
def bind(users: Iterable[User], cause: str) -> None:
    """Keep people out by every contact that they have proven, also by those that they gave up lately. `cause` names the
    measure: told twice, it is one."""
    people = {user.pk: user for user in users}
    found = [(user, contacts.email(user.email)) for user in people.values()]
    proven = EmailAddress.objects.filter(user__in=people, verified=True)
    found += [(people[address.user_id], contacts.email(address.email)) for address in proven]
    for phone in Phone.objects.filter(user__in=people):
        found.append((people[phone.user_id], contacts.phone(unseal(phone.sealed, purpose=PHONE))))
    found += [(people[claim.user_id], address) for claim, address in _work_addresses(people)]
    keys = [(user, key_of(contact)) for user, contact in found] + list(_given_up(people))
    rows = [BoundContact(contact_key=key, user=user, person=user.public_id, cause=cause) for user, key in keys]
    BoundContact.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _given_up(people: dict[int, User]) -> Iterator[tuple[User, str]]:
    """What people gave up lately."""
    for former in FormerContact.objects.filter(user__in=people, until__gt=timezone.now()):
        yield people[former.user_id], former.contact_key


def _work_addresses(users: Iterable[int]) -> Iterator[tuple[Claim, Contact]]:
    """Where people work, as far as they have proven it and it still holds."""
    holding = Claim.objects.filter(
        user__in=users, kind=ClaimKind.WORK_EMAIL, state=ClaimState.VERIFIED, expires_at__gt=timezone.now()
    )
    for claim in holding.exclude(sealed=""):
        with contextlib.suppress(Unreadable):  # nobody is let off because of a key that is gone
            yield claim, contacts.email(unseal(claim.sealed, purpose=CLAIM))


def lift(cause: str, user: User | None = None) -> None:
    """What a measure bound, of everybody or of one, is free again."""
    bound = BoundContact.objects.filter(cause=cause)
    (bound if user is None else bound.filter(user=user)).delete()


def held(users: Iterable[int], *, but: str = "") -> QuerySet[BoundContact]:
    """What keeps any of these people out, the cause `but` left aside."""
    return BoundContact.objects.filter(user__in=users).exclude(cause=but)


def key_of(contact: Contact) -> str:
    """The hash by which a contact is bound today."""
    return _keys(contact)[0]


def keys_of(found: Iterable[Contact]) -> list[str]:
    """Every hash by which one of these contacts may be bound."""
    return [key for contact in found for key in _keys(contact)]


def _keys(contact: Contact) -> list[str]:
    return keyed_hashes(f"ban.{contact.channel}", _one_spelling(contact))


def _one_spelling(contact: Contact) -> str:
    if contact.channel is not Channel.EMAIL:
        return contact.value
    name, _at, domain = contact.value.rpartition("@")
    name = name.partition("+")[0] or name
    if domain in _DOTS_MEAN_NOTHING:
        name, domain = name.replace(".", ""), _DOTS_MEAN_NOTHING[domain]
    return f"{name}@{domain}"
