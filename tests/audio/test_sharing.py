"""The same room in two engines: one mixes, the other passes on; and what control tells media of it."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from rooms.audio import control, wire
from rooms.audio.codec import Encoder
from rooms.audio.core.clock import TICK_SAMPLES
from rooms.audio.core.packet import RtpPacket
from rooms.audio.engine import Engine, Member
from rooms.audio.sharing import UNFED_SECONDS, Sharing
from rooms.audio.transport.relay import key_of

ROOM = "room"


class Ears:
    """Listeners: what they were sent, with the sequence numbers that they see."""

    def __init__(self) -> None:
        self.packets: list[tuple[int, int, bytes]] = []  # sequence, timestamp, payload
        self.streams: list[object] = []
        self._sequence = 0

    def add(self, stream: object) -> None:
        self.streams.append(stream)

    def remove(self, stream: object) -> None:
        self.streams.remove(stream)

    def send(self, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        if self.streams:
            self.packets.append((self._sequence, timestamp, payload))
            self._sequence += 1

    def skip(self, packets: int) -> None:
        self._sequence += packets

    def __len__(self) -> int:
        return len(self.streams)


def a_member(name: str, *, loss: float = 0.0) -> Member:
    return Member(name, name, SimpleNamespace(stream=object(), reported_loss=loss))  # type: ignore[arg-type]


def ears_of(engine: Engine) -> Ears:
    return engine.rooms[ROOM].shared.listeners  # type: ignore[return-value]


def talk(engine: Engine, ticks: int, *, start: int = 0) -> None:
    """Somebody talks there for so many ticks."""
    encoder, times = Encoder(), np.arange(TICK_SAMPLES) / 48_000
    sound = (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    for tick in range(start, start + ticks):
        packet = RtpPacket(111, tick & 0xFFFF, TICK_SAMPLES * tick, 1, encoder.encode(sound))
        engine.deliver(ROOM, "talker", packet, tick / 50)
        engine.tick(tick / 50)


def steps(ears: Ears) -> set[int]:
    return {(later[1] - earlier[1]) & 0xFFFFFFFF for earlier, later in itertools.pairwise(ears.packets)}


@pytest.fixture
def mixing() -> Engine:
    engine = Engine(Ears)
    engine.add(ROOM, a_member("talker"))
    engine.add(ROOM, a_member("listener"))
    engine.set_stage(ROOM, 1, frozenset({"talker"}))
    return engine


def test_what_is_relayed_is_what_listeners_at_home_get_and_never_a_talkers_own_mix(mixing: Engine) -> None:
    relayed: list[tuple[str, bytes, int, bool]] = []
    mixing._relay = lambda *packet: relayed.append(packet)
    talk(mixing, 20)
    assert [(at, payload) for _sequence, at, payload in ears_of(mixing).packets] == [
        (at, payload) for _room, payload, at, _marker in relayed
    ]
    assert {room for room, *_ in relayed} == {ROOM}
    assert [marker for *_, marker in relayed] == [True] + [False] * (len(relayed) - 1)


def test_a_room_that_is_mixed_elsewhere_is_only_passed_on_with_a_hole_for_what_is_lost() -> None:
    engine = Engine(Ears)
    engine.feed(ROOM)
    engine.add(ROOM, a_member("listener"))
    engine.tick(0.0)
    for number, missing in ((0, 0), (1, 0), (4, 2)):
        engine.play(ROOM, b"opus", 960 * number, marker=False, missing=missing)
        engine.tick(0.02)
    assert [(sequence, at) for sequence, at, _payload in ears_of(engine).packets] == [(0, 0), (1, 960), (4, 3_840)]


def test_frames_of_a_room_that_is_mixed_here_are_not_played(mixing: Engine) -> None:
    mixing.play(ROOM, b"stale", 0, marker=False, missing=0)
    assert ears_of(mixing).packets == []


@pytest.mark.parametrize("ahead", [0, 5 * TICK_SAMPLES])
def test_when_the_room_comes_to_where_it_was_shared_times_go_on(mixing: Engine, ahead: int) -> None:
    mixing.feed(ROOM)
    last = (mixing.time_of(ROOM) + ahead) & 0xFFFFFFFF
    mixing.play(ROOM, b"opus", last, marker=False, missing=0)
    mixing.mix(ROOM, after=last)
    talk(mixing, 10)
    (first, *_rest) = [at for _sequence, at, payload in ears_of(mixing).packets if payload != b"opus"]
    assert 0 < (first - last) & 0xFFFFFFFF <= 10 * TICK_SAMPLES
    ears_of(mixing).packets.pop(0)
    assert steps(ears_of(mixing)) == {TICK_SAMPLES}


def test_what_listeners_lose_elsewhere_counts_for_the_encoder(mixing: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    expected: list[int] = []
    monkeypatch.setattr(Encoder, "expect_loss", lambda self, percent: expected.append(percent))
    mixing.expect_loss(ROOM, 17)
    talk(mixing, 250)
    assert 17 in expected
    passing = Engine(Ears)
    passing.feed(ROOM)
    for number in range(10):
        passing.add(ROOM, a_member(f"listener {number}", loss=0.08))
    assert passing.losing() == {ROOM: 8}


# --- control -----------------------------------------------------------------------------------------------------------

SECRET = b"s" * 32
SHARE = wire.Place(4, "10.0.0.2", 7002, "two")
HOME = wire.Place(4, "10.0.0.1", 7001, "one")


def truth(*, epoch: int = 1, **places: object) -> dict[str, wire.RoomTruth]:
    return {ROOM: wire.RoomTruth(ROOM, 1, frozenset(), frozenset(), epoch, **places)}  # type: ignore[arg-type]


def test_media_is_told_once_and_again_when_the_epoch_is_another() -> None:
    told: list[control.Message] = []
    sharing = Sharing((SECRET,), "one", told.append)
    for epoch in (1, 1, 2):
        sharing.follow(truth(epoch=epoch, shares=(SHARE,)))
    keys = [key_of(SECRET, ROOM, epoch, 4, "one") for epoch in (1, 2)]
    expected = [control.Shared(ROOM, key.epoch, ((SHARE.ip, SHARE.port, key.key_id, key.key),)) for key in keys]
    assert told == expected
    told.clear()
    sharing.follow({})
    assert told == [control.Shared(ROOM, 0, ())]


def test_both_ends_have_the_same_key() -> None:
    told: list[control.Message] = []
    Sharing((SECRET,), "one", told.append).follow(truth(shares=(SHARE,)))
    Sharing((SECRET,), "two", told.append).follow(truth(home=HOME))
    shared, source = told
    assert isinstance(shared, control.Shared)
    assert isinstance(source, control.Source)
    assert shared.shares[0][2:] == source.keys[0]


@pytest.mark.parametrize("knows", [(b"n" * 32, SECRET), (SECRET, b"n" * 32)], ids=["the share first", "the home first"])
def test_workers_before_and_after_a_change_of_the_secret_hear_each_other(knows: tuple[bytes, ...]) -> None:
    told: list[control.Message] = []
    Sharing(tuple(reversed(knows)), "one", told.append).follow(truth(shares=(SHARE,)))
    Sharing(knows, "two", told.append).follow(truth(home=HOME))
    shared, source = told
    assert isinstance(shared, control.Shared)
    assert isinstance(source, control.Source)
    assert shared.shares[0][2:] in source.keys
    assert shared.shares[0][2:] != source.keys[0]


def test_the_home_hears_what_listeners_of_its_shares_lose_and_no_stale_word() -> None:
    told: list[control.Message] = []
    home, share = Sharing((SECRET,), "one", told.append), Sharing((SECRET,), "two", lambda message: None)
    home.follow(truth(epoch=2, shares=(SHARE,)))
    share.follow(truth(epoch=2, home=HOME))
    told.clear()
    to = share.to_home(control.Losing(ROOM, 12), "two")
    assert to == ("one", wire.ListenersLose(ROOM, "two", 12, 2))
    home.lose(to[1], 0.0)
    home.lose(wire.ListenersLose(ROOM, "three", 5, 2), 1.0)
    home.lose(wire.ListenersLose(ROOM, "two", 30, 1), 2.0)
    home.lose(wire.ListenersLose(ROOM, "three", 5, 2), 60.0)
    assert told == [control.ExpectLoss(ROOM, percent) for percent in (12, 12, 5)]


def test_a_room_that_no_frame_comes_of_is_given_up_once_that_has_been_so_for_longer_than_it_takes_to_move_one() -> None:
    share = Sharing((SECRET,), "two", lambda message: None)
    share.follow(truth(epoch=1, home=HOME))
    seconds = int(UNFED_SECONDS)
    assert [share.unfed([ROOM], float(now)) for now in range(seconds)] == [[]] * seconds
    assert share.unfed([ROOM], float(seconds)) == [ROOM]
    assert share.unfed([ROOM], seconds + 10.0) == [], "frames came meanwhile"
    share.follow(truth(epoch=2, home=HOME))
    assert share.unfed([ROOM], seconds + 11.0) == [], "it has another home"
    share.follow({})
    assert share.unfed([ROOM], seconds + 20.0) == [], "it is not shared here any more"
