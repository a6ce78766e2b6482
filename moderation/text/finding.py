"""Terms found in a text: all lists in one pass, in time that grows with the text only."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import ahocorasick

from moderation.text.folding import Edge, Folded, fold, has_signs
from moderation.text.letters import is_character

_LENIENT_FROM = 5  # letters: in shorter words of an alphabet a double letter makes another word (god, good)
_EMPHASIS = 3  # so often repeated it is nobody's spelling
_RUN_TOGETHER_FROM = 10  # letters of a phrase whose spaces may be missing or elsewhere


class TermKind(StrEnum):
    """How a term stands in a text."""

    WORD = "word"
    PHRASE = "phrase"
    PART = "part"


class Outcome(StrEnum):
    """What becomes of a text in which a term is found."""

    ALLOW = "allow"
    FLAG = "flag"
    HOLD = "hold"
    REFUSE = "refuse"


SEVERITY = {outcome: place for place, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list."""

    key: int
    pattern: str
    kind: TermKind
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Match:
    """A term, and where it is in the text."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Compiled:
    term: Term
    folded: Folded
    plain: str
    is_lenient: bool
    runs_together: bool
    opens_anywhere: bool
    closes_anywhere: bool


class Lists:
    """Terms, ready to be found. Exceptions (`allow`) match as they are written only: who disguises a word gets no
    exception for it."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._automaton = ahocorasick.Automaton()
        by_letters: dict[str, list[_Compiled]] = {}
        for term in terms:
            folded = fold(term.pattern)
            if folded.letters:
                by_letters.setdefault(folded.letters, []).append(_compiled(term, folded))
        for letters, compiled in by_letters.items():
            self._automaton.add_word(letters, (len(letters), compiled))
        self._is_empty = not by_letters
        if by_letters:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """The terms in a text, but for those within an exception; in the order of the text, each place and term once."""
        if self._is_empty:
            return []
        found = set(self._matches(text, fold(text)))
        if has_signs(text):
            found.update(self._matches(text, fold(text, reads_signs=False)))
        exceptions = [match for match in found if match.term.outcome == Outcome.ALLOW]
        counted: Iterable[Match] = (match for match in found if match.term.outcome != Outcome.ALLOW)
        if exceptions:
            counted = _outside(counted, exceptions)
        return sorted(counted, key=lambda match: (match.start, match.end, match.term.key))

    def _matches(self, text: str, folded: Folded) -> Iterator[Match]:
        for last, (length, terms) in self._automaton.iter(folded.letters):
            first = last - length + 1
            for compiled in terms:
                if _fits(compiled, folded, first, last):
                    start, end = folded.starts[first], folded.ends[last]
                    if compiled.term.outcome != Outcome.ALLOW or _plain(text[start:end]) == compiled.plain:
                        yield Match(compiled.term, start, end)


def strongest(matches: Iterable[Match]) -> Outcome:
    """What becomes of the text."""
    return max((match.term.outcome for match in matches), key=SEVERITY.__getitem__, default=Outcome.ALLOW)


def _compiled(term: Term, folded: Folded) -> _Compiled:
    length = sum(folded.counts)
    has_characters = any(map(is_character, folded.letters))
    is_part = term.kind == TermKind.PART
    return _Compiled(
        term=term,
        folded=folded,
        plain=_plain(term.pattern),
        is_lenient=length >= _LENIENT_FROM or has_characters,
        runs_together=term.kind == TermKind.PHRASE and (length >= _RUN_TOGETHER_FROM or has_characters),
        opens_anywhere=is_part or is_character(folded.letters[0]),
        closes_anywhere=is_part or is_character(folded.letters[-1]),
    )


def _fits(compiled: _Compiled, text: Folded, first: int, last: int) -> bool:
    """Whether what stands there is the term, and not the same letters across words or within one."""
    if not compiled.opens_anywhere and text.edges[first] == Edge.NONE:
        return False
    if not compiled.closes_anywhere and text.edges[last + 1] == Edge.NONE:
        return False
    wanted = compiled.folded
    for place, count in enumerate(wanted.counts):
        here = text.counts[first + place]
        if here < count or (here > count and here < _EMPHASIS and not compiled.is_lenient):
            return False
        is_hard = place > 0 and text.edges[first + place] == Edge.HARD
        if place and is_hard != (wanted.edges[place] == Edge.HARD) and not compiled.runs_together:
            return False
    return True


def _outside(matches: Iterable[Match], exceptions: list[Match]) -> Iterator[Match]:
    """Those that no exception covers."""
    reach: list[tuple[int, int]] = []  # by start: how far an exception that begins there or before reaches
    furthest = -1
    for exception in sorted(exceptions, key=lambda match: match.start):
        furthest = max(furthest, exception.end)
        reach.append((exception.start, furthest))
    starts = [start for start, _end in reach]
    for match in matches:
        place = bisect_right(starts, match.start) - 1
        if place < 0 or reach[place][1] < match.end:
            yield match


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
