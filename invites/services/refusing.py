"""Those who want no invitation. Nobody who invites is told."""

import base64
import hmac

from accounts import bans
from accounts.contacts import Contact
from accounts.sealing import keyed_hashes
from invites.models import NeverInvite

_KEY_BYTES, _MAC_BYTES = 32, 12


def is_wanted(contact: Contact) -> bool:
    """Whether an invitation may be sent to a contact: not to who said never, and not to who is kept out."""
    return not NeverInvite.objects.filter(contact_key__in=contact.keys).exists() and not bans.is_bound(contact)


def never_invite(contact_key: str) -> None:
    """Send no invitation there any more."""
    NeverInvite.objects.bulk_create([NeverInvite(contact_key=contact_key)], ignore_conflicts=True)


def welcome_again(contact: Contact) -> None:
    """They asked to join by themselves: they may be written to."""
    NeverInvite.objects.filter(contact_key__in=contact.keys).delete()


def token_of(contact: Contact) -> str:
    """What a message to a contact carries, so that whoever reads it can refuse further ones without an account. It says
    nothing and never ends, whatever becomes of the invite."""
    key = bytes.fromhex(contact.key)
    return base64.urlsafe_b64encode(key + _mac(contact.key)[0]).decode().rstrip("=")


def key_of(token: str) -> str | None:
    """The keyed hash of the contact that a token was made for; None if it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    key, mac = raw[:_KEY_BYTES].hex(), raw[_KEY_BYTES:]
    if len(raw) != _KEY_BYTES + _MAC_BYTES or not any(hmac.compare_digest(mac, good) for good in _mac(key)):
        return None
    return key


def _mac(key: str) -> list[bytes]:
    return [bytes.fromhex(hashed)[:_MAC_BYTES] for hashed in keyed_hashes("never", key)]
