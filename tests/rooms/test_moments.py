"""What happened on a stage is there for staff to look into, and is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Report
from rooms import services
from rooms.models import Room, StageMoment
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


def told(room: Room) -> list[tuple[str, str, str]]:
    return [
        (moment.kind, moment.person.name if moment.person else "", moment.by.name if moment.by else "")
        for moment in room.moments.select_related("person__user__profile", "by__user__profile")
    ]


def a_room_where_something_happened() -> Room:
    room, amara = a_live_room(), a_member()
    services.join(room.public_id, room.host, muted=True)
    services.join(room.public_id, amara, muted=True)
    return room


def over(room: Room, **ago: int) -> None:
    Room.objects.filter(pk=room.pk).update(phase="ended", ended_at=timezone.now() - timedelta(**ago))


def test_hands_seats_and_mutes_are_told_in_order_and_by_whom() -> None:
    room, amara = a_live_room(), a_member("Amara Okafor")
    host = services.join(room.public_id, room.host, muted=True)
    hers = services.join(room.public_id, amara, muted=True)
    person = room.participants.get(user=amara).public_id
    services.raise_hand(room.public_id, hers.connection, line="A secret wish")
    services.invite(room.public_id, host.connection, person)
    services.set_muted(room.public_id, hers.connection, muted=False)
    services.mute_other(room.public_id, host.connection, person)
    services.leave_stage(room.public_id, hers.connection)
    name = room.host.name
    told_of_amara = [moment for moment in told(room) if moment[1] == amara.name]
    assert told_of_amara == [
        ("hand_raised", amara.name, ""),
        ("hand_lowered", amara.name, name),
        ("seated", amara.name, name),
        ("unmuted", amara.name, ""),
        ("muted", amara.name, name),
        ("unseated", amara.name, ""),
    ]


def test_they_go_with_the_place_of_whom_they_are_about() -> None:
    room = a_room_where_something_happened()
    assert told(room)
    Room.objects.filter(pk=room.pk).update(confidentiality="off_record")
    over(room, days=2)
    services.forget_attendance()
    assert told(room) == []


def test_they_are_forgotten_after_a_month_but_where_somebody_reported_something() -> None:
    plain, reported = a_room_where_something_happened(), a_room_where_something_happened()
    Report.objects.create(room=reported, category="spam")
    for room in (plain, reported):
        over(room, days=29)
    assert services.forget_moments() == 0
    for room in (plain, reported):
        over(room, days=31)
    assert services.forget_moments() > 0
    assert set(StageMoment.objects.values_list("room", flat=True)) == {reported.pk}
    assert services.forget_moments(timezone.now() + timedelta(days=31)) > 0, "nobody has to decide on it any more"
