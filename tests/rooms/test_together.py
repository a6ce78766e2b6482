"""Where two people were together: told only of rooms that let it be told, and only if they met."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from rooms import selectors, services
from rooms.domain.roles import Role
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[User, User]:
    return a_member("Amara Okafor"), a_member("Lin Wei")


def stayed(room: Room, user: User, start: int, end: int, **more: object) -> None:
    """In a room between two minutes of it."""
    now = room.started_at or timezone.now()
    Participant.objects.create(
        room=room,
        user=user,
        connection="",
        joins=1,
        arrived_at=now + timedelta(minutes=start),
        left_at=now + timedelta(minutes=end),
        **more,
    )


def over(mode: str = "on_record") -> Room:
    room = a_live_room(title=f"It was {mode}")
    room.phase, room.ended_at, room.confidentiality = Phase.ENDED, timezone.now() + timedelta(hours=1), mode
    room.save()
    return room


def test_a_room_in_which_both_were_is_on_the_profile(client: Client, people: tuple[User, User]) -> None:
    amara, lin = people
    room = over()
    stayed(room, amara, 0, 30)
    stayed(room, lin, 20, 60)
    client.force_login(lin, backend="accounts.backends.MemberBackend")
    page = client.get(reverse("accounts:profile", args=[amara.public_id])).content.decode()
    assert "It was on_record" in page
    assert reverse("rooms:room", args=[room.public_id]) in page


@pytest.mark.parametrize("mode", ["chatham", "off_record"])
def test_never_one_of_which_nothing_is_told(mode: str, people: tuple[User, User]) -> None:
    room = over(mode)
    for user in people:
        stayed(room, user, 0, 30)
    assert selectors.were_together(*people) == []


def test_nor_one_where_they_did_not_meet(people: tuple[User, User]) -> None:
    room = over()
    stayed(room, people[0], 0, 30)
    stayed(room, people[1], 30, 60)
    assert selectors.were_together(*people) == []


def test_nor_one_that_goes_on(people: tuple[User, User], recording_bus) -> None:
    room = a_live_room(people[0])
    for user in people:
        services.join(room.public_id, user, muted=True)
    assert selectors.were_together(*people) == []
    services.end_from_outside(room.public_id, by=room.host)
    assert [room.title for room in selectors.were_together(*people)] == [room.title]


def test_nor_where_one_was_as_staff(people: tuple[User, User]) -> None:
    room = over()
    stayed(room, people[0], 0, 30, role=Role.STAFF.value)
    stayed(room, people[1], 0, 30)
    assert selectors.were_together(*people) == []
