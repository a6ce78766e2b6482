"""How hard encoders try, and when they must try less: a full worker keeps its ticks and gives up the last bit of quality."""

from dataclasses import dataclass

from rooms.audio.core.clock import TICK_SECONDS


@dataclass(frozen=True, slots=True)
class Effort:
    """One way to encode."""

    complexity: int  # of Opus, 0 to 10
    cost: float  # of encoding 20 ms, in those of the first way
    waveform_only: bool = False  # no linear prediction, and with it no error correction in band


# Measured at 64 kb/s, PESQ-WB of speech: 4.3, 4.3, 4.2, 3.9 and 3.7. With prediction but of less complexity than 5 it is
# below 3.5, and no faster than without.
EFFORTS = (
    Effort(10, cost=1.0),
    Effort(7, cost=0.87),
    Effort(5, cost=0.8),
    Effort(10, cost=0.32, waveform_only=True),
    Effort(0, cost=0.14, waveform_only=True),
)

_STRAINED_ABOVE = 0.6  # the share of a tick in use
_EASED_BELOW = 0.45  # the same, as it would be with the next better way
_ENCODING_SHARE = 0.3  # of the work; if encoding is less of it, encoding less well does not help
_SMOOTHING = 0.1  # a tick's weight: the average of the last ten or so
_TICKS_STRAINED = 25  # half a second; a tick that takes the time of three counts as three
_TICKS_EASED = 500  # ten seconds: rooms do not change that fast


@dataclass(slots=True)
class Governor:
    """Chooses among `EFFORTS` by how long ticks take."""

    level: int = 0
    _work: float = 0.0  # seconds a tick, smoothed
    _encoding: float = 0.0
    _strained: float = 0.0
    _eased: int = 0

    @property
    def effort(self) -> Effort:
        """The way to encode now."""
        return EFFORTS[self.level]

    def account(self, work: float, encoding: float) -> bool:
        """Take what one tick needed, in seconds: all of it, and the encoding within it.

        Returns:
            Whether the effort is another now.
        """
        self._work += _SMOOTHING * (work - self._work)
        self._encoding += _SMOOTHING * (encoding - self._encoding)
        share = self._share(self.level)
        worthwhile = self._encoding > _ENCODING_SHARE * self._work
        self._strained = self._strained + max(1.0, share) if share > _STRAINED_ABOVE and worthwhile else 0.0
        self._eased = self._eased + 1 if self.level > 0 and self._share(self.level - 1) < _EASED_BELOW else 0
        if self._strained > _TICKS_STRAINED and self.level < len(EFFORTS) - 1:
            self._change(self._first_that_fits())
            return True
        if self._eased > _TICKS_EASED:
            self._change(self.level - 1)
            return True
        return False

    def _share(self, level: int) -> float:
        """Of a tick, as it would be in use with another way to encode."""
        encoding = self._encoding * EFFORTS[level].cost / self.effort.cost
        return (self._work - self._encoding + encoding) / TICK_SECONDS

    def _first_that_fits(self) -> int:
        fitting = (level for level in range(self.level + 1, len(EFFORTS)) if self._share(level) < _STRAINED_ABOVE)
        return next(fitting, len(EFFORTS) - 1)

    def _change(self, level: int) -> None:
        # What is remembered of encoding holds for the way before.
        self._work = self._share(level) * TICK_SECONDS
        self._encoding *= EFFORTS[level].cost / self.effort.cost
        self.level = level
        self._strained, self._eased = 0.0, 0
