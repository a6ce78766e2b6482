"""Which runs say something of the server, and which say only what else the machine did."""

from typing import Any

import pytest

from rooms.audio.bench.testbed import MOST_LATE_MS, Stretch
from rooms.audio.bench.usage import Usage


def a_stretch(*, clients: float = 2.0, others: float = 0.0, server: float = 3.0, late_ms: float = 0.5) -> Stretch:
    """Ten seconds of a quiet machine."""
    return Stretch(10.0, Usage(cpu_seconds=server), clients, others, {"tick_late_p99_ms": late_ms})


@pytest.mark.parametrize(
    ("stretch", "asked", "because"),
    [
        (a_stretch(), {}, ""),
        (a_stretch(clients=9.5), {}, "the clients saturated their core"),
        (a_stretch(others=1.0), {}, "others used the server's core"),
        (a_stretch(), {"received": 900, "streams": 2}, "fewer packets came than were sent"),
        (a_stretch(server=9.9), {"received": 900, "streams": 2}, "the server saturated its core"),
        (a_stretch(late_ms=8.0), {}, ""),  # a figure like others, where it is not the sound that is measured
        (a_stretch(late_ms=8.0), {"most_late_ms": MOST_LATE_MS}, "the server was held up"),
    ],
)
def test_a_run_that_was_disturbed_is_void(stretch: Stretch, asked: dict[str, Any], because: str) -> None:
    assert stretch.verdict(**asked) == {"void": bool(because), "void_because": because}
