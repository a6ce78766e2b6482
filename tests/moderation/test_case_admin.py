"""The queue and a case's page, for staff: what they see, what they may do, and that nothing in it runs."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from moderation import services
from moderation.models import Case, CaseState, Outcome, Report
from moderation.services import raise_flag
from rooms import services as rooms
from rooms.domain.messages import ReportCategory
from tests.factories import a_live_room, a_member, a_topic
from tests.moderation.reporting import a_case, a_moderator, may, reported, send, signed_in

pytestmark = pytest.mark.django_db
LIST = "admin:moderation_case_changelist"
XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


@pytest.fixture
def staff() -> Client:
    return signed_in(a_moderator())


def page_of(case: Case) -> str:
    return reverse("admin:moderation_case_change", args=[case.pk])


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_queue_is_in_order_and_in_words_and_without_what_is_decided(staff) -> None:
    grave, urgent = a_case(a_member("Rae Ported")), a_case(a_member("Ursa Gent"), category=ReportCategory.DANGER)
    done = a_case(a_member("Donna Done"))
    services.decide(done, a_moderator("Another"), Outcome.NOTHING_FOUND, "Nothing of it is so")
    shown = read(staff, reverse(LIST))
    links = re.findall(r'<th class="field-category_in_words"><a href="[^"]*/(\d+)/change/', shown)
    assert [int(pk) for pk in links] == [urgent.pk, grave.pk]
    assert "Urgent: Danger to somebody" in shown
    assert "Harassment or threats" in shown
    assert "Donna Done" in read(staff, reverse(LIST) + "?state=decided")


def test_a_case_page_has_reports_flags_evidence_and_earlier_cases(staff) -> None:
    person = a_member("Rae Ported")
    earlier = a_case(person)
    services.decide(earlier, a_moderator("Another"), Outcome.WARNED, "Had a talk with them")
    room = a_live_room(person)
    host = rooms.join(room.public_id, person, muted=True)
    listener = rooms.join(room.public_id, a_member("Lin Wei"), muted=True)
    rooms.report(room.public_id, listener.connection, host.person, category="hate", line="They said it aloud")
    raise_flag(source="text", where="chat", because="a term", user=person, excerpt="What was flagged")
    case = Case.objects.get(state="open")
    shown = read(staff, page_of(case))
    for words in ("They said it aloud", "Lin Wei", "being sealed", "What was flagged", "Had a talk with them", "muted"):
        assert words in shown
    assert reverse("admin:moderation_evidence_change", args=[Report.objects.latest("pk").evidence_id]) in shown


def test_whose_reports_were_unfounded_is_explained(staff) -> None:
    mallory, another = a_member("Mallory"), a_moderator("Another")
    for _number in range(3):
        services.decide(a_case(a_member(), by=mallory), another, Outcome.NOTHING_FOUND, "Nothing of it is so")
    case = a_case(by=mallory)
    reported(case.target_user, by=mallory)
    shown = " ".join(read(staff, page_of(case)).split())
    assert "counts as a quarter: of their last 3 decided reports, 3 were unfounded" in shown
    assert "the same person again: it does not count twice" in shown
    assert "1 (counts less)" in read(staff, reverse(LIST))


def test_it_is_taken_decided_and_the_next_one_opens(staff) -> None:
    first, second = a_case(category=ReportCategory.DANGER), a_case()
    staff.post(page_of(first), {"act": "take"})
    assert Case.objects.get(pk=first.pk).state == CaseState.TAKEN
    answer = staff.post(page_of(first), {"act": "decide", "outcome": "acted", "reason": "It was on the record"})
    assert answer.url == page_of(second)
    answer = staff.post(page_of(second), {"act": "decide", "outcome": "not_enough", "reason": "Nobody remembers"})
    assert answer.url == reverse(LIST)
    assert list(Case.objects.order_by("pk").values_list("outcome", flat=True)) == ["acted", "not_enough"]


def test_without_a_reason_or_outcome_nothing_is_decided(staff) -> None:
    case = a_case()
    for fields in ({"outcome": "acted", "reason": ""}, {"outcome": "", "reason": "Because of it"}):
        assert "errorlist" in staff.post(page_of(case), {"act": "decide", **fields}).content.decode()
    assert Case.objects.get().state == CaseState.OPEN


def test_several_are_decided_at_once_with_one_reason_but_not_ones_own() -> None:
    moderator = a_moderator()
    mine, others = a_case(by=moderator), [a_case(), a_case()]
    staff = signed_in(moderator)
    chosen = {"_selected_action": [case.pk for case in (mine, *others)], "action": "decide_all", "outcome": "acted"}
    staff.post(reverse(LIST), chosen)
    assert not Case.objects.filter(state="decided").exists()
    answer = staff.post(reverse(LIST), {**chosen, "reason": "One wave of spam"}, follow=True)
    assert set(Case.objects.filter(state="decided", reason="One wave of spam")) == set(others)
    assert "You have a part in what was reported" in answer.content.decode()


def test_what_each_permission_opens() -> None:
    case = a_case()
    nobody, reader = a_member(is_staff=True), may(a_member(is_staff=True), "view_case")
    assert signed_in(nobody).get(page_of(case)).status_code == 403
    assert signed_in(nobody).get(reverse(LIST)).status_code == 403
    shown = read(signed_in(reader), page_of(case))
    assert 'id="decide"' not in shown
    for act in ("take", "decide"):
        answer = signed_in(reader).post(page_of(case), {"act": act, "outcome": "acted", "reason": "Because of it"})
        assert answer.status_code == 403
    signed_in(reader).post(
        reverse(LIST), {"_selected_action": [case.pk], "action": "decide_all", "outcome": "acted", "reason": "Because"}
    )
    assert Case.objects.get().state == CaseState.OPEN
    assert signed_in(a_member()).get(page_of(case)).status_code == 302


def test_who_is_part_of_it_sees_it_and_may_not_decide() -> None:
    moderator = a_moderator()
    case = a_case(moderator)
    shown = read(signed_in(moderator), page_of(case))
    assert "You have a part in what was reported" in shown
    assert 'id="decide"' not in shown


def test_nothing_that_people_wrote_runs_in_the_staffs_browser(staff) -> None:
    person, reporter = a_member(XSS), a_member(f"R {XSS}")
    profile = person.profile
    profile.bio = profile.headline = XSS
    profile.save()
    send(signed_in(reporter), "profile", person.public_id, line=XSS)
    room = a_live_room(person, title=XSS)
    listener = rooms.join(room.public_id, reporter, muted=True)
    rooms.report(room.public_id, listener.connection, "", category="hate", line="")
    topic = a_topic()
    type(topic).objects.filter(pk=topic.pk).update(name=XSS)
    send(signed_in(reporter), "topic", topic.public_id)
    Report.objects.update(message=XSS, line=XSS)
    raise_flag(source="text", where=XSS, because=XSS, user=person, room=room, excerpt=XSS)
    Case.objects.update(reason=XSS)
    addresses = [reverse(LIST), reverse("admin:moderation_report_changelist")]
    addresses += [page_of(case) for case in Case.objects.all()]
    addresses += [reverse("admin:moderation_report_change", args=[report.pk]) for report in Report.objects.all()]
    assert len(addresses) == 8
    for address in addresses:
        shown = read(staff, address)
        assert "<img src=x" not in shown
        assert "&lt;img src=x" in shown
    assert "<img src=x" not in read(signed_in(reporter), reverse("moderation:mine"))


def test_pages_have_no_inline_script_or_style(staff) -> None:
    case = a_case()
    for address in (reverse(LIST), page_of(case)):
        shown = read(staff, address)
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", shown)
        assert " onclick=" not in shown
