"""Evidence is wanted by a report only, sealed once, opened with a reason, and destroyed in time."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from moderation import services
from moderation.models import Evidence, EvidenceOpening, EvidenceState, Report
from moderation.services import OpeningRefused
from moderation.services.evidence import KEPT_AFTER_END, OPEN_FOR
from rooms import services as rooms
from rooms.audio.evidence.orders import Sealed
from rooms.audio.evidence.packets import VoicePacket
from rooms.audio.evidence.sealed import Kept
from rooms.evidence import sealed_folder
from rooms.models import Room
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db
REASON = "Report of threats against the host"


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


@pytest.fixture
def room() -> Room:
    return a_live_room()


def report(room: Room, category: str = "harassment") -> Report:
    listener = rooms.join(room.public_id, a_member(), muted=True)
    rooms.report(room.public_id, listener.connection, "", category=category, line="")
    return Report.objects.latest("pk")


def time_passes(seconds: float) -> None:
    """For evidence and rooms: all that was is so much longer ago."""
    for evidence in Evidence.objects.all():
        for name in ("from_at", "until_at", "wanted_at", "keep_until"):
            moment = getattr(evidence, name)
            setattr(evidence, name, moment and moment - timedelta(seconds=seconds))
        evidence.save()
    for room in Room.objects.exclude(ended_at=None):
        Room.objects.filter(pk=room.pk).update(ended_at=room.ended_at - timedelta(seconds=seconds))


def sealed_evidence(room: Room, category: str = "harassment") -> Evidence:
    """With the sound in its place."""
    evidence = report(room, category).evidence
    time_passes(31)
    at_ms = int(evidence.from_at.timestamp() * 1000)
    sealed_folder().write(evidence.public_id, [VoicePacket("somebody", at_ms, 0, b"\xf8\xff\xfe")])
    services.take_sealed(Sealed(evidence.public_id, Kept({"somebody": 1})))
    return Evidence.objects.get(pk=evidence.pk)


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(act__startswith="evidence.").order_by("pk").values_list("act", flat=True))


def test_a_report_has_two_minutes_before_and_half_a_minute_after_it_sealed(room: Room) -> None:
    made = report(room)
    assert made.evidence.state == EvidenceState.WANTED
    assert made.evidence.until_at - made.at == timedelta(seconds=30)
    assert made.at - made.evidence.from_at == timedelta(seconds=120)
    time_passes(31)
    assert services.orders_for({room.public_id: "here"}).seal == (), "the last words are still on their way"
    time_passes(3)
    (order,) = services.orders_for({room.public_id: "here"}).seal
    assert (order.name, order.room) == (made.evidence.public_id, room.public_id)
    assert order.span.until_ms - order.span.from_ms == 150_000
    assert services.orders_for({"another": "here"}).seal == ()


def test_reports_that_come_together_have_one_evidence_which_lasts_until_the_last(room: Room) -> None:
    first = report(room)
    time_passes(20)
    second = report(room)
    assert first.evidence_id == second.evidence_id
    evidence = Evidence.objects.get()
    assert (evidence.until_at - evidence.from_at).total_seconds() == pytest.approx(170, abs=5)
    for _ in range(8):
        time_passes(25)
        report(room)
    assert Evidence.objects.count() > 1, "longer than the ring there is none"
    longest = max(evidence.until_at - evidence.from_at for evidence in Evidence.objects.all())
    assert longest <= timedelta(seconds=270)


def test_what_is_sealed_while_another_report_makes_it_longer_is_sealed_again(room: Room) -> None:
    evidence = report(room).evidence
    time_passes(29)
    report(room)
    services.take_sealed(Sealed(evidence.public_id, Kept({"somebody": 1})))
    assert Evidence.objects.get().state == EvidenceState.WANTED
    time_passes(31)
    services.take_sealed(Sealed(evidence.public_id, Kept({"somebody": 2})))
    services.take_sealed(Sealed(evidence.public_id, Kept({"somebody": 3})))
    assert Evidence.objects.get().voices == {"somebody": 2}
    assert acts() == ["evidence.sealed"]


def test_where_nobody_spoke_that_is_said(room: Room) -> None:
    evidence = report(room).evidence
    time_passes(40)
    services.take_sealed(Sealed(evidence.public_id, Kept()))
    assert Evidence.objects.get().state == EvidenceState.WANTED, "another machine may have heard somebody"
    time_passes(60)
    services.take_sealed(Sealed(evidence.public_id, Kept()))
    assert Evidence.objects.get().state == EvidenceState.SILENT


def test_a_ring_outlives_its_room_by_ten_minutes_unless_it_is_still_wanted(room: Room) -> None:
    name = room.public_id
    assert services.orders_for({name: "here", "unknown": "here"}).destroy == {"unknown"}
    rooms.end_from_outside(name, by=room.host)
    orders = services.orders_for({name: "here"})
    assert (orders.ended, orders.destroy) == ({name}, frozenset())
    time_passes(KEPT_AFTER_END.total_seconds() + 1)
    assert services.orders_for({name: "here"}).destroy == {name}
    just_over = timezone.now() - timedelta(seconds=5)
    Evidence.objects.create(room=room, from_at=just_over, until_at=just_over)
    orders = services.orders_for({name: "here"})
    assert orders.seal
    assert orders.destroy == frozenset()


def test_what_no_worker_seals_is_given_up_and_said(room: Room) -> None:
    report(room)
    time_passes(14 * 60)
    assert services.give_up() == 0
    time_passes(2 * 60)
    assert services.give_up() == 1
    assert services.give_up() == 0
    assert Evidence.objects.get().state == EvidenceState.LOST
    assert acts() == ["evidence.lost"]


def test_it_is_opened_with_a_reason_by_one_person_for_an_hour_and_each_hearing_is_noted(room: Room) -> None:
    evidence, sofia, other = sealed_evidence(room), a_member(is_staff=True), a_member(is_staff=True)
    with pytest.raises(OpeningRefused):
        services.hear(evidence, sofia, "somebody")
    with pytest.raises(OpeningRefused):
        services.ask_to_open(evidence, sofia, "  because ")
    opening = services.ask_to_open(evidence, sofia, REASON)
    for _ in range(2):
        services.hear(evidence, sofia, "somebody")
    with pytest.raises(OpeningRefused):
        services.hear(evidence, other, "somebody")
    EvidenceOpening.objects.filter(pk=opening.pk).update(open_until=opening.open_until - OPEN_FOR)
    with pytest.raises(OpeningRefused):
        services.hear(evidence, sofia, "somebody")
    assert acts() == ["evidence.sealed", "evidence.opened", "evidence.heard", "evidence.heard"]
    assert AuditEntry.objects.get(act="evidence.opened").reason == REASON


def test_of_the_gravest_another_member_of_staff_has_to_agree(room: Room) -> None:
    evidence, sofia, other = sealed_evidence(room, "danger"), a_member(is_staff=True), a_member(is_staff=True)
    opening = services.ask_to_open(evidence, sofia, REASON)
    for hearer in (sofia, other):
        with pytest.raises(OpeningRefused):
            services.hear(evidence, hearer, "somebody")
    with pytest.raises(OpeningRefused):
        services.approve_opening(opening, sofia)
    services.approve_opening(opening, other)
    services.hear(evidence, sofia, "somebody")
    with pytest.raises(OpeningRefused):
        services.hear(evidence, other, "somebody")
    with pytest.raises(OpeningRefused):
        services.approve_opening(opening, other)
    assert acts() == ["evidence.sealed", "evidence.asked", "evidence.opened", "evidence.heard"]


def test_who_reported_or_was_reported_neither_opens_nor_agrees(room: Room, sofia: User) -> None:
    evidence, reporter = sealed_evidence(room, "danger"), a_member(is_staff=True)
    made = evidence.reports.get()
    made.target_user = sofia
    made.save()
    made.reporter.user = reporter
    made.reporter.save()
    asked = services.ask_to_open(evidence, a_member(is_staff=True), REASON)
    for partial in (sofia, reporter):
        with pytest.raises(OpeningRefused):
            services.ask_to_open(evidence, partial, REASON)
        with pytest.raises(OpeningRefused):
            services.approve_opening(asked, partial)


def test_who_reported_does_not_open_it_when_their_place_is_forgotten_either(room: Room) -> None:
    evidence = sealed_evidence(room)
    reporter = Report.objects.get().reporter_user
    Report.objects.update(reporter=None)
    with pytest.raises(OpeningRefused, match="partial"):
        services.ask_to_open(evidence, reporter, REASON)


def test_it_is_destroyed_in_time_once_and_that_is_recorded(room: Room, sofia: User) -> None:
    evidence = sealed_evidence(room)
    services.ask_to_open(evidence, sofia, REASON)
    assert services.destroy_due() == 0
    Evidence.objects.update(keep_until=timezone.now() - timedelta(seconds=1))
    assert services.destroy_due() == 1
    assert services.destroy_due() == 0
    evidence = Evidence.objects.get()
    assert evidence.state == EvidenceState.DESTROYED
    with pytest.raises(FileNotFoundError):
        sealed_folder().read(evidence.public_id)
    with pytest.raises(OpeningRefused):
        services.hear(evidence, sofia, "somebody")
    assert acts().count("evidence.destroyed") == 1


@pytest.fixture
def sofia() -> User:
    return a_member("Sofia Takács", is_staff=True)


# --- what staff see -------------------------------------------------------------------------------------------------------


def staff(client: Client, *permissions: str) -> User:
    member = a_member("Sofia Takács", is_staff=True)
    for codename in ("view_evidence", *permissions):
        member.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    return member


def test_staff_open_it_with_a_reason_and_hear_each_voice(client: Client, room: Room) -> None:
    evidence = sealed_evidence(room)
    staff(client, "open_evidence")
    page = reverse("admin:moderation_evidence_change", args=[evidence.pk])
    voice = reverse("admin:moderation_evidence_voice", args=[evidence.pk, "somebody"])
    assert client.get(voice).status_code == 403
    assert voice not in client.get(page).content.decode()
    assert client.post(page, {"reason": "why"}).status_code == 200
    assert client.get(voice).status_code == 403
    assert client.post(page, {"reason": f"<script>{REASON}"}).status_code == 302
    shown = client.get(page).content.decode()
    assert voice in shown
    assert f"&lt;script&gt;{REASON}" in shown
    heard = client.get(voice)
    assert (heard["Content-Type"], heard.content[:4]) == ("audio/wav", b"RIFF")
    assert "no-store" in heard["Cache-Control"]
    assert client.get(voice.replace("somebody", "another")).status_code == 404
    assert acts() == ["evidence.sealed", "evidence.opened", "evidence.heard"]


def test_who_may_only_read_reports_neither_opens_nor_agrees_nor_hears(client: Client, room: Room) -> None:
    evidence = sealed_evidence(room, "danger")
    asked = services.ask_to_open(evidence, a_member(is_staff=True), REASON)
    staff(client)
    page = reverse("admin:moderation_evidence_change", args=[evidence.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": REASON}).status_code == 403
    assert client.post(reverse("admin:moderation_evidence_agree", args=[evidence.pk, asked.pk])).status_code == 403
    assert client.get(reverse("admin:moderation_evidence_voice", args=[evidence.pk, "somebody"])).status_code == 403
    assert client.post(reverse("admin:moderation_evidence_delete", args=[evidence.pk])).status_code == 403


def test_agreeing_is_done_by_another_one_of_staff_on_the_page(client: Client, room: Room) -> None:
    evidence, first = sealed_evidence(room, "danger"), a_member(is_staff=True)
    asked = services.ask_to_open(evidence, first, REASON)
    second = staff(client, "open_evidence")
    agree = reverse("admin:moderation_evidence_agree", args=[evidence.pk, asked.pk])
    assert agree in client.get(reverse("admin:moderation_evidence_change", args=[evidence.pk])).content.decode()
    assert client.get(agree).status_code == 403
    assert client.post(agree).status_code == 302
    asked.refresh_from_db()
    assert (asked.agreed_by, asked.open_until is not None) == (second, True)
    services.hear(evidence, first, "somebody")


def test_evidence_that_was_changed_says_so_and_is_not_heard(client: Client, room: Room, settings) -> None:
    evidence = sealed_evidence(room)
    member = staff(client, "open_evidence")
    services.ask_to_open(evidence, member, REASON)
    file = settings.MITALK_EVIDENCE_DIR / evidence.public_id
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    page = client.get(reverse("admin:moderation_evidence_change", args=[evidence.pk])).content.decode()
    assert "cannot be opened" in page
    voice = reverse("admin:moderation_evidence_voice", args=[evidence.pk, "somebody"])
    assert client.get(voice).status_code == 404
