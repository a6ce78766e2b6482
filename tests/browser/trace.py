"""What a page's main thread did, from Chromium's own trace: how much CPU each task took, whatever else the machine did."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.person import Person

_TASKS = "disabled-by-default-devtools.timeline"  # RunTask and what is in it
_CATEGORIES = [_TASKS, "devtools.timeline", "toplevel"]


@dataclass(frozen=True)
class Traced:
    """Milliseconds of CPU, and of the clock, of each task of the page's main thread; the longest first."""

    cpu: list[float]
    wall: list[float]
    parts: dict[str, float]  # CPU by the kind of work

    @property
    def longest(self) -> float:
        """Of CPU."""
        return self.cpu[0]


def trace(person: Person, work: Callable[[], object]) -> Traced:
    """What a person's page does while this happens."""
    browser = person.context.browser
    assert browser is not None
    browser.start_tracing(page=person.page, categories=_CATEGORIES)
    try:
        work()
    finally:
        written = browser.stop_tracing()
    events = json.loads(written)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"].get("name") == "CrRendererMain"
    }
    of_page = [event for event in events if event.get("ph") == "X" and (event["pid"], event["tid"]) in mains]
    tasks = [event for event in of_page if event["name"] == "RunTask"]
    parts: Counter[str] = Counter()
    for event in of_page:
        parts[event["name"]] += event.get("tdur", 0) / 1000
    return Traced(
        sorted((task.get("tdur", 0) / 1000 for task in tasks), reverse=True),
        sorted((task.get("dur", 0) / 1000 for task in tasks), reverse=True),
        dict(parts.most_common(20)),
    )
