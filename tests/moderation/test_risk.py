"""The risk of rooms: from counts alone, explained, in few questions, told once a day."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from moderation.models import Flag, FlagSource, RoomRisk
from moderation.risk.score import THRESHOLD, Counts, Signal, risk_of
from moderation.risk.words import in_words
from moderation.services import count_risks, raise_flag
from rooms import services as rooms
from rooms.models import Room
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

COUNTS = st.builds(
    Counts,
    people=st.integers(0, 5000),
    newcomers=st.integers(0, 500),
    removals=st.integers(0, 500),
    hand_changes=st.floats(0, 1e6),
    hopping=st.integers(0, 500),
    reports=st.integers(0, 500),
    flags=st.integers(0, 500),
)


@given(COUNTS)
def test_a_score_is_the_sum_of_its_parts_and_bounded(counts: Counts) -> None:
    risk = risk_of(counts)
    assert risk.score == min(100, sum(part.points for part in risk.parts))
    assert all(part.points > 0 for part in risk.parts)
    assert 0 <= risk.score <= 100


@given(COUNTS, st.sampled_from(["newcomers", "removals", "hopping", "reports", "flags"]))
def test_more_of_anything_is_no_less_risk(counts: Counts, name: str) -> None:
    from dataclasses import replace

    assert risk_of(replace(counts, **{name: getattr(counts, name) + 1})).score >= risk_of(counts).score


def test_a_calm_room_has_none() -> None:
    assert risk_of(Counts(people=200, newcomers=2, removals=1, hand_changes=20)).score == 0


def test_reports_weigh_by_who_listens() -> None:
    few, many = risk_of(Counts(people=10, reports=3)), risk_of(Counts(people=1000, reports=3))
    assert few.score >= THRESHOLD > many.score


# --- Counted --------------------------------------------------------------------------------------------------------


@pytest.fixture
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def enter(room: Room, user=None):
    return rooms.join(room.public_id, user or a_member(), muted=True)


def parts(room: Room) -> dict[str, float]:
    count_risks()
    return {part["signal"]: part["number"] for part in RoomRisk.objects.get(room=room).parts}


def grown_up(*users) -> None:
    for user in users:
        user.date_joined = timezone.now() - timedelta(days=90)
        user.save(update_fields=["date_joined"])


@pytest.mark.django_db
def test_young_accounts_of_one_branch(bus: RecordingBus) -> None:
    room, root, other = a_live_room(), a_member(), a_member()
    branch = [a_member(sponsor=root) for _ in range(3)]
    branch += [a_member(sponsor=branch[0]), a_member(sponsor=branch[0])]
    for user in [*branch, a_member(sponsor=other)]:
        enter(room, user)
    assert parts(room) == {Signal.NEWCOMERS: 5}
    grown_up(*branch)
    assert parts(room) == {}


@pytest.mark.django_db
def test_people_who_were_removed(bus: RecordingBus) -> None:
    room = a_live_room()
    host = enter(room, room.host)
    for _ in range(3):
        rooms.remove(room.public_id, host.connection, enter(room).person)
    assert parts(room) == {Signal.REMOVALS: 3}
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert parts(room) == {}


@pytest.mark.django_db
def test_hands_that_go_up_and_down(bus: RecordingBus) -> None:
    room = a_live_room()
    enter(room, room.host)
    listener = enter(room)
    for _ in range(10):
        rooms.raise_hand(room.public_id, listener.connection, line="")
        rooms.lower_hand(room.public_id, listener.connection)
    assert parts(room)[Signal.HANDS] == 20
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert parts(room) == {}, "it is what happened since it was counted last"


@pytest.mark.django_db
def test_one_account_in_many_rooms(bus: RecordingBus) -> None:
    several, visitor = [a_live_room() for _ in range(5)], a_member()
    for room in several:
        rooms.join(room.public_id, visitor, muted=True, leave_other=True)
    assert parts(several[-1]) == {Signal.HOPPING: 1}
    assert parts(several[0]) == {}


@pytest.mark.django_db
def test_reports_and_flags(bus: RecordingBus) -> None:
    room = a_live_room()
    for _ in range(3):
        rooms.report(room.public_id, enter(room).connection, "", category="harassment", line="")
    raise_flag(source=FlagSource.TEXT, where="chat", because="a term", room=room)
    assert parts(room) == {Signal.REPORTS: 3, Signal.FLAGS: 1}


@pytest.mark.django_db
def test_staff_are_told_once_a_day_and_room(bus: RecordingBus) -> None:
    room = a_live_room()
    for _ in range(4):
        rooms.report(room.public_id, enter(room).connection, "", category="harassment", line="")
    for _ in range(3):
        count_risks()
    flag = Flag.objects.get(source=FlagSource.SIGNAL)
    assert (flag.room, flag.where) == (room, "room.risk")
    assert "4 reports within an hour" in flag.because
    count_risks()
    assert {part["signal"] for part in RoomRisk.objects.get().parts} == {Signal.REPORTS}, "what was told raises nothing"


@pytest.mark.django_db
def test_a_room_that_is_over_has_none(bus: RecordingBus) -> None:
    room = a_live_room()
    count_risks()
    rooms.end_from_outside(room.public_id, by=a_member(is_staff=True))
    count_risks()
    assert not RoomRisk.objects.exists()


@pytest.mark.django_db
def test_many_rooms_take_as_many_questions_as_one(bus: RecordingBus, django_assert_num_queries) -> None:
    def with_people(room: Room) -> None:
        for _ in range(3):
            enter(room, a_member(sponsor=room.host))

    with_people(a_live_room())
    count_risks()
    with django_assert_num_queries(8):
        count_risks()
    for _ in range(6):
        with_people(a_live_room())
    with django_assert_num_queries(8):
        count_risks()


@pytest.mark.django_db
def test_the_list_of_live_rooms_is_by_risk_and_explained(bus: RecordingBus) -> None:
    calm, risky = a_live_room(title="A calm room"), a_live_room(title="<b>Risky</b> room")
    for _ in range(4):
        rooms.report(risky.public_id, enter(risky).connection, "", category="harassment", line="")
    staff, browser = a_member(is_staff=True), Client()
    browser.force_login(staff)
    page = reverse("admin:moderation_roomrisk_changelist")
    assert browser.get(page).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_roomrisk"))
    browser.post(reverse("admin:moderation_roomrisk_count"))
    body = browser.get(page).content.decode()
    assert body.index("&lt;b&gt;Risky") < body.index(calm.title)
    assert "<b>Risky" not in body
    assert "4 reports within an hour (+" in body


def test_every_signal_has_words() -> None:
    for signal in Signal:
        assert "7" in in_words({"signal": signal.value, "number": 7, "points": 12})
