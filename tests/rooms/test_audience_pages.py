"""A large audience is seen a page at a time: everybody once, by the same rules as the first faces."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.domain.messages import FACES_AT_A_TIME
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room
from tests.environment import crowd
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(recording_bus) -> Room:
    found = a_live_room()
    crowd.fill(found.public_id, listeners=2 * FACES_AT_A_TIME + 5, speakers=2)
    return found


def pages(room: Room) -> list[list[str]]:
    """The names on each page, to the end."""
    found, more, after = [], True, ""
    while more:
        faces, more = selectors.audience_page(room, after)
        found.append([face.name for face in faces])
        after = faces[-1].id
    return found


def test_page_after_page_shows_everybody_once_the_last_to_arrive_first(room: Room) -> None:
    first, second, third = pages(room)
    assert [len(first), len(second), len(third)] == [FACES_AT_A_TIME, FACES_AT_A_TIME, 5]
    everybody = [*first, *second, *third]
    assert everybody == [f"Listener {place}" for place in range(len(everybody) + 1, 1, -1)]
    assert first == [face.name for face in selectors.audience(room)[1]]


def test_those_who_arrived_at_one_moment_are_not_passed_over(room: Room) -> None:
    room.participants.update(arrived_at=timezone.now())
    names = [name for page in pages(room) for name in page]
    assert len(set(names)) == len(names) == 2 * FACES_AT_A_TIME + 5


def test_one_who_has_left_or_went_on_stage_meanwhile_still_says_where_to_go_on(room: Room) -> None:
    faces, _more = selectors.audience_page(room)
    Participant.objects.filter(public_id=faces[-1].id).update(left_at=timezone.now())
    Participant.objects.filter(public_id=faces[-2].id).update(position="stage")
    following, _more = selectors.audience_page(room, faces[-1].id)
    assert following[0].name == "Listener 46"
    assert not {face.id for face in faces} & {face.id for face in following}


def test_who_is_in_another_room_says_nothing_here(room: Room) -> None:
    elsewhere = a_live_room()
    crowd.fill(elsewhere.public_id, listeners=3, speakers=0)
    (stranger, *_), _more = selectors.audience_page(elsewhere)
    assert selectors.audience_page(room, stranger.id) == selectors.audience_page(room)


def test_guests_and_staff_are_on_no_page(room: Room) -> None:
    staff = a_member("Sofia Takács", is_staff=True)
    services.join(room.public_id, staff, muted=True, as_staff=True)
    Participant.objects.create(room=room, guest_key="k", guest_number=1, connection="guest")
    names = [name for page in pages(room) for name in page]
    assert len(names) == 2 * FACES_AT_A_TIME + 5
    assert "Sofia Takács" not in names


def test_under_the_chatham_house_rule_there_is_no_page(room: Room) -> None:
    faces, _more = selectors.audience_page(room)
    Room.objects.filter(pk=room.pk).update(confidentiality=Confidentiality.CHATHAM_HOUSE)
    room.refresh_from_db()
    assert selectors.audience_page(room) == selectors.audience_page(room, faces[-1].id) == ([], False)


def test_it_is_for_those_who_are_in_the_room(room: Room) -> None:
    amara = services.join(room.public_id, a_member("Amara Okafor"), muted=True)
    faces, more = services.see_audience(room.public_id, amara.connection, "")
    assert (faces[0].name, more) == ("Amara Okafor", True)
    services.leave(room.public_id, amara.connection)
    with pytest.raises(Refused) as refused:
        services.see_audience(room.public_id, amara.connection, "")
    assert refused.value.code == Code.NOT_JOINED


def test_one_who_comes_back_stands_first_again(room: Room) -> None:
    *_, last = pages(room)
    Participant.objects.filter(room=room, user__profile__name=last[-1]).update(
        arrived_at=timezone.now() + timedelta(hours=1)
    )
    first, _second, third = pages(room)
    assert first[0] == last[-1]
    assert last[-1] not in third
