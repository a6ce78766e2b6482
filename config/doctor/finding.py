"""What an examination finds: one thing, how it stands, and what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How something stands. Only `fail` makes the examination fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is stable, `what` says what was seen, `remedy` what to do; nothing when all is well."""

    id: str
    verdict: Verdict
    what: str
    remedy: str = ""


Examine = Callable[[], Iterable[Finding]]


def ok(id: str, what: str) -> Finding:
    """All is well."""
    return Finding(id, Verdict.OK, what)


def warn(id: str, what: str, remedy: str) -> Finding:
    """It works, and will hurt some day, or somebody."""
    return Finding(id, Verdict.WARN, what, remedy)


def fail(id: str, what: str, remedy: str) -> Finding:
    """People are hurt by it now."""
    return Finding(id, Verdict.FAIL, what, remedy)
