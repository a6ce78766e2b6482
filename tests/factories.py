"""People, invites and rooms for tests. Three people appear everywhere: a host, a colleague, an outsider."""

import itertools
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Industry, Profile, User
from accounts.own_data import consents
from accounts.services import save_profile
from invites.models import Invite
from invites.services import create_invite
from rooms import services
from rooms.models import Room, Topic

_numbers = itertools.count(1)
PASSWORD = "correct horse battery"
AGREED = {"agrees": "on", "is_old_enough": "on"}  # at sign-up


def an_industry() -> Industry:
    """One industry, the same for everybody."""
    industry, _created = Industry.objects.get_or_create(
        slug="semiconductors", defaults={"name_en": "Semiconductors", "name_zh": "半导体", "name_ko": "반도체"}
    )
    return industry


def a_member(
    name: str = "Amara Okafor", *, with_profile: bool = True, password: str | None = PASSWORD, **fields: Any
) -> User:
    """A signed-up person, with a profile unless said otherwise."""
    user = User.objects.create_user(
        fields.pop("email", f"member-{secrets.token_hex(6)}@example.org"), password, **fields
    )
    if with_profile:
        save_profile(user, name=name, headline="Process engineer", industry=an_industry())
        _is_called(user, name)
    consents.agree(user, age=18)
    return user


def _is_called(user: User, name: str) -> None:
    """By this name, whoever else is: one installation has many people of the same name, some of them staff."""
    profile = user.profile
    if profile.name != name.strip():
        user.name_changes.filter(wanted=name.strip()).delete()
        profile.name = name
        profile.save(update_fields=["name"])


def without_profile() -> User:
    """A person who has signed up and said nothing about themselves yet."""
    user = a_member(with_profile=False)
    assert not Profile.objects.filter(user=user).exists()
    return user


def a_topic(by: User | None = None) -> Topic:
    """A topic of its own name."""
    return services.create_topic(
        name=f"Topic {next(_numbers)} {secrets.token_hex(2)}", industry=an_industry(), by=by or a_member()
    )


def a_live_room(
    host: User | None = None, *, speakers: tuple[User, ...] = (), title: str = "Who pays for the second foundry?"
) -> Room:
    """A room that talks now."""
    host = host or a_member("Ji-woo Han")
    return services.open_room(host=host, title=title, topic=a_topic(host), language="en", speakers=speakers)


def a_room_to_come(
    host: User | None = None, *, minutes: float = 60, title: str = "Chip packaging 101", **more: Any
) -> Room:
    """A room that starts in so many minutes."""
    host = host or a_member("Ji-woo Han")
    fields = {"topic": a_topic(host), "language": "en", **more}
    return services.schedule_room(
        host=host, title=title, starts_at=timezone.now() + timedelta(minutes=minutes), **fields
    )


def an_invite(**fields: Any) -> tuple[Invite, str]:
    """An invite and its code."""
    return create_invite(**fields)
