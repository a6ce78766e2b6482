"""The only writer of accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import AuditEntry, Block, Follow, Profile, User
from accounts.text import tidy


def record(act: str, target: str, *, actor: User | None = None, reason: str = "") -> None:
    """Append to the audit log what staff, or who runs a room (`actor`), or an operator's command (None) did, in the same
    transaction."""
    AuditEntry.objects.create(actor=actor.public_id if actor else "", act=act, target=target[:120], reason=reason[:300])


@transaction.atomic
def save_profile(user: User, **fields: Any) -> Profile:
    """Make or change a person's profile; `fields` are those of `Profile`, validated by the form that read them."""
    words = {name: tidy(fields[name]) for name in ("name", "headline", "organisation") if name in fields}
    profile, _created = Profile.objects.update_or_create(user=user, defaults=fields | words)
    return profile


@transaction.atomic
def make_staff(email: str, password: str) -> User:
    """The first member of staff, made by an operator: a superuser whose address counts as verified."""
    user = User.objects.create_superuser(email=email, password=password)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record("staff.created", user.public_id)
    return user


class FollowRefused(Exception):
    """One of the two has blocked the other, or it is the same person."""


@transaction.atomic
def follow(follower: User, followed: User) -> None:
    """Follow somebody. Following twice changes nothing.

    Raises:
        FollowRefused: it is oneself, or one has blocked the other.
    """
    apart = Q(blocker=follower, blocked=followed) | Q(blocker=followed, blocked=follower)
    if follower == followed or Block.objects.filter(apart).exists():
        raise FollowRefused
    Follow.objects.get_or_create(follower=follower, followed=followed)


def unfollow(follower: User, followed: User) -> None:
    """Follow somebody no more."""
    Follow.objects.filter(follower=follower, followed=followed).delete()


@transaction.atomic
def block(blocker: User, blocked: User) -> None:
    """Block somebody: neither follows the other any more. Blocking oneself, or twice, changes nothing."""
    if blocker == blocked:
        return
    Block.objects.get_or_create(blocker=blocker, blocked=blocked)
    Follow.objects.filter(Q(follower=blocker, followed=blocked) | Q(follower=blocked, followed=blocker)).delete()


def unblock(blocker: User, blocked: User) -> None:
    """Take a block back. Follows do not come back with it."""
    Block.objects.filter(blocker=blocker, blocked=blocked).delete()
