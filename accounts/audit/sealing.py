"""The chain over the audit log's rows: a job adds to it, a command examines it."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.encoding import force_bytes

from accounts import clock
from accounts.audit import append_only, chain
from accounts.models import AuditEntry, AuditSeal

_SETTLES = timedelta(minutes=1)  # keys are given before transactions end: by then those that began before have ended
_MOST_IN_A_SEAL = 1000
_LATE = timedelta(minutes=15)  # unsealed for longer, and the job does not run

logger = logging.getLogger("accounts.audit")


@dataclass(frozen=True, slots=True)
class Examination:
    """How the log stands. `head` is the newest seal, as `number:digest`; `unsealed` entries wait for the next."""

    findings: list[chain.Finding]
    entries: int
    seals: int
    unsealed: int
    head: str


def seal_entries(now: datetime | None = None) -> int:
    """Seal what was written a minute ago or earlier. Two at once make one seal.

    Returns:
        How many entries.
    """
    sealed = 0
    while batch := _seal_a_batch(now or clock.now()):
        sealed += batch
    return sealed


def _seal_a_batch(now: datetime) -> int:
    last = AuditSeal.objects.order_by("-number").first()
    waiting = AuditEntry.objects.filter(pk__gt=last.last_entry if last else 0).order_by("pk")
    settled = []
    for entry in waiting[:_MOST_IN_A_SEAL]:
        if entry.at > now - _SETTLES:
            break  # those after it could be older, and wait too: a seal covers a run
        settled.append(_sealable(entry))
    if not settled:
        return 0
    made = chain.seal(settled, _as_seal(last) if last else None, _keys()[0])
    try:
        with transaction.atomic():
            AuditSeal.objects.create(
                number=made.number,
                first_entry=made.first,
                last_entry=made.last,
                digests=dict(made.digests),
                previous=made.previous,
                digest=made.digest,
            )
    except IntegrityError:
        return 0  # another has sealed them
    # Whoever keeps logs keeps with them what the chain's end must be: nobody cuts it off unseen.
    logger.info("audit.sealed", extra={"head": f"{made.number}:{made.digest}", "entries": len(settled)})
    return len(settled)


def examine(head: str = "", now: datetime | None = None) -> Examination:
    """Look at the whole log. `head` is one that was noted earlier, as `number:digest`: it must still be in the chain."""
    seals = [_as_seal(row) for row in AuditSeal.objects.order_by("number")]
    findings = chain.examine(seals, _entries(), _keys())
    if head and head not in {f"{one.number}:{one.digest}" for one in seals}:
        findings.append(chain.Finding("deleted", f"seal {head}, which was noted, is not in the chain"))
    findings += [chain.Finding("unprotected", f"table {table}: run migrate") for table in append_only.unprotected()]
    waiting = AuditEntry.objects.filter(pk__gt=seals[-1].last if seals else 0)
    if waiting.filter(at__lt=(now or clock.now()) - _LATE).exists():
        findings.append(chain.Finding("unsealed", "entries wait for a quarter of an hour: do jobs run?"))
    newest = f"{seals[-1].number}:{seals[-1].digest}" if seals else ""
    return Examination(findings, AuditEntry.objects.count(), len(seals), waiting.count(), newest)


def _entries() -> Iterator[chain.Entry]:
    return (_sealable(entry) for entry in AuditEntry.objects.order_by("pk").iterator(chunk_size=2000))


def _sealable(entry: AuditEntry) -> chain.Entry:
    return chain.Entry(entry.pk, (entry.at.isoformat(), entry.actor, entry.act, entry.target, entry.reason))


def _as_seal(row: AuditSeal) -> chain.Seal:
    return chain.Seal(row.number, row.first_entry, row.last_entry, row.digests, row.previous, row.digest)


def _keys() -> list[bytes]:
    """The key in use, and those before it."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hashlib.sha256(b"mitalk.accounts.audit" + force_bytes(secret)).digest() for secret in secrets]
