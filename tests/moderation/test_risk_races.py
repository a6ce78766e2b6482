"""Two beats count the risks of rooms at once: neither waits for the other for ever, in whatever order rooms are read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import timezone

from moderation.models import RoomRisk
from moderation.services import count_risks
from rooms.models import Room
from tests.factories import a_live_room
from tests.moderation.racing import Workers, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("recording_bus")]


def moved_to_the_end(room: Room) -> None:
    """PostgreSQL reads as rows lie, or by the index of what is live: either way what changes so is the last."""
    Room.objects.filter(pk=room.pk).update(starts_at=timezone.now())


def test_two_beats_count_at_once() -> None:
    first, second, third = (a_live_room() for _ in range(3))
    count_risks()
    for room in (first, third, second):  # so it is read now
        moved_to_the_end(room)
    with ThreadPoolExecutor(2) as pool:
        workers = Workers(pool)
        with held(RoomRisk.objects.get(room=third)):
            beats = [workers.start(count_risks)]
            workers.until_waiting(1)
            moved_to_the_end(third)
            moved_to_the_end(first)  # second, third, first
            beats.append(workers.start(count_risks))
            workers.until_waiting(2)
        assert [beat.result(30) for beat in beats] == [3, 3]


def test_a_beat_forgets_rooms_that_ended_while_another_still_counts_them() -> None:
    rooms = [a_live_room() for _ in range(3)]
    count_risks()
    with ThreadPoolExecutor(2) as pool:
        workers = Workers(pool)
        with held(RoomRisk.objects.get(room=rooms[1])):
            late = workers.start(count_risks)
            workers.until_waiting(1)
            Room.objects.update(phase="ended", ended_at=timezone.now())
            forgets = workers.start(count_risks)
            workers.until_waiting(2)
        assert (late.result(30), forgets.result(30)) == (3, 0)
    count_risks()
    assert not RoomRisk.objects.exists()
