"""Coming, going and speaking, through the services and a real database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room, WebProcess
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def roster(room: Room) -> list[tuple[str, str]]:
    rows = selectors.on_roster(Participant.objects.filter(room=room)).order_by("pk")
    return [(row.user.name, row.position) for row in rows]


def test_the_host_enters_on_stage_muted_and_a_member_in_the_audience() -> None:
    room = a_live_room(a_member("Ji-woo Han"))
    services.join(room.public_id, room.host, muted=False)
    services.join(room.public_id, a_member("Lin Wei"), muted=False)
    assert roster(room) == [("Ji-woo Han", "stage"), ("Lin Wei", "audience")]
    assert selectors.stage_snapshot(Room.objects.get(pk=room.pk)).may_be_heard() == frozenset()


def test_a_named_speaker_sits_on_stage() -> None:
    speaker = a_member("Amara Okafor")
    room = a_live_room(speakers=(speaker,))
    services.join(room.public_id, speaker, muted=True)
    assert roster(room) == [("Amara Okafor", "stage")]


def test_coming_back_gives_one_entry_the_same_place_and_a_new_connection(bus: RecordingBus) -> None:
    room = a_live_room()
    first = services.join(room.public_id, room.host, muted=True)
    second = services.join(room.public_id, room.host, muted=True)
    assert first.person == second.person
    assert first.connection != second.connection
    assert Participant.objects.filter(room=room).count() == 1
    assert {"kind": "superseded", "connection": first.connection, "number": 2} in bus.of_kind("superseded")


def test_a_page_resumes_its_own_connection_and_no_other(bus: RecordingBus) -> None:
    room = a_live_room()
    first = services.join(room.public_id, room.host, muted=True)
    again = services.join(room.public_id, room.host, muted=True, resume=first.connection)
    assert again.connection == first.connection
    assert bus.of_kind("hangup") == []
    assert bus.of_kind("superseded") == [{"kind": "superseded", "connection": first.connection, "number": 2}]
    services.sweep_absent(timezone.now() + timedelta(seconds=20))
    swept = services.join(room.public_id, room.host, muted=True, resume=first.connection)
    assert swept.connection != first.connection  # its sound was ended: the page needs to know
    other = services.join(room.public_id, room.host, muted=True, resume="not-mine")
    assert other.connection not in (first.connection, "not-mine")


def web(*, up_for: int, silent_for: int = 0) -> None:
    now = timezone.now()
    WebProcess.objects.create(
        name=f"web-{up_for}-{silent_for}",
        started_at=now - timedelta(seconds=up_for),
        beat_at=now - timedelta(seconds=silent_for),
    )


@pytest.mark.parametrize(
    ("processes", "swept"),
    [
        ([(60, 0)], 1),
        ([(60, 20)], 0),  # the only one is away: nobody could be heard
        ([(60, 20), (3, 0)], 0),  # it begins again: its people are coming back
        ([(60, 20), (60, 1)], 1),  # of two one is away: its people go to the other
        ([(900, 400)], 1),  # it does not come back
    ],
)
def test_silence_is_of_those_whom_somebody_could_have_heard(processes: list[tuple[int, int]], swept: int) -> None:
    room = a_live_room()
    services.join(room.public_id, room.host, muted=True)
    Participant.objects.update(last_seen_at=timezone.now() - timedelta(seconds=11))
    for up_for, silent_for in processes:
        web(up_for=up_for, silent_for=silent_for)
    assert services.sweep_absent() == swept


def test_a_late_word_of_an_old_socket_drops_nobody() -> None:
    room = a_live_room()
    first = services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, room.host, muted=True, resume=first.connection)
    services.drop(room.public_id, first.connection, first.number)
    assert services.sweep_absent(timezone.now() + timedelta(seconds=8)) == 0


def test_who_comes_back_is_never_louder_than_they_left() -> None:
    room = a_live_room()
    joined = services.join(room.public_id, room.host, muted=True)
    services.set_muted(room.public_id, joined.connection, muted=False)
    services.join(room.public_id, room.host, muted=True)  # a reloaded page has no microphone yet
    assert Participant.objects.get().muted
    services.join(room.public_id, room.host, muted=False)  # muted here stays muted, whatever the page says
    assert Participant.objects.get().muted


def test_who_was_heard_and_lost_the_socket_for_a_moment_is_heard_again() -> None:
    room = a_live_room()
    joined = services.join(room.public_id, room.host, muted=True)
    services.set_muted(room.public_id, joined.connection, muted=False)
    services.drop(room.public_id, joined.connection, joined.number)
    services.join(room.public_id, room.host, muted=False)
    assert not Participant.objects.get().muted


@pytest.mark.parametrize("how", ["a reload", "a drop"])
def test_who_went_down_to_listen_is_not_put_on_stage_by(how: str) -> None:
    speaker = a_member("Lin Wei")
    room = a_live_room(speakers=(speaker,))
    services.join(room.public_id, room.host, muted=True)
    joined = services.join(room.public_id, speaker, muted=True)
    services.leave_stage(room.public_id, joined.connection)
    if how == "a drop":
        services.sweep_absent(timezone.now() + timedelta(seconds=20))
    services.join(room.public_id, speaker, muted=True)
    assert ("Lin Wei", "audience") in roster(room)
    services.leave(room.public_id, Participant.objects.get(user=speaker).connection)
    services.join(room.public_id, speaker, muted=True)
    assert ("Lin Wei", "stage") in roster(room)  # who comes in anew does


def test_who_comes_back_as_staff_brings_no_seat_and_no_hand() -> None:
    speaker = a_member("Sofia Takács", is_staff=True)
    room = a_live_room(speakers=(speaker,))
    services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, speaker, muted=True)
    services.sweep_absent(timezone.now() + timedelta(seconds=20))
    services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, speaker, muted=True, as_staff=True)
    entry = Participant.objects.get(user=speaker)
    assert (entry.role, entry.position, entry.number) == ("staff", "audience", 0)
    assert [person.name for person in selectors.room_snapshot(room.public_id).stage] == [room.host.name]
    assert [person.name for person in selectors.room_snapshot(room.public_id).staff] == ["Sofia Takács"]
    services.join(room.public_id, speaker, muted=True)  # and a speaker again, anew
    assert ("Sofia Takács", "stage") in roster(room)


def test_leaving_gives_up_the_place_and_the_room_goes_on(bus: RecordingBus) -> None:
    speaker = a_member()
    room = a_live_room(speakers=(speaker,))
    services.join(room.public_id, room.host, muted=True)
    joined = services.join(room.public_id, speaker, muted=True)
    services.leave(room.public_id, joined.connection)
    room.refresh_from_db()
    assert room.phase == Phase.LIVE
    assert [card.name for card in map(selectors.person_card, selectors.on_stage(room))] == [room.host.name]
    assert bus.frames()[-1]["type"] == "stage.unseated"


def test_leaving_by_a_connection_that_was_taken_over_does_nothing() -> None:
    room = a_live_room()
    old = services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, room.host, muted=True)
    services.leave(room.public_id, old.connection)
    assert len(roster(room)) == 1


def test_ending_is_the_hosts_and_ends_it_for_everybody(bus: RecordingBus) -> None:
    room = a_live_room()
    host = services.join(room.public_id, room.host, muted=True)
    listener = services.join(room.public_id, a_member(), muted=True)
    with pytest.raises(Refused) as refusal:
        services.end(room.public_id, listener.connection)
    assert refusal.value.code is Code.NOT_ALLOWED
    services.end(room.public_id, host.connection)
    room.refresh_from_db()
    assert room.phase == Phase.ENDED
    assert roster(room) == []
    assert bus.frames()[-1] == {"type": "room.ended", "data": {"by": room.host.name}, "seq": room.version}


def test_who_is_not_in_the_room_can_do_nothing_in_it() -> None:
    room, other = a_live_room(), a_live_room()
    outsider = services.join(other.public_id, other.host, muted=True)
    for act in (services.end, lambda *who: services.set_muted(*who, muted=False)):
        with pytest.raises(Refused) as refusal:
            act(room.public_id, outsider.connection)
        assert refusal.value.code is Code.NOT_JOINED


@pytest.mark.parametrize("way", ["ended", "scheduled", "unknown"])
def test_a_room_that_is_not_live_lets_nobody_in(way: str) -> None:
    host = a_member()
    room = a_live_room(host)
    expected = {"ended": Code.ROOM_ENDED, "scheduled": Code.ROOM_NOT_OPEN, "unknown": Code.ROOM_NOT_FOUND}[way]
    public_id = "nowhere" if way == "unknown" else room.public_id
    if way != "unknown":
        Room.objects.filter(pk=room.pk).update(phase=way)
    with pytest.raises(Refused) as refusal:
        services.join(public_id, host, muted=True)
    assert refusal.value.code is expected


def test_a_suspended_account_cannot_enter() -> None:
    member = a_member(is_active=False)
    with pytest.raises(Refused) as refusal:
        services.join(a_live_room().public_id, member, muted=True)
    assert refusal.value.code is Code.SIGNED_OUT


def test_a_listener_moves_nothing_on_the_stage(bus: RecordingBus) -> None:
    room = a_live_room()
    before = Room.objects.get(pk=room.pk).version
    services.join(room.public_id, a_member(), muted=True)
    assert Room.objects.get(pk=room.pk).version == before
    assert bus.frames() == []
    assert len(bus.of_kind("audience_moved")) == 1


def test_the_absent_are_swept_and_find_their_place_again() -> None:
    room = a_live_room()
    joined = services.join(room.public_id, room.host, muted=True)
    services.set_muted(room.public_id, joined.connection, muted=False)
    assert services.sweep_absent(timezone.now() + timedelta(seconds=5)) == 0
    assert services.sweep_absent(timezone.now() + timedelta(seconds=20)) == 1
    assert services.sweep_absent(timezone.now() + timedelta(seconds=20)) == 0
    assert roster(room) == []
    services.join(room.public_id, room.host, muted=False)
    assert roster(room) == [(room.host.name, "stage")]


def test_who_was_seen_is_not_swept() -> None:
    room = a_live_room()
    joined = services.join(room.public_id, a_member(), muted=True)
    Participant.objects.update(last_seen_at=timezone.now() - timedelta(seconds=30))
    services.seen([joined.connection])
    assert services.sweep_absent() == 0


def test_a_lost_socket_is_swept_sooner_than_a_silent_one() -> None:
    room = a_live_room()
    joined = services.join(room.public_id, a_member(), muted=True)
    services.drop(room.public_id, joined.connection, joined.number)
    assert services.sweep_absent(timezone.now() + timedelta(seconds=8)) == 1


def test_a_full_stage_seats_the_named_speaker_in_the_audience() -> None:
    speakers = tuple(a_member(f"Speaker {number}") for number in range(3))
    room = a_live_room(speakers=speakers)
    Room.objects.filter(pk=room.pk).update(stage_size=2)
    for person in (room.host, *speakers):
        services.join(room.public_id, person, muted=True)
    assert sorted(position for _name, position in roster(room)) == ["audience", "audience", "stage", "stage"]


def test_a_room_whose_stage_stays_empty_closes(bus: RecordingBus) -> None:
    room = a_live_room()
    services.join(room.public_id, a_member(), muted=True)
    assert services.close_empty_rooms(timezone.now() + timedelta(minutes=4)) == 0
    assert services.close_empty_rooms(timezone.now() + timedelta(minutes=6)) == 1
    assert services.close_empty_rooms(timezone.now() + timedelta(minutes=6)) == 0
    assert bus.frames()[-1]["data"] == {"by": ""}


def test_a_stage_with_somebody_on_it_does_not_close() -> None:
    room = a_live_room()
    services.join(room.public_id, room.host, muted=True)
    assert services.close_empty_rooms(timezone.now() + timedelta(hours=3)) == 0


def test_versions_and_frames_count_together(bus: RecordingBus) -> None:
    room = a_live_room()
    joined = services.join(room.public_id, room.host, muted=True)
    for muted in (False, True, True, False):
        services.set_muted(room.public_id, joined.connection, muted=muted)
    services.end(room.public_id, joined.connection)
    assert [frame["seq"] for frame in bus.frames()] == [1, 2, 3, 4, 5]
    assert Room.objects.get(pk=room.pk).version == 5


def test_a_topic_is_made_once_whatever_its_case() -> None:
    member = a_member()
    first = services.create_topic(name="Chip  packaging", industry=member.profile.industry, by=member)
    again = services.create_topic(name="CHIP packaging", industry=member.profile.industry, by=a_member())
    assert first == again
    assert first.name == "Chip packaging"


class TestAudioWorkers:
    def test_without_a_worker_the_sound_is_unavailable(self) -> None:
        with pytest.raises(Refused) as refusal:
            services.place_room(a_live_room().public_id)
        assert refusal.value.code is Code.MEDIA_UNAVAILABLE

    def test_the_worker_is_told_who_may_be_heard(self, bus: RecordingBus) -> None:
        services.register_worker(worker_id="one", public_ip="127.0.0.1", udp_port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        joined = services.join(room.public_id, room.host, muted=True)
        services.set_muted(room.public_id, joined.connection, muted=False)
        assert bus.of_kind("stage")[-1]["may_speak"] == (joined.connection,)
        services.leave(room.public_id, joined.connection)
        assert bus.of_kind("stage")[-1]["may_speak"] == ()
        assert bus.of_kind("hangup")[-1]["connection"] == joined.connection

    def test_the_truth_names_who_is_there_and_who_may_be_heard(self, django_assert_num_queries) -> None:
        services.register_worker(worker_id="one", public_ip="127.0.0.1", udp_port=7001)
        room = a_live_room()
        services.place_room(room.public_id)
        host = services.join(room.public_id, room.host, muted=True)
        listener = services.join(room.public_id, a_member(), muted=True)
        services.set_muted(room.public_id, host.connection, muted=False)
        with django_assert_num_queries(2):
            truth = selectors.audio_truth("one")
        assert truth[room.public_id].present == {host.connection, listener.connection}
        assert truth[room.public_id].may_speak == {host.connection}
        assert selectors.audio_truth("another") == {}


def test_a_reset_also_forgets_those_who_dropped() -> None:
    speaker = a_member("Lin Wei")
    room = a_live_room(speakers=(speaker,))
    host = services.join(room.public_id, room.host, muted=True)
    lin = services.join(room.public_id, speaker, muted=True)
    services.set_muted(room.public_id, lin.connection, muted=False)
    services.drop(room.public_id, lin.connection, lin.number)
    Participant.objects.filter(public_id=lin.person).update(dropped_at=timezone.now() - timedelta(seconds=8))
    services.sweep_absent()
    services.reset_stage(room.public_id, host.connection)
    services.join(room.public_id, speaker, muted=False)
    assert ("Lin Wei", "audience") in roster(room)


def test_a_host_put_out_by_staff_comes_back_as_a_listener_and_the_next_speaker_is_host() -> None:
    staff_member = a_member("Sofia Takács", is_staff=True)
    room = a_live_room()
    host = services.join(room.public_id, room.host, muted=True)
    staff = services.join(room.public_id, staff_member, muted=True, as_staff=True)
    services.remove(room.public_id, staff.connection, host.person)
    back = services.join(room.public_id, room.host, muted=False)
    entry = Participant.objects.get(public_id=back.person)
    assert (entry.role, entry.position) == ("member", "audience")
    with pytest.raises(Refused):
        services.join_stage(room.public_id, back.connection)
    speaker = a_member("Lin Wei")
    room.speakers.add(speaker)
    services.join(room.public_id, speaker, muted=True)
    assert services.succeed_absent_hosts() == 1
    assert Participant.objects.get(user=speaker).role == "host"


def test_an_account_that_is_deleted_leaves_the_stage_for_everybody_to_see(bus: RecordingBus) -> None:
    speaker = a_member("Lin Wei")
    room = a_live_room(speakers=(speaker,))
    services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, speaker, muted=True)
    speaker.delete()
    assert bus.frames()[-1]["type"] == "stage.unseated"
    assert roster(room) == [(room.host.name, "stage")]


def test_a_socket_that_was_opened_before_signing_out_enters_nothing_after() -> None:
    room = a_live_room()
    gone = services.Entrant(user=room.host, session_key="a-session-that-is-over")
    with pytest.raises(Refused) as refusal:
        services.join(room.public_id, gone, muted=True)
    assert refusal.value.code is Code.SIGNED_OUT


def test_what_changes_nothing_is_not_in_the_log_and_each_way_has_its_name() -> None:
    room = a_live_room()
    host = services.join(room.public_id, room.host, muted=True)
    for is_locked in (True, True, False):
        services.lock_stage(room.public_id, host.connection, is_locked=is_locked)
    services.set_hand_policy(room.public_id, host.connection, "nobody")
    logged = list(AuditEntry.objects.order_by("pk").values_list("act", "reason"))
    assert logged == [("room.lock_stage", ""), ("room.unlock_stage", ""), ("room.set_hand_policy", "nobody")]
