"""The lists: seen by every process soon, changed by staff with a name to it, brought and written as CSV."""

import csv
import io
import threading

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.written import check_text
from moderation.models import Term
from moderation.terms import ASKED_AGAIN_AFTER_SECONDS, CompiledTerms
from rooms.demo import seed
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)
XSS = "<script>alert('x')</script>"


class Clock:
    """Of another process."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def staff() -> User:
    return a_member(is_staff=True)


def browser_of(user: User, *permissions: str) -> Client:
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    browser.force_login(user)
    return browser


def finds(terms: CompiledTerms, text: str) -> bool:
    return bool(terms.now().lists.find(text))


def test_another_process_sees_a_change_within_seconds() -> None:
    clock = Clock()
    other = CompiledTerms(clock)
    assert not finds(other, "a newterm")
    term = Term.objects.create(pattern="newterm")
    assert check_text("chat", "a newterm").outcome == "flag", "the process that changed it sees it at once"
    assert not finds(other, "a newterm")
    clock.now += ASKED_AGAIN_AFTER_SECONDS
    assert finds(other, "a newterm")
    term.delete()
    clock.now += ASKED_AGAIN_AFTER_SECONDS
    assert not finds(other, "a newterm")


def test_lists_that_did_not_change_are_not_compiled_again(django_assert_num_queries) -> None:
    clock = Clock()
    terms = CompiledTerms(clock)
    Term.objects.create(pattern="something")
    first = terms.now()
    with django_assert_num_queries(0):
        assert terms.now() is first
    clock.now += ASKED_AGAIN_AFTER_SECONDS
    with django_assert_num_queries(1):
        assert terms.now() is first


def test_threads_share_one_list() -> None:
    Term.objects.create(pattern="something")
    terms, seen = CompiledTerms(), []

    def look() -> None:
        seen.append(terms.now())
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in seen}) == 1


def test_a_term_that_is_out_of_use_is_not_found() -> None:
    Term.objects.create(pattern="something", is_active=False)
    assert check_text("chat", "something").outcome == "allow"


@pytest.mark.parametrize("pattern", ["a", "…", "!!", "\u200b"])
def test_what_would_be_found_everywhere_is_no_term(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Term(pattern=pattern).full_clean()


def test_staff_add_change_and_delete_with_their_name_to_it(staff: User) -> None:
    browser = browser_of(staff, "add_term", "change_term", "view_term", "delete_term")
    said = {"language": "en", "pattern": "  bad   offer ", "kind": "phrase", "outcome": "hold", "category": "fraud"}
    browser.post(reverse("admin:moderation_term_add"), {**said, "reason": "", "note": "", "is_active": "on"})
    term = Term.objects.get()
    assert (term.pattern, term.changed_by) == ("bad offer", staff)
    assert check_text("chat", "a BAD offer!").outcome == "hold"
    browser.post(
        reverse("admin:moderation_term_change", args=[term.pk]), {**said, "outcome": "refuse", "is_active": "on"}
    )
    assert check_text("chat", "a BAD offer!").outcome == "refuse"
    browser.post(
        reverse("admin:moderation_term_changelist"), {"action": "put_out_of_use", "_selected_action": [term.pk]}
    )
    assert check_text("chat", "a BAD offer!").outcome == "allow"
    browser.post(reverse("admin:moderation_term_delete", args=[term.pk]), {"post": "yes"})
    acts = [entry.act for entry in AuditEntry.objects.filter(act__startswith="term.").order_by("pk")]
    assert acts == ["term.added", "term.changed", "term.unused", "term.deleted"]


def test_who_may_not_does_not(staff: User) -> None:
    browser = browser_of(staff)
    for page in ("changelist", "try", "import", "add"):
        assert browser.get(reverse(f"admin:moderation_term_{page}")).status_code == 403, page
    reader = browser_of(staff, "view_term")
    assert reader.get(reverse("admin:moderation_term_import")).status_code == 403
    assert reader.get(reverse("admin:moderation_term_try")).status_code == 200


def test_a_text_is_tried_and_nothing_runs(staff: User) -> None:
    Term.objects.create(pattern="scriptalert", kind="part", outcome="hold", note=XSS)
    browser = browser_of(staff, "view_term")
    page = browser.post(reverse("admin:moderation_term_try"), {"text": f"{XSS} s c r i p t a l e r t"})
    assert page.context["tried"]["found"]
    body = page.content.decode()
    assert XSS not in body
    assert "&lt;script&gt;alert" in body


def test_csv_goes_out_safe_and_comes_back_the_same(staff: User) -> None:
    Term.objects.create(pattern="=cmd|calc", language="en", note="+1", kind="part", outcome="refuse", category="fraud")
    Term.objects.create(pattern="加微信", language="zh", is_active=False)
    browser = browser_of(staff, "view_term", "add_term", "change_term")
    ids = list(Term.objects.values_list("pk", flat=True))
    page = browser.post(reverse("admin:moderation_term_changelist"), {"action": "export", "_selected_action": ids})
    rows = list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert [row["pattern"] for row in rows] == ["'=cmd|calc", "加微信"]
    before = list(Term.objects.values("pattern", "language", "kind", "outcome", "category", "note", "is_active"))
    Term.objects.all().delete()
    browser.post(reverse("admin:moderation_term_import"), {"file": SimpleUploadedFile("terms.csv", page.content)})
    assert (
        list(Term.objects.values("pattern", "language", "kind", "outcome", "category", "note", "is_active")) == before
    )


def test_a_file_is_taken_whole_or_not_at_all(staff: User) -> None:
    browser = browser_of(staff, "view_term", "add_term", "change_term")
    content = b"pattern,outcome\ngood one,hold\n!,hold\nother,shoot\n"
    page = browser.post(reverse("admin:moderation_term_import"), {"file": SimpleUploadedFile("terms.csv", content)})
    assert len(page.context["mistakes"]) == 2
    assert not Term.objects.exists()


def test_the_short_list_is_loaded_once_and_keeps_what_staff_changed() -> None:
    call_command("terms", "load", verbosity=0)
    count = Term.objects.count()
    assert {term.language for term in Term.objects.all()} == {"en", "zh", "ko"}
    Term.objects.filter(pattern="guaranteed returns").update(outcome="refuse")
    call_command("terms", "load", verbosity=0)
    assert (Term.objects.count(), Term.objects.get(pattern="guaranteed returns").outcome) == (count, "refuse")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("guar4nteed   returns!", "hold"),
        ("J o i n  m y  t e l e g r a m", "flag"),
        ("https://t.me/joinchat/abc", "hold"),
        ("加·薇·信", "hold"),
        ("兼職刷單", "refuse"),
        ("원금보장", "hold"),
        ("ㅅ ㅂ", "flag"),
        ("시1발", "hold"),
        ("시발점부터", "allow"),
        ("We assess classes in Scunthorpe", "allow"),
        ("아저씨 발표 잘 들었어요", "allow"),
        ("이번 분기 수익은 시장이 보장하지 않는다", "allow"),
        ("我们讨论微信小程序的增长", "allow"),
        ("Who pays for the second foundry?", "allow"),
    ],
)
def test_the_short_list_finds_disguises_and_lets_work_be_talked_about(text: str, outcome: str) -> None:
    call_command("terms", "load", verbosity=0)
    assert check_text("chat", text).outcome == outcome


def test_the_demonstration_is_not_disturbed() -> None:
    call_command("terms", "load", verbosity=0)
    seed.seed()
    from moderation.models import Flag, HeldText

    assert (Flag.objects.count(), HeldText.objects.count()) == (0, 0)
