"""A room with more listeners than one worker takes: who is where, and what each worker is told of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rooms import selectors, services
from rooms.audio import wire
from rooms.models import AudioWorker, Participant, Room, RoomShare
from rooms.services import Joined, Placement
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus
from tests.rooms.test_placing import a_worker, fall_silent, place_of

pytestmark = pytest.mark.django_db(transaction=True)
AT_HOME = 2


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture(autouse=True)
def _few(settings) -> None:
    settings.MITALK_ROOM_SHARE_PEOPLE = AT_HOME


def enter(room: Room, who: object = None) -> Joined:
    return services.join(room.public_id, who or a_member(), muted=True)


def placed(room: Room, joined: Joined) -> Placement:
    return services.place_connection(room.public_id, joined.connection)


def a_crowd(room: Room, count: int) -> list[tuple[Joined, Placement]]:
    entered = [enter(room) for _ in range(count)]
    return [(joined, placed(room, joined)) for joined in entered]


@pytest.fixture
def room() -> Room:
    """On worker one, with its host."""
    a_worker("one", port=7001)
    made = a_live_room()
    placed(made, enter(made, made.host))
    a_worker("two", port=7002)
    return made


def share_of(room: Room) -> RoomShare:
    return RoomShare.objects.get(room=room, ended_at=None)


class TestPlacing:
    def test_listeners_are_at_home_until_it_is_full_and_then_together_elsewhere(self, room: Room) -> None:
        a_worker("three", port=7003)
        workers = [place.worker for _joined, place in a_crowd(room, 6)]
        assert workers[0] == "one"
        assert workers[1] == workers[2] != workers[3] == workers[4]
        assert workers[5] == "one", "with nowhere else to go home takes them"

    def test_with_one_worker_a_room_is_on_it(self) -> None:
        a_worker("one", port=7001)
        room = a_live_room()
        assert {place.worker for _joined, place in a_crowd(room, 4)} == {"one"}
        assert not RoomShare.objects.exists()

    def test_whoever_has_sound_stays_where_it_is(self, room: Room) -> None:
        crowd = a_crowd(room, 3)
        services.leave(room.public_id, crowd[0][0].connection)  # there is room at home again
        assert [placed(room, joined) for joined, _place in crowd[1:]] == [place for _joined, place in crowd[1:]]
        host = Participant.objects.get(room=room, user=room.host)
        a_crowd(room, 2)  # and it is full again
        assert services.place_connection(room.public_id, host.connection).share == 0

    @pytest.mark.parametrize("how", ["hand", "seat"])
    def test_whoever_is_on_stage_or_about_to_go_there_is_at_home(self, room: Room, how: str) -> None:
        joined = a_crowd(room, 3)[-1][0]
        assert placed(room, joined).share
        changed = {"hand_number": 1} if how == "hand" else {"position": "stage"}
        Participant.objects.filter(connection=joined.connection).update(**changed)
        assert placed(room, joined) == Placement("one", 1)

    def test_by_another_connection_one_is_placed_anew(self, room: Room) -> None:
        member = a_member()
        a_crowd(room, 1)
        first = enter(room, member)
        assert placed(room, first).share
        again = enter(room, member)
        me = Participant.objects.get(connection=again.connection)
        assert (me.share, me.placed_epoch) == (None, 0)

    def test_a_worker_that_has_what_it_takes_counts_as_full(self, room: Room, settings) -> None:
        settings.MITALK_ROOM_SHARE_PEOPLE = 1_000
        AudioWorker.objects.filter(worker_id="one").update(people=2_900)
        assert placed(room, enter(room)).worker == "two"

    def test_the_home_is_told_to_look_and_must_know_how(self, room: Room, bus: RecordingBus) -> None:
        AudioWorker.objects.filter(worker_id="one").update(version=wire.VERSION - 1)
        assert {place.worker for _joined, place in a_crowd(room, 3)} == {"one"}
        AudioWorker.objects.filter(worker_id="one").update(version=wire.VERSION)
        assert placed(room, enter(room)).worker == "two"
        assert bus.of_kind("look") == [{"kind": "look", "room": room.public_id}]

    def test_listeners_burden_the_worker_that_they_are_on(self, room: Room) -> None:
        a_crowd(room, 4)
        here = dict(selectors.live_workers().values_list("worker_id", "here"))
        assert here == {"one": 3, "two": 2}


class TestTruth:
    def test_each_worker_reads_its_own_connections_and_where_the_others_are(self, room: Room) -> None:
        crowd = a_crowd(room, 3)
        home, share = selectors.audio_truth("one")[room.public_id], selectors.audio_truth("two")[room.public_id]
        number = share_of(room).pk
        assert home.shares == (wire.Place(number, "127.0.0.1", 7002, "two"),)
        assert share.home == wire.Place(number, "127.0.0.1", 7001, "one")
        assert (home.home, share.shares, home.epoch, share.epoch) == (None, (), 1, 1)
        here = {joined.connection for joined, place in crowd if place.share}
        assert share.expected == here
        assert here.isdisjoint(home.present)

    def test_nobody_is_heard_by_way_of_a_share_and_whoever_is_on_stage_may_go_home_in_peace(self, room: Room) -> None:
        joined = a_crowd(room, 3)[-1][0]
        Participant.objects.filter(connection=joined.connection).update(position="stage", muted=False)
        for _moved in range(2):
            home, share = selectors.audio_truth("one")[room.public_id], selectors.audio_truth("two")[room.public_id]
            assert joined.connection in home.present & share.present
            assert joined.connection in home.may_speak
            assert share.may_speak == frozenset()
            assert (joined.connection in home.expected) != (joined.connection in share.expected)
            placed(room, joined)
        assert joined.connection in home.expected

    def test_who_has_no_sound_there_is_taken_off_by_that_worker_alone(self, room: Room) -> None:
        joined = a_crowd(room, 3)[-1][0]
        assert services.depart_without_media({joined.connection: 1}, worker_id="one") == 0
        assert services.depart_without_media({joined.connection: 1}, worker_id="two") == 1

    def test_sound_is_ended_where_it_is(self, room: Room, bus: RecordingBus) -> None:
        joined = a_crowd(room, 3)[-1][0]
        services.leave(room.public_id, joined.connection)
        topic = next(topic for topic, message in reversed(bus.published) if message["kind"] == "hangup")
        assert topic == wire.worker_topic("two")


class TestEnding:
    def test_of_a_dead_worker_only_its_listeners_are_moved(self, room: Room, bus: RecordingBus) -> None:
        crowd = a_crowd(room, 3)
        number, epoch = share_of(room).pk, place_of(room)
        AudioWorker.objects.filter(worker_id="one").update(steady_since=timezone.now() - timedelta(minutes=1))
        fall_silent("two")
        bus.published.clear()
        services.move_rooms()
        assert [message["share"] for message in bus.of_kind("share_ended")] == [number]
        assert bus.of_kind("placed") == []
        assert place_of(room) == epoch
        a_worker("three", port=7003)
        again = {placed(room, joined).worker for joined, place in crowd if place.share}
        assert again == {"three"}
        assert selectors.audio_truth("two") == {}

    def test_a_worker_that_begins_again_has_nobody_there(self, room: Room, bus: RecordingBus) -> None:
        a_crowd(room, 3)
        number = share_of(room).pk
        a_worker("two again", port=7002)
        assert [message["share"] for message in bus.of_kind("share_ended")] == [number]
        assert selectors.audio_truth("two again") == {}

    def test_when_the_home_is_gone_a_share_follows_the_next(self, room: Room, bus: RecordingBus) -> None:
        crowd = a_crowd(room, 3)
        a_worker("three", port=7003)
        fall_silent("one")
        services.move_rooms()
        assert place_of(room) == ("three", 2)
        share = selectors.audio_truth("two")[room.public_id]
        assert share.home is not None
        assert (share.home.worker, share.epoch) == ("three", 2)
        assert [topic for topic, message in bus.published if message["kind"] == "look"][-1] == wire.worker_topic("two")
        assert [placed(room, joined).worker for joined, place in crowd if place.share] == ["two"] * 2

    def test_a_share_that_becomes_the_home_keeps_its_listeners(self, room: Room) -> None:
        crowd = a_crowd(room, 3)
        fall_silent("one")
        services.move_rooms()
        assert place_of(room) == ("two", 2)
        truth = selectors.audio_truth("two")[room.public_id]
        assert (truth.home, truth.shares) == (None, ())
        assert {joined.connection for joined, place in crowd if place.share} <= truth.expected

    def test_one_that_no_sound_comes_to_sends_its_listeners_home_and_gets_nobody_for_a_while(
        self, room: Room, bus: RecordingBus
    ) -> None:
        crowd = a_crowd(room, 3)
        number = share_of(room).pk
        bus.published.clear()
        assert services.end_unfed_shares([room.public_id], worker_id="two") == 1
        assert services.end_unfed_shares([room.public_id], worker_id="two") == 0
        assert [message["share"] for message in bus.of_kind("share_ended")] == [number]
        assert {placed(room, joined).worker for joined, _place in crowd} == {"one"}
        assert place_of(room) == ("one", 1)
        RoomShare.objects.update(ended_at=timezone.now() - timedelta(seconds=59), unfed_at=timezone.now())
        services.end_shares()
        assert placed(room, enter(room)).worker == "one"
        RoomShare.objects.update(unfed_at=timezone.now() - timedelta(seconds=61))
        services.end_shares()
        assert placed(room, enter(room)).worker == "two"

    def test_its_listeners_go_to_a_third_worker_first(self, room: Room) -> None:
        crowd = a_crowd(room, 3)
        AudioWorker.objects.filter(worker_id="one").update(people=3_000)
        a_worker("three", port=7003)
        assert services.end_unfed_shares([room.public_id], worker_id="two") == 1
        assert {placed(room, joined).worker for joined, place in crowd if place.share} == {"three"}

    @pytest.mark.parametrize("why", ["home is full", "home is gone"])
    def test_where_nobody_has_room_for_them_they_wait(self, room: Room, why: str) -> None:
        a_crowd(room, 3)
        if why == "home is full":
            AudioWorker.objects.filter(worker_id="one").update(people=2_999)
        else:
            fall_silent("one")
        assert services.end_unfed_shares([room.public_id], worker_id="two") == 0
        assert share_of(room).unfed_at is None

    def test_another_worker_that_no_sound_comes_to_either_has_no_room_for_them(self, room: Room) -> None:
        a_crowd(room, 3)
        AudioWorker.objects.filter(worker_id="one").update(people=2_999)
        a_worker("three", port=7003)
        third = AudioWorker.objects.get(worker_id="three")
        RoomShare.objects.create(room=room, worker=third, ended_at=timezone.now(), unfed_at=timezone.now())
        assert services.end_unfed_shares([room.public_id], worker_id="two") == 0

    def test_one_that_nobody_needs_ends_after_a_while(self, room: Room) -> None:
        crowd = a_crowd(room, 3)
        RoomShare.objects.update(began_at=timezone.now() - timedelta(minutes=5))
        assert services.end_shares() == 0
        for joined, _place in crowd:
            services.leave(room.public_id, joined.connection)
        assert services.end_shares() == 1

    @pytest.mark.parametrize("unfed", [False, True])
    def test_whoever_does_not_come_back_counts_as_at_home_and_without_sound(self, room: Room, unfed: bool) -> None:
        joined = a_crowd(room, 3)[-1][0]
        ended = timezone.now() - timedelta(seconds=30)
        RoomShare.objects.update(ended_at=ended, unfed_at=ended if unfed else None)
        assert joined.connection not in selectors.audio_truth("one")[room.public_id].present
        services.end_shares()
        expected = selectors.audio_truth("one")[room.public_id].expected
        assert expected is not None
        assert joined.connection in expected
