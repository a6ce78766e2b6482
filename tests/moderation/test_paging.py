"""What is urgent pages staff at once, once, again until somebody takes it, and says nothing of what was said."""

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core import mail
from django.utils import timezone

from accounts import outbox
from accounts.models import OutboxMessage
from accounts.own_phones import own_phone
from moderation import services, tasks
from moderation.models import Case, Outcome
from moderation.services.paging import KIND
from rooms.domain.messages import ReportCategory
from tests.factories import a_member
from tests.moderation.reporting import a_case, a_moderator, may, reported

pytestmark = pytest.mark.django_db
DANGER = ReportCategory.DANGER


@pytest.fixture
def on_call():
    return may(a_member("On Call", email="on-call@example.org", is_staff=True), "be_paged")


def pages() -> list[str]:
    return list(OutboxMessage.objects.filter(kind=KIND).order_by("pk").values_list("occasion", flat=True))


def later(minutes: float) -> None:
    """The last page was so many minutes longer ago."""
    for case in Case.objects.exclude(paged_at=None):
        Case.objects.filter(pk=case.pk).update(paged_at=case.paged_at - timedelta(minutes=minutes))


def test_only_urgent_reports_page_and_only_who_is_on_call(on_call) -> None:
    a_member(is_staff=True)
    may(a_member("No Staff Any More"), "be_paged")
    a_case()
    assert pages() == []
    case = a_case(category=DANGER)
    assert pages() == [f"{case.public_id} 1"]


def test_a_page_says_what_kind_and_where_and_nothing_of_what_was_said(on_call, text_messages) -> None:
    own_phone(on_call, "+821012345678")
    person = a_member("Rae Ported")
    case = a_case(person, by=a_member("Rita Reporter"), category=DANGER, line="They have a knife")
    mail.outbox.clear()
    outbox.send_due()
    (message,), ((number, text),) = mail.outbox, text_messages
    assert (message.to, number) == (["on-call@example.org"], "+821012345678")
    for words in (message.subject + message.body, text):
        assert "Danger to somebody" in words
        for secret in ("knife", "Rae", "Rita", person.public_id):
            assert secret not in words
    assert f"/staff/moderation/case/{case.pk}/" in message.body


def test_more_reports_of_the_same_page_nobody_again(on_call) -> None:
    person = a_member()
    a_case(person, category=DANGER)
    reported(person, category=DANGER)
    assert len(pages()) == 1


def test_it_is_repeated_until_somebody_takes_it_and_two_beats_send_one(on_call, settings) -> None:
    case = a_case(category=DANGER)
    tasks.page_staff_again()
    assert len(pages()) == 1
    later(settings.MITALK_PAGE_AGAIN_MINUTES + 1)
    tasks.page_staff_again()
    tasks.page_staff_again()
    assert pages() == [f"{case.public_id} 1", f"{case.public_id} 2"]
    stale = Case.objects.get(pk=case.pk)
    later(settings.MITALK_PAGE_AGAIN_MINUTES + 1)
    services.take(case, a_moderator())
    tasks.page_staff_again()
    assert len(pages()) == 2
    assert stale.state == "open"


def test_of_two_who_saw_the_same_row_one_pages(on_call) -> None:
    from moderation.services.paging import _page

    case = a_case(category=DANGER)
    one, other = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)
    assert [_page(one, timezone.now()), _page(other, timezone.now())] == [True, False]


def test_who_has_a_part_in_it_is_not_paged_and_without_anybody_the_heads_are(on_call) -> None:
    head = a_member("Head", is_staff=True, is_superuser=True)
    case = a_case(on_call, category=DANGER)
    told = services.paging.whom_to_page(case)
    assert told == [head]


def test_who_cried_wolf_again_and_again_pages_nobody_alone(on_call) -> None:
    mallory, moderator = a_member("Mallory"), a_moderator()
    for _number in range(3):
        case = a_case(a_member(), by=mallory, category=DANGER)
        services.decide(case, moderator, Outcome.NOTHING_FOUND, "Nothing of it is so")
    before = len(pages())
    person = a_member()
    case = a_case(person, by=mallory, category=DANGER)
    assert (len(pages()), case.is_urgent) == (before, True)  # it stands at the top all the same
    reported(person, category=DANGER)
    assert len(pages()) == before + 1


def test_the_operators_pager_is_told_kind_and_link_once_for_each_page(
    on_call, settings, django_capture_on_commit_callbacks, monkeypatch
) -> None:
    calls = []
    monkeypatch.setattr(tasks.call_webhook, "apply_async", lambda args, **_how: tasks.call_webhook(*args))
    with _a_pager(calls) as address:
        settings.MITALK_PAGE_WEBHOOK = address
        with django_capture_on_commit_callbacks(execute=True):
            case = a_case(category=DANGER, line="They have a knife")
    ((key, body),) = calls
    assert key == f"{case.public_id}-1"
    assert (body["event"], body["category"], body["case"], body["page"]) == (
        "urgent_report", "danger", case.public_id, 1
    )  # fmt: skip
    assert "knife" not in json.dumps(body)


def test_a_pager_that_is_away_breaks_nothing(on_call, settings) -> None:
    settings.MITALK_PAGE_WEBHOOK = "http://127.0.0.1:9/"
    case = a_case(category=DANGER)
    tasks.call_webhook(case.public_id, 1)


class _a_pager:
    def __init__(self, calls: list) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                calls.append((self.headers["Idempotency-Key"], json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_words: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/page"

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
