"""Processes whose clocks are wrong."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "wrong_clock"


def wrong_by(minutes: int) -> dict[str, str]:
    """The environment of a Python process that goes by a clock so far ahead, or behind (less than 0), and of its children."""
    return {"PYTHONPATH": str(_FOLDER), "WRONG_BY_MINUTES": str(minutes)}
