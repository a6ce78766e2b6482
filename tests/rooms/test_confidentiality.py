"""What a room's confidentiality means, and how it is agreed to: the rules, and the services that hold to them."""

import itertools

import pytest

from rooms import selectors, services
from rooms.domain.confidentiality import Kept, loosens, may_be_kept, must_be_accepted, shows_audience
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Confidentiality, Visibility
from rooms.models import Participant, Room
from tests.factories import a_member, a_topic
from tests.fakes import RecordingBus

ON, CHATHAM, OFF = Confidentiality
GUEST = services.guest("a cookie", "192.0.2.1")


def a_room(mode: Confidentiality, **chosen: object) -> Room:
    host = a_member("Ji-woo Han")
    chosen = {"title": "Yield, frankly", "topic": a_topic(host), "language": "en", **chosen}
    return services.open_room(host=host, confidentiality=mode, **chosen)  # type: ignore[arg-type]


# --- The rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "kept"),
    [
        (ON, {Kept.RECORDING, Kept.CAPTIONS, Kept.CHAT, Kept.NAMES}),
        (CHATHAM, {Kept.RECORDING, Kept.CAPTIONS, Kept.CHAT}),
        (OFF, set()),
    ],
)
def test_what_may_be_kept(mode: Confidentiality, kept: set[Kept]) -> None:
    assert {what for what in Kept if may_be_kept(mode, what)} == kept


def test_a_mode_that_is_not_known_keeps_nothing() -> None:
    assert not any(may_be_kept("tomorrow's", what) for what in Kept)  # type: ignore[arg-type]


def test_only_under_chatham_house_the_audience_is_not_shown() -> None:
    assert [shows_audience(mode) for mode in (ON, CHATHAM, OFF)] == [True, False, True]


def test_only_on_the_record_the_tap_that_enters_is_agreement_enough() -> None:
    assert [must_be_accepted(mode) for mode in (ON, CHATHAM, OFF)] == [False, True, True]


def test_what_was_promised_is_never_taken_back() -> None:
    stricter = {
        (before, after) for before, after in itertools.product(Confidentiality, repeat=2) if not loosens(before, after)
    }
    assert stricter == {(ON, ON), (CHATHAM, CHATHAM), (OFF, OFF), (ON, CHATHAM), (ON, OFF)}


# --- Agreed to before entering --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestAgreement:
    @pytest.fixture(autouse=True)
    def _bus(self, recording_bus: RecordingBus) -> None:
        self.bus = recording_bus

    @pytest.mark.parametrize("mode", [CHATHAM, OFF])
    def test_nobody_enters_without_having_agreed(self, mode: Confidentiality) -> None:
        room = a_room(mode, visibility=Visibility.PUBLIC)
        staff = services.Entrant(user=a_member(is_staff=True))
        for who in (services.Entrant(user=a_member()), GUEST):
            for accepts in ("", ON.value, "anything"):
                with pytest.raises(Refused) as refusal:
                    services.join(room.public_id, who, muted=True, accepts=accepts)
                assert refusal.value.code is Code.TERMS_NOT_ACCEPTED
                assert refusal.value.details == {"confidentiality": mode.value}
        with pytest.raises(Refused, match=Code.TERMS_NOT_ACCEPTED):
            services.join(room.public_id, staff, muted=True, as_staff=True)
        assert not Participant.objects.exists()

    def test_it_is_remembered_with_its_time_and_not_asked_again(self) -> None:
        room, member = a_room(CHATHAM, visibility=Visibility.PUBLIC), a_member()
        for who in (services.Entrant(user=member), GUEST):
            joined = services.join(room.public_id, who, muted=True, accepts=CHATHAM.value)
            row = Participant.objects.get(public_id=joined.person)
            assert row.accepted == CHATHAM
            assert row.accepted_at is not None
            services.leave(room.public_id, joined.connection)
            services.join(room.public_id, who, muted=True)
            assert Participant.objects.get(public_id=joined.person).accepted_at == row.accepted_at

    def test_on_the_record_the_tap_is_written_down_too(self) -> None:
        room = a_room(ON)
        joined = services.join(room.public_id, a_member(), muted=True)
        assert Participant.objects.get(public_id=joined.person).accepted == ON

    def test_the_host_chose_it_and_is_not_asked(self) -> None:
        room = a_room(OFF)
        services.join(room.public_id, room.host, muted=True)

    def test_who_agreed_to_another_mode_is_asked_again(self) -> None:
        room, member = a_room(ON), a_member()
        joined = services.join(room.public_id, member, muted=True)
        services.change_confidentiality(room.public_id, room.host, OFF)
        with pytest.raises(Refused, match=Code.TERMS_NOT_ACCEPTED):
            services.join(room.public_id, member, muted=True, resume=joined.connection)
        services.join(room.public_id, member, muted=True, accepts=OFF.value)

    @pytest.mark.parametrize(
        ("before", "after"), [(before, after) for before, after in itertools.permutations(Confidentiality, 2)]
    )
    def test_it_is_loosened_until_somebody_enters_and_never_after(
        self, before: Confidentiality, after: Confidentiality
    ) -> None:
        room = a_room(before)
        services.change_confidentiality(room.public_id, room.host, after)
        services.change_confidentiality(room.public_id, room.host, before)
        joined = services.join(room.public_id, a_member(), muted=True, accepts=before.value)
        services.leave(room.public_id, joined.connection)  # what they were told holds after they have gone
        if loosens(before, after):
            with pytest.raises(Refused, match=Code.CONFIDENTIALITY_FIXED):
                services.change_confidentiality(room.public_id, room.host, after)
        else:
            services.change_confidentiality(room.public_id, room.host, after)
        assert selectors.room_snapshot(room.public_id).confidentiality == (before if loosens(before, after) else after)

    def test_nobody_but_the_host_chooses_and_nobody_when_it_is_over(self) -> None:
        room = a_room(ON)
        with pytest.raises(Refused, match=Code.NOT_ALLOWED):
            services.change_confidentiality(room.public_id, a_member(), OFF)
        services.end_from_outside(room.public_id, by=room.host)
        with pytest.raises(Refused, match=Code.ROOM_ENDED):
            services.change_confidentiality(room.public_id, room.host, OFF)

    # --- Chatham House holds ----------------------------------------------------------------------------------------

    def test_nobody_in_the_audience_is_named_in_anything_that_is_sent(self) -> None:
        """Everything that goes onto the bus for everybody, while people come, are promoted and act from the audience."""
        room = a_room(CHATHAM)
        host = services.join(room.public_id, room.host, muted=True)
        lin = services.join(room.public_id, a_member("Lin Wei"), muted=True, accepts=CHATHAM.value)
        petra = services.join(room.public_id, a_member("Petra Roth"), muted=True, accepts=CHATHAM.value)
        services.raise_hand(room.public_id, petra.connection, line="A question")
        services.lower_hand(room.public_id, petra.connection)
        services.name_moderator(room.public_id, host.connection, lin.person)
        services.lock_stage(room.public_id, lin.connection, is_locked=True)
        services.set_hand_policy(room.public_id, lin.connection, "nobody")
        everyone = [message["frame"] for message in self.bus.of_kind("frame") if message["audience"] == "everyone"]
        assert {frame["type"] for frame in everyone} >= {"person.role", "stage.locked", "hands.policy"}
        assert not any(name in str(frame) for frame in everyone for name in ("Lin Wei", "Petra Roth"))
        moderators = [message["frame"] for message in self.bus.of_kind("frame") if message["audience"] == "moderators"]
        assert any("Petra Roth" in str(frame) for frame in moderators)  # those who run the room see hands
        snapshot = selectors.room_snapshot(room.public_id)
        assert (snapshot.count, snapshot.faces) == (2, [])
        assert "Ji-woo Han" in str(snapshot)  # who speaks is heard by everybody there
        assert selectors.audience_of(room.public_id) == (2, [])

    def test_on_stage_one_has_a_name_and_back_in_the_audience_none(self) -> None:
        room = a_room(CHATHAM)
        host = services.join(room.public_id, room.host, muted=True)
        lin = services.join(room.public_id, a_member("Lin Wei"), muted=True, accepts=CHATHAM.value)
        services.raise_hand(room.public_id, lin.connection, line="")
        services.invite(room.public_id, host.connection, lin.person)
        assert "Lin Wei" in str(selectors.room_snapshot(room.public_id))
        services.leave_stage(room.public_id, lin.connection)
        assert "Lin Wei" not in str(selectors.room_snapshot(room.public_id))

    def test_there_is_no_list_of_the_audience_but_somebody_can_be_found_by_name(self) -> None:
        room = a_room(CHATHAM, visibility=Visibility.PUBLIC)
        host = services.join(room.public_id, room.host, muted=True)
        for name in ("Lin Wei", "Petra Roth"):
            services.join(room.public_id, a_member(name), muted=True, accepts=CHATHAM.value)
        services.join(room.public_id, GUEST, muted=True, accepts=CHATHAM.value)
        listed = services.find_people(room.public_id, host.connection, "")
        assert sorted(visitor.person.name for visitor in listed) == ["", "Ji-woo Han"]
        (found,) = services.find_people(room.public_id, host.connection, "petra")
        assert found.person.name == "Petra Roth"

    def test_in_the_hall_nobody_sees_who_speaks_there(self) -> None:
        speaker = a_member("Lin Wei")
        room = a_room(CHATHAM, speakers=[speaker])
        services.join(room.public_id, speaker, muted=True, accepts=CHATHAM.value)
        (card,) = selectors.hall_for(a_member(), selectors.Wanted()).suggested.cards
        assert [person.name for person in card.people] == ["Ji-woo Han"]

    def test_in_a_room_off_the_record_the_audience_is_shown(self) -> None:
        room = a_room(OFF)
        services.join(room.public_id, a_member("Lin Wei"), muted=True, accepts=OFF.value)
        assert [face.name for face in selectors.room_snapshot(room.public_id).faces] == ["Lin Wei"]
