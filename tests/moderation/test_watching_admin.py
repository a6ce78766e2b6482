"""Flags and texts that wait, as staff decide on them: with a reason, in bulk, once, and nothing that was typed runs."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services import save_profile
from accounts.tasks import send_outbox
from moderation.models import Flag, FlagSource, FlagState, HeldState, HeldText
from moderation.services import decide_flag, decide_held, empty_old, raise_flag
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus
from tests.moderation.words import HELD, on_the_lists

pytestmark = pytest.mark.django_db
XSS = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def _lists(recording_bus: RecordingBus) -> None:
    on_the_lists()


@pytest.fixture
def staff() -> User:
    return a_member("Noor Staff", is_staff=True)


def browser_of(user: User, *permissions: str) -> Client:
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    browser.force_login(user)
    return browser


def a_flag(**more: object) -> Flag:
    return raise_flag(source=FlagSource.TEXT, where="chat", because=XSS, excerpt=f"{XSS} written", **more)  # type: ignore[arg-type]


def test_flags_are_decided_in_bulk_with_a_reason(staff: User) -> None:
    flags = [a_flag(), a_flag(room=a_live_room(title="A room <i>of</i> risk")), a_flag(user=staff)]
    browser = browser_of(staff, "view_flag", "decide_flag")
    page = reverse("admin:moderation_flag_changelist")
    chosen = {"action": "decide_chosen", "_selected_action": [flag.pk for flag in flags]}
    where = browser.post(page, chosen)["Location"]
    shown = browser.get(where).content.decode()
    assert XSS not in shown
    assert "&lt;img src=x" in shown
    assert browser.post(where, {"decision": "yes", "reason": ""}).status_code == 200, "not without a reason"
    browser.post(where, {"decision": "yes", "reason": "It was said"})
    assert [flag.state for flag in Flag.objects.order_by("pk")] == [FlagState.UPHELD, FlagState.UPHELD, FlagState.OPEN]
    assert AuditEntry.objects.filter(act="flag.upheld", reason="It was said").count() == 2


@pytest.mark.parametrize("page", ["", "?state__exact=open", "?where=chat"])
def test_nothing_that_was_typed_runs_in_the_lists(staff: User, page: str) -> None:
    room = a_live_room(title="A room <i>of</i> risk")
    a_flag(room=room)
    HeldText.objects.create(where="chat", target="x", room=room, text=XSS, before=XSS, because=XSS)
    browser = browser_of(staff, "view_flag", "view_heldtext")
    for model, row in (("flag", Flag.objects.get()), ("heldtext", HeldText.objects.get())):
        query = page.replace("open", "waiting") if model == "heldtext" else page
        bodies = (
            browser.get(reverse(f"admin:moderation_{model}_changelist") + query),
            browser.get(reverse(f"admin:moderation_{model}_change", args=[row.pk])),
        )
        for answer in bodies:
            body = answer.content.decode()
            assert answer.status_code == 200
            assert XSS not in body
            assert "<i>of</i>" not in body


@pytest.mark.parametrize("model", ["flag", "heldtext"])
def test_permissions_are_of_each_model(staff: User, model: str) -> None:
    flag = a_flag()
    other = "flag" if model == "heldtext" else "heldtext"
    browser = browser_of(staff, f"view_{other}", f"decide_{other}")
    assert browser.get(reverse(f"admin:moderation_{model}_changelist")).status_code == 403
    assert browser.get(reverse(f"admin:moderation_{model}_decide") + f"?ids={flag.pk}").status_code == 403
    reader = browser_of(staff, f"view_{model}")
    assert reader.get(reverse(f"admin:moderation_{model}_changelist")).status_code == 200
    assert reader.post(reverse(f"admin:moderation_{model}_decide") + f"?ids={flag.pk}").status_code == 403


def test_a_headline_that_waits_is_approved_and_its_writer_told(staff: User, django_capture_on_commit_callbacks) -> None:
    member = a_member("Lin Wei")
    save_profile(member, headline=f"Expert of {HELD}")
    held = HeldText.objects.get()
    browser = browser_of(staff, "view_heldtext", "decide_heldtext")
    form = browser.get(reverse("admin:moderation_heldtext_change", args=[held.pk]))
    assert "Decide on it" in form.content.decode()
    where = reverse("admin:moderation_heldtext_decide") + f"?ids={held.pk}"
    browser.post(where, {"decision": "yes", "reason": "A method of that name"})
    member.profile.refresh_from_db()
    assert member.profile.headline == f"Expert of {HELD}"
    send_outbox()
    assert [(message.to, "is shown now" in message.subject) for message in mail.outbox] == [([member.email], True)]
    browser.post(where, {"decision": "no", "reason": "Once more"})
    assert HeldText.objects.get().state == HeldState.APPROVED, "decided once"


def test_one_that_is_rejected_says_why_to_its_writer(staff: User) -> None:
    member = a_member("Lin Wei")
    save_profile(member, headline=f"Expert of {HELD}")
    decide_held(HeldText.objects.get(), by=staff, approved=False, reason="It reads as an advertisement")
    send_outbox()
    assert "It reads as an advertisement" in mail.outbox[0].body
    member.profile.refresh_from_db()
    assert member.profile.headline == "Process engineer"


def test_many_at_once_are_read_with_few_questions_and_no_number_is_too_large(
    staff: User, django_assert_max_num_queries
) -> None:
    browser = browser_of(staff, "view_flag", "decide_flag")
    flags = [
        raise_flag(source=FlagSource.TEXT, where="chat", because="a", user=a_member(), room=a_live_room())
        for _ in range(9)
    ]
    where = reverse("admin:moderation_flag_decide") + "?ids="
    with django_assert_max_num_queries(16):
        assert browser.get(where + ",".join(str(flag.pk) for flag in flags)).status_code == 200
    assert browser.get(where + "9" * 30).status_code == 200


def test_nobody_decides_about_their_own(staff: User) -> None:
    save_profile(staff, headline=f"Expert of {HELD}")
    held = HeldText.objects.get()
    browser = browser_of(staff, "view_heldtext", "decide_heldtext")
    where = reverse("admin:moderation_heldtext_decide") + f"?ids={held.pk}"
    page = browser.post(where, {"decision": "yes", "reason": "It is mine"}, follow=True)
    assert "somebody else has to" in page.content.decode()
    held.refresh_from_db()
    assert held.state == HeldState.WAITING


@pytest.mark.parametrize(
    ("where", "state"), [("hand.line", "withdrawn"), ("chat", "withdrawn"), ("room.title", "waiting")]
)
def test_what_was_for_a_live_room_does_not_wait_for_ever(where: str, state: str, settings) -> None:
    long_ago = timezone.now() - timedelta(days=settings.CHAT_DAYS + 1)
    held = HeldText.objects.create(where=where, target="x", text="Words", because=HELD, at=long_ago)
    empty_old()
    held.refresh_from_db()
    assert (held.state, bool(held.text)) == (state, state == "waiting")


def test_the_words_of_a_flag_that_was_nothing_are_forgotten(staff: User, settings) -> None:
    settings.CHAT_DAYS = 0
    dismissed, upheld, waiting = (
        raise_flag(source=FlagSource.TEXT, where="chat", because="a term", excerpt="Words") for _ in range(3)
    )
    decide_flag(dismissed, by=staff, upheld=False)
    decide_flag(upheld, by=staff, upheld=True)
    empty_old()
    assert [Flag.objects.get(pk=flag.pk).excerpt for flag in (dismissed, upheld, waiting)] == ["", "Words", "Words"]


def test_words_that_were_decided_on_are_forgotten(staff: User, settings) -> None:
    settings.CHAT_DAYS = 0
    member = a_member("Lin Wei")
    save_profile(member, headline=f"Expert of {HELD}")
    assert empty_old() == 0, "what waits is kept"
    decide_held(HeldText.objects.get(), by=staff, approved=True)
    assert empty_old() == 1
    held = HeldText.objects.get()
    assert (held.text, held.before, held.because) == ("", "", HELD)
