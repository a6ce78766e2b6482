"""Claims on pages."""

from collections.abc import Sequence
from typing import Any

from django import template

from accounts.claims import selectors, words
from accounts.claims.words import ShownClaim
from accounts.models import User

register = template.Library()


@register.inclusion_tag("components/claims.html")
def claim_marks(claims: Sequence[Any] | None, most: int | None = None) -> dict[str, Any]:
    """Claims beside a face: short, with the whole sentence for screen readers. `claims` have kind, about and since."""
    shown = (claims or ())[:most]
    return {"marks": [(claim.about, words.sentence(claim.kind, claim.about, claim.since)) for claim in shown]}


@register.inclusion_tag("accounts/claims/on_profile.html")
def profile_claims(user: User, viewer: User) -> dict[str, Any]:
    """What somebody has shown, on their profile."""
    shown = words.shown(selectors.claims_of(user))
    return {
        "claims": [(claim, words.sentence(claim.kind, claim.about, claim.since)) for claim in shown],
        "is_me": user == viewer,
    }


@register.simple_tag
def claim_sentence(kind: str, about: str, since: str) -> str:
    """The whole of a claim; places of a script’s may stand for words."""
    return words.sentence(kind, about, since)


@register.filter
def claim_about(claim: Any) -> str:
    """The short words of a claim."""
    return claim.about if isinstance(claim, ShownClaim) else words.about(claim)
