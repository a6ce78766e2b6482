"""One speaker over bad networks and for a long time: what is heard has no holes, no clicks and no growing delay."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from rooms.audio.core.levels import level_dbov
from rooms.audio.core.packet import RtpPacket
from rooms.audio.playout import Speaker
from tests.audio.test_codec import packets
from tests.audio.test_core import tone

VOICE = packets(np.tile(tone(300), 2))[20:80]  # of a steady tone: what is missing is easily seen
STEEPEST = float(np.max(np.abs(np.diff(tone(300)))))


class Line:
    """A sender whose clock runs at `rate` of ours, a network that delays or loses, a mixer that reads every 20 ms."""

    def __init__(self, *, rate: float = 1.0, delay: Callable[[], float | None] = lambda: 0.0) -> None:
        self.speaker = Speaker()
        self._rate = rate
        self._delay = delay
        self._sent = 0
        self._under_way: list[tuple[float, RtpPacket]] = []
        self._tick = 0
        self.first_timestamp = 0

    def play(self, ticks: int, *, ssrc: int = 1) -> list[np.ndarray | None]:
        heard = []
        for _ in range(ticks):
            now = 100.0 + self._tick * 0.02
            while 100.0 + self._sent * 0.02 / self._rate <= now:
                late = self._delay()
                payload = VOICE[self._sent % len(VOICE)]
                timestamp = (self.first_timestamp + self._sent * 960) & 0xFFFFFFFF
                packet = RtpPacket(111, self._sent & 0xFFFF, timestamp, ssrc, payload)
                if late is not None:
                    self._under_way.append((100.0 + self._sent * 0.02 / self._rate + late, packet))
                self._sent += 1
            for arrived, packet in sorted(
                (item for item in self._under_way if item[0] <= now), key=lambda item: item[0]
            ):
                self.speaker.push(packet, arrived)
            self._under_way = [item for item in self._under_way if item[0] > now]
            heard.append(self.speaker.read(now + 0.001))
            self._tick += 1
        return heard


def holes(heard: list[np.ndarray | None]) -> int:
    """The most ticks in a row with next to nothing to hear."""
    longest = current = 0
    for block in heard:
        quiet = block is None or float(np.mean(block**2)) < 1e-4
        current = current + 1 if quiet else 0
        longest = max(longest, current)
    return longest


@pytest.mark.parametrize("rate", [0.998, 0.9997, 1.0003, 1.002])
def test_a_sender_with_another_clock_is_followed_without_clicks_or_growing_delay(rate: float) -> None:
    line = Line(rate=rate)
    line.play(100)
    heard = line.play(6_000)  # two minutes: a quarter of a second of drift at 0.2 %
    assert holes(heard) == 0
    assert len(line.speaker.buffer) <= 4
    sound = np.concatenate([block for block in heard if block is not None])
    assert float(np.max(np.abs(np.diff(sound)))) < 2 * STEEPEST


@pytest.mark.parametrize(("loss", "jitter"), [(0.05, 0.0), (0.1, 0.05), (0.0, 0.08)])
def test_loss_and_jitter_leave_no_hole_over_a_tenth_of_a_second(loss: float, jitter: float) -> None:
    dice = random.Random(5)
    line = Line(delay=lambda: None if dice.random() < loss else dice.random() * jitter)
    line.play(100)
    assert holes(line.play(3_000)) <= 5


def test_jitter_that_calms_down_gives_its_delay_back() -> None:
    dice, wild = random.Random(5), [True]
    line = Line(delay=lambda: dice.random() * 0.08 if wild[0] else 0.0)
    line.play(500)
    assert line.speaker.buffer.delay > 0.06
    wild[0] = False
    assert holes(line.play(500)) == 0
    assert line.speaker.buffer.delay < 0.03
    assert len(line.speaker.buffer) <= 2


def test_another_ssrc_is_another_stream_whatever_its_timestamps() -> None:
    line = Line()
    line.play(100)
    line.first_timestamp = -4_800  # to the first stream, a tenth of a second late
    heard = line.play(100, ssrc=2)
    assert holes(heard) <= 3
    assert line.speaker.buffer.counters.late == 0


def test_who_stops_fades_out_and_who_comes_back_fades_in() -> None:
    gone = [False]
    line = Line(delay=lambda: None if gone[0] else 0.0)
    heard = line.play(50)
    gone[0] = True
    heard += line.play(50)
    assert heard[-1] is None
    gone[0] = False
    heard += line.play(50)
    assert heard[-1] is not None
    sound = np.concatenate([np.zeros(960, dtype=np.float32) if block is None else block for block in heard[10:]])
    assert float(np.max(np.abs(np.diff(sound)))) < 2 * STEEPEST


def test_suppressed_silence_goes_on_with_the_speakers_noise() -> None:
    """As browsers do it: a header alone when silence begins, then a packet of noise and a header every 400 ms."""
    hiss = (np.random.default_rng(0).standard_normal(48_000) * 0.01).astype(np.float32)
    noise = packets(hiss)
    header = noise[-1][:1]
    sent: dict[int, bytes] = dict(enumerate(noise[:30])) | {30: header}
    for number in range(50, 150, 20):
        sent |= {number: noise[number % 50], number + 1: header}
    speaker, heard = Speaker(), []
    for tick in range(150):
        now = 100.0 + tick * 0.02
        if tick in sent:
            speaker.push(RtpPacket(111, tick, tick * 960, 1, sent[tick]), now)
        heard.append(speaker.read(now + 0.001))
    levels = [-127.0 if block is None else level_dbov(block) for block in heard[40:145]]
    assert min(levels) > -60
    assert speaker.buffer.counters.lost == 0
