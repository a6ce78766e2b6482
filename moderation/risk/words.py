"""The parts of a risk in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.risk.score import Signal

_WORDS: dict[Signal, Callable[[float], str]] = {
    Signal.NEWCOMERS: lambda number: ngettext(
        "%(number)d young account of one branch is there",
        "%(number)d young accounts of one branch are there",
        int(number),
    ),
    Signal.REMOVALS: lambda number: ngettext(
        "%(number)d person was removed within half an hour",
        "%(number)d people were removed within half an hour",
        int(number),
    ),
    Signal.HANDS: lambda number: _("hands went up and down %(number)d times in a minute"),
    Signal.HOPPING: lambda number: ngettext(
        "%(number)d person there was in many rooms within an hour",
        "%(number)d people there were in many rooms within an hour",
        int(number),
    ),
    Signal.REPORTS: lambda number: ngettext(
        "%(number)d report within an hour", "%(number)d reports within an hour", int(number)
    ),
    Signal.FLAGS: lambda number: ngettext("%(number)d flag waits", "%(number)d flags wait", int(number)),
}


def in_words(part: dict[str, Any]) -> str:
    """One part as it is stored, with its points."""
    number = part["number"]
    words = _WORDS[Signal(part["signal"])](number) % {"number": number}
    return _("%(words)s (+%(points)d)") % {"words": words, "points": part["points"]}
