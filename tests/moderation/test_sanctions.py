"""Sanctions take hold everywhere at once, end on time, and cost what they should: reporter, reported, outsider and staff."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts import bans, contacts, outbox, suspending
from accounts.models import AuditEntry, User
from invites.models import QuotaEntry
from invites.services import quota
from moderation import services, tasks
from moderation.limits import limits_of
from moderation.models import Decider, Flag, Report, Sanction, SanctionKind
from moderation.services import SanctionRefused, impose, lift, shorten
from moderation.strikes import strikes_of
from rooms import services as rooms
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Phase
from rooms.models import AudioWorker, Participant, Room
from rooms.selectors import audio_truth
from tests.factories import a_live_room, a_member, a_room_to_come
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db
FACTS = "Shouted at Lin Wei for minutes."


@pytest.fixture
def staff() -> User:
    return a_member("Sofia Takács", is_staff=True)


@pytest.fixture
def reported() -> User:
    return a_member("Petra Roth")


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def sanction(user: User, kind: str, by: User | None, **more) -> Sanction:
    return impose(user, kind, rule=2, facts=FACTS, by=by, **more)


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def entered(room: Room, *people: User, muted: bool = True) -> list[Participant]:
    for person in people:
        rooms.join(room.public_id, person, muted=muted)
    return [Participant.objects.get(room=room, user=person) for person in people]


def a_stage(reported: User) -> tuple[Room, Participant, Participant]:
    """A room whose host and a speaker are on stage, unmuted."""
    host = a_member("Ji-woo Han")
    room = a_live_room(host, speakers=(reported,))
    me, speaker = entered(room, host, reported)
    for person in (me, speaker):
        rooms.set_muted(room.public_id, person.connection, muted=False)
    return room, me, speaker


def refusal(call, *args, **kwargs) -> Code:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


# --- What is written ----------------------------------------------------------------------------------------------


def test_a_sanction_cites_a_rule_of_a_version_and_says_who_decided_and_how_to_appeal(staff, reported):
    room, _me, speaker = a_stage(reported)
    reporter = entered(room, a_member("Amara Okafor"))[0]
    rooms.report(room.public_id, reporter.connection, speaker.public_id, category="harassment", line="Shouts")
    report = Report.objects.get()
    made = sanction(reported, "mute", staff, until=in_days(7), report=report)
    assert (made.rule, made.rules_version, made.facts) == (2, "2026-11-01", FACTS)
    assert (made.decider, made.by, made.room, made.seconds_in) == (Decider.STAFF, staff, room, report.seconds_in)
    assert timedelta(days=13) < made.appeal_until - timezone.now() <= timedelta(days=14)
    entry = AuditEntry.objects.get(act="sanction.imposed")
    assert (entry.actor, entry.target) == (staff.public_id, f"{reported.public_id} mute {made.public_id}")
    assert FACTS not in entry.reason  # the log is for ever; the facts go with the account


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("mute", {"rule": 99}, "rule_unknown"),
        ("mute", {"facts": " x "}, "facts_missing"),
        ("mute", {"until": timezone.now() - timedelta(days=1)}, "until_past"),
        ("warn", {"until": timezone.now() + timedelta(days=9)}, "until_needless"),
        ("ban", {"by": None, "by_machine": True}, "machine"),
        ("mute", {"by": None, "by_machine": True}, "machine"),
    ],
)
def test_what_is_no_sanction_is_refused(staff, reported, kind, more, code):
    with pytest.raises(SanctionRefused) as refused:
        impose(reported, kind, **{"rule": 2, "facts": FACTS, "by": staff, **more})
    assert refused.value.code == code
    assert not Sanction.objects.exists()


def test_nobody_decides_on_themselves_or_on_what_they_reported_and_staff_are_not_kept_out(staff, reported):
    room, _me, speaker = a_stage(reported)
    also_staff = a_member("Noor Haddad", is_staff=True)
    place = entered(room, also_staff)[0]
    rooms.report(room.public_id, place.connection, speaker.public_id, category="harassment", line="Shouts")
    for user, kind, by, more, code in (
        (staff, "warn", staff, {}, "yourself"),
        (reported, "warn", also_staff, {"report": Report.objects.get()}, "partial"),
        (also_staff, "ban", staff, {}, "staff"),
    ):
        with pytest.raises(SanctionRefused) as refused:
            sanction(user, kind, by, **more)
        assert refused.value.code == code


def test_a_machine_may_mute_for_a_day_and_says_that_it_was_one(reported):
    flag = Flag.objects.create(source="speech", where="stage", because="a phrase", seconds_in=42)
    made = impose(reported, "mute", rule=2, facts=FACTS, until=in_days(0.5), flag=flag, by_machine=True)
    assert (made.decider, made.by, made.seconds_in) == (Decider.MACHINE, None, 42)


# --- They take hold -----------------------------------------------------------------------------------------------


def test_who_is_muted_is_muted_now_and_cannot_unmute_while_others_go_on(staff, reported):
    room, me, speaker = a_stage(reported)
    sanction(reported, "mute", staff, until=in_days(1))
    speaker.refresh_from_db()
    assert (speaker.muted, speaker.position) == (True, Position.STAGE)
    assert refusal(rooms.set_muted, room.public_id, speaker.connection, muted=False) is Code.SANCTIONED_MUTE
    me.refresh_from_db()
    assert not me.muted
    rooms.set_muted(room.public_id, me.connection, muted=True)
    rooms.set_muted(room.public_id, me.connection, muted=False)


def test_who_is_kept_off_stages_sits_in_the_audience_and_stays_there(staff, reported):
    room, me, speaker = a_stage(reported)
    sanction(reported, "no_stage", staff, until=in_days(1))
    speaker.refresh_from_db()
    assert (speaker.position, speaker.muted) == (Position.AUDIENCE, True)
    assert refusal(rooms.raise_hand, room.public_id, speaker.connection, line="") is Code.SANCTIONED_STAGE
    assert refusal(rooms.join_stage, room.public_id, speaker.connection) is Code.SANCTIONED_STAGE
    assert refusal(rooms.invite, room.public_id, me.connection, speaker.public_id) is Code.PERSON_LIMITED
    rooms.leave(room.public_id, speaker.connection)
    assert entered(room, reported)[0].position == Position.AUDIENCE  # although they are named as a speaker


def test_what_waits_for_who_dropped_is_gone_too(staff, reported):
    room, _me, speaker = a_stage(reported)
    rooms.drop(room.public_id, speaker.connection, speaker.joins)
    rooms.sweep_absent(timezone.now() + timedelta(seconds=30))
    speaker.refresh_from_db()
    assert (speaker.position, speaker.muted, bool(speaker.place_until)) == (Position.STAGE, False, True)
    Participant.objects.filter(pk=speaker.pk).update(place_until=timezone.now() + timedelta(minutes=1))
    sanction(reported, "mute", staff, until=in_days(1))
    assert entered(room, reported, muted=False)[0].muted
    sanction(reported, "no_stage", staff, until=in_days(1))
    assert entered(room, reported)[0].position == Position.AUDIENCE


def test_who_runs_no_rooms_hands_over_by_rule_and_can_run_none(staff):
    host, moderator = a_member("Ji-woo Han"), a_member("Lin Wei")
    room, coming = a_live_room(host), a_room_to_come(host, minutes=5)
    me, other = entered(room, host, moderator)
    rooms.name_moderator(room.public_id, me.connection, other.public_id)
    sanction(host, "no_hosting", staff, until=in_days(1))
    room.refresh_from_db()
    me.refresh_from_db()
    other.refresh_from_db()
    assert (room.host, room.phase, me.role, other.role) == (moderator, Phase.LIVE, Role.MEMBER, Role.HOST)
    assert me.position == Position.STAGE  # they may speak
    assert refusal(a_live_room, host) is Code.SANCTIONED_HOSTING
    assert refusal(a_room_to_come, host) is Code.SANCTIONED_HOSTING
    assert refusal(rooms.open_scheduled, coming.public_id, host) is Code.SANCTIONED_HOSTING
    assert refusal(rooms.change_scheduled, coming.public_id, host, title="Buy here") is Code.SANCTIONED_HOSTING
    rooms.cancel_scheduled(coming.public_id, host)  # that they may
    for act in (rooms.name_moderator, rooms.hand_over):
        assert refusal(act, room.public_id, other.connection, me.public_id) is Code.PERSON_LIMITED
    later = a_room_to_come(moderator)
    assert refusal(rooms.ask_co_host, later.public_id, moderator, host) is Code.PERSON_LIMITED


def test_a_room_that_nobody_else_can_run_is_over(staff):
    host = a_member("Ji-woo Han")
    room = a_live_room(host)
    entered(room, host, a_member("Amara Okafor"))
    sanction(host, "no_hosting", staff)
    room.refresh_from_db()
    assert room.phase == Phase.ENDED


def test_a_room_that_they_opened_and_have_not_entered_is_over_unless_another_runs_it(staff):
    host, co_host = a_member("Ji-woo Han"), a_member("Lin Wei")
    opened, coming = a_live_room(host), a_room_to_come(host, minutes=5)
    rooms.ask_co_host(coming.public_id, host, co_host)
    rooms.answer_co_host(coming, co_host, accept=True, time_zone="UTC")
    rooms.open_scheduled(coming.public_id, co_host)
    sanction(host, "no_hosting", staff)
    opened.refresh_from_db()
    coming.refresh_from_db()
    assert (opened.phase, coming.phase) == (Phase.ENDED, Phase.LIVE)


def test_who_may_host_nothing_succeeds_nobody_and_is_no_host_by_coming_back(staff, reported):
    room, me, speaker = a_stage(reported)
    sanction(reported, "no_hosting", staff)
    rooms.leave(room.public_id, me.connection)
    room.refresh_from_db()
    speaker.refresh_from_db()
    assert (room.host, speaker.role) == (me.user, Role.MEMBER)
    sanction(me.user, "no_hosting", staff)
    if Room.objects.get(pk=room.pk).phase == Phase.LIVE:
        assert entered(room, me.user)[0].role == Role.MEMBER


def test_who_is_suspended_is_out_of_every_room_and_cannot_come_by_another_account(staff, reported):
    room, _me, speaker = a_stage(reported)
    sanction(reported, "suspend", staff, until=in_days(7))
    reported.refresh_from_db()
    speaker.refresh_from_db()
    assert not reported.is_active
    assert speaker.left_at is not None
    assert bans.is_bound(contacts.email(reported.email))
    assert refusal(rooms.join, room.public_id, reported, muted=True) is Code.SIGNED_OUT


def test_the_audio_workers_read_the_sanction_itself(staff, reported):
    """Whatever the row of the person in the room says: a lost event, a bug, a query by hand."""
    room, me, speaker = a_stage(reported)
    worker = AudioWorker.objects.create(public_ip="192.0.2.1", udp_port=7882, worker_id="w1")
    Room.objects.filter(pk=room.pk).update(worker=worker)
    assert audio_truth("w1")[room.public_id].may_speak == {me.connection, speaker.connection}
    sanction(reported, "mute", staff)
    Participant.objects.filter(pk=speaker.pk).update(muted=False)
    assert audio_truth("w1")[room.public_id].may_speak == {me.connection}


def test_their_page_is_told_why(staff, reported, bus, django_capture_on_commit_callbacks):
    _room, _me, speaker = a_stage(reported)
    with django_capture_on_commit_callbacks(execute=True):
        sanction(reported, "no_stage", staff)
    warned = [message for _topic, message in bus.published if message.get("kind") == "warned"]
    assert [(each["connection"], each["code"]) for each in warned] == [(speaker.connection, "sanctioned_stage")]


# --- They end -----------------------------------------------------------------------------------------------------


def test_a_sanction_ends_on_time_once_however_often_the_job_runs(staff, reported):
    made = sanction(reported, "suspend", staff, until=in_days(1))
    muted = sanction(reported, "mute", staff, until=in_days(3))
    assert services.end_due() == 0
    assert services.end_due(in_days(1.1)) == 1
    assert services.end_due(in_days(1.1)) == 0
    reported.refresh_from_db()
    assert reported.is_active
    made.refresh_from_db()
    assert made.ended_at is not None
    assert AuditEntry.objects.filter(act="sanction.ended").count() == 1
    assert Ability.SPEAK in limits_of(reported)
    Sanction.objects.filter(pk=muted.pk).update(until=timezone.now(), at=timezone.now() - timedelta(days=2))
    assert limits_of(reported) == {}  # from the second it is over, whenever the job comes by
    tasks.end_sanctions()
    tasks.end_sanctions()
    outbox.send_due()
    assert [message.subject for message in mail.outbox].count("A sanction is over") == 2


def test_who_is_held_by_another_sanction_stays_out(staff, reported):
    sanction(reported, "suspend", staff, until=in_days(1))
    banned = sanction(reported, "ban", staff)
    services.end_due(in_days(2))
    reported.refresh_from_db()
    assert not reported.is_active
    lift(banned, by=staff, reason="It was somebody else")
    reported.refresh_from_db()
    assert reported.is_active
    assert not bans.is_bound(contacts.email(reported.email))


def test_letting_somebody_in_by_the_account_page_lifts_what_kept_them_out(staff, reported):
    made = sanction(reported, "ban", staff)
    assert suspending.restore(reported, by=staff, reason="Agreed")
    made.refresh_from_db()
    assert (made.lifted_by, made.lift_reason, made.holds()) == (staff, "Agreed", False)


def test_it_is_shortened_and_lifted_once(staff, reported):
    made = sanction(reported, "mute", staff, until=in_days(9))
    made = shorten(made, in_days(2), by=staff, reason="Enough")
    with pytest.raises(SanctionRefused, match="until_later"):
        shorten(made, in_days(3), by=staff, reason="More")
    shorten(made, timezone.now() - timedelta(minutes=1), by=staff, reason="Enough")
    made.refresh_from_db()
    assert made.ended_at is not None
    with pytest.raises(SanctionRefused, match="over"):
        lift(made, by=staff, reason="Again")


def test_what_is_over_takes_nothing_any_more(staff, reported):
    room, me, speaker = a_stage(reported)
    made = sanction(reported, "no_stage", staff)
    lift(made, by=staff, reason="Enough")
    rooms.invite(room.public_id, me.connection, speaker.public_id)
    rooms.join_stage(room.public_id, speaker.connection)
    rooms.set_muted(room.public_id, speaker.connection, muted=False)


# --- What they cost -----------------------------------------------------------------------------------------------


def test_strikes_weigh_by_kind_and_decay(staff, reported, settings):
    settings.STRIKE_DAYS = 90
    assert strikes_of(reported).total == 0
    sanction(reported, "warn", staff)
    muted = sanction(reported, "mute", staff, until=in_days(1))
    assert strikes_of(reported).total == 3
    assert strikes_of(reported, in_days(91)).total == 1
    assert strikes_of(reported, in_days(181)).total == 0
    (only,) = strikes_of(reported, in_days(91)).each
    assert (only.sanction, only.at_first, only.now) == (muted, 2, 1)
    assert only.gone_at == muted.at + timedelta(days=180)
    lift(muted, by=staff, reason="Enough")
    assert strikes_of(reported).total == 3
    lift(muted, by=staff, reason="It was somebody else", as_mistake=True)
    assert strikes_of(reported).total == 1


@pytest.mark.parametrize(("kind", "cost"), [("warn", 0), ("mute", 2), ("suspend", 2), ("ban", 2)])
def test_the_sponsor_pays_and_is_paid_back_for_a_mistake(staff, kind, cost):
    sponsor = a_member("Amara Okafor")
    before = quota.balance(sponsor)
    invitee = a_member("Petra Roth", sponsor=sponsor)
    made = sanction(invitee, kind, staff)
    assert quota.balance(sponsor) == before - cost
    lift(made, by=staff, reason="It was somebody else", as_mistake=True)
    assert quota.balance(sponsor) == before
    assert QuotaEntry.objects.filter(user=sponsor).exclude(reason="start").count() == (2 if cost else 0)


def test_the_person_is_told_by_mail_in_their_language_with_the_rule_and_a_way_to_appeal(staff, reported):
    type(reported.profile).objects.filter(user=reported).update(language="ko")
    reported = User.objects.get(pk=reported.pk)
    sanction(reported, "suspend", staff, until=in_days(7))
    outbox.send_due()
    (message,) = [each for each in mail.outbox if FACTS in each.body]
    assert message.to == [reported.email]
    assert message.subject == "계정이 정지되었습니다"
    assert "/me/standing/link/" in message.body
    assert "2026" in message.body


def test_kinds_are_all_that_the_protocol_and_the_settings_know(settings):
    assert set(settings.STRIKES) == set(SanctionKind.values)
