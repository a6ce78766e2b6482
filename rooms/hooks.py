"""Where a higher app answers what rooms cannot know: registered in that app's AppConfig."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import QuerySet

from rooms.audio.evidence.orders import Orders, Sealed
from rooms.audio.speech.messages import Load, Spotted
from rooms.domain.messages import ReportCategory
from rooms.limits import register_limits
from rooms.models import Participant, Room

__all__ = [
    "TakeReport",
    "evidence_orders",
    "evidence_sealed",
    "register_evidence",
    "register_limits",
    "register_reports",
    "report",
]


@dataclass(frozen=True, slots=True)
class Written:
    """A message or a question that somebody reports. `text` is empty where it is not kept."""

    id: str
    text: str
    is_question: bool


class TakeReport(Protocol):
    """Keeps a report, with the moment it was made."""

    def __call__(
        self,
        *,
        room: Room,
        reporter: Participant,
        target: Participant | None,
        category: ReportCategory,
        line: str,
        written: Written | None,
    ) -> None: ...


_take_report: TakeReport | None = None


def register_reports(take: TakeReport) -> None:
    """Say who keeps reports."""
    global _take_report
    _take_report = take


def report(
    *,
    room: Room,
    reporter: Participant,
    target: Participant | None,
    category: ReportCategory,
    line: str,
    written: Written | None = None,
) -> None:
    """Hand a report to whoever keeps them. `written` is the message or question, if it is about one."""
    assert _take_report is not None, "nobody keeps reports: is moderation installed?"
    _take_report(room=room, reporter=reporter, target=target, category=category, line=line, written=written)


@dataclass(frozen=True, slots=True)
class Needed:
    """What is not forgotten yet because somebody has to decide on it: places of people, rooms with what happened there."""

    places: QuerySet
    rooms: QuerySet


_needed: list[Callable[[datetime], Needed]] = []


def register_needed(needed: Callable[[datetime], Needed]) -> None:
    """Have this asked before who was in a room, or what happened there, is forgotten."""
    _needed.append(needed)


def still_needed(now: datetime) -> list[Needed]:
    """What cannot be forgotten yet."""
    return [needed(now) for needed in _needed]


_orders: Callable[[Mapping[str, str]], Orders] | None = None
_sealed: Callable[[Sealed], None] | None = None


def register_evidence(orders: Callable[[Mapping[str, str]], Orders], sealed: Callable[[Sealed], None]) -> None:
    """Say who decides what is sealed of rings and what is deleted, and who is told that it was sealed."""
    global _orders, _sealed
    _orders, _sealed = orders, sealed


def evidence_orders(rings: Mapping[str, str]) -> Orders:
    """What is to be done now with what a machine keeps: the mark of its ring by room."""
    assert _orders is not None, "nobody decides on evidence: is moderation installed?"
    return _orders(rings)


def evidence_sealed(sealed: Sealed) -> None:
    """An audio worker has sealed what it was told to."""
    assert _sealed is not None, "nobody decides on evidence: is moderation installed?"
    _sealed(sealed)


@dataclass(frozen=True, slots=True)
class WaitingWords:
    """Something written in a room that waits for staff: `kind` is `chat` or `question`."""

    id: str
    kind: str
    text: str
    at: datetime


_waiting: Callable[[str, str], list[WaitingWords]] | None = None
_take_back: Callable[[str, str, str], bool] | None = None


def register_waiting(
    waiting: Callable[[str, str], list[WaitingWords]], take_back: Callable[[str, str, str], bool]
) -> None:
    """Say who knows what somebody wrote in a room that waits for staff, and has it taken back by them."""
    global _waiting, _take_back
    _waiting, _take_back = waiting, take_back


def waiting_words(room: str, person: str) -> list[WaitingWords]:
    """What somebody wrote in a room that nobody else is shown yet. Both are public ids."""
    return _waiting(room, person) if _waiting is not None else []


def take_back(room: str, person: str, written: str) -> bool:
    """Take back what one wrote and nobody else was shown; whether there was such a thing."""
    return _take_back is not None and _take_back(room, person, written)


_phrases: Callable[[], list[tuple[str, str]]] = list
_spotted: Callable[[Spotted], object] | None = None
_listening: Callable[[str, str, Load], None] | None = None


def register_phrases(phrases: Callable[[], list[tuple[str, str]]]) -> None:
    """Say who knows which phrases are listened for on stages: each with its language."""
    global _phrases
    _phrases = phrases


def phrases() -> list[tuple[str, str]]:
    """Language and phrase of what is listened for now."""
    return _phrases()


def register_speech(spotted: Callable[[Spotted], object], listening: Callable[[str, str, Load], None]) -> None:
    """Say who is told that a phrase was said, and how each worker's recogniser keeps up."""
    global _spotted, _listening
    _spotted, _listening = spotted, listening


def phrase_spotted(spotted: Spotted) -> None:
    """A phrase was said on a stage. It may be told twice."""
    assert _spotted is not None, "nobody takes what was spotted: is moderation installed?"
    _spotted(spotted)


def speech_listening(worker: str, state: str, load: Load) -> None:
    """How the recogniser of a worker (its address) keeps up."""
    assert _listening is not None, "nobody asks how recognisers keep up: is moderation installed?"
    _listening(worker, state, load)
