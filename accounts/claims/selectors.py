"""Which claims hold. One condition on rows and the clock: nothing has to run for a claim to end."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.claim_models import OPEN_STATES, Claim, ClaimKind, ClaimState
from accounts.models import User

_RANK = {ClaimKind.WORK_EMAIL: 0, ClaimKind.LICENCE: 1, ClaimKind.DOCUMENT: 2}


def shown_claims(now: datetime | None = None) -> QuerySet[Claim]:
    """What others see, of everybody: where somebody works first, then licences, then documents; the latest first."""
    rank = Case(*(When(kind=kind, then=Value(place)) for kind, place in _RANK.items()), output_field=IntegerField())
    holding = Claim.objects.filter(
        state=ClaimState.VERIFIED, expires_at__gt=now or timezone.now(), user__is_active=True
    )
    return holding.order_by(rank, "-verified_at", "-pk")


def claims_of(user: User) -> list[Claim]:
    """What others see of somebody; fetched before by `with_claims`, or now."""
    known = getattr(user, "claims_now", None)
    return list(shown_claims().filter(user=user)) if known is None else known


def with_claims(users: Iterable[User | None]) -> None:
    """Fetch what others see of all of them, in one query, for `claims_of`."""
    people = [user for user in users if user is not None]
    if not people:
        return
    found: dict[int, list[Claim]] = {}
    for claim in shown_claims().filter(user__in={user.pk for user in people}):
        found.setdefault(claim.user_id, []).append(claim)
    for user in people:
        user.claims_now = found.get(user.pk, [])  # type: ignore[attr-defined]


def first_claim(user: str) -> Subquery:
    """The first thing that others see of somebody, for a query in which `user` is a person: for `remember_first`."""
    first = shown_claims().filter(user=OuterRef(user))
    fields = ("kind", "about", "jurisdiction", "verified_at", "expires_at")
    return Subquery(first.values(row=JSONObject(**{name: name for name in fields}))[:1])


def remember_first(user: User | None, row: dict[str, Any] | None) -> None:
    """What `first_claim` found is what `claims_of` tells of somebody."""
    if user is None:
        return
    times = {name: _moment(row[name]) for name in ("verified_at", "expires_at")} if row else {}
    user.claims_now = [Claim(**{**row, **times})] if row else []  # type: ignore[attr-defined]


def _moment(text: str) -> datetime:
    """A time out of JSON; SQLite's says nothing of its zone, which is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_claimed(user: User) -> bool:
    """Whether somebody has shown anything that holds now, also if they are on their way out."""
    holding = Claim.objects.filter(user=user, state=ClaimState.VERIFIED, expires_at__gt=timezone.now())
    return holding.exists()


def own_claims(user: User) -> list[Claim]:
    """All of a member's own, for them: what is open, what holds, then what is over."""
    claims = list(Claim.objects.filter(user=user).select_related("document").order_by("-state_at", "-pk"))
    return sorted(
        claims, key=lambda claim: 0 if claim.is_open else 1 if claim.is_shown else 2 if claim.has_expired else 3
    )


def queue() -> QuerySet[Claim]:
    """What staff have to decide, the oldest first."""
    return Claim.objects.filter(state__in=OPEN_STATES).select_related("user__profile").order_by("made_at", "pk")
