"""What members may not do in rooms: because of a sanction, or because they are not trusted with it yet."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from moderation.models import Sanction, SanctionKind, holding
from moderation.trust import Tier, tiers_of
from rooms.domain.errors import Code
from rooms.domain.limits import Ability, Limits

BY_SANCTION: dict[str, Limits] = {
    SanctionKind.MUTE: {Ability.SPEAK: Code.SANCTIONED_MUTE},
    SanctionKind.NO_STAGE: {Ability.STAGE: Code.SANCTIONED_STAGE, Ability.SPEAK: Code.SANCTIONED_STAGE},
    SanctionKind.NO_HOSTING: {Ability.HOST: Code.SANCTIONED_HOSTING},
}
BY_TRUST: dict[Tier, Limits] = {
    Tier.LISTENS: {Ability.STAGE: Code.TRUST_SPEAK, Ability.HOST: Code.TRUST_HOST},
    Tier.SPEAKS: {Ability.HOST: Code.TRUST_HOST},
    Tier.HOSTS: {},
}
_SILENCE = (SanctionKind.MUTE, SanctionKind.NO_STAGE)


def limits_of_many(users: Iterable[int]) -> dict[int, Limits]:
    """What each of these accounts may not do. A sanction is named before a lack of trust."""
    asked = set(users)
    found: dict[int, Limits] = {user: dict(BY_TRUST[tier]) for user, tier in tiers_of(asked).items()}
    for user, kind in _sanctions(asked):
        found.setdefault(user, {}).update(BY_SANCTION[kind])
    return {user: lost for user, lost in found.items() if lost}


def _sanctions(users: set[int]) -> list[tuple[int, str]]:
    holds = Sanction.objects.filter(holding(), user__in=users, kind__in=tuple(BY_SANCTION))
    # Of two that say the same the graver is named: it comes last.
    order = list(BY_SANCTION)
    rows: list[tuple[int, str]] = list(holds.values_list("user_id", "kind"))
    return sorted(rows, key=lambda row: order.index(SanctionKind(row[1])))


def silenced() -> QuerySet[Any, Any]:
    """The accounts that may not be heard: asked by the audio workers twice a second, whatever else went wrong."""
    return Sanction.objects.filter(holding(), kind__in=_SILENCE, user__isnull=False).values("user")


def limits_by(kind: str) -> Limits:
    """What a sanction of a kind takes."""
    return dict(BY_SANCTION.get(kind, {}))


def limits_of(user: User) -> Limits:
    """What one member may not do."""
    return limits_of_many([user.pk]).get(user.pk, {})
