"""How much of a speaker is lost, and whether waiting for the following packet would mend it (in-band FEC)."""

from dataclasses import dataclass

_PACKETS = 256  # over which the rate is a running mean
_WORTH_WAITING_ABOVE = 0.005  # a second loss within a few seconds of the first
_NOT_WORTH_BELOW = 0.0012  # ten seconds after two losses, twenty after one in twenty
_CORRECTION_EXPECTED = 100  # packets since the last that carried the one before: silence and music carry none


@dataclass
class Losses:
    """A running measure, fed with every packet that is played."""

    rate: float = 0.0  # of losses that could be mended, in all packets
    worth_waiting: bool = False  # the delay should hold one packet more, so that the next is there to mend from
    _since_correction: int = _CORRECTION_EXPECTED

    def note(self, lost: int, *, corrects: bool) -> None:
        """Take one packet: how many were missing before it, and whether it carries the one before."""
        mendable = 1 if lost else 0  # of a burst the last one only
        self.rate += (mendable - self.rate) / _PACKETS
        self._since_correction = 0 if corrects else self._since_correction + 1
        threshold = _NOT_WORTH_BELOW if self.worth_waiting else _WORTH_WAITING_ABOVE
        self.worth_waiting = self.rate > threshold and self._since_correction < _CORRECTION_EXPECTED

    def came_late(self) -> None:
        """Take one packet that was counted as lost and was only late: the measured jitter sees to those."""
        self.rate = max(0.0, self.rate - 1 / _PACKETS)
