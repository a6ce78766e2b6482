"""Which kinds of messages there are, and who wants which by which channel. Each app registers its kinds in its AppConfig;
whoever sends one asks here first."""

from dataclasses import dataclass
from enum import StrEnum

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise

from accounts.contacts import Channel
from accounts.models import NotificationChoice, Phone, User
from accounts.writing import absolute

_SALT = "mitalk.accounts.notices"


class Via(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    SMS = "sms"
    IN_APP = "in_app"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of messages. `always`: it goes out whatever one chose, and the page says so."""

    name: str
    title: Promise
    explanation: Promise
    channels: tuple[Via, ...] = (Via.EMAIL,)
    always: bool = False
    by_default: bool = True


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Say that there are these."""
    _kinds.update({kind.name: kind for kind in kinds})


def kinds() -> tuple[Kind, ...]:
    """All of them: first those one can choose, then those that always go out."""
    return tuple(sorted(_kinds.values(), key=lambda kind: kind.always))


def find(name: str) -> Kind | None:
    """One of them."""
    return _kinds.get(name)


def wants(user: User, name: str, via: Via | Channel = Via.EMAIL) -> bool:
    """Whether somebody wants messages of a kind by a channel.

    Raises:
        KeyError: nobody registered this kind.
    """
    kind = _kinds[name]
    if kind.always:
        return True
    chosen = NotificationChoice.objects.filter(user=user, kind=name, channel=via.value).first()
    return chosen.is_wanted if chosen else is_default(kind, via)


def is_default(kind: Kind, via: Via | Channel) -> bool:
    """Whether it goes out to those who chose nothing: never by text message."""
    return kind.always or (kind.by_default and via != Via.SMS)


def channels_of(user: User) -> tuple[Via, ...]:
    """By what somebody can be reached today. In MiTalk itself what there is to tell stands in the hall, for everybody; push
    is declared and not there yet."""
    has_phone = Phone.objects.filter(user=user).exists()
    return (Via.EMAIL, Via.SMS) if has_phone else (Via.EMAIL,)


def choices_of(user: User) -> dict[tuple[str, str], bool]:
    """What somebody chose, by kind and channel."""
    rows = NotificationChoice.objects.filter(user=user).values_list("kind", "channel", "is_wanted")
    return {(kind, channel): is_wanted for kind, channel, is_wanted in rows}


@transaction.atomic
def choose(user: User, name: str, via: Via, *, is_wanted: bool) -> None:
    """Choose. What always goes out cannot be chosen."""
    kind = _kinds.get(name)
    if kind is None or kind.always or via not in kind.channels:
        return
    NotificationChoice.objects.update_or_create(
        user=user, kind=name, channel=via.value, defaults={"is_wanted": is_wanted}
    )


def headers_for(user: User, name: str) -> dict[str, str]:
    """So that a mail program can offer to have no more of these (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{stop_link(user, name)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def stop_link(user: User, name: str) -> str:
    """Where whoever reads a mail says that they want no more of its kind, without signing in."""
    token = signing.dumps([user.public_id, name], salt=_SALT)
    return absolute(reverse("accounts:stop_notices", args=[token]))


def of_token(token: str) -> tuple[User, Kind] | None:
    """Whose mail of which kind it was; None if it is none of ours, or always goes out."""
    try:
        public_id, name = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(public_id=public_id).first()
    kind = _kinds.get(name)
    return None if user is None or kind is None or kind.always else (user, kind)
