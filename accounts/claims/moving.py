"""How a claim goes from one state to another: its row locked, so that of two who decide, one does."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.claim_models import Claim, ClaimDocument, ClaimState

ENDED = (
    ClaimState.DECLINED,
    ClaimState.LAPSED,
    ClaimState.WITHDRAWN,
    ClaimState.REVOKED,
    ClaimState.RENEWED,
    ClaimState.MOVED,
)


class ClaimRefused(Exception):
    """This cannot be claimed so. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def locked(claim: Claim, states: Iterable[str]) -> Claim | None:
    """The claim as it stands, locked, if it is in one of these states. Within a transaction."""
    return Claim.objects.select_for_update().filter(pk=claim.pk, state__in=list(states)).first()


def move(claim: Claim, state: ClaimState, **fields: object) -> None:
    """Into another state. What is decided needs its document no more; what is over, nothing that was sealed."""
    if state in ENDED:
        fields |= {"sealed": "", "key": ""}
    for name, value in {"state": state, "state_at": timezone.now(), **fields}.items():
        setattr(claim, name, value)
    claim.save()
    if not claim.is_open:
        drop_document(claim)


def drop_document(claim: Claim) -> None:
    """Delete the document: its row now, the file when that is committed (accounts.claims.signals)."""
    for document in ClaimDocument.objects.filter(claim=claim):
        document.delete()
