"""What staff decide about claims. Nobody decides about their own."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.claim_models import OPEN_STATES, Claim, ClaimDocument, ClaimKind, ClaimReplyTemplate, ClaimState
from accounts.claims import private_files
from accounts.claims.moving import locked, move
from accounts.claims.private_files import Kept
from accounts.claims.telling import APPROVED, ASKED, DECLINED, REVOKED, tell
from accounts.models import User
from accounts.services import record

LONGEST = timedelta(days=5 * 366)


def text_for(claim: Claim, template: ClaimReplyTemplate | None, own_words: str) -> str:
    """What the member reads: the template in their language, then the words of whoever answers."""
    parts = (template.text(claim.language) if template else "", own_words)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def usual_expiry(claim: Claim, now: datetime | None = None) -> datetime:
    """Until when a claim holds unless staff say otherwise: as long as its kind does, a licence until its own date."""
    now = now or timezone.now()
    if claim.kind == ClaimKind.LICENCE and claim.good_until:
        return min(end_of(claim), now + LONGEST)
    return now + timedelta(days=settings.CLAIM_DAYS[claim.kind])


def end_of(claim: Claim) -> datetime:
    """The end of the day that a licence is good until, by the clock of UTC."""
    assert claim.good_until is not None
    return datetime.combine(claim.good_until + timedelta(days=1), time(), UTC)


@transaction.atomic
def approve(
    claim: Claim, *, by: User | None, expires_at: datetime | None = None, text: str = "", reason: str = ""
) -> bool:
    """Show it from now on, in place of the one that it renews. Its document is deleted.

    Returns:
        Whether it was this call that decided.
    """
    found = _open(claim, by)
    now = timezone.now()
    if found is None:
        return False
    until = min(expires_at or usual_expiry(found, now), now + LONGEST)
    if until <= now:
        return False  # a licence that is over already
    if found.replaces and (earlier := locked(found.replaces, [ClaimState.VERIFIED])):
        move(earlier, ClaimState.RENEWED)
    move(found, ClaimState.VERIFIED, verified_at=now, expires_at=until, decided_by=by, reason=reason)
    tell(found, "approved", APPROVED, "approved", text)
    record("claim.approved", found.public_id, actor=by, reason=reason)
    return True


@transaction.atomic
def decline(claim: Claim, *, by: User | None, text: str, reason: str) -> bool:
    """Do not show it. Its document is deleted.

    Returns:
        Whether it was this call that decided.
    """
    found = _open(claim, by)
    if found is None:
        return False
    move(found, ClaimState.DECLINED, decided_by=by, reason=reason)
    tell(found, "declined", DECLINED, "declined", text)
    record("claim.declined", found.public_id, actor=by, reason=reason)
    return True


@transaction.atomic
def ask(claim: Claim, *, by: User | None, text: str, reason: str = "") -> bool:
    """Ask something before deciding.

    Returns:
        Whether it was asked.
    """
    found = _open(claim, by)
    if found is None or found.state != ClaimState.WAITING:
        return False
    move(found, ClaimState.ASKED, question=text, answer="", decided_by=by, reason=reason)
    tell(found, f"asked {found.state_at.isoformat()}", ASKED, "asked", text)
    record("claim.asked", found.public_id, actor=by, reason=reason)
    return True


@transaction.atomic
def revoke(claim: Claim, *, by: User | None, text: str, reason: str) -> bool:
    """Show it no more.

    Returns:
        Whether it was this call that did it.
    """
    found = locked(claim, [ClaimState.VERIFIED])
    if found is None or found.user == by:
        return False
    move(found, ClaimState.REVOKED, decided_by=by, reason=reason)
    tell(found, "revoked", REVOKED, "revoked", text)
    record("claim.revoked", found.public_id, actor=by, reason=reason)
    return True


def open_document(document: ClaimDocument, *, by: User) -> bytes:
    """What a document holds, for staff; written down before they have it.

    Raises:
        FileNotFoundError: it is deleted.
        Unreadable: it was sealed with a key that is gone.
    """
    record("claim.document_opened", document.claim.public_id, actor=by)
    return private_files.read(Kept(document.name, document.sealed_key))


def _open(claim: Claim, by: User | None) -> Claim | None:
    found = locked(claim, OPEN_STATES)
    return None if found is None or found.user == by else found
