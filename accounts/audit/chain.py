"""Seals over the audit log: each covers a run of entries and the seal before it, so that nothing is changed, taken out or put
in afterwards without it being seen. Pure.

Digests are HMAC-SHA-256 (RFC 2104) under a key that is not in the database: whoever can only write there cannot make others.
What no chain shows is that its newest seals were cut off; for that its head is compared with one that was noted elsewhere.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NO_SEAL = ""  # before the first


@dataclass(frozen=True, slots=True)
class Entry:
    """What is sealed of one entry: its key, and its words in their order."""

    id: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """Over the entries from `first` to `last`, by key: `digests` has one for each of them, by key as text."""

    number: int  # from 1 on
    first: int
    last: int
    digests: Mapping[str, str]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong: `what` is one of `changed`, `deleted`, `added`, `gap`, `forged`; where, for an operator."""

    what: str
    where: str


def seal(entries: Sequence[Entry], last: Seal | None, key: bytes) -> Seal:
    """The seal after `last` over these entries, which are in order and at least one."""
    number, previous = (last.number + 1, last.digest) if last else (1, NO_SEAL)
    digests = {str(entry.id): digest_of(entry, key) for entry in entries}
    first, end = entries[0].id, entries[-1].id
    return Seal(number, first, end, digests, previous, _seal_digest(number, first, end, digests, previous, key))


def digest_of(entry: Entry, key: bytes) -> str:
    """Of one entry, in hexadecimal."""
    return _mac(key, [entry.id, *entry.words])


def examine(seals: Iterable[Seal], entries: Iterable[Entry], keys: Sequence[bytes]) -> list[Finding]:
    """What is wrong with sealed entries. `keys`: the one in use, and those before it; a seal is good under any of them."""
    by_id = {entry.id: entry for entry in entries}
    findings: list[Finding] = []
    number, previous, end = 0, NO_SEAL, 0
    for one in seals:
        if one.number != number + 1:
            findings.append(Finding("gap", f"seal {number + 1} to {one.number - 1}"))
        elif one.previous != previous:
            findings.append(Finding("forged", f"seal {one.number} does not join on to the one before"))
        findings += _examine_one(one, by_id, keys)
        findings += [
            Finding("added", f"entry {late}")
            for late in sorted(by_id)
            if end < late <= one.last and str(late) not in one.digests
        ]
        number, previous, end = one.number, one.digest, max(end, one.last)
    return findings


def _examine_one(one: Seal, by_id: Mapping[int, Entry], keys: Sequence[bytes]) -> list[Finding]:
    key = next((key for key in keys if _is_good(one, key)), None)
    if key is None:
        return [Finding("forged", f"seal {one.number}, entries {one.first} to {one.last}")]
    findings = []
    for name, digest in one.digests.items():
        entry = by_id.get(int(name))
        if entry is None:
            findings.append(Finding("deleted", f"entry {name}"))
        elif not hmac.compare_digest(digest_of(entry, key), digest):
            findings.append(Finding("changed", f"entry {name}"))
    return findings


def _is_good(one: Seal, key: bytes) -> bool:
    expected = _seal_digest(one.number, one.first, one.last, one.digests, one.previous, key)
    return hmac.compare_digest(expected, one.digest)


def _seal_digest(number: int, first: int, last: int, digests: Mapping[str, str], previous: str, key: bytes) -> str:
    return _mac(key, [number, first, last, previous, *sorted(digests.items(), key=lambda item: int(item[0]))])


def _mac(key: bytes, value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
