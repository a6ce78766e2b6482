"""What happens to claims by the clock. That one is shown no more needs none of it: see `selectors`."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.claim_models import OPEN_STATES, Claim, ClaimDocument, ClaimState
from accounts.claims import private_files
from accounts.claims.moving import locked, move
from accounts.claims.selectors import shown_claims
from accounts.claims.telling import EXPIRES, LAPSED, tell

REMIND_BEFORE = timedelta(days=14)
_EXPIRED_KEPT = timedelta(days=180)  # so long a work address is renewed without typing it


def remind_expiring(now: datetime | None = None) -> None:
    """Tell those whose claims expire within two weeks, once; not of those that never had longer."""
    now = now or timezone.now()
    for claim in shown_claims(now).filter(expires_at__lte=now + REMIND_BEFORE).select_related("user__profile"):
        assert claim.verified_at is not None
        assert claim.expires_at is not None
        if claim.verified_at <= claim.expires_at - REMIND_BEFORE:
            tell(claim, "expires", EXPIRES, "expires")


def lapse_undecided(now: datetime | None = None) -> None:
    """Give up what nobody decided or answered in time, and delete its document."""
    now = now or timezone.now()
    old = Claim.objects.filter(
        state__in=OPEN_STATES, made_at__lte=now - timedelta(days=settings.CLAIM_DECIDED_WITHIN_DAYS)
    )
    for claim in old.order_by("pk"):
        _lapse(claim)


@transaction.atomic
def _lapse(claim: Claim) -> None:
    found = locked(claim, OPEN_STATES)
    if found is not None:
        move(found, ClaimState.LAPSED)
        tell(found, "lapsed", LAPSED, "lapsed")


def forget_expired(now: datetime | None = None) -> None:
    """Forget addresses and numbers of what expired long ago."""
    now = now or timezone.now()
    over = Claim.objects.filter(state=ClaimState.VERIFIED, expires_at__lt=now - _EXPIRED_KEPT).exclude(sealed="")
    over.update(sealed="", key="")


def discard_strays() -> None:
    """Delete files without a row."""
    private_files.discard_strays(set(ClaimDocument.objects.values_list("name", flat=True)))
