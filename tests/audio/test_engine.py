"""The 20 ms loop without a network: encoded voices in, the packets of each stream out, decoded and looked at."""

from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from rooms.audio.codec import Decoder, Encoder
from rooms.audio.core.effort import EFFORTS, Governor
from rooms.audio.core.packet import RtpPacket
from rooms.audio.engine import Engine, Member

TICK = 0.02
SECONDS = 5
TIMES = np.arange(SECONDS * 48_000) / 48_000


def voice(pitch: float, *, seed: int = 0) -> np.ndarray:
    """Five seconds of something like speech: a glottal buzz of changing pitch and loudness over a little breath."""
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * TIMES))) / 48_000
    buzz = sum(np.sin(number * phase) / number for number in range(1, 20))
    breath = np.random.default_rng(seed).standard_normal(len(TIMES)) * 0.002
    return (0.1 * buzz * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * TIMES)) + breath).astype(np.float32)


@dataclass
class Sent:
    """What each stream was sent."""

    packets: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    encodes: int = 0

    def heard_by(self, stream: str) -> np.ndarray:
        decoder = Decoder()
        return np.concatenate([decoder.decode(payload) for _timestamp, payload in self.packets[stream]])


class Listeners(list[str]):
    """In place of `transport.fanout.Audience`: streams are names."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self._sent = sent

    add = list.append

    def send(self, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        self._sent.encodes += 1
        for stream in self:
            self._sent.packets.setdefault(stream, []).append((timestamp, payload))


class Stage:
    """An engine, its clock, and members whose peers are names."""

    def __init__(self, *names: str) -> None:
        self.sent = Sent()
        self.engine = Engine(lambda: Listeners(self.sent))  # type: ignore[arg-type, return-value]
        self.encoders: dict[str, Encoder] = {}
        self.tick = 0
        for name in names:
            peer = SimpleNamespace(stream=name, reported_loss=0.0)
            self.engine.add("room", Member(name, name, peer))  # type: ignore[arg-type]

    def allow(self, *names: str) -> None:
        room = self.engine.rooms["room"]
        self.engine.set_stage("room", room.session.version + 1, frozenset(names))

    def run(self, ticks: int, **sounds: np.ndarray) -> None:
        """So many ticks in which these people send their sound."""
        for _ in range(ticks):
            start = self.tick * 960 % (len(TIMES) - 960)
            now = 1_000 + self.tick * TICK
            for name, sound in sounds.items():
                payload = self.encoders.setdefault(name, Encoder()).encode(sound[start : start + 960])
                if payload:
                    packet = RtpPacket(111, self.tick & 0xFFFF, self.tick * 960, 7, payload)
                    self.engine.deliver("room", name, packet, now)
            self.engine.tick(now + 0.005)
            self.tick += 1


def steepest(sound: np.ndarray) -> float:
    return float(np.max(np.abs(np.diff(sound))))


def test_the_whole_audience_shares_one_encode() -> None:
    stage = Stage("speaker", *(f"listener {number}" for number in range(50)))
    stage.allow("speaker")
    stage.run(100, speaker=voice(120))
    audience = [stage.sent.packets[f"listener {number}"] for number in range(50)]
    assert all(packets == audience[0] for packets in audience)
    assert stage.sent.encodes <= 200  # the shared mix, and the speaker's


def test_timestamps_step_by_a_tick_and_never_skip() -> None:
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    stage.run(150, speaker=voice(120))
    timestamps = [timestamp for timestamp, _payload in stage.sent.packets["listener"]]
    assert {(after - before) & 0xFFFFFFFF for before, after in pairwise(timestamps)} == {960}


@pytest.mark.parametrize("begin", [57, 60])
def test_going_to_a_mix_of_ones_own_and_back_is_inaudible(begin: int) -> None:
    """Who begins to talk while somebody else does hears the other go on, and so when they stop. The sound is that of one
    whose stream never changed, but for what one encoder does differently from another anywhere."""
    stage = Stage("host", "guest", "listener")
    stage.allow("host", "guest")
    host, guest = voice(120), voice(210, seed=1)
    own = lambda: set(stage.engine.rooms["room"].own)  # noqa: E731
    stage.run(begin, host=host)
    assert own() == {"host"}
    stage.run(40, host=host, guest=guest)
    assert own() == {"host", "guest"}
    stage.run(160 - begin, host=host)
    assert own() == {"host"}

    unchanged = Stage("host", "guest", "listener")
    unchanged.allow("host", "guest")
    unchanged.run(200, host=host)
    expected, heard = unchanged.sent.heard_by("guest"), stage.sent.heard_by("guest")
    assert len(heard) == len(expected)
    for at in range((begin - 1) * 960, 185 * 960, 480):
        near = slice(at, at + 4_800)
        there = slice(at, at + 480)
        assert np.mean((heard[there] - expected[there]) ** 2) < 0.5 * np.mean(expected[near] ** 2)
        assert steepest(heard[there]) < 1.5 * steepest(expected[near]) + 0.01


def test_nobody_hears_themselves() -> None:
    stage = Stage("host", "guest")
    stage.allow("host", "guest")
    low = (0.25 * np.sin(2 * np.pi * 440 * TIMES)).astype(np.float32)
    high = (0.25 * np.sin(2 * np.pi * 1_800 * TIMES)).astype(np.float32)
    stage.run(100, host=low, guest=high)
    for name, own, other in (("host", 440, 1_800), ("guest", 1_800, 440)):
        sound = stage.sent.heard_by(name)[48_000:]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        frequencies = np.fft.rfftfreq(len(sound), 1 / 48_000)
        there, absent = (np.max(spectrum[np.abs(frequencies - tone) < 20]) for tone in (other, own))
        assert 20 * np.log10(there / absent) > 40


@pytest.mark.parametrize("how", ["leaves", "is muted"])
def test_who_goes_in_the_middle_of_a_word_fades_and_does_not_click(how: str) -> None:
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    sound = (0.25 * np.sin(2 * np.pi * 300 * TIMES)).astype(np.float32)
    stage.run(61, speaker=sound)
    if how == "leaves":
        stage.engine.remove("room", "speaker")
    else:
        stage.allow()
    stage.run(20)
    heard = stage.sent.heard_by("listener")
    assert steepest(heard[30 * 960 :]) < 1.3 * steepest(sound)
    assert not np.any(np.abs(heard[-10 * 960 :]) > 0.01)


def test_a_held_note_goes_on() -> None:
    """Silence suppression must not take what does not change for silence."""
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    stage.run(240, speaker=(0.25 * np.sin(2 * np.pi * 440 * TIMES)).astype(np.float32))
    assert len(stage.sent.packets["listener"]) > 230
    assert np.sqrt(np.mean(stage.sent.heard_by("listener")[-48_000:] ** 2)) == pytest.approx(0.109, rel=0.1)  # −20 LUFS


def test_a_silent_room_costs_nothing() -> None:
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    stage.run(50, speaker=voice(120))
    stage.run(100)
    before = stage.sent.encodes
    stage.run(500)
    assert stage.sent.encodes == before


def test_what_nobody_can_hear_costs_next_to_nothing() -> None:
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    hiss = (np.random.default_rng(0).standard_normal(len(TIMES)) * 0.0002).astype(np.float32)
    stage.run(100, speaker=hiss)
    before = stage.sent.encodes
    stage.run(100, speaker=hiss)
    assert stage.sent.encodes == before
    stage.run(20, speaker=voice(120))
    assert stage.sent.encodes > before + 10


def test_the_encoder_is_told_what_nine_in_ten_who_hear_it_lose_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    expect_loss = Encoder.expect_loss
    monkeypatch.setattr(
        Encoder, "expect_loss", lambda self, percent: told.append(percent) or expect_loss(self, percent)
    )
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    stage.engine.rooms["room"].members["listener"].peer.reported_loss = 0.12
    stage.run(250, speaker=voice(120))
    assert told.count(12) == 1
    stage.engine.rooms["room"].members["speaker"].peer.reported_loss = 0.3
    stage.run(250, speaker=voice(120))
    assert told.count(12) == 2  # the talker, who gets a mix of their own, does not count for the audience


def test_a_room_that_fails_does_not_take_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("speaker", "listener")
    stage.allow("speaker")
    stage.engine.add("broken", Member("x", "x", SimpleNamespace(stream=None, reported_loss=0.0)))  # type: ignore[arg-type]
    monkeypatch.setattr(stage.engine.rooms["broken"].session, "audible", lambda: 1 / 0)
    stage.run(50, speaker=voice(120))
    assert len(stage.sent.packets["listener"]) > 40


def test_when_encoders_must_try_less_hard_nobody_hears_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("speaker", "guest", "listener")
    stage.allow("speaker", "guest")
    speaker, guest = voice(120), voice(210, seed=1)
    stage.run(60, speaker=speaker, guest=guest)
    governor = stage.engine._governor
    monkeypatch.setattr(Governor, "account", lambda self, work, encoding: True)
    governor.level = len(EFFORTS) - 1
    stage.run(60, speaker=speaker, guest=guest)
    governor.level = 0
    stage.run(60, speaker=speaker, guest=guest)
    waveform_only = [payload[0] >> 3 >= 16 for _timestamp, payload in stage.sent.packets["listener"]]
    assert waveform_only[-1] is False
    assert 50 < sum(waveform_only) <= 62
    for name in ("listener", "speaker"):
        heard = stage.sent.heard_by(name)
        ordinary = steepest(heard[10 * 960 : 55 * 960])
        assert steepest(heard[10 * 960 :]) < 1.5 * ordinary
