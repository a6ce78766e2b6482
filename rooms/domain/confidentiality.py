"""What a room's confidentiality means: what may be kept of it, whose names are told, what is accepted before entering.

Whoever records, captions, or stores chat asks here first. A mode that is not known keeps nothing.
"""

from enum import StrEnum

from rooms.domain.snapshot import Confidentiality


class Kept(StrEnum):
    """What could be left of a room when it is over."""

    RECORDING = "recording"  # and clips of it
    CAPTIONS = "captions"  # stored; live captions that are shown and forgotten are none
    CHAT = "chat"
    NAMES = "names"  # of who said, wrote or heard something


_MAY_BE_KEPT: dict[Confidentiality, frozenset[Kept]] = {
    Confidentiality.ON_RECORD: frozenset(Kept),
    Confidentiality.CHATHAM_HOUSE: frozenset(Kept) - {Kept.NAMES},
    Confidentiality.OFF_RECORD: frozenset(),
}
_STRICTNESS = {Confidentiality.ON_RECORD: 0, Confidentiality.CHATHAM_HOUSE: 1, Confidentiality.OFF_RECORD: 2}


def may_be_kept(mode: Confidentiality, what: Kept) -> bool:
    """Whether this may be stored of a room of this mode. Who else asks consent asks it beside, not instead."""
    return what in _MAY_BE_KEPT.get(mode, frozenset())


def shows_audience(mode: Confidentiality) -> bool:
    """Whether listeners are shown who else listens; otherwise they are told how many."""
    return mode is not Confidentiality.CHATHAM_HOUSE


def must_be_accepted(mode: Confidentiality) -> bool:
    """Whether people agree to the mode before they enter. On the record, the tap that enters is enough."""
    return mode is not Confidentiality.ON_RECORD


def loosens(before: Confidentiality, after: Confidentiality) -> bool:
    """Whether a change would take something from those who entered before it. Only the record is ordered: under Chatham House
    nobody sees who listens, off the record they do, so neither follows the other."""
    hides_less = shows_audience(after) and not shows_audience(before)
    return hides_less or _STRICTNESS[after] < _STRICTNESS[before]
