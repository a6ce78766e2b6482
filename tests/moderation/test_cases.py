"""Reports about the same are one case; the queue has an order that can be told; a decision is made once, and told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import notices, outbox
from accounts.models import AuditEntry
from accounts.notices import Via
from moderation import cases, services
from moderation.models import Case, CaseKind, CaseState, Outcome, Report, ReportKind
from moderation.personal_data import open_reports_delay
from moderation.services import About, CaseRefused, Reporter
from moderation.services.outcomes import DECIDED
from moderation.urgency import due
from rooms import services as rooms
from rooms.domain.messages import ReportCategory
from rooms.models import ChatMessage, Participant, Room
from tests.factories import a_live_room, a_member, a_topic
from tests.moderation.reporting import a_case, a_moderator, reported

pytestmark = pytest.mark.django_db
DANGER, OTHER = ReportCategory.DANGER, ReportCategory.OTHER


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


@pytest.fixture
def person():
    return a_member("Rae Ported")


@pytest.fixture
def moderator():
    return a_moderator()


def test_reports_of_one_person_in_rooms_and_of_their_profile_are_one_case(person) -> None:
    room = a_live_room(person)
    host = rooms.join(room.public_id, person, muted=True)
    listener = rooms.join(room.public_id, a_member("Lin Wei"), muted=True)
    rooms.report(room.public_id, listener.connection, host.person, category="fraud", line="")
    reported(person)
    case = Case.objects.get()
    assert (case.kind, case.target_user, case.reporters) == (CaseKind.PERSON, person, 2)
    assert case.category == "harassment"  # the graver of both


def test_another_person_room_topic_and_message_are_cases_of_their_own(person) -> None:
    room = a_live_room()
    listener = rooms.join(room.public_id, a_member(), muted=True)
    author = rooms.join(room.public_id, person, muted=True)
    message = ChatMessage.objects.create(
        room=room, author=Participant.objects.get(public_id=author.person), text="What they wrote"
    )
    for _twice in range(2):
        rooms.report(room.public_id, listener.connection, "", category="hate", line="")
        rooms.report(room.public_id, listener.connection, "", category="hate", line="", message=message.public_id)
        rooms.report(room.public_id, listener.connection, author.person, category="hate", line="")
        topic = room.topic
        services.make_report(
            Reporter(user=a_member()), About(kind=ReportKind.TOPIC, topic=topic), category=OTHER, line=""
        )
    assert sorted(Case.objects.values_list("kind", flat=True)) == ["person", "room", "topic", "written"]
    assert Report.objects.count() == 8
    written = Report.objects.filter(kind="message").first()
    assert (written.message, written.target_user, written.snapshot["name"]) == ("What they wrote", person, "Rae Ported")


def test_after_a_decision_a_new_report_is_a_new_case_beside_the_earlier_one(person, moderator) -> None:
    first = a_case(person)
    services.decide(first, moderator, Outcome.WARNED, "Had a talk with them")
    second = a_case(person)
    assert first.pk != second.pk
    assert [case.pk for case in cases.beside(second)] == [first.pk]


def test_the_queue_has_the_urgent_first_then_what_is_due_soonest(person) -> None:
    old = a_case(a_member(), category=OTHER)
    Case.objects.filter(pk=old.pk).update(due_at=timezone.now() - timedelta(days=1))
    grave = a_case(person)
    urgent = a_case(a_member(), category=DANGER)
    assert list(cases.queue()) == [urgent, old, grave]


def test_different_reporters_make_it_due_sooner_and_the_same_one_does_not(person) -> None:
    one, another = a_member(), a_member()
    case = a_case(person, by=one)
    for _again in range(4):
        reported(person, by=one)
    case.refresh_from_db()
    assert (case.reporters, case.weight) == (1, 1)
    assert case.due_at - case.opened_at == timedelta(hours=24)
    reported(person, by=another)
    case.refresh_from_db()
    assert (case.reporters, case.due_at - case.opened_at) == (2, timedelta(hours=12))


def test_who_reported_without_ground_again_and_again_counts_less_and_staff_read_why(person, moderator) -> None:
    mallory = a_member("Mallory")
    for _number in range(3):
        services.decide(a_case(a_member(), by=mallory), moderator, Outcome.NOTHING_FOUND, "Nothing of it is so")
    case = a_case(person, by=mallory)
    assert (case.reporters, case.weight) == (1, 0.25)
    assert case.due_at == due(case.opened_at, case.category, 0.25) > case.opened_at + timedelta(hours=24)
    (shown,) = cases.reports_in(case)
    assert (shown.record.decided, shown.record.unfounded, shown.record.counts_less) == (3, 3, True)
    assert reported(a_member(), by=a_member()).case.weight == 1


def test_it_is_decided_once_with_a_reason_by_who_has_no_part_in_it(person, moderator) -> None:
    reporter = a_moderator("Staff Who Reported")
    case = a_case(person, by=reporter)
    with pytest.raises(CaseRefused, match="partial"):
        services.decide(case, reporter, Outcome.ACTED, "My own report")
    with pytest.raises(CaseRefused, match="reason"):
        services.decide(case, moderator, Outcome.ACTED, "  ")
    services.decide(case, moderator, Outcome.ACTED, "It was on the record")
    with pytest.raises(CaseRefused, match="decided"):
        services.decide(case, a_moderator("Another"), Outcome.NOTHING_FOUND, "I see nothing")
    kept = Case.objects.get()
    assert (kept.state, kept.outcome, kept.decided_by) == (CaseState.DECIDED, Outcome.ACTED, moderator)
    entry = AuditEntry.objects.get(act="case.acted")
    assert (entry.actor, entry.target, entry.reason) == (moderator.public_id, case.public_id, "It was on the record")


def test_staff_who_are_reported_do_not_decide_about_themselves() -> None:
    staff = a_moderator()
    case = a_case(staff)
    with pytest.raises(CaseRefused, match="partial"):
        services.take(case, staff)
    room = a_live_room(staff)
    listener = rooms.join(room.public_id, a_member(), muted=True)
    rooms.report(room.public_id, listener.connection, "", category="hate", line="")
    with pytest.raises(CaseRefused, match="partial"):
        services.decide(Case.objects.get(kind="room"), staff, Outcome.NOTHING_FOUND, "My own room")


def test_it_is_taken_taken_over_and_given_back(moderator) -> None:
    case, other = a_case(), a_moderator("Another")
    services.take(case, moderator)
    services.take(case, other)
    with pytest.raises(CaseRefused, match="taken"):
        services.give_back(case, moderator)
    services.give_back(case, other)
    case.refresh_from_db()
    assert (case.state, case.taken_by) == (CaseState.OPEN, None)
    assert list(AuditEntry.objects.filter(act__startswith="case").values_list("act", flat=True).order_by("pk")) == [
        "case.taken",
        "case.taken",
        "case.given_back",
    ]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_reporters_are_told_once_and_nothing_of_the_reported(person, moderator, outcome) -> None:
    reporter = a_member("Rita Reporter", email="rita@example.org")
    case = a_case(person, by=reporter, line="They shouted")
    reported(person, by=reporter)
    silent = a_member(email="silent@example.org")
    notices.choose(silent, DECIDED, Via.EMAIL, is_wanted=False)
    reported(person, by=silent)
    services.decide(case, moderator, outcome, "Their third time, see the case of May")
    mail.outbox.clear()
    outbox.send_due()
    (message,) = mail.outbox
    assert message.to == ["rita@example.org"]
    assert "/reports/" in message.body
    for secret in (person.name, person.email, "third time", moderator.name, "shouted", case.public_id, "harass"):
        assert secret.lower() not in (message.subject + message.body).lower(), secret


def test_whether_words_were_had_or_more_was_done_reads_the_same() -> None:
    assert services.OUTCOME_WORDS["warned"] == services.OUTCOME_WORDS["acted"]


def test_a_decided_report_does_not_hold_an_erasure_any_more(person, moderator) -> None:
    case = a_case(person)
    assert open_reports_delay(person) is not None
    services.decide(case, moderator, Outcome.NOTHING_FOUND, "Nothing of it is so")
    assert open_reports_delay(person) is None


def test_what_was_reported_before_there_were_cases_is_gathered() -> None:
    """The migration, on rows as they were."""
    room, person = a_live_room(), a_member()
    Room.objects.filter(pk=room.pk).update(visibility="public")
    there = rooms.join(room.public_id, person, muted=True)
    here = rooms.join(room.public_id, a_member("Lin Wei"), muted=True)
    guest = rooms.join(room.public_id, rooms.guest("cookie", "192.0.2.1"), muted=True)
    place = {each.public_id: each for each in Participant.objects.all()}
    target = {"target": place[there.person], "target_user": person}
    common = {"room": room, "category": "fraud"}
    Report.objects.create(reporter=place[here.person], **target, **common)
    Report.objects.create(reporter=place[guest.person], message="Words", **target, **{**common, "category": "danger"})
    Report.objects.create(reporter=place[guest.person], target=place[guest.person], **common)
    Report.objects.create(reporter=place[here.person], **common)
    migration = import_module("moderation.migrations.0006_gather_reports")
    for _twice in range(2):
        migration.fill_in(apps, None)
        migration.gather(apps, None)
    kinds = list(Report.objects.order_by("pk").values_list("kind", "reporter_user__profile__name"))
    assert kinds == [("person", "Lin Wei"), ("message", None), ("person", None), ("room", "Lin Wei")]
    assert Report.objects.filter(guest_key=place[guest.person].guest_key).count() == 2
    about_person = Case.objects.get(target_user=person)
    assert (about_person.reporters, about_person.category, about_person.is_urgent) == (2, "danger", True)
    assert about_person.paged_at is None  # nobody is woken for what is old
    assert sorted(Case.objects.values_list("kind", flat=True)) == ["person", "person", "room"]
    assert not Report.objects.filter(case=None).exists()


def test_a_topic_is_gathered_and_named() -> None:
    topic = a_topic()
    for _number in range(2):
        services.make_report(
            Reporter(user=a_member()), About(kind=ReportKind.TOPIC, topic=topic), category=OTHER, line=""
        )
    case = Case.objects.get()
    assert (cases.about(case), case.reporters) == (topic.name, 2)


@pytest.mark.django_db(transaction=True)
def test_many_who_report_the_same_at_once_make_one_case(person) -> None:
    reporters = [a_member() for _number in range(8)]

    def report(reporter) -> None:
        try:
            reported(person, by=reporter)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(reporters)) as pool:
        list(pool.map(report, reporters))
    case = Case.objects.get()
    assert (case.reporters, case.reports.count()) == (8, 8)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(person) -> None:
    case, staff = a_case(person), [a_moderator("One"), a_moderator("Other")]

    def decide(moderator) -> bool:
        try:
            services.decide(case, moderator, Outcome.ACTED, "It was on the record")
        except CaseRefused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, staff)) == [False, True]
    assert AuditEntry.objects.filter(act="case.acted").count() == 1


def test_one_more_report_asks_as_little_however_many_there_are(django_assert_max_num_queries) -> None:
    person = a_member("Rae Ported")
    reporters = [a_member() for _number in range(12)]
    first = reported(person, by=reporters.pop())
    with CaptureQueriesContext(connection) as few:
        reported(person, by=reporters.pop())
    for reporter in reporters[1:]:
        reported(person, by=reporter)
    with CaptureQueriesContext(connection) as many:
        reported(person, by=reporters[0])
    assert len(many) <= len(few)
    assert Case.objects.get().reporters == 12
    with django_assert_max_num_queries(5):
        cases.reports_in(first.case)
