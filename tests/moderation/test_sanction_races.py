"""Sanctions, appeals and their ends at the same moment as something else: on both engines."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import AuditEntry, User
from invites.services import quota
from moderation.models import Appeal, Sanction
from moderation.services import AppealRefused, SanctionRefused, decide_appeal, end_due, impose, lift, make_appeal
from rooms import services as rooms
from rooms.domain.errors import Refused
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member, a_room_to_come, a_topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("recording_bus")]
ROUNDS = 5


def at_once(*works: Callable[[], object]) -> list[BaseException | None]:
    """Each in a thread and connection of its own, from the same moment on; what each ended with."""
    ready, ends = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            ready.wait(10)
            work()
        except (Refused, SanctionRefused, AppealRefused) as refusal:
            ends[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return ends


def sanction(user: User, kind: str, by: User | None = None, **more) -> Sanction:
    return impose(user, kind, rule=2, facts="Shouted at Lin Wei.", by=by, **more)


@pytest.mark.parametrize("kind", ["mute", "no_stage"])
def test_who_unmutes_or_comes_back_as_they_are_sanctioned_is_not_heard(kind):
    for _ in range(ROUNDS):
        host, speaker = a_member("Ji-woo Han"), a_member("Petra Roth")
        room = a_live_room(host, speakers=(speaker,))
        rooms.join(room.public_id, host, muted=True)
        me = rooms.join(room.public_id, speaker, muted=True)
        at_once(
            lambda me=me, room=room: rooms.set_muted(room.public_id, me.connection, muted=False),
            lambda speaker=speaker: sanction(speaker, kind),
            lambda me=me, room=room, speaker=speaker: rooms.join(
                room.public_id, speaker, muted=False, resume=me.connection
            ),
        )
        place = Participant.objects.get(room=room, user=speaker)
        assert place.muted
        assert place.position == ("audience" if kind == "no_stage" else "stage")


def test_who_opens_rooms_as_they_are_sanctioned_has_none():
    for _ in range(ROUNDS):
        host = a_member("Ji-woo Han")
        topic, coming = a_topic(host), a_room_to_come(host, minutes=5)
        at_once(
            lambda host=host, topic=topic: rooms.open_room(host=host, title="Mine", topic=topic, language="en"),
            lambda host=host, coming=coming: rooms.open_scheduled(coming.public_id, host),
            lambda host=host: sanction(host, "no_hosting"),
        )
        assert not Room.objects.filter(host=host, phase="live").exists()


def test_two_jobs_end_a_sanction_once():
    sponsor = a_member("Amara Okafor")
    reported = a_member("Petra Roth", sponsor=sponsor)
    sanction(reported, "suspend", until=timezone.now() + timedelta(days=1))
    later = timezone.now() + timedelta(days=2)
    at_once(*[lambda: end_due(later)] * 3)
    assert AuditEntry.objects.filter(act="sanction.ended").count() == 1
    reported.refresh_from_db()
    assert reported.is_active


def test_the_job_and_staff_end_it_once():
    staff = a_member("Sofia Takács", is_staff=True)
    made = sanction(a_member("Petra Roth"), "suspend", until=timezone.now() + timedelta(days=1))
    later = timezone.now() + timedelta(days=2)
    at_once(lambda: end_due(later), lambda: lift(made, by=staff, reason="Enough"))
    made.refresh_from_db()
    assert (made.ended_at is None) != (made.lifted_at is None)
    assert AuditEntry.objects.filter(act__in=("sanction.ended", "sanction.lifted")).count() == 1


def test_of_two_appeals_there_is_one_and_of_two_decisions_too():
    sponsor = a_member("Amara Okafor")
    reported, staff = a_member("Petra Roth", sponsor=sponsor), a_member("Sofia Takács", is_staff=True)
    made = sanction(reported, "mute", staff)
    left = quota.balance(sponsor)
    refused = at_once(*[lambda: make_appeal(made, reported, "It was somebody else.")] * 2)
    assert [end.code for end in refused if end] == ["twice"]
    appeal = Appeal.objects.get()
    seniors = [a_member(name, is_staff=True) for name in ("Noor Haddad", "Ji-woo Han")]
    refused = at_once(
        lambda: decide_appeal(appeal, "overturned", by=seniors[0], reasons="Another voice is heard."),
        lambda: decide_appeal(appeal, "overturned", by=seniors[1], reasons="Another voice is heard."),
    )
    assert [end.code for end in refused if end] == ["decided"]
    assert AuditEntry.objects.filter(act="sanction.overturned").count() == 1
    assert quota.balance(sponsor) == left + 2


def test_two_who_ban_somebody_at_once_both_have_to_be_lifted():
    reported = a_member("Petra Roth")
    at_once(*[lambda: sanction(reported, "ban")] * 2)
    first, second = Sanction.objects.order_by("pk")
    lift(first, by=None, reason="Enough")
    reported.refresh_from_db()
    assert not reported.is_active
    lift(second, by=None, reason="Enough")
    reported.refresh_from_db()
    assert reported.is_active
