"""The only writer of accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from accounts import clock, renaming
from accounts.models import (
    AuditEntry,
    Block,
    Expertise,
    Follow,
    Language,
    Profile,
    ProfileLink,
    SpokenLanguage,
    User,
)
from accounts.text import key, tidy, tidy_prose
from accounts.written import Place, settled


def record(act: str, target: str, *, actor: User | None = None, reason: str = "") -> None:
    """Append to the audit log what staff, or who runs a room (`actor`), or an operator's command (None) did, in the same
    transaction."""
    who = actor.public_id if actor else ""
    AuditEntry.objects.create(at=clock.now(), actor=who, act=act, target=target[:120], reason=reason[:300])


_TIDIED = {"headline": tidy, "organisation": tidy, "bio": tidy_prose}


@transaction.atomic
def save_profile(user: User, *, name: str | None = None, **fields: Any) -> Profile:
    """Make or change a person's profile; `fields` are those of `Profile`, and the lists `expertise`, `languages` and `links`,
    validated by the form that read them. A name that looks like another's may wait for staff: see accounts.renaming; so may
    words that are on a list: see accounts.written. Until then what was there stays.

    Raises:
        NameRefused: `name_live`, `name_too_often`; TextRefused: a list refuses it. Then nothing is changed.
    """
    renaming.lock(user)
    lists: dict[str, list[str]] = {
        field: fields.pop(field) for field in ("expertise", "languages", "links") if field in fields
    }
    profile = Profile.objects.filter(user=user).first()
    is_new = profile is None
    if profile is None:
        profile = Profile(user=user, name=renaming.first_name(user, name or ""))
        lists.setdefault("languages", [fields.get("language", SpokenLanguage.ENGLISH)])
    for field, value in fields.items():
        setattr(profile, field, _settled(profile, field, _TIDIED[field](value)) if field in _TIDIED else value)
    _settle_lists(profile, lists)
    profile.save()
    if name is not None and not is_new:
        renaming.rename(user, profile, name)
    _save_lists(profile, **lists)
    user.profile = profile  # whoever asks the account again is told of it as it is now
    return profile


def _settled(profile: Profile, field: str, words: str) -> str:
    return settled(_place(profile, field), words, getattr(profile, field) or "")


def _place(profile: Profile, field: str) -> Place:
    return Place(f"profile.{field}", profile.user.public_id, profile.language, by=profile.user)


_IN_LISTS = {"expertise": "words", "links": "url"}


def _settle_lists(profile: Profile, lists: dict[str, list[str]]) -> None:
    """A list of words stays as it is as a whole, if one of them has to wait."""
    for field, column in _IN_LISTS.items():
        if field not in lists:
            continue
        before = list(getattr(profile, field).values_list(column, flat=True)) if profile.pk else []
        text = "\n".join(map(tidy, lists[field]))
        if settled(_place(profile, field), text, "\n".join(before)) != text:
            lists[field] = before


@transaction.atomic
def set_profile_words(user: User, field: str, words: str) -> None:
    """What waited for staff stands from now on. `field` is a line or the bio of the profile, or one of its lists of words."""
    profile = Profile.objects.get(user=renaming.lock(user))
    if field in _IN_LISTS:
        _save_lists(profile, **{field: words.splitlines()})
    else:
        setattr(profile, field, words)
        profile.save(update_fields=[field])


def _save_lists(profile: Profile, **lists: list[str]) -> None:
    """Each list as it was given, in place of the one before."""
    if "expertise" in lists:
        profile.expertise.all().delete()
        tags: dict[str, str] = {}
        for words in lists["expertise"]:
            tags.setdefault(key(words), tidy(words))
        rows = [Expertise(profile=profile, key=each, words=words) for each, words in tags.items()]
        Expertise.objects.bulk_create(_in_order(rows))
    if "languages" in lists:
        profile.languages.all().delete()
        Language.objects.bulk_create(
            _in_order([Language(profile=profile, code=code) for code in dict.fromkeys(lists["languages"])])
        )
    if "links" in lists:
        profile.links.all().delete()
        ProfileLink.objects.bulk_create(
            _in_order([ProfileLink(profile=profile, url=url) for url in dict.fromkeys(lists["links"])])
        )


def _in_order(rows: list[Any]) -> list[Any]:
    for place, row in enumerate(rows):
        row.place = place
    return rows


@transaction.atomic
def make_staff(email: str, password: str, *, role: Group | None = None) -> User:
    """A member of staff, made by an operator: of a role, or a superuser; the address counts as verified."""
    if role is None:
        user = User.objects.create_superuser(email=email, password=password)
    else:
        user = User.objects.create_user(email, password, is_staff=True)
        user.groups.add(role)
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
