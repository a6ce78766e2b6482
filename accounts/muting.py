"""Muting somebody for oneself: what they write is not shown to one, nobody else notices, and they are not told.

It is not the mute of those who run a room, and it is independent of a block.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import hooks
from accounts.models import Mute, Profile, User
from accounts.selectors import profiles_of


@transaction.atomic
def mute(muter: User, muted: User) -> None:
    """Mute somebody for oneself. Muting oneself, or twice, changes nothing."""
    if muter == muted:
        return
    _, is_new = Mute.objects.get_or_create(muter=muter, muted=muted)
    if is_new:
        hooks.mutes_moved(muter)


@transaction.atomic
def unmute(muter: User, muted: User) -> None:
    """Take a mute back."""
    gone, _ = Mute.objects.filter(muter=muter, muted=muted).delete()
    if gone:
        hooks.mutes_moved(muter)


def mutes(muter: User, muted: User) -> bool:
    """Whether somebody has muted somebody."""
    return Mute.objects.filter(muter=muter, muted=muted).exists()


def muted_by(user: User) -> QuerySet[Profile]:
    """Whom somebody has muted: they alone are told."""
    return profiles_of(User.objects.filter(muted_by__muter=user, profile__isnull=False))


def is_muted(who: str, viewer: User) -> Q:
    """The rows whose account, of that column, the viewer has muted; for a query."""
    return Q(Exists(Mute.objects.filter(muter=viewer, muted=OuterRef(who))))
