"""Mix frames between workers: nothing is taken but what the room's worker of now sealed, and each of that once."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rooms.audio.core import relay
from rooms.audio.core.clock import TICK_SAMPLES
from rooms.audio.core.relay import Frame, Header, NotAFrame, Order, ReplayWindow, Timeline
from rooms.audio.relaying import Relays, Target
from rooms.audio.transport.relay import Opener, RelayKey, Sealer, key_of, secret_of

SECRET = secret_of("the installation's")
HOME, STRANGER, SHARE = ("10.0.0.1", 7000), ("10.0.0.9", 7000), ("10.0.0.2", 7000)
MIXER = "the process that mixes"
KEY = key_of(SECRET, "room", 3, 1, MIXER)


def frames(count: int, key: RelayKey = KEY, *, at: float = 100.0) -> list[bytes]:
    sealer = Sealer(key, lambda: at)
    return [sealer.seal(b"opus %d" % number, TICK_SAMPLES * number, marker=number == 0) for number in range(count)]


def opened(opener: Opener, datagram: bytes) -> Frame | None:
    try:
        return opener.open(relay.read(datagram), datagram)
    except NotAFrame:
        return None


@given(some.binary(max_size=200), some.booleans())
def test_garbage_is_refused(garbage: bytes, dressed: bool) -> None:
    header = Header(KEY.key_id, KEY.epoch, 1, 960, marker=False).pack() if dressed else b""
    assert opened(Opener(KEY, HOME), header + garbage) is None


@given(some.integers(min_value=0), some.integers(min_value=1, max_value=255))
def test_no_bit_of_a_frame_can_be_changed(place: int, flip: int) -> None:
    (frame,) = frames(1)
    forged = bytearray(frame)
    forged[place % len(frame)] ^= flip
    opener = Opener(KEY, HOME)
    assert opened(opener, bytes(forged)) is None
    assert opened(opener, frame) == Frame(100_001, 0, True, b"opus 0"), "what is forged changes nothing"


@pytest.mark.parametrize(
    "other",
    [
        key_of(SECRET, "room", 2, 1, MIXER),
        key_of(SECRET, "room", 4, 1, MIXER),
        key_of(SECRET, "another", 3, 1, MIXER),
        key_of(SECRET, "room", 3, 2, MIXER),
        key_of(SECRET, "room", 3, 1, "another process"),
        key_of(secret_of("another installation's"), "room", 3, 1, MIXER),
    ],
    ids=["an earlier epoch", "a later one", "another room", "another share", "another process", "another installation"],
)
def test_a_frame_is_of_one_room_one_epoch_one_share_and_one_process(other: RelayKey) -> None:
    (frame,) = frames(1, other)
    renamed = frame[:2] + KEY.key_id + frame[10:]
    assert opened(Opener(KEY, HOME), renamed) is None


@given(some.lists(some.integers(min_value=0, max_value=99), max_size=60))
def test_each_frame_is_taken_once_in_whatever_order_they_come(order: list[int]) -> None:
    sent, opener = frames(100), Opener(KEY, HOME)
    taken = [frame.sequence for number in order if (frame := opened(opener, sent[number])) is not None]
    assert len(taken) == len(set(taken))
    newest = -1
    for number in dict.fromkeys(order):
        if newest - number < 64:
            assert number + 100_001 in taken
        newest = max(newest, number)


def test_what_is_too_old_to_tell_is_refused() -> None:
    window = ReplayWindow()
    window.note(100)
    assert window.is_new(37)
    assert not window.is_new(36)


def test_a_sender_that_begins_again_goes_on_behind_all_that_it_sent() -> None:
    first, again = frames(3_000, at=100.0), frames(1, at=160.0)
    assert relay.read(first[-1]).sequence < relay.read(again[0]).sequence


def test_no_nonce_comes_twice_when_a_restored_database_counts_epochs_again_after_a_reboot() -> None:
    """The clock of a machine that started again is back at its beginning, and so are the rows of a restored backup."""
    before, after = (key_of(SECRET, "room", 3, 1, process) for process in ("before", "after"))
    (first,), (second,) = frames(1, before, at=100.0), frames(1, after, at=100.0)
    assert relay.read(first).sequence == relay.read(second).sequence
    assert before.key != after.key


# --- order and time ----------------------------------------------------------------------------------------------------


def a_frame(sequence: int) -> Frame:
    return Frame(sequence, TICK_SAMPLES * sequence, False, b"opus")


def numbers(due: list[tuple[int, Frame]]) -> list[tuple[int, int]]:
    return [(missing, frame.sequence) for missing, frame in due]


def test_frames_go_on_as_they_come_and_one_that_is_early_waits_for_its_turn() -> None:
    order = Order()
    assert numbers(order.push(a_frame(7), 0.0)) == [(0, 7)]
    assert numbers(order.push(a_frame(9), 0.001)) == []
    assert numbers(order.push(a_frame(8), 0.002)) == [(0, 8), (0, 9)]


def test_what_does_not_come_within_a_tick_is_lost_and_nobody_waits_longer() -> None:
    order = Order()
    order.push(a_frame(1), 0.0)
    order.push(a_frame(3), 0.02)
    assert numbers(order.overdue(0.03)) == []
    assert numbers(order.overdue(0.041)) == [(1, 3)]
    assert numbers(order.push(a_frame(2), 0.05)) == []


def test_a_long_break_is_no_loss() -> None:
    order = Order()
    order.push(a_frame(1), 0.0)
    order.push(a_frame(5_000), 1.0)
    assert numbers(order.overdue(1.03)) == [(0, 5_000)]


@given(some.permutations(range(12)))
def test_whatever_the_order_they_go_on_in_sequence(arrivals: list[int]) -> None:
    order, now, went = Order(), 0.0, []
    for sequence in arrivals:
        now += 0.005
        went += numbers(order.push(a_frame(sequence), now)) + numbers(order.overdue(now))
    went += numbers(order.overdue(now + 1))
    assert [sequence for _missing, sequence in went] == sorted(sequence for _missing, sequence in went)


@given(some.integers(0, 2**32 - 1), some.integers(0, 2**32 - 1), some.integers(0, 2**32 - 1))
def test_listeners_times_step_as_the_mix_does_and_never_go_back_when_another_mixes(
    first: int, second: int, here: int
) -> None:
    timeline = Timeline()
    before = [timeline.place((first + TICK_SAMPLES * tick) & 0xFFFFFFFF, here) for tick in range(50)]
    timeline.rebase()
    after = [timeline.place((second + TICK_SAMPLES * tick) & 0xFFFFFFFF, here) for tick in range(50)]
    placed = before + after
    assert {(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(placed)} == {TICK_SAMPLES}


# --- what media does with them -----------------------------------------------------------------------------------------


class Workers:
    """Relays of one that mixes and of one that shares, and the network between them."""

    def __init__(self) -> None:
        self.now = 100.0
        self.heard: list[tuple[bytes, int, int]] = []  # payload, timestamp, how many are lost before it
        self.wire: list[tuple[bytes, tuple[str, int]]] = []
        self.home = self._made(lambda *_: None)
        self.share = self._made(lambda room, frame, at, lost: self.heard.append((frame.payload, at, lost)))
        self.home.share("room", [Target(SHARE, KEY)])
        self.share.source("room", HOME, [KEY])

    def _made(self, play: Callable[..., None]) -> Relays:
        return Relays(lambda data, to: self.wire.append((data, to)), play, lambda room: 5_000, lambda: self.now)

    def carry(self, address: tuple[str, int] = HOME) -> None:
        for data, _to in self.wire:
            self.share.receive(data, address)
        self.wire.clear()


def test_a_frame_goes_to_the_share_and_is_passed_on_at_once() -> None:
    workers = Workers()
    workers.home.relay("room", b"opus", 960, marker=True)
    assert [to for _data, to in workers.wire] == [SHARE]
    assert b"opus" not in workers.wire[0][0]
    workers.carry()
    assert workers.heard == [(b"opus", 5_000, 0)]


def test_strangers_cost_no_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers()
    workers.home.relay("room", b"opus", 960, marker=True)
    monkeypatch.setattr(Opener, "open", lambda *_: pytest.fail("opened"))
    for data in (workers.wire[0][0], workers.wire[0][0][:2] + bytes(60), bytes(40), b"\x08"):
        workers.share.receive(data, STRANGER)
    assert (workers.heard, workers.share.dropped, workers.share.taken) == ([], 4, 0)


def test_after_the_room_moved_nothing_of_the_former_home_is_taken() -> None:
    workers = Workers()
    workers.home.relay("room", b"stale", 960, marker=True)
    workers.share.source("room", STRANGER, [key_of(SECRET, "room", 4, 1, MIXER)])
    for address in (HOME, STRANGER):
        workers.carry(address)
        workers.home.relay("room", b"stale", 1920, marker=False)
    assert workers.heard == []


def test_told_again_where_the_room_is_mixed_what_came_stays_known_for_what_came() -> None:
    workers = Workers()
    workers.home.relay("room", b"opus", 960, marker=True)
    recorded = list(workers.wire)
    workers.carry()
    workers.share.source("room", HOME, [KEY])
    workers.wire.extend(recorded)
    workers.carry()
    assert [payload for payload, *_ in workers.heard] == [b"opus"]


def test_in_silence_the_home_says_that_it_lives_and_nobody_hears_that() -> None:
    workers = Workers()
    for _ in range(150):
        workers.now += 0.02
        workers.home.tick()
        workers.carry()
    assert (workers.heard, workers.share.unfed()) == ([], [])
    assert workers.share.taken == 6
    workers.now += 2.1
    assert workers.share.unfed() == ["room"]


def test_nobody_is_sent_anything_once_the_share_has_ended() -> None:
    workers = Workers()
    workers.home.share("room", [])
    workers.home.relay("room", b"opus", 960, marker=True)
    workers.home.tick()
    assert workers.wire == []
