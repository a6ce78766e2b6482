"""Where a higher app answers what rooms cannot know: registered in that app's AppConfig."""

from collections.abc import Callable
from typing import Protocol

from rooms.audio.evidence.orders import Orders, Sealed
from rooms.audio.speech.messages import Load, Spotted
from rooms.domain.messages import ReportCategory
from rooms.models import Participant, Room


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
        message: str,
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
    message: str = "",
) -> None:
    """Hand a report to whoever keeps them. `message` is what was written, if it is about that."""
    assert _take_report is not None, "nobody keeps reports: is moderation installed?"
    _take_report(room=room, reporter=reporter, target=target, category=category, line=line, message=message)


_orders: Callable[[set[str]], Orders] | None = None
_sealed: Callable[[Sealed], None] | None = None


def register_evidence(orders: Callable[[set[str]], Orders], sealed: Callable[[Sealed], None]) -> None:
    """Say who decides what is sealed of rings and what is deleted, and who is told that it was sealed."""
    global _orders, _sealed
    _orders, _sealed = orders, sealed


def evidence_orders(rooms: set[str]) -> Orders:
    """What is to be done with the rings of these rooms now."""
    assert _orders is not None, "nobody decides on evidence: is moderation installed?"
    return _orders(rooms)


def evidence_sealed(sealed: Sealed) -> None:
    """An audio worker has sealed what it was told to."""
    assert _sealed is not None, "nobody decides on evidence: is moderation installed?"
    _sealed(sealed)


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
