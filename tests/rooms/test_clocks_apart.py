"""One process ten minutes ahead, another ten minutes behind: what one writes the other reads as it was meant."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import clock, contacts, one_time_codes, outbox, second_factor
from accounts.contact_models import OutboxMessage
from accounts.one_time_codes import Answer
from moderation.services import orders_for
from moderation.services.evidence import want
from rooms import selectors, services, turn
from rooms.domain.roles import Role
from rooms.models import Room
from tests.accounts.test_limits import a_stranger, guess
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)
AHEAD, BEHIND = 10, -10
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture(autouse=True)
def _the_clock_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_nudge", lambda: None)


@contextmanager
def by_a_clock(minutes: int) -> Iterator[None]:
    """What is done here is done by a process whose clock is so far ahead, and which knows that."""
    before = clock.ahead()
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
        clock._Agreed.ahead = timedelta(minutes=minutes)
        try:
            yield
        finally:
            clock._Agreed.ahead = before


both_ways = pytest.mark.parametrize(("writes", "reads"), [(AHEAD, BEHIND), (BEHIND, AHEAD)])


@both_ways
def test_a_code_is_good_for_ten_minutes_wherever_it_is_typed(writes: int, reads: int, mailoutbox: list) -> None:
    contact = contacts.email("amara@example.org")
    with by_a_clock(writes):
        one_time_codes.send("sign in", "amara", contact)
    with by_a_clock(reads):
        assert outbox.send_due() == 1
        code = next(word for word in mailoutbox[0].body.split() if word.isdigit())
        late = clock.now() + timedelta(minutes=11)
        assert one_time_codes.check("sign in", "amara", contact, code, now=late) is Answer.OVER
        assert one_time_codes.check("sign in", "amara", contact, code) is Answer.RIGHT


@both_ways
def test_what_is_to_be_sent_is_due_at_once(writes: int, reads: int) -> None:
    with by_a_clock(writes):
        outbox.post(contacts.email("lin@example.org"), kind="test", occasion="clocks", subject="A test", text="Once.")
    with by_a_clock(reads):
        assert outbox.send_due() == 1
    assert OutboxMessage.objects.get().sent


@pytest.mark.parametrize("minutes", [AHEAD, BEHIND])
def test_the_turn_server_takes_what_was_minted_by_a_wrong_clock(minutes: int, settings) -> None:
    settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET = ("turn:turn.example.org",), "a test"
    member, room = a_member(), a_live_room()
    browser = Client()
    browser.force_login(member)
    with by_a_clock(minutes):
        page = browser.get(reverse("rooms:room", args=[room.public_id]))
    until = int(page.context["relay"].split('"username": "')[1].split(":")[0])
    assert abs(until - timezone.now().timestamp() - turn.ROOM_LASTS_SECONDS) < 10


@both_ways
def test_nobody_waits_for_who_wrote_by_a_clock_that_is_ahead(writes: int, reads: int) -> None:
    room = a_live_room()
    lin = services.join(room.public_id, a_member("Lin Wei"), muted=True, accepts=room.confidentiality)
    Room.objects.filter(pk=room.pk).update(slow_mode=30)
    with by_a_clock(writes):
        services.say(room.public_id, lin.connection, "First")
    with by_a_clock(reads):
        assert 25 <= selectors.chat_wait(lin.person, Role.MEMBER, 30) <= 30
        Room.objects.filter(pk=room.pk).update(slow_mode=0)
        services.say(room.public_id, lin.connection, "Second")
        assert selectors.chat_wait(lin.person, Role.MEMBER, 0) == 0
    first, second = room.messages.order_by("pk")
    assert abs(second.at - first.at) < 10 * A_SECOND


@both_ways
def test_a_room_whose_stage_is_empty_since_a_moment_is_closed_by_nobody(writes: int, reads: int) -> None:
    with by_a_clock(writes):
        a_live_room()
    with by_a_clock(reads):
        assert services.close_empty_rooms() == 0
        assert services.close_empty_rooms(clock.now() + timedelta(minutes=6)) == 1


@both_ways
def test_processes_are_seen_to_live(writes: int, reads: int) -> None:
    with by_a_clock(writes):
        services.beat_jobs("jobs@one")
        services.beat_web("web one")
    with by_a_clock(reads):
        assert [one.name for one in selectors.jobs_now()] == ["jobs@one"]
        assert [one.name for one in selectors.webs_now()] == ["web one"]
        services.beat_jobs("jobs@one")
        assert (clock.now() - selectors.last_job_of_the_clock()) < 10 * A_SECOND


@both_ways
def test_a_worker_is_told_the_span_by_its_own_clock(writes: int, reads: int) -> None:
    room = a_live_room()
    with by_a_clock(writes), transaction.atomic():
        want(room, clock.now() - timedelta(minutes=2), "harassment")
    with by_a_clock(reads):
        (order,) = orders_for({room.public_id: "ring"}).seal
    assert order.ahead_ms == reads * 60_000
    said = order.span.later(order.ahead_ms)
    with by_a_clock(reads):
        assert said.holds(int((timezone.now() - timedelta(minutes=2)).timestamp() * 1000))


@both_ways
def test_staff_who_work_are_not_taken_for_gone(writes: int, reads: int, settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = True
    settings.MITALK_STAFF_IDLE_MINUTES = 15
    request = RequestFactory().get("/")
    request.user = a_member()
    request.session = {second_factor.SEEN_AT: int(clock.now().timestamp())}  # type: ignore[assignment]
    with by_a_clock(writes):
        assert second_factor.staff_are_there(request)
    with by_a_clock(reads):
        assert second_factor.staff_are_there(request)


def test_by_turns_at_two_webs_nobody_tries_more_than_twice_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """allauth counts by each machine's own clock; a shared cache forgets by its own."""
    for module in ("base", "locmem"):
        monkeypatch.setattr(f"django.core.cache.backends.{module}.time", SimpleNamespace(time=time.monotonic))
    right = tries_until_stopped(())
    cache.clear()
    apart = tries_until_stopped((AHEAD, BEHIND))
    assert right <= apart <= 2 * right


def tries_until_stopped(clocks: tuple[int, ...]) -> int:
    stranger = a_stranger()
    for number in range(100):
        with by_a_clock(clocks[number % 2] if clocks else 0):
            if guess(stranger, f"nobody-{number}@example.org") == "too_many_login_attempts":
                return number
    raise AssertionError
