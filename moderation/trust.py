"""Trust: new members listen, then speak, then host. Nothing is stored: it follows from what a member did and the settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.hooks import is_claimed
from accounts.models import User
from invites.models import Redemption
from moderation.strikes import totals_of
from rooms.models import Participant

MINUTES_IN_A_ROOM = 10


class Tier(IntEnum):
    """What a member is trusted with."""

    LISTENS = 0
    SPEAKS = 1
    HOSTS = 2


TITLES: dict[Tier, Promise] = {
    Tier.LISTENS: _("You listen"),
    Tier.SPEAKS: _("You listen and speak"),
    Tier.HOSTS: _("You listen, speak and host"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts."""

    days: int
    rooms: int
    strikes: int
    is_vouched: bool  # invited or approved by staff, or who they are is proven
    is_trusted: bool  # staff, founders, the demonstration


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the next tier asks for; `missing` is what of it is not there yet, in numbers."""

    words: str
    missing: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it is there."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Trust:
    """How far somebody is trusted, and what the next tier asks for; `sooner` and `later` are two ways to it."""

    tier: Tier
    title: Promise
    is_by_rule: bool
    next_title: Promise | None = None
    sooner: tuple[Need, ...] = ()
    later: Need | None = None
    held_back: str = ""  # by strikes: how many, and how few it takes


def tiers_of(users: Iterable[int]) -> dict[int, Tier]:
    """What each of these accounts is trusted with."""
    asked = set(users)
    if not asked or not _rules_hold():
        return dict.fromkeys(asked, Tier.HOSTS)
    return {pk: tier_by(facts) for pk, facts in _facts(asked).items()}


def tier_by(facts: Facts) -> Tier:
    """The rule."""
    if facts.is_trusted:
        return Tier.HOSTS
    tier = Tier.LISTENS
    if _speaks(facts):
        tier = Tier.SPEAKS
    if _hosts(facts):
        tier = Tier.HOSTS
    if tier > Tier.LISTENS and facts.strikes >= settings.STRIKES_THAT_COST_TRUST:
        return Tier(tier - 1)
    return tier


def _speaks(facts: Facts) -> bool:
    soon = facts.days >= settings.TRUST_SPEAK_DAYS and facts.rooms >= settings.TRUST_SPEAK_ROOMS
    return facts.is_vouched or soon or facts.days >= settings.TRUST_SPEAK_ANYWAY_DAYS


def _hosts(facts: Facts) -> bool:
    waited = facts.is_vouched or facts.days >= settings.TRUST_HOST_DAYS
    soon = waited and facts.rooms >= settings.TRUST_HOST_ROOMS
    return soon or facts.days >= settings.TRUST_HOST_ANYWAY_DAYS


def trust_of(user: User) -> Trust:
    """How far somebody is trusted, explained."""
    if not _rules_hold():
        return Trust(Tier.HOSTS, TITLES[Tier.HOSTS], is_by_rule=False)
    facts = _facts({user.pk})[user.pk]
    tier = tier_by(facts)
    if tier is Tier.HOSTS:
        return Trust(tier, TITLES[tier], is_by_rule=not facts.is_trusted)
    wanted = Tier(tier + 1)
    sooner, later = _needs(wanted, facts)
    return Trust(tier, TITLES[tier], True, TITLES[wanted], sooner, later, _held_back(facts.strikes))


def _needs(wanted: Tier, facts: Facts) -> tuple[tuple[Need, ...], Need]:
    if wanted is Tier.SPEAKS:
        days, rooms, anyway = settings.TRUST_SPEAK_DAYS, settings.TRUST_SPEAK_ROOMS, settings.TRUST_SPEAK_ANYWAY_DAYS
    else:
        days, rooms, anyway = settings.TRUST_HOST_DAYS, settings.TRUST_HOST_ROOMS, settings.TRUST_HOST_ANYWAY_DAYS
    waited = Need(_member_for(days), "" if facts.is_vouched else _days(days - facts.days))
    heard = ngettext(
        "Listen in %(count)d room of somebody else for %(minutes)d minutes (until now: %(done)d)",
        "Listen in %(count)d rooms of others for %(minutes)d minutes each (until now: %(done)d)",
        rooms,
    ) % {"count": rooms, "minutes": MINUTES_IN_A_ROOM, "done": facts.rooms}
    return (waited, Need(heard, _rooms(rooms - facts.rooms))), Need(_member_for(anyway), _days(anyway - facts.days))


def _member_for(days: int) -> str:
    return ngettext("Be a member for %(count)d day", "Be a member for %(count)d days", days) % {"count": days}


def _days(missing: int) -> str:
    return ngettext("%(count)d day more", "%(count)d days more", missing) % {"count": missing} if missing > 0 else ""


def _rooms(missing: int) -> str:
    return ngettext("%(count)d room more", "%(count)d rooms more", missing) % {"count": missing} if missing > 0 else ""


def _held_back(strikes: int) -> str:
    few = settings.STRIKES_THAT_COST_TRUST
    if strikes < few:
        return ""
    words = ngettext(
        "Strikes hold you back: you have %(count)d, and it takes fewer than %(few)d. They decay.",
        "Strikes hold you back: you have %(count)d, and it takes fewer than %(few)d. They decay.",
        strikes,
    )
    return words % {"count": strikes, "few": few}


def _rules_hold() -> bool:
    """Whether there are rules: where a handful of people begin, all of them are its founders."""
    if not settings.MITALK_TRUST_TIERS:
        return False
    least = settings.TRUST_FROM_MEMBERS
    members = User.objects.filter(is_active=True, is_demo=False, profile__isnull=False).order_by("pk")[:least]
    return members.count() >= least


def _facts(users: set[int], now: datetime | None = None) -> dict[int, Facts]:
    now = now or timezone.now()
    by_staff = set(
        Redemption.objects.filter(
            Q(invite__sponsor=None) | Q(invite__sponsor__is_staff=True), user__in=users
        ).values_list("user_id", flat=True)
    )
    came_by_invite = set(Redemption.objects.filter(user__in=users).values_list("user_id", flat=True))
    rooms, strikes = _rooms_heard(users), totals_of(users, now)
    return {
        user.pk: Facts(
            days=max((now - user.date_joined).days, 0),
            rooms=rooms.get(user.pk, 0),
            strikes=strikes.get(user.pk, 0),
            is_vouched=user.pk in by_staff or is_claimed(user),
            is_trusted=user.is_staff or user.is_demo or (user.sponsor_id is None and user.pk not in came_by_invite),
        )
        for user in User.objects.filter(pk__in=users)
    }


def _rooms_heard(users: set[int]) -> dict[int, int]:
    """Rooms of others in which they stayed a while, as far as who was there is kept."""
    stays = Participant.objects.filter(
        user__in=users, joins__gt=0, left_at__gte=F("arrived_at") + timedelta(minutes=MINUTES_IN_A_ROOM)
    ).exclude(room__host=F("user"))
    counted = stays.order_by().values("user").annotate(rooms=Count("room", distinct=True))
    return dict(counted.values_list("user", "rooms"))
