"""What somebody can do by reporting without end: neither keep an account from being erased, nor fill the disk."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.own_data import deletion
from moderation import services
from moderation.models import Evidence, EvidenceState, Report
from moderation.personal_data import open_reports_delay
from moderation.services import MOST_REPORTS_AN_HOUR
from rooms import services as rooms
from rooms.audio.evidence.packets import VoicePacket
from rooms.domain.errors import Refused
from rooms.evidence import sealed_folder
from rooms.models import Participant
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


def test_reports_after_the_date_of_an_erasure_do_not_hold_it_for_ever() -> None:
    amara, room = a_member("Amara Okafor"), a_live_room()
    asked = deletion.request(amara)
    for days in (13, 40, 70):
        at = asked.requested_at + timedelta(days=days)
        Report.objects.create(room=room, category="spam", target_user=amara, at=at)
    latest = open_reports_delay(amara)
    assert latest is not None
    assert latest.until == asked.requested_at + timedelta(days=13 + settings.REPORT_HOLDS_DAYS)


def test_so_many_an_hour_are_of_a_person_and_not_of_each_room() -> None:
    mallory = a_member("Mallory")
    here = [rooms.join(a_live_room().public_id, mallory, muted=True, leave_other=True) for _number in range(2)]
    places = Participant.objects.filter(user=mallory).order_by("pk")
    first, second = places
    for _number in range(MOST_REPORTS_AN_HOUR):
        Report.objects.create(room=first.room, reporter=first, category="spam")
    with pytest.raises(Refused):
        rooms.report(second.room.public_id, here[1].connection, "", category="harassment", line="")


def test_what_is_given_up_is_destroyed() -> None:
    """A worker sealed it, and died before it could say so, or said so too late."""
    lost = Evidence.objects.create(
        room=a_live_room(), from_at=timezone.now() - timedelta(hours=1), until_at=timezone.now() - timedelta(minutes=58)
    )
    sealed_folder().write(lost.public_id, [VoicePacket("somebody", 0, 0, b"opus")])
    assert services.give_up() == 1
    assert Evidence.objects.get().state == EvidenceState.LOST
    with pytest.raises(FileNotFoundError):
        sealed_folder().read(lost.public_id)
