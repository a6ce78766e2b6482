"""A room that moved between machines: each is asked for its part of the evidence, late ones too, and gaps are shown."""

import pytest
from django.test import Client
from django.urls import reverse

from moderation import services
from moderation.models import Evidence, EvidenceState
from rooms.audio.evidence.orders import Sealed
from rooms.audio.evidence.packets import VoicePacket
from rooms.audio.evidence.sealed import Kept
from rooms.evidence import sealed_folder, tracks
from rooms.models import Room
from tests.factories import a_live_room
from tests.fakes import RecordingBus
from tests.moderation.test_evidence import REASON, acts, report, staff, time_passes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def room() -> Room:
    return a_live_room()


@pytest.fixture
def evidence(room: Room) -> Evidence:
    """Due."""
    due = report(room).evidence
    time_passes(40)
    due.refresh_from_db()
    return due


def seal(evidence: Evidence, ring: str, person: str, *seconds: float) -> None:
    """As the worker of a machine does, of what was said so many seconds after the window began."""
    began = int(evidence.from_at.timestamp() * 1000)
    packets = [
        VoicePacket(person, began + int(1000 * second), int(48_000 * second), b"\xf8\xff\xfe") for second in seconds
    ]
    services.take_sealed(Sealed(evidence.public_id, sealed_folder().write(evidence.public_id, packets, ring), ring))
    evidence.refresh_from_db()


def asked_of(room: Room, ring: str) -> bool:
    return bool(services.orders_for({room.public_id: ring}).seal)


def test_every_machine_that_carried_the_room_is_asked_once(room: Room, evidence: Evidence) -> None:
    assert asked_of(room, "first")
    assert asked_of(room, "second")
    seal(evidence, "first", "lin", 10, 20)
    assert not asked_of(room, "first")
    assert asked_of(room, "second")
    seal(evidence, "second", "lin", 60)
    assert not asked_of(room, "second")


def test_what_they_had_is_added_up_and_heard_as_one(room: Room, evidence: Evidence) -> None:
    seal(evidence, "second", "lin", 60)
    size = evidence.bytes
    seal(evidence, "first", "lin", 10, 20)
    seal(evidence, "first", "lin", 10, 20)
    assert evidence.state == EvidenceState.SEALED
    assert evidence.voices == {"lin": 3}
    assert evidence.bytes > size > 0
    assert acts() == ["evidence.sealed", "evidence.added"]
    sound = tracks(evidence.public_id, evidence.parts, int(evidence.from_at.timestamp() * 1000))
    assert len(sound["lin"]) / 48_000 == pytest.approx(60, abs=0.1)


def test_between_the_last_of_one_and_the_first_of_the_next_there_is_a_gap(room: Room, evidence: Evidence) -> None:
    for ring, person, *seconds in (("b", "amara", 61, 70), ("a", "lin", 10, 58), ("c", "lin", 65, 69)):
        seal(evidence, ring, person, *seconds)
    (gap,) = evidence.gaps()
    assert [round((end - evidence.from_at).total_seconds()) for end in gap] == [58, 61]


def test_one_machine_alone_has_no_gap(evidence: Evidence) -> None:
    seal(evidence, "a", "lin", 10, 58)
    assert evidence.gaps() == []


def test_silence_of_one_is_no_silence_of_the_other(room: Room, evidence: Evidence) -> None:
    services.take_sealed(Sealed(evidence.public_id, Kept(), "second"))
    assert asked_of(room, "second"), "it may come yet"
    time_passes(60)
    services.take_sealed(Sealed(evidence.public_id, Kept(), "second"))
    evidence.refresh_from_db()
    assert evidence.state == EvidenceState.SILENT
    assert not asked_of(room, "second")
    seal(evidence, "first", "lin", 10)
    assert (evidence.state, evidence.voices, evidence.gaps()) == (EvidenceState.SEALED, {"lin": 1}, [])


def test_a_ring_with_a_part_to_give_outlives_its_room_and_one_without_does_not(room: Room, evidence: Evidence) -> None:
    seal(evidence, "first", "lin", 10)
    Room.objects.filter(pk=room.pk).update(phase="ended", ended_at=evidence.until_at)
    time_passes(11 * 60)
    assert services.orders_for({room.public_id: "first"}).destroy == {room.public_id}
    assert not services.orders_for({room.public_id: "second"}).destroy
    time_passes(5 * 60)
    assert services.orders_for({room.public_id: "second"}).destroy == {room.public_id}, "too late"


@pytest.mark.parametrize("over", [EvidenceState.LOST, EvidenceState.DESTROYED])
def test_a_part_that_comes_when_all_is_over_is_not_kept(evidence: Evidence, over: EvidenceState) -> None:
    Evidence.objects.update(state=over)
    seal(evidence, "first", "lin", 10)
    assert evidence.state == over
    with pytest.raises(FileNotFoundError):
        sealed_folder().read(evidence.public_id, ["first"])


def test_staff_are_told_of_the_gap(client: Client, evidence: Evidence) -> None:
    seal(evidence, "a", "lin", 10, 58)
    page = reverse("admin:moderation_evidence_change", args=[evidence.pk])
    member = staff(client, "open_evidence")
    assert "moved to another machine" not in client.get(page).content.decode()
    seal(evidence, "b", "lin", 61)
    services.ask_to_open(evidence, member, REASON)
    shown = client.get(page).content.decode()
    assert "moved to another machine" in shown
    assert "staff-voice" in shown
