"""A text that waits is decided on while its writer writes anew: neither waits for the other for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts import services as accounts
from moderation.models import HeldText
from moderation.services import decide_held
from rooms import services as rooms
from tests.factories import a_live_room, a_member
from tests.moderation.words import HELD, on_the_lists

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("recording_bus")]
ROUNDS = 8


def at_once(*works) -> None:
    """Each in a thread and connection of its own, from the same moment on; what one raises is raised."""
    ready = Barrier(len(works))

    def run(work) -> None:
        try:
            ready.wait(10)
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        for end in [pool.submit(run, work) for work in works]:
            end.result(30)


def decide(held: HeldText):
    staff = a_member(is_staff=True)
    return lambda: decide_held(held, by=staff, approved=True, reason="Looked at")


def test_the_line_of_a_hand():
    on_the_lists()
    for _ in range(ROUNDS):
        room, member = a_live_room(), a_member("Lin Wei")
        me = rooms.join(room.public_id, member, muted=True)
        rooms.raise_hand(room.public_id, me.connection, line=f"On {HELD}")
        held = HeldText.objects.latest("pk")
        at_once(
            decide(held), lambda room=room, me=me: rooms.raise_hand(room.public_id, me.connection, line="On wafers")
        )
        held.refresh_from_db()
        assert held.state != "waiting"


def test_a_message_that_is_taken_back():
    on_the_lists()
    for _ in range(ROUNDS):
        room, member = a_live_room(), a_member("Lin Wei")
        me = rooms.join(room.public_id, member, muted=True)
        rooms.say(room.public_id, me.connection, f"Say {HELD}")
        held = HeldText.objects.latest("pk")
        take_back = lambda room=room, me=me, held=held: rooms.remove_message(  # noqa: E731
            room.public_id, me.connection, held.target
        )
        at_once(decide(held), take_back)
        held.refresh_from_db()
        assert held.state != "waiting"


def test_a_profile():
    on_the_lists()
    for _ in range(ROUNDS):
        member = a_member("Lin Wei")
        accounts.save_profile(member, headline=f"On {HELD}")
        held = HeldText.objects.latest("pk")
        at_once(decide(held), lambda member=member: accounts.save_profile(member, headline="On wafers"))
        held.refresh_from_db()
        assert held.state != "waiting"
