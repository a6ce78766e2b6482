"""How claims are said to those who see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.claim_models import Claim, ClaimKind
from accounts.claims.work_domains import readable


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim as others see it: `about` is short, for beside a tick; with `kind` and `since` it makes a sentence. Times are
    ISO 8601."""

    kind: str
    about: str
    since: str
    until: str


def shown(claims: Iterable[Claim]) -> list[ShownClaim]:
    """Claims that `selectors` found, as others see them."""
    return [
        ShownClaim(
            claim.kind,
            about(claim),
            claim.verified_at.date().isoformat(),
            claim.expires_at.isoformat(timespec="seconds"),
        )
        for claim in claims
        if claim.verified_at and claim.expires_at
    ]


def about(claim: Claim) -> str:
    """The short words of a claim."""
    if claim.kind == ClaimKind.WORK_EMAIL:
        return readable(claim.about)
    return f"{claim.about}, {claim.jurisdiction}" if claim.jurisdiction else claim.about


def sentence(kind: str, about: str, since: str) -> str:
    """The whole of it. `since` is a day, or words that stand for one."""
    try:
        day = date_format(date.fromisoformat(since), "DATE_FORMAT")
    except ValueError:
        day = since
    places = {"about": about, "date": day}
    match kind:
        case ClaimKind.WORK_EMAIL:
            return _("Works at %(about)s, proven by e-mail on %(date)s") % places
        case ClaimKind.LICENCE:
            return _("Licensed: %(about)s, checked by MiTalk on %(date)s") % places
        case _other:
            return _("Document seen by MiTalk on %(date)s: %(about)s") % places
