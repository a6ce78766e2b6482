"""Rooms on audio workers: placed by load, moved from one that is gone or drains, by one epoch after another."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rooms import selectors, services
from rooms.audio import wire
from rooms.domain.errors import Code, Refused
from rooms.models import WORKER_SILENT_AFTER, AudioWorker, Participant, Room
from rooms.selectors.heard_of import silent_workers
from rooms.services import Placement
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


_NOW = timezone.now()
DEAF = {"started_at": _NOW - timedelta(minutes=2), "heard_at": _NOW - timedelta(minutes=1)}


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def a_worker(name: str, *, port: int, steady: bool = True, **state: object) -> str:
    """A live worker, heard of for long enough to judge others by it."""
    services.register_worker(worker_id=name, public_ip="127.0.0.1", udp_port=port)
    if steady:
        state["steady_since"] = timezone.now() - timedelta(minutes=1)
    AudioWorker.objects.filter(worker_id=name).update(**state)
    return name


def fall_silent(name: str, seconds: float = 60) -> None:
    """Nothing was heard of a worker for so long."""
    AudioWorker.objects.filter(worker_id=name).update(beat_at=timezone.now() - timedelta(seconds=seconds))


def hears(name: str, *, nothing_for: float = 0.0) -> None:
    """A worker says how long nothing has come to it over the bus."""
    started_at = timezone.now() - timedelta(minutes=1)
    AudioWorker.objects.filter(worker_id=name).update(started_at=started_at)
    services.beat_worker(worker_id=name, load=wire.Load(0, 3_000, 0, 0, deaf_for=nothing_for))


def be_steady(name: str) -> None:
    """A worker goes on like this for a while."""
    AudioWorker.objects.filter(worker_id=name).update(steady_since=timezone.now() - timedelta(minutes=1))


def place_of(room: Room) -> tuple[str, int]:
    room.refresh_from_db()
    assert room.worker is not None
    return room.worker.worker_id, room.media_epoch


class TestPlacing:
    def test_a_room_is_placed_on_a_live_worker_and_stays_there(self) -> None:
        a_worker("one", port=7001)
        room = a_live_room()
        assert services.place_room(room.public_id) == Placement("one", 1)
        a_worker("two", port=7002)
        assert services.place_room(room.public_id) == Placement("one", 1)

    def test_people_count_not_rooms(self) -> None:
        a_worker("one", port=7001)
        crowd = a_live_room()
        for number in range(3):
            services.join(crowd.public_id, a_member(f"Listener {number}"), muted=True)
        a_worker("two", port=7002)
        small = [a_live_room() for _ in range(2)]
        for room in small:
            services.place_room(room.public_id)
        assert [place_of(room)[0] for room in (crowd, *small)] == ["one", "two", "two"]

    @pytest.mark.parametrize(
        "state",
        [{"draining": True}, DEAF, {"people": 2_900}, {"version": wire.VERSION - 1}, {"late_ms": 45}],
        ids=["draining", "deaf", "full", "other version", "late"],
    )
    def test_one_that_drains_or_is_full_late_or_of_another_version_gets_no_new_room(self, state: dict) -> None:
        a_worker("one", port=7001, **state)
        a_worker("two", port=7002)
        services.join(a_live_room().public_id, a_member(), muted=True)  # the other carries more
        assert services.place_room(a_live_room().public_id).worker == "two"

    def test_late_is_better_than_nowhere_and_full_is_not(self) -> None:
        a_worker("one", port=7001, late_ms=45)
        assert services.place_room(a_live_room().public_id).worker == "one"
        AudioWorker.objects.update(people=3_000)
        with pytest.raises(Refused) as refusal:
            services.place_room(a_live_room().public_id)
        assert refusal.value.code is Code.MEDIA_UNAVAILABLE

    def test_the_first_place_tells_nobody_to_come_again(self, bus: RecordingBus) -> None:
        a_worker("one", port=7001)
        services.place_room(a_live_room().public_id)
        assert bus.of_kind("placed")[-1]["spread_ms"] == 0


class TestMoving:
    def test_a_silent_workers_rooms_move_at_once_and_their_people_are_told_once(self, bus: RecordingBus) -> None:
        a_worker("silent", port=7001)
        rooms = [a_live_room() for _ in range(3)]
        for room in rooms:
            services.join(room.public_id, room.host, muted=True)
        bus.published.clear()
        a_worker("alive", port=7002)
        fall_silent("silent", WORKER_SILENT_AFTER.total_seconds() + 0.5)
        assert (services.move_rooms(), services.move_rooms()) == (3, 0)
        assert [place_of(room) for room in rooms] == [("alive", 2)] * 3
        told = bus.of_kind("placed")
        assert sorted(each["room"] for each in told) == sorted(room.public_id for room in rooms)
        assert {each["epoch"] for each in told} == {2}

    def test_who_hears_nothing_over_the_bus_loses_its_rooms_to_who_has_heard_for_a_while(self) -> None:
        a_worker("deaf", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        a_worker("other", port=7002)
        hears("deaf", nothing_for=4.1)
        hears("other", nothing_for=3.1)
        assert (services.move_rooms(), place_of(room)) == (0, ("deaf", 1))  # it is the bus that is away
        hears("other")
        assert (services.move_rooms(), place_of(room)) == (0, ("deaf", 1))  # the deaf one may hear in a moment, too
        be_steady("other")
        assert (services.move_rooms(), place_of(room)) == (1, ("other", 2))
        hears("deaf")
        assert (services.move_rooms(), place_of(room)) == (0, ("other", 2))

    def test_whoever_hears_nothing_is_not_steady_before_anybody_is_deaf(self) -> None:
        """The bus is away for all. Each notices by itself, a second apart."""
        for port, name in enumerate(("first", "second"), start=7001):
            a_worker(name, port=port)
        room = a_live_room()
        placed = services.place_room(room.public_id)
        for tenths in range(0, 80, 5):
            hears("first", nothing_for=tenths / 10)
            hears("second", nothing_for=max(0.0, tenths / 10 - 1.0))
            assert services.move_rooms() == 0
        assert place_of(room) == (placed.worker, 1)

    def test_what_a_version_that_says_nothing_of_it_found_there_does_not_count(self) -> None:
        a_worker("older", port=7001)
        AudioWorker.objects.update(heard_at=timezone.now() - timedelta(minutes=2), started_at=timezone.now())
        assert services.place_room(a_live_room().public_id).worker == "older"
        AudioWorker.objects.update(heard_at=None)
        assert services.place_room(a_live_room().public_id).worker == "older"

    def test_they_are_spread_over_those_that_live(self) -> None:
        a_worker("silent", port=7001)
        rooms = [a_live_room() for _ in range(4)]
        for room in rooms:
            services.join(room.public_id, room.host, muted=True)
        a_worker("two", port=7002)
        a_worker("three", port=7003)
        fall_silent("silent")
        services.move_rooms()
        assert sorted(place_of(room)[0] for room in rooms) == ["three", "three", "two", "two"]

    def test_a_worker_that_only_missed_a_beat_keeps_its_rooms(self) -> None:
        a_worker("slow", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        a_worker("alive", port=7002)
        fall_silent("slow", 2)
        assert services.move_rooms() == 0
        assert services.place_room(room.public_id) == Placement("slow", 1)

    def test_after_the_database_was_away_nobody_is_given_up_before_they_could_speak(self) -> None:
        a_worker("one", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        a_worker("two", port=7002)
        fall_silent("one")
        fall_silent("two")
        services.beat_worker(worker_id="two")  # the first to come back
        assert services.move_rooms() == 0
        with pytest.raises(Refused):
            services.place_room(room.public_id)  # its page asks again
        services.beat_worker(worker_id="one")
        assert services.place_room(room.public_id) == Placement("one", 1)

    def test_with_nowhere_to_go_they_stay(self) -> None:
        a_worker("one", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        services.retire_worker(worker_id="one")
        assert services.move_rooms() == 0
        assert place_of(room) == ("one", 1)

    def test_of_two_that_move_a_room_at_once_one_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from rooms.services import placing

        a_worker("silent", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        a_worker("alive", port=7002)
        fall_silent("silent")
        choose, others = placing._choose, []

        def meanwhile() -> AudioWorker | None:
            if not others:
                others.append(True)
                others.append(services.move_rooms())
            return choose()

        monkeypatch.setattr(placing, "_choose", meanwhile)
        assert services.move_rooms() == 0
        assert others == [True, 1]
        assert place_of(room) == ("alive", 2)

    def test_one_that_is_heard_of_again_in_that_moment_keeps_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from rooms.services import placing

        a_worker("late", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        a_worker("alive", port=7002)
        fall_silent("late")
        choose = placing._choose

        def meanwhile() -> AudioWorker | None:
            services.beat_worker(worker_id="late")
            return choose()

        monkeypatch.setattr(placing, "_choose", meanwhile)
        assert services.move_rooms() == 0
        assert place_of(room) == ("late", 1)

    def test_a_draining_workers_rooms_move_and_those_without_people_hold_nothing_up(self) -> None:
        a_worker("ends", port=7001)
        room, empty = a_live_room(), a_live_room()
        services.join(room.public_id, room.host, muted=True)
        services.place_room(empty.public_id)
        assert services.empty_worker(worker_id="ends") == 1
        services.leave(room.public_id, Participant.objects.get(room=room).connection)
        assert services.empty_worker(worker_id="ends") == 0
        a_worker("goes on", port=7002, steady=False)
        assert services.empty_worker(worker_id="ends") == 0
        assert (place_of(room)[0], place_of(empty)[0]) == ("goes on", "goes on")


class TestFencing:
    def test_a_restarted_worker_keeps_its_rooms_by_another_epoch(self) -> None:
        a_worker("before", port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        a_worker("after", port=7001)
        assert services.place_room(room.public_id) == Placement("after", 2)
        assert selectors.rooms_of_worker("after") == {room.public_id: 2}
        assert AudioWorker.objects.get().epoch == 2

    def test_a_stale_worker_reads_nothing_and_writes_nothing(self) -> None:
        a_worker("stale", port=7001)
        room = a_live_room()
        joined = services.join(room.public_id, room.host, muted=True)
        assert selectors.audio_truth("stale")[room.public_id].epoch == 1
        a_worker("alive", port=7002)
        fall_silent("stale")
        services.move_rooms()
        assert selectors.audio_truth("stale") == {}
        assert selectors.audio_truth("alive")[room.public_id].epoch == 2
        assert services.depart_without_media({joined.connection: 1}, worker_id="stale") == 0
        assert services.depart_without_media({joined.connection: 1}, worker_id="alive") == 0
        assert services.depart_without_media({joined.connection: 2}, worker_id="alive") == 1

    def test_whoever_ended_beats_no_more(self) -> None:
        a_worker("one", port=7001)
        services.retire_worker(worker_id="one")
        services.beat_worker(worker_id="one")
        assert not selectors.live_workers().exists()

    def test_who_stops_late_leaves_the_one_that_began_at_its_address(self) -> None:
        a_worker("before", port=7001)
        a_worker("after", port=7001)
        services.retire_worker(worker_id="before")
        assert services.place_room(a_live_room().public_id).worker == "after"


def test_staff_see_every_worker_with_load_and_age(django_assert_num_queries) -> None:
    a_worker("one", port=7001)
    room = a_live_room()
    services.join(room.public_id, room.host, muted=True)
    load = wire.Load(people=1, most_people=3_000, late_ms=2, cpu_percent=7, unfed=2, disk="ring full")
    services.beat_worker(worker_id="one", load=load)
    a_worker("two", port=7002, draining=True)
    a_worker("three", port=7003)
    fall_silent("three", 30)
    with django_assert_num_queries(1):
        one, two, three = selectors.workers_with_load()
    assert (one.load, one.people, one.late_ms, one.cpu_percent) == (1, 1, 2, 7)
    assert (one.unfed_rooms, one.disk) == (2, "ring full")
    assert [selectors.state_of_worker(each) for each in (one, two, three)] == ["live", "draining", "silent"]
    assert one.age.total_seconds() < 5 < 29 < three.age.total_seconds()


def test_silent_is_who_ended_without_being_asked_to() -> None:
    for worker in ("asked to", "died"):
        a_worker(worker, port=7000 + len(worker))
    services.retire_worker(worker_id="asked to")
    for worker in ("asked to", "died"):
        fall_silent(worker)
    assert [worker.worker_id for worker in silent_workers(timedelta(seconds=10))] == ["died"]
