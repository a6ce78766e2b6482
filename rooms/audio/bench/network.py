"""A bad network between a client and the server: packets lost and packets that come later, the same for the same seed.

Loss is independent from packet to packet, or comes in bursts (Gilbert's model: a good state that loses nothing and a bad one
that loses everything). Each packet that is not lost is delayed by so much, uniformly drawn from 0 to `spread`; so packets
overtake each other. `tc netem delay 50ms 50ms` draws from 0 to 100 ms: a spread of 0.1.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Impairment:
    """What a network does."""

    loss: float = 0.0  # the share of packets, 0 to below 1
    spread: float = 0.0  # seconds between the least and the most delayed packet
    burst: float = 1.0  # packets lost in a row, on average; up to 1: independent of each other

    def __post_init__(self) -> None:
        if not 0 <= self.loss < 1 or self.spread < 0 or self.burst < 0:
            raise ValueError("loss is a share below 1; spread and burst are not negative")

    @property
    def is_clean(self) -> bool:
        """Whether it does nothing."""
        return self.loss == 0 and self.spread == 0

    def __str__(self) -> str:
        parts = []
        if self.loss:
            parts.append(f"{100 * self.loss:g} % lost" + (f" in bursts of {self.burst:g}" if self.burst > 1 else ""))
        if self.spread:
            parts.append(f"0–{1_000 * self.spread:g} ms")
        return " + ".join(parts)


class Path:
    """One direction of one client's network."""

    def __init__(self, impairment: Impairment, seed: str) -> None:
        self._impairment = impairment
        self._random = random.Random(seed)  # noqa: S311 - to be the same again is the point
        self._bad = False

    def carry(self) -> float | None:
        """The fate of the next packet: the seconds by which it is delayed, or None when it is lost."""
        chance, delay = self._random.random(), self._random.random() * self._impairment.spread
        return None if self._loses(chance) else delay

    def _loses(self, chance: float) -> bool:
        loss, burst = self._impairment.loss, self._impairment.burst
        if burst <= 1:
            return chance < loss
        # In the long run the bad state holds `loss` of the time, for `burst` packets each time.
        stays_or_turns_bad = 1 - 1 / burst if self._bad else loss / (burst * (1 - loss))
        self._bad = chance < stays_or_turns_bad
        return self._bad


@dataclass(frozen=True, slots=True)
class Network:
    """Both directions between the talker and those who listen."""

    up: Impairment = Impairment()  # from the talker to the server
    down: Impairment = Impairment()  # from the server to a listener

    @property
    def name(self) -> str:
        """As a table says it."""
        ways = {"up": self.up, "down": self.down}
        bad = [way for way, impairment in ways.items() if not impairment.is_clean]
        if not bad:
            return "clean"
        return f"{ways[bad[0]]}, {'both' if len(bad) > 1 else bad[0]}"
