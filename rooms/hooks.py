"""Where a higher app answers what rooms cannot know: registered in that app's AppConfig."""

from typing import Protocol

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
