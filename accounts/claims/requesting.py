"""What members do about their claims. With `deciding` and `later` the only writer of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import bans, contacts
from accounts.claim_models import OPEN_STATES, Claim, ClaimDocument, ClaimKind, ClaimState
from accounts.claims import private_files
from accounts.claims.moving import ClaimRefused, drop_document, locked, move
from accounts.claims.private_files import Kept
from accounts.claims.telling import MOVED, tell
from accounts.claims.uploads import Document
from accounts.claims.work_domains import mailbox, work_address
from accounts.models import User
from accounts.sealing import CLAIM, seal
from accounts.text import tidy

MOST_OPEN = 5
REVOKED_HOLDS = timedelta(days=365)
_TRIES = 10  # each time somebody else was first: of one address there are not as many codes in an hour

TOO_MANY_OPEN = "claim_too_many_open"
RENEWAL_OPEN = "claim_renewal_open"
WAS_REVOKED = "claim_was_revoked"

Done = TypeVar("Done")


# --- Work addresses ------------------------------------------------------------------------------------------------


def may_claim(user: User, organisation: str) -> bool:
    """Whether somebody may prove an address there: not within a year of staff having revoked it."""
    return not Claim.objects.filter(
        user=user,
        kind=ClaimKind.WORK_EMAIL,
        about=organisation,
        state=ClaimState.REVOKED,
        state_at__gt=timezone.now() - REVOKED_HOLDS,
    ).exists()


def prove_work_address(user: User, address: str, *, language: str) -> Claim:
    """Somebody typed the code that went to a work address. Whoever reads its mail now works there: another account that
    proved it before has it no more, and is told.

    Raises:
        DomainRefused: as `work_address`.
        ClaimRefused: staff have revoked it, or keep out whoever proved it.
    """
    address, organisation = work_address(address)
    for attempt in range(1, _TRIES + 1):
        try:
            return _prove(user, address, organisation, language)
        except IntegrityError:  # another account, at the same moment: ours is the later one
            if attempt == _TRIES:
                raise
    raise AssertionError


@transaction.atomic
def _prove(user: User, address: str, organisation: str, language: str) -> Claim:
    _lock_person(user)
    if not may_claim(user, organisation):
        raise ClaimRefused(WAS_REVOKED)
    now = timezone.now()
    contact = contacts.email(mailbox(address))
    if bans.is_bound(contact):
        raise ClaimRefused(WAS_REVOKED)  # nobody is told of a ban who was not told of it before
    proven = Claim.objects.select_for_update().filter(kind=ClaimKind.WORK_EMAIL, state=ClaimState.VERIFIED)
    earlier = []
    # In one order, so that two who take over from each other wait and do not lock each other out.
    for claim in proven.filter(Q(key__in=contact.keys) | Q(user=user, about=organisation)).order_by("pk"):
        if claim.user_id == user.pk:
            move(claim, ClaimState.RENEWED)
            earlier.append(claim)
        else:
            move(claim, ClaimState.MOVED)
            tell(claim, "moved", MOVED, "moved")
    return Claim.objects.create(
        user=user,
        kind=ClaimKind.WORK_EMAIL,
        about=organisation,
        sealed=seal(address, purpose=CLAIM),
        key=contact.key,
        language=language,
        state=ClaimState.VERIFIED,
        state_at=now,
        verified_at=now,
        expires_at=now + timedelta(days=settings.CLAIM_DAYS[ClaimKind.WORK_EMAIL]),
        replaces=earlier[-1] if earlier else None,
    )


# --- What staff decide ---------------------------------------------------------------------------------------------


def request(
    user: User,
    *,
    kind: ClaimKind,
    about: str,
    document: Document | None,
    language: str,
    document_kind: str = "",
    jurisdiction: str = "",
    number: str = "",
    note: str = "",
    good_until: date | None = None,
    replaces: Claim | None = None,
) -> Claim:
    """Ask staff to verify something. A renewal leaves the earlier claim as it is until it is decided.

    Raises:
        ClaimRefused: too many wait already, or this renewal does.
        ValidationError: something cannot be read or is missing.
    """
    claim = Claim(
        user=user,
        kind=kind,
        about=tidy(about),
        document_kind=document_kind,
        jurisdiction=tidy(jurisdiction),
        sealed=seal(number, purpose=CLAIM) if number else "",
        note=tidy(note),
        good_until=good_until,
        language=language,
        replaces=replaces,
    )
    claim.full_clean(validate_constraints=False)
    return _with_file(document, lambda kept: _request(claim, document, kept))


@transaction.atomic
def _request(claim: Claim, document: Document | None, kept: Kept | None) -> Claim:
    _lock_person(claim.user)
    waiting = Claim.objects.filter(user=claim.user, state__in=OPEN_STATES)
    if claim.replaces and waiting.filter(replaces=claim.replaces).exists():
        raise ClaimRefused(RENEWAL_OPEN)
    if waiting.count() >= MOST_OPEN:
        raise ClaimRefused(TOO_MANY_OPEN)
    claim.save()
    _attach(claim, document, kept)
    return claim


def answer(claim: Claim, text: str, document: Document | None = None) -> bool:
    """Answer what staff asked, with another document if there is one; the claim waits again.

    Returns:
        Whether it was still asked.
    """
    return _with_file(document, lambda kept: _answer(claim, text, document, kept))


@transaction.atomic
def _answer(claim: Claim, text: str, document: Document | None, kept: Kept | None) -> bool:
    asked = locked(claim, [ClaimState.ASKED])
    if asked is None:
        if kept:
            private_files.discard(kept.name)
        return False
    move(asked, ClaimState.WAITING, answer=tidy(text))
    if document:
        drop_document(asked)
        _attach(asked, document, kept)
    return True


@transaction.atomic
def withdraw(claim: Claim) -> bool:
    """Take a claim back, whether it waits or is shown.

    Returns:
        Whether there was anything to take back.
    """
    found = locked(claim, [*OPEN_STATES, ClaimState.VERIFIED])
    if found is None:
        return False
    move(found, ClaimState.WITHDRAWN)
    return True


def _lock_person(user: User) -> None:
    """One claim of a person after the other: what is counted stays true."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _with_file(document: Document | None, work: Callable[[Kept | None], Done]) -> Done:
    """Write the file before the transaction, so that nobody waits for the disk; delete it if nothing came of it."""
    kept = private_files.keep(document.content) if document else None
    try:
        return work(kept)
    except BaseException:
        if kept:
            private_files.discard(kept.name)
        raise


def _attach(claim: Claim, document: Document | None, kept: Kept | None) -> None:
    if document and kept:
        ClaimDocument.objects.create(
            claim=claim,
            name=kept.name,
            sealed_key=kept.sealed_key,
            media_type=document.media_type,
            size=len(document.content),
        )
