"""What people have shown, in rooms: on stage, in the audience, at the desk and in the hall; no longer than it holds."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.claim_models import ClaimKind
from rooms import selectors
from rooms.domain.messages import MOST_CLAIMS
from rooms.models import Participant, Room
from tests.accounts.claiming import a_shown_claim
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(recording_bus) -> Room:
    """A live room: its host on stage and a listener, both with something to show."""
    host, listener = a_member("Ji-woo Han"), a_member("Lin Wei")
    a_shown_claim(host)
    a_shown_claim(host, kind=ClaimKind.LICENCE, about="Bar Association", jurisdiction="Korea", days=10)
    a_shown_claim(listener, about="kaist.ac.kr")
    room = a_live_room(host)
    here = {"room": room, "joins": 1, "left_at": None}
    Participant.objects.create(user=host, position="stage", role="host", connection="host", **here)
    Participant.objects.create(user=listener, position="audience", connection="listener", **here)
    return room


def test_the_snapshot_tells_what_people_on_stage_and_listeners_have_shown(room: Room) -> None:
    snapshot = selectors.room_snapshot(room.public_id)
    (host,), (listener,) = snapshot.stage, snapshot.faces
    assert [(claim.kind, claim.about) for claim in host.claims] == [
        ("work_email", "harbour-fab.com"),
        ("licence", "Bar Association, Korea"),
    ]
    assert [claim.about for claim in listener.claims] == ["kaist.ac.kr"]
    assert host.claims[0].since == (timezone.now() - timedelta(days=30)).date().isoformat()


def test_what_expires_is_gone_from_the_next_snapshot_and_from_the_hall(room: Room, client: Client) -> None:
    viewer = a_member("Amara Okafor")
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        (host,) = selectors.room_snapshot(room.public_id).stage
        assert [claim.kind for claim in host.claims] == ["work_email"]
    client.force_login(viewer, backend="accounts.backends.MemberBackend")
    assert "harbour-fab.com" in client.get(reverse("rooms:hallway")).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=101)):
        (host,) = selectors.room_snapshot(room.public_id).stage
        assert host.claims == []
        client.force_login(viewer, backend="accounts.backends.MemberBackend")
        assert "harbour-fab.com" not in client.get(reverse("rooms:hallway")).content.decode()


def test_a_room_tells_three_of_one_person_and_no_more(room: Room) -> None:
    for number in range(5):
        a_shown_claim(room.host, kind=ClaimKind.DOCUMENT, about=f"Degree {number}")
    (host,) = selectors.room_snapshot(room.public_id).stage
    assert len(host.claims) == MOST_CLAIMS


def test_a_full_room_is_told_of_in_as_many_queries_as_an_empty_one(room: Room, django_assert_num_queries) -> None:
    with django_assert_num_queries(6):
        selectors.room_snapshot(room.public_id)
    for number in range(30):
        listener = a_member(f"Listener {number}", password=None)
        a_shown_claim(listener)
        Participant.objects.create(
            room=room, user=listener, position="audience", connection=f"c{number}", joins=1, left_at=None
        )
    with django_assert_num_queries(6):
        snapshot = selectors.room_snapshot(room.public_id)
    assert all(face.claims for face in snapshot.faces)


def test_whoever_raises_a_hand_or_is_looked_for_is_seen_with_it(room: Room) -> None:
    room.participants.filter(user__profile__name="Lin Wei").update(hand_number=1, hand_at=timezone.now())
    (hand,) = selectors.desk(room.public_id).hands
    assert [claim.about for claim in hand.person.claims] == ["kaist.ac.kr"]
    found = selectors.find_people(room, "Lin")
    assert [claim.about for claim in found[0].person.claims] == ["kaist.ac.kr"]


def test_under_the_chatham_house_rule_listeners_stay_unseen(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(confidentiality="chatham")
    assert selectors.room_snapshot(room.public_id).faces == []


def test_the_room_page_shows_them_without_scripts(room: Room, client: Client) -> None:
    client.force_login(a_member("Amara Okafor"), backend="accounts.backends.MemberBackend")
    page = client.get(reverse("rooms:room", args=[room.public_id])).content.decode()
    assert "✓ harbour-fab.com" in page
    assert "Works at kaist.ac.kr, proven by e-mail on" in page
