"""The lists of terms as this process has compiled them. Looked at again when their version grows, which every process asks
for now and then."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise

from accounts.models import random_id
from moderation.models import Category, Term, TermsVersion
from moderation.models.terms import REASONS
from moderation.text import finding

ASKED_AGAIN_AFTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What the verdict says of a term."""

    pattern: str
    reason: str | Promise


@dataclass(frozen=True, slots=True)
class Compiled:
    """The lists of one version."""

    version: str
    lists: finding.Lists
    entries: dict[int, Entry]


class CompiledTerms:
    """The lists, compiled once a version."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._compiled: Compiled | None = None
        self._asked_at = float("-inf")

    def now(self) -> Compiled:
        """The lists as they are, or were two seconds ago."""
        compiled = self._compiled
        if compiled is not None and self._clock() < self._asked_at + ASKED_AGAIN_AFTER_SECONDS:
            return compiled
        with self._lock:
            self._asked_at = self._clock()
            version = current_version()
            if self._compiled is None or self._compiled.version != version:
                self._compiled = _compile(version)
            return self._compiled

    def forget(self) -> None:
        """Look again at the next text."""
        self._compiled, self._asked_at = None, float("-inf")


compiled_terms = CompiledTerms()


def current_version() -> str:
    """Another word with every change of the lists."""
    return TermsVersion.objects.filter(pk=1).values_list("token", flat=True).first() or ""


def changed() -> None:
    """The lists have changed: this process sees it at once, the others soon."""
    TermsVersion.objects.update_or_create(pk=1, defaults={"token": random_id()})
    compiled_terms.forget()
    transaction.on_commit(compiled_terms.forget)  # meanwhile another thread may have read what was there before


def _compile(version: str) -> Compiled:
    terms = list(Term.objects.filter(is_active=True))
    found = [
        finding.Term(term.pk, term.pattern, finding.TermKind(term.kind), finding.Outcome(term.outcome))
        for term in terms
    ]
    reasons = {term.pk: Entry(term.pattern, term.reason or REASONS[Category(term.category)]) for term in terms}
    return Compiled(version, finding.Lists(found), reasons)
