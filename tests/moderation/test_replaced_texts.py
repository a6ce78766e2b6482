"""A text that waits and is written anew: the newer takes the place of the older, which cannot be approved over it."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Profile
from moderation.models import HeldState, HeldText
from moderation.services import decide_held
from rooms import services as rooms
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member, a_room_to_come
from tests.moderation.words import HELD, on_the_lists

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording_bus")]


@pytest.fixture(autouse=True)
def _lists() -> None:
    on_the_lists()


def approve(held: HeldText) -> bool:
    return decide_held(held, by=a_member(is_staff=True), approved=True, reason="Looked at")


def waiting() -> list[str]:
    return list(HeldText.objects.filter(state=HeldState.WAITING).values_list("text", flat=True))


@pytest.mark.parametrize("newer", [f"{HELD} two", "Something else"])
def test_a_profile(newer: str) -> None:
    member = a_member("Lin Wei")
    accounts.save_profile(member, headline=f"{HELD} one")
    older = HeldText.objects.get()
    accounts.save_profile(member, headline=newer)
    stood = Profile.objects.get(user=member).headline
    assert not approve(older), "it waits no more"
    assert Profile.objects.get(user=member).headline == stood
    assert waiting() == ([newer] if HELD in newer else [])
    if HELD in newer:
        approve(HeldText.objects.get(state=HeldState.WAITING))
        assert Profile.objects.get(user=member).headline == newer


@pytest.mark.parametrize("newer", [f"About {HELD}, again", "About something else"])
def test_the_title_of_a_room(newer: str) -> None:
    room = a_room_to_come(a_member("Lin Wei"))
    rooms.change_scheduled(room.public_id, room.host, title=f"About {HELD}")
    older = HeldText.objects.get()
    rooms.change_scheduled(room.public_id, room.host, title=newer)
    stood = Room.objects.get(pk=room.pk).title
    assert not approve(older)
    assert Room.objects.get(pk=room.pk).title == stood
    assert waiting() == ([newer] if HELD in newer else [])


@pytest.mark.parametrize("again", ["", "On wafers", f"On {HELD}, again"])
def test_the_line_of_a_hand_is_not_that_of_the_next(again: str) -> None:
    room = a_live_room()
    me = rooms.join(room.public_id, a_member("Lin Wei"), muted=True)
    rooms.raise_hand(room.public_id, me.connection, line=f"On {HELD}")
    older = HeldText.objects.get()
    rooms.lower_hand(room.public_id, me.connection)
    rooms.raise_hand(room.public_id, me.connection, line=again)
    assert not approve(older)
    assert waiting() == ([again] if HELD in again else [])
    place = Participant.objects.get(public_id=me.person)
    assert (place.hand_line, place.hand_line_waiting) == (("", again) if HELD in again else (again, ""))


def test_the_title_of_a_link_is_not_that_of_the_next() -> None:
    room = a_live_room()
    host = rooms.join(room.public_id, room.host, muted=True)
    rooms.pin_link(room.public_id, host.connection, url="https://one.example/", title=f"See {HELD}")
    older = HeldText.objects.get()
    rooms.pin_link(room.public_id, host.connection, url="https://two.example/", title="")
    assert not approve(older)
    room.refresh_from_db()
    assert (room.link_url, room.link_title, waiting()) == ("https://two.example/", "", [])


def test_staff_who_looked_at_the_older_are_told_that_it_waits_no_more() -> None:
    member = a_member("Lin Wei")
    accounts.save_profile(member, headline=f"{HELD} one")
    older = HeldText.objects.get()
    staff, browser = a_member(is_staff=True), Client()
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_heldtext", "decide_heldtext"]))
    browser.force_login(staff)
    page = f"{reverse('admin:moderation_heldtext_decide')}?ids={older.pk}"
    assert f"{HELD} one" in browser.get(page).content.decode()
    accounts.save_profile(member, headline=f"{HELD} two")
    told = browser.post(page, {"decision": "yes", "reason": "Looked at"}, follow=True).content.decode()
    assert "1 does not wait any more." in told
    assert waiting() == [f"{HELD} two"]
    assert HELD not in Profile.objects.get(user=member).headline
