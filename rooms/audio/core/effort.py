"""How hard encoders try, and when they must try less: a full worker keeps its ticks and gives up the last bit of quality."""

from dataclasses import dataclass

from rooms.audio.core.clock import TICK_SECONDS


@dataclass(frozen=True, slots=True)
class Effort:
    """One way to encode. Measured at 64 kb/s, PESQ-WB of speech: complexity 10 4.4, 7 4.3, 5 4.2; waveform only 3.7."""

    complexity: int  # of Opus, 0 to 10
    waveform_only: bool = False  # no linear prediction: a third of the work, and no error correction in band
    eased_below: float = 0.0  # the share of a tick in use below which the next better way is tried


EFFORTS = (
    Effort(10),
    Effort(7, eased_below=0.4),
    Effort(5, eased_below=0.4),
    Effort(0, waveform_only=True, eased_below=0.2),
)

_STRAINED_ABOVE = 0.6  # the share of a tick in use
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
        share = self._work / TICK_SECONDS
        worthwhile = self._encoding > _ENCODING_SHARE * self._work
        self._strained = self._strained + max(1.0, share) if share > _STRAINED_ABOVE and worthwhile else 0.0
        self._eased = self._eased + 1 if share < self.effort.eased_below else 0
        if self._strained > _TICKS_STRAINED and self.level < len(EFFORTS) - 1:
            self._change(1)
            return True
        if self._eased > _TICKS_EASED and self.level > 0:
            self._change(-1)
            return True
        return False

    def _change(self, by: int) -> None:
        self.level += by
        self._strained, self._eased = 0.0, 0
