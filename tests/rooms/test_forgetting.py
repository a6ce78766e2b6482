"""Who was in a room is forgotten where names are not kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Case, Report
from rooms import services
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room
from rooms.tasks import forget_attendance
from tests.factories import a_live_room, a_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("recording_bus")]
NAMELESS = (Confidentiality.CHATHAM_HOUSE, Confidentiality.OFF_RECORD)


def an_ended_room(mode: Confidentiality, *, report: bool = False) -> Room:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(confidentiality=mode)
    host, lin, _amara = (
        services.join(room.public_id, user, muted=True, accepts=mode)
        for user in (room.host, a_member("Lin Wei"), a_member("Amara Okafor"))
    )
    if report:
        services.report(room.public_id, host.connection, lin.person, category="other", line="")
    services.end(room.public_id, host.connection)
    return room


def a_day_passes() -> None:
    Room.objects.update(ended_at=timezone.now() - timedelta(hours=25))


@pytest.mark.parametrize("mode", NAMELESS)
def test_a_day_after_it_nobody_knows_who_was_there(mode: Confidentiality) -> None:
    room = an_ended_room(mode)
    forget_attendance()
    assert room.participants.count() == 3
    a_day_passes()
    forget_attendance()
    forget_attendance()
    assert room.participants.count() == 0


def test_on_the_record_and_while_it_is_live_it_is_known() -> None:
    kept = an_ended_room(Confidentiality.ON_RECORD)
    live = a_live_room()
    Room.objects.filter(pk=live.pk).update(confidentiality=Confidentiality.CHATHAM_HOUSE)
    services.join(live.public_id, live.host, muted=True)
    a_day_passes()
    forget_attendance()
    assert (kept.participants.count(), live.participants.count()) == (3, 1)


@pytest.mark.parametrize("mode", NAMELESS)
def test_those_of_a_report_stay_for_whoever_decides_on_it(mode: Confidentiality) -> None:
    room = an_ended_room(mode, report=True)
    a_day_passes()
    forget_attendance()
    assert sorted(room.participants.values_list("user__profile__name", flat=True)) == ["Ji-woo Han", "Lin Wei"]
    assert Participant.objects.count() == 2


@pytest.mark.parametrize("mode", NAMELESS)
def test_and_are_forgotten_when_nobody_can_appeal_any_more(mode: Confidentiality) -> None:
    room = an_ended_room(mode, report=True)
    a_day_passes()
    case = Report.objects.get().case
    Case.objects.filter(pk=case.pk).update(state="decided", decided_at=timezone.now() - timedelta(days=29))
    forget_attendance()
    assert room.participants.count() == 2
    Case.objects.filter(pk=case.pk).update(decided_at=timezone.now() - timedelta(days=31))
    forget_attendance()
    assert room.participants.count() == 0
