"""All sealed evidence together takes so much and no more: what cannot be kept is said, and the gravest has a reserve."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moderation.models import Evidence, EvidenceState
from rooms.models import Room
from tests.factories import a_live_room
from tests.fakes import RecordingBus
from tests.moderation.test_evidence import acts, report, staff

pytestmark = pytest.mark.django_db
MEGABYTE = 1_000_000


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def room(settings) -> Room:
    settings.MITALK_EVIDENCE_MOST_MEGABYTES = 100
    return a_live_room()


def taken(room: Room, megabytes: float, state: str = EvidenceState.SEALED) -> Evidence:
    now = timezone.now()
    return Evidence.objects.create(
        room=a_live_room(), from_at=now, until_at=now, state=state, bytes=int(megabytes * MEGABYTE)
    )


def test_with_space_left_it_is_sealed(room: Room) -> None:
    taken(room, 79)
    assert report(room).evidence.state == EvidenceState.WANTED


def test_without_it_is_not_and_that_is_said_once_a_window(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    taken(room, 81)
    refused = report(room).evidence
    assert refused.state == EvidenceState.FULL
    assert report(room).evidence == refused
    assert acts() == ["evidence.no_space"]
    assert [entry.message for entry in caplog.records].count("evidence.no_space") == 1


def test_the_gravest_has_a_reserve_until_that_is_used_up_too(room: Room) -> None:
    taken(room, 81)
    assert report(room).evidence.state == EvidenceState.FULL
    assert report(room, "danger").evidence.state == EvidenceState.WANTED
    Evidence.objects.filter(state=EvidenceState.SEALED).update(bytes=100 * MEGABYTE)
    assert report(a_live_room(), "danger").evidence.state == EvidenceState.FULL


def test_a_report_that_joins_what_is_to_be_sealed_anyway_needs_no_space_of_its_own(room: Room) -> None:
    taken(room, 81)
    grave = report(room, "danger").evidence
    assert report(room).evidence == grave


def test_what_waits_to_be_sealed_counts_and_what_is_destroyed_does_not(room: Room) -> None:
    taken(room, 79)
    report(room)
    assert report(a_live_room()).evidence.state == EvidenceState.FULL, "150 s at 64 kb/s are over a megabyte"
    Evidence.objects.filter(state=EvidenceState.SEALED).update(state=EvidenceState.DESTROYED)
    assert report(a_live_room()).evidence.state == EvidenceState.WANTED


def test_the_case_and_the_evidence_say_that_nothing_was_kept_and_why(client: Client, room: Room) -> None:
    taken(room, 81)
    made = report(room)
    staff(client, "view_case", "view_report")
    for page in (
        reverse("admin:moderation_case_change", args=[made.case_id]),
        reverse("admin:moderation_evidence_change", args=[made.evidence_id]),
    ):
        assert "Nothing of what was said was kept" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("megabytes", "said"),
    [
        (60, ()),
        (65, ("65 of 100 MB", "From 80 MB on")),
        (81, ("81 of 100 MB", "for reports about danger only")),
        (100, ("100 of 100 MB", "Nothing that is reported is sealed")),
    ],
)
def test_the_staff_home_says_so_before_it_is_reached(
    client: Client, room: Room, megabytes: int, said: tuple[str, ...]
) -> None:
    taken(room, megabytes)
    staff(client)
    page = client.get(reverse("admin:index")).content.decode()
    assert all(words in page for words in said)
    assert ("Sealed evidence takes" in page) == bool(said)
