"""Reports are kept with their moment, and staff read them."""

import pytest
from django.test import Client
from django.urls import reverse

from moderation.models import Report
from moderation.services import MOST_REPORTS_AN_HOUR
from rooms import services
from rooms.domain.errors import Code, Refused
from rooms.models import Room
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def test_a_report_holds_who_whom_what_and_the_moment() -> None:
    room = a_live_room()
    host = services.join(room.public_id, room.host, muted=True)
    listener = services.join(room.public_id, a_member("Lin Wei"), muted=True)
    services.set_muted(room.public_id, host.connection, muted=False)
    services.report(room.public_id, listener.connection, host.person, category="harassment", line="  Threats ")
    report = Report.objects.get()
    assert (report.reporter.public_id, report.target.public_id) == (listener.person, host.person)
    assert (report.category, report.line, report.target_user) == ("harassment", "Threats", room.host)
    assert report.stage == [{"person": host.person, "muted": False}]
    assert 0 <= report.seconds_in < 60


def test_the_room_itself_is_reported_and_nobody_reports_themselves() -> None:
    room = a_live_room()
    listener = services.join(room.public_id, a_member(), muted=True)
    services.report(room.public_id, listener.connection, "", category="other", line="")
    assert Report.objects.get().target is None
    with pytest.raises(Refused):
        services.report(room.public_id, listener.connection, listener.person, category="other", line="")


@pytest.mark.parametrize("mode", ["on_record", "chatham", "off_record"])
def test_a_question_is_reported_with_its_words_where_they_are_kept(mode: str) -> None:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(confidentiality=mode)
    listener = services.join(room.public_id, a_member("Lin Wei"), muted=True, accepts=mode)
    asker = services.join(room.public_id, a_member("Rae Ported"), muted=True, accepts=mode)
    question = services.ask(room.public_id, asker.connection, "Who of you is bribed?").id
    services.report(room.public_id, listener.connection, "", category="hate", line="", message=question)
    report = Report.objects.get()
    assert (report.kind, report.written, report.target.public_id) == ("question", question, asker.person)
    assert report.message == ("" if mode == "off_record" else "Who of you is bribed?")


def test_who_reports_without_end_is_told_to_wait() -> None:
    room = a_live_room()
    listener = services.join(room.public_id, a_member(), muted=True)
    for _ in range(MOST_REPORTS_AN_HOUR):
        services.report(room.public_id, listener.connection, "", category="other", line="")
    with pytest.raises(Refused) as refusal:
        services.report(room.public_id, listener.connection, "", category="other", line="")
    assert refusal.value.code is Code.TOO_MANY_MESSAGES
    assert Report.objects.count() == MOST_REPORTS_AN_HOUR


def test_staff_read_reports_and_change_none(client: Client) -> None:
    room = a_live_room()
    listener = services.join(room.public_id, a_member("Lin Wei"), muted=True)
    services.report(room.public_id, listener.connection, "", category="fraud", line="<b>Buy</b> this")
    staff = a_member("Sofia Takács", is_staff=True, is_superuser=True)
    client.force_login(staff, backend="accounts.backends.MemberBackend")
    listed = client.get(reverse("admin:moderation_report_changelist")).content.decode()
    assert "&lt;b&gt;Buy&lt;/b&gt; this" in listed
    report = Report.objects.get()
    address = reverse("admin:moderation_report_change", args=[report.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"line": "changed"}).status_code == 403
    assert client.post(reverse("admin:moderation_report_delete", args=[report.pk])).status_code == 403
