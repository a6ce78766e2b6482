"""What an audio worker says is wrong with it is shown to staff, and named by the doctor."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.doctor import processes
from rooms import services
from rooms.audio import wire
from rooms.models import AudioWorker, Room, RoomShare
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(a_member("Head of Staff", is_staff=True, is_superuser=True))
    return client


def a_worker(name: str, port: int, **said: Any) -> AudioWorker:
    services.register_worker(worker_id=name, public_ip="192.0.2.1", udp_port=port)
    load = wire.Load(**{"people": 3, "most_people": 3000, "late_ms": 0, "cpu_percent": 5} | said)
    services.beat_worker(worker_id=name, load=load)
    return AudioWorker.objects.get(worker_id=name)


def page(head: Client) -> str:
    return head.get(reverse("admin:workers")).content.decode()


def found() -> dict[str, tuple[str, str]]:
    return {finding.id: (str(finding.verdict), finding.what) for finding in processes.examine()}


def test_one_that_is_well_says_nothing_of_it(head: Client) -> None:
    a_worker("well", 7882)
    assert "Rooms without sound" not in page(head)
    assert "Cannot be written" not in page(head)
    assert not {"processes.audio_unfed", "processes.audio_disk"} & set(found())


def test_a_blocked_way_between_two_workers(head: Client) -> None:
    home, share = a_worker("home", 7882), a_worker("share", 7883, unfed=1)
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(worker=home)
    RoomShare.objects.create(room=room, worker=share)
    assert "Rooms without sound" in page(head)
    assert found()["processes.audio_unfed"] == (
        "fail",
        "192.0.2.1:7883 gets no sound of 1 rooms from 192.0.2.1:7882",
    )
    services.beat_worker(worker_id="share", load=wire.Load(3, 3000, 0, 5))
    assert "Rooms without sound" not in page(head)


def test_a_disk_that_keeps_nothing(head: Client) -> None:
    a_worker("full", 7882, disk="evidence full, ring read-only")
    shown = page(head)
    assert "evidence (full), ring (read-only)" in shown
    assert "not kept" in shown
    verdict, what = found()["processes.audio_disk"]
    assert verdict == "fail"
    assert what.endswith("evidence full, ring read-only")


def test_one_that_nothing_reaches(head: Client) -> None:
    deaf = a_worker("deaf", 7882)
    AudioWorker.objects.filter(pk=deaf.pk).update(started_at=timezone.now() - timedelta(minutes=1))
    services.beat_worker(worker_id="deaf", load=wire.Load(3, 3000, 0, 5, deaf_for=5.0))
    assert "cut off from the others" in page(head)
    assert found()["processes.audio_deaf"] == ("fail", "192.0.2.1:7882 lives, and hears nothing over the bus")
    services.beat_worker(worker_id="deaf", load=wire.Load(3, 3000, 0, 5))
    assert "cut off from the others" not in page(head)
    assert "processes.audio_deaf" not in found()


def test_one_that_fell_silent_is_named_with_when_it_was_heard_of() -> None:
    worker = a_worker("silent", 7882)
    AudioWorker.objects.filter(pk=worker.pk).update(beat_at=timezone.now() - timedelta(minutes=3))
    verdict, what = found()["processes.audio_silent"]
    assert verdict == "warn"
    assert what.startswith("192.0.2.1:7882 was last heard of at ")


def test_one_that_begins_again_is_well_until_it_says_otherwise() -> None:
    a_worker("before", 7882, unfed=1, disk="ring full")
    services.register_worker(worker_id="after", public_ip="192.0.2.1", udp_port=7882)
    worker = AudioWorker.objects.get()
    assert (worker.unfed_rooms, worker.disk) == (0, "")
