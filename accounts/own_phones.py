"""The only writer of the phones of accounts. One number is one account's."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import bans, contacts
from accounts.contacts import Contact
from accounts.models import Phone, User
from accounts.sealing import PHONE, seal, unseal

# Kinds of messages.
SIGN_IN = "sign_in_code"  # goes out to phones of accounts only: see `may_sign_in`
UNUSABLE = "code_kept_back"  # never goes out
TAKEN = "phone_taken"


class PhoneTaken(Exception):
    """This phone is another account's, or of somebody who is kept out."""


@transaction.atomic
def own_phone(user: User, e164: str) -> Phone:
    """Make a phone that was proven the account's own, in place of an earlier one.

    Raises:
        PhoneTaken: it is another's, or nobody's to have.
    """
    contact = contacts.phone(e164)
    if _is_anothers(user, contact) or bans.is_bound(contact):
        raise PhoneTaken
    Phone.objects.filter(user=user).delete()
    try:
        with transaction.atomic():
            return Phone.objects.create(user=user, sealed=seal(contact.value, purpose=PHONE), key=contact.key)
    except IntegrityError as error:
        raise PhoneTaken from error


def forget_phone(user: User) -> None:
    """The account has no phone any more."""
    Phone.objects.filter(user=user).delete()


def phone_of(user: User) -> Contact | None:
    """The phone of an account."""
    phone = Phone.objects.filter(user=user).first()
    return contacts.phone(unseal(phone.sealed, purpose=PHONE)) if phone else None


def holder_of(contact: Contact) -> User | None:
    """Who can sign in by a phone."""
    phone = Phone.objects.filter(key__in=contact.keys, user__is_active=True).select_related("user").first()
    return phone.user if phone else None


def may_sign_in(contact: Contact) -> bool:
    """Whether a code to sign in by goes to a phone: asked when it goes out, after the page was answered. To strangers'
    phones none goes: whoever could have us write to any number would do so for money."""
    return holder_of(contact) is not None


def how_to_prove(user: User, contact: Contact) -> Mapping[str, str]:
    """What goes to a phone that a member wants to own: the code; to another account's, a word to whoever holds it; to one
    that is kept out, nothing. The page is the same."""
    if bans.is_bound(contact):
        return {"kind": UNUSABLE, "instead": _words_to_the_holder()}
    if _is_anothers(user, contact):
        return {"kind": TAKEN, "instead": _words_to_the_holder()}
    return {}


def _words_to_the_holder() -> str:
    return _("Somebody wanted to add this number to another MiTalk account. It stays yours: there is nothing to do.")


def _is_anothers(user: User, contact: Contact) -> bool:
    return Phone.objects.filter(key__in=contact.keys).exclude(user=user).exists()
