"""How people get and change their name. Not while they are in a room, not too often, and not at once into one that a reader
could take for a claimed person's or staff's, or that is on a list of terms."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import contacts, hooks, outbox
from accounts.models import NameChange, Profile, User
from accounts.names import name_key
from accounts.own_data.leaving import leaving
from accounts.profile_models import NameState
from accounts.text import tidy
from accounts.written import HOLD, Place, judged

MOST_CHANGES = 2
MOST_ASKED = 8  # with what was withdrawn
_WITHIN = timedelta(days=30)
DECIDED = "name_decided"  # the kind of mail


class NameRefused(Exception):
    """The name stays as it is: `code` is `name_live` or `name_too_often`, with when it may be changed (`until`), or
    `name_decided`."""

    def __init__(self, code: str, until: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.until = until


def lock(user: User) -> User:
    """The account under its lock, which whoever enters a room takes too: nobody is renamed while they come in. Not the
    stronger lock, that every new row of theirs would wait for."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def first_name(user: User, name: str) -> str:
    """The name that a newcomer is shown by: theirs, or while it waits for staff one that is nobody's. The account must be
    locked.

    Raises:
        TextRefused: the lists of terms refuse it.
    """
    wanted = tidy(name)
    is_held, alike = _is_held(user, wanted), looks_like(wanted, user)
    if alike is None and not is_held:
        return wanted
    _wait(user, "", wanted, alike)
    return _("Member %(number)d") % {"number": secrets.randbelow(900_000) + 100_000}


def rename(user: User, profile: Profile, name: str) -> None:
    """Change the name, or have the new one wait for staff. The account must be locked; `profile` is saved if it changed.

    Raises:
        NameRefused: `name_live` in a room, `name_too_often`; TextRefused: the lists of terms refuse it.
    """
    wanted = tidy(name)
    if wanted == profile.name:
        return
    waiting = waiting_name(user)
    if waiting is not None and waiting.wanted == wanted:
        return
    if hooks.is_in_a_room(user):
        raise NameRefused("name_live")
    until = may_change_at(user)
    if until is not None:
        raise NameRefused("name_too_often", until)
    is_held, alike = _is_held(user, wanted), looks_like(wanted, user)
    if waiting is not None:
        _decide(waiting, NameState.WITHDRAWN)
    if alike is not None or is_held:
        _wait(user, profile.name, wanted, alike)
        return
    NameChange.objects.create(user=user, before=profile.name, wanted=wanted)
    profile.name = wanted
    profile.save(update_fields=["name"])


def _is_held(user: User, name: str) -> bool:
    """Whether its words have to wait for staff. If they pass and staff are to be told, they are."""
    return judged(Place("profile.name", user.public_id, by=user), name).outcome == HOLD


def looks_like(name: str, user: User) -> User | None:
    """The member of staff, or the person with a proven claim, whom a reader could take somebody of this name for."""
    is_there = Q(is_active=True) | Q(pk__in=leaving())  # who is leaving may come back
    others = User.objects.filter(is_there, profile__name_key=name_key(name)).exclude(pk=user.pk)
    return next((other for other in others.order_by("-is_staff", "pk") if is_protected(other)), None)


def is_protected(user: User) -> bool:
    """Whether nobody else may look like this person by name unseen by staff."""
    return user.is_staff or hooks.is_claimed(user)


def may_change_at(user: User, now: datetime | None = None) -> datetime | None:
    """When somebody may change their name again; None: now. What was refused counts, so that the queue is not a game; the
    first name does not. Of what was withdrawn there can be some more."""
    since = (now or timezone.now()) - _WITHIN
    asked = user.name_changes.filter(asked_at__gt=since).exclude(before="")
    for counted, most in ((asked.exclude(state=NameState.WITHDRAWN), MOST_CHANGES), (asked, MOST_ASKED)):
        times = list(counted.order_by("-asked_at").values_list("asked_at", flat=True)[:most])
        if len(times) == most:
            return times[-1] + _WITHIN
    return None


def waiting_name(user: User) -> NameChange | None:
    """The name of somebody that waits for staff, or None."""
    return user.name_changes.filter(state=NameState.WAITING).first()


def last_refusal(user: User) -> NameChange | None:
    """The last name that somebody wanted, if staff refused it within a month."""
    last = user.name_changes.order_by("-asked_at", "-pk").first()
    is_recent = last is not None and last.decided_at is not None and last.decided_at > timezone.now() - _WITHIN
    return last if is_recent and last is not None and last.state == NameState.REFUSED else None


@transaction.atomic
def withdraw(user: User) -> None:
    """Want the name no more that waits."""
    waiting = waiting_name(lock(user))
    if waiting is not None:
        _decide(waiting, NameState.WITHDRAWN)


def _wait(user: User, before: str, wanted: str, alike: User | None) -> None:
    NameChange.objects.create(user=user, before=before, wanted=wanted, looks_like=alike, state=NameState.WAITING)


def _decide(change: NameChange, state: NameState, *, by: User | None = None, reason: str = "") -> None:
    change.state, change.decided_at, change.decided_by, change.reason = state, timezone.now(), by, reason
    change.save(update_fields=["state", "decided_at", "decided_by", "reason"])


# --- What staff decide ----------------------------------------------------------------------------------------------


@transaction.atomic
def approve(change_pk: int, by: User, reason: str) -> None:
    """Let somebody have the name they wanted.

    Raises:
        NameRefused: `name_decided` before, or withdrawn; `name_live` while they are in a room.
    """
    change = _waiting(change_pk)
    if hooks.is_in_a_room(change.user):
        raise NameRefused("name_live")
    profile = Profile.objects.get(user=change.user)
    profile.name = change.wanted
    profile.save(update_fields=["name"])
    _decide(change, NameState.APPROVED, by=by, reason=reason)
    _tell(change, by)


@transaction.atomic
def refuse(change_pk: int, by: User, reason: str) -> None:
    """Let somebody keep the name they have. They read the reason.

    Raises:
        NameRefused: `name_decided` before, or withdrawn.
    """
    change = _waiting(change_pk)
    _decide(change, NameState.REFUSED, by=by, reason=reason)
    _tell(change, by)


def _waiting(change_pk: int) -> NameChange:
    change = NameChange.objects.get(pk=change_pk)
    change.user = lock(change.user)
    change.refresh_from_db(fields=["state"])
    if change.state != NameState.WAITING:
        raise NameRefused("name_decided")
    return change


def _tell(change: NameChange, by: User) -> None:
    from accounts.services import record

    record(f"name.{change.state}", change.user.public_id, actor=by, reason=change.reason)
    with translation.override(_language(change.user)):
        if change.state == NameState.APPROVED:
            subject = _("Your new name in MiTalk")
            text = _("You are %(name)s in MiTalk from now on.") % {"name": change.wanted}
        else:
            subject = _("Your name in MiTalk stays as it is")
            text = _("MiTalk’s staff did not accept the name %(name)s: %(reason)s") % {
                "name": change.wanted,
                "reason": change.reason,
            }
    outbox.post(
        contacts.email(change.user.email), kind=DECIDED, occasion=f"name {change.pk}", subject=subject, text=text
    )


def _language(user: User) -> str:
    return {"zh": "zh-hans"}.get(user.profile.language, user.profile.language)
