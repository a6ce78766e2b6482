"""The waitlist: asked for, proven, vouched, answered once; alike for people we know and people we do not."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import contacts
from accounts.contact_models import OutboxMessage
from accounts.models import AuditEntry, User
from accounts.own_phones import own_phone
from invites import services, tasks, words
from invites.models import Application, ApplicationState, Invite, NeverInvite, ReplyKind, ReplyTemplate, Vouch
from invites.services import refusing, waitlist
from tests.factories import a_member, an_industry

pytestmark = pytest.mark.django_db(transaction=True)
MAILBOX, PHONE = contacts.email("petra@example.org"), contacts.phone("+821012345678")
SAID = {"name": "Petra Roth", "occupation": "Actuary", "why": "Floods are priced wrongly.", "vouchers": "Amara"}
IN_STOCK = import_module("invites.migrations.0003_waitlist").TEMPLATES


def form(**fields: str) -> dict[str, str]:
    return {**SAID, "contact": "petra@example.org", "region": "", "industry": str(an_industry().pk), **fields}


def code_in(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found.group()


def an_application(contact: contacts.Contact = MAILBOX, **said: str) -> Application:
    """One that waits."""
    made = waitlist.apply(contact, industry=an_industry(), **{**SAID, "language": "en", **said})
    _outcome, kept = waitlist.prove(made)
    return kept


def a_template(kind: ReplyKind) -> ReplyTemplate:
    """One of those that an installation begins with."""
    (found,) = (row for row in IN_STOCK if row[0] == kind)
    return ReplyTemplate.objects.create(kind=kind, name=found[1], text_en=found[2], text_zh=found[3], text_ko=found[4])


def in_threads(number: int, work) -> list:
    def run(index: int):
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.fixture
def staff(client: Client) -> User:
    staff = a_member("Head of Staff", is_staff=True, is_superuser=True)
    client.force_login(staff, backend="accounts.backends.MemberBackend")
    return staff


class TestAsking:
    def test_the_whole_way(self, client: Client) -> None:
        assert client.post(reverse("invites:apply"), form())["Location"] == reverse("invites:apply_code")
        assert Application.objects.get().state == "unproven"
        response = client.post(reverse("invites:apply_code"), {"code": code_in(mail.outbox[0].body)}, follow=True)
        assert "It waits for MiTalk" in response.content.decode()
        found = Application.objects.get()
        assert (found.state, found.email, found.occupation) == ("waiting", "petra@example.org", "Actuary")
        received = mail.outbox[1].body
        assert words.application_link(found) in received
        assert words.vouch_link(found) in received

    def test_by_phone(self, client: Client, text_messages: list) -> None:
        client.post(reverse("invites:apply"), form(contact="010 1234 5678", region="KR"))
        client.post(reverse("invites:apply_code"), {"code": code_in(text_messages[0][1])})
        found = Application.objects.get()
        assert (found.state, found.phone_hint, found.contact) == ("waiting", "+82 … 78", PHONE)
        assert "1012345678" not in found.phone_sealed

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("name", "", "required"),
            ("contact", "010 1234 5678", "phone_needs_region"),
            ("contact", "petra@", "invalid"),
            ("why", "short", "min_length"),
            ("why", "x" * 1001, "max_length"),
            ("industry", "999999", "invalid_choice"),
        ],
    )
    def test_each_mistake_is_named_at_its_field(self, client: Client, field: str, value: str, code: str) -> None:
        response = client.post(reverse("invites:apply"), form(**{field: value}))
        assert response.context["form"].has_error(field, code)
        assert not Application.objects.exists()

    def test_without_the_code_it_does_not_wait(self, client: Client) -> None:
        client.post(reverse("invites:apply"), form())
        assert client.post(reverse("invites:apply_code"), {"code": "000"}).context["form"].errors
        assert Application.objects.get().state == "unproven"
        assert (
            client.get(words.application_link(Application.objects.get()).replace("http://testserver", "")).status_code
            == 404
        )

    def test_people_we_know_are_answered_like_people_we_do_not(self, client: Client) -> None:
        a_member(email="member@example.org")
        an_application(contacts.email("waiting@example.org"))
        refusing.never_invite(contacts.email("never@example.org").key)
        mail.outbox.clear()
        answers, counts = [], []
        for name in ("member", "waiting", "never", "unknown"):
            visitor, before = Client(), OutboxMessage.objects.count()
            first = visitor.post(reverse("invites:apply"), form(contact=f"{name}@example.org"))
            second = visitor.get(first["Location"])
            page = re.sub(r'value="\w{64}"', "", second.content.decode()).replace(f"{name[0]}…@", "…@")
            answers.append((first.status_code, first["Location"], second.status_code, page))
            counts.append(OutboxMessage.objects.count() - before)
        assert answers == [answers[0]] * 4
        assert counts == [1] * 4
        assert {message.subject for message in mail.outbox} == {"Your code for MiTalk"}

    def test_only_whoever_proves_an_address_learns_that_it_has_an_account(self, client: Client) -> None:
        a_member(email="petra@example.org")
        client.post(reverse("invites:apply"), form())
        response = client.post(reverse("invites:apply_code"), {"code": code_in(mail.outbox[0].body)}, follow=True)
        assert "You have an account already" in response.content.decode()
        assert not Application.objects.exists()

    def test_a_phone_that_has_an_account(self) -> None:
        own_phone(a_member(), PHONE.value)
        made = waitlist.apply(PHONE, industry=an_industry(), **{**SAID, "language": "en"})
        assert waitlist.prove(made)[0] is waitlist.Proven.HAS_ACCOUNT

    def test_who_asks_again_has_one_place_with_its_vouches(self) -> None:
        first = an_application()
        waitlist.vouch(first, a_member(), "We worked together")
        again = an_application(occupation="Chief actuary")
        assert (again.pk, again.occupation, again.vouches.count()) == (first.pk, "Chief actuary", 1)
        assert Application.objects.count() == 1

    def test_who_proves_twice_at_once_has_one_place(self) -> None:
        made = [waitlist.apply(MAILBOX, industry=an_industry(), **{**SAID, "language": "en"}) for _ in range(4)]
        in_threads(4, lambda number: waitlist.prove(made[number]))
        assert Application.objects.filter(state="waiting").count() == 1
        assert not Application.objects.filter(state="unproven").exists()
        assert len(mail.outbox) == 1

    def test_who_asks_wants_to_be_written_to_again(self) -> None:
        refusing.never_invite(MAILBOX.key)
        an_application()
        assert not NeverInvite.objects.exists()

    def test_asking_is_limited(self, client: Client) -> None:
        statuses = [client.post(reverse("invites:apply"), form()).status_code for _ in range(12)]
        assert statuses[0] == 302
        assert statuses[-1] == 429


class TestTheApplicantsPage:
    def path(self, application: Application) -> str:
        return reverse("invites:application", args=[words.token_for(application)])

    def test_it_is_opened_by_its_link_alone(self, client: Client) -> None:
        found = an_application()
        assert client.get(self.path(found)).status_code == 200
        for token in (found.public_id, f"{found.public_id}:x", "x"):
            assert client.get(reverse("invites:application", args=[token])).status_code == 404

    def test_a_question_is_answered_once(self, client: Client, staff: User) -> None:
        found = an_application()
        waitlist.ask(found, by=staff, text="Where can we see your work?")
        assert "Where can we see your work?" in mail.outbox[-1].body
        assert "Where can we see your work?" in client.get(self.path(found)).content.decode()
        for words_said in ("In <b>journals</b>", "Again"):
            client.post(self.path(found), {"answer": words_said})
        found.refresh_from_db()
        assert (found.state, found.answer) == ("waiting", "In <b>journals</b>")

    def test_it_can_be_withdrawn(self, client: Client) -> None:
        found = an_application(PHONE)
        client.post(self.path(found), {"act": "withdraw"})
        found.refresh_from_db()
        assert (found.state, found.phone_sealed) == ("withdrawn", "")


class TestVouching:
    def test_a_member_with_the_link_vouches_once_and_may_change_the_words(self, client: Client) -> None:
        found, member = an_application(), a_member()
        client.force_login(member, backend="accounts.backends.MemberBackend")
        address = reverse("invites:vouch", args=[found.public_id])
        page = client.get(address).content.decode()
        assert "Petra Roth" in page
        assert "petra@example.org" not in page
        assert SAID["why"] not in page
        for said in ("We worked together", "We worked together for years"):
            client.post(address, {"words": said})
        assert Vouch.objects.get().words == "We worked together for years"

    def test_strangers_and_those_who_come_too_late_do_not(self, client: Client, staff: User) -> None:
        found = an_application()
        address = reverse("invites:vouch", args=[found.public_id])
        assert Client().get(address)["Location"].startswith(reverse("account_login"))
        waitlist.decline(found, by=staff, text="No", reason="spam")
        assert client.get(address).status_code == 404


class TestAnswers:
    def test_who_is_approved_gets_an_invite_for_their_address_and_the_first_who_vouched_answers(
        self, staff: User
    ) -> None:
        found, member = an_application(), a_member()
        waitlist.vouch(found, member, "We worked together")
        assert waitlist.approve(found, by=staff, text="Welcome to us", reason="known")
        found.refresh_from_db()
        assert found.invite
        assert (found.invite.email, found.invite.sponsor, found.invite.is_from_quota) == (MAILBOX.value, member, False)
        assert "Welcome to us" in mail.outbox[-1].body
        assert re.search(r"/i/[2-9A-Z]{24}/", mail.outbox[-1].body)
        services.redeem(found.invite, User.objects.create_user(MAILBOX.value))

    def test_by_phone_too(self, staff: User, text_messages: list) -> None:
        found = an_application(PHONE)
        waitlist.approve(found, by=staff)
        assert re.search(r"/i/[2-9A-Z]{24}/", text_messages[-1][1])
        found.refresh_from_db()
        assert found.phone_sealed == ""
        assert Invite.objects.get().contact == PHONE

    def test_two_of_staff_decide_once(self, staff: User) -> None:
        found = an_application()
        mail.outbox.clear()

        def decide(number: int) -> bool:
            mine = Application.objects.get(pk=found.pk)
            if number % 2:
                return waitlist.approve(mine, by=staff)
            return waitlist.decline(mine, by=staff, text="No", reason="spam")

        assert in_threads(6, decide).count(True) == 1
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize(("language", "expected"), [("en", "you are welcome"), ("zh-hans", "欢迎"), ("ko", "환영")])
    def test_each_reads_the_template_in_their_language(self, staff: User, language: str, expected: str) -> None:
        found = an_application(language=language)
        template = a_template(ReplyKind.APPROVE)
        waitlist.approve(found, by=staff, text=waitlist.text_for(found, template, "— Ji-woo"))
        assert expected in mail.outbox[-1].body
        assert "— Ji-woo" in mail.outbox[-1].body


class TestLater:
    def test_who_was_asked_is_reminded_once_also_by_two_beats(self, staff: User) -> None:
        found = an_application()
        waitlist.ask(found, by=staff, text="Where?")
        mail.outbox.clear()
        later = timezone.now() + timedelta(days=8)
        in_threads(4, lambda _: waitlist.remind_asked(later))
        waitlist.remind_asked(later + timedelta(days=5))
        assert [message.subject for message in mail.outbox] == ["Your application to MiTalk waits for your answer"]

    def test_what_is_stale_goes(self, staff: User) -> None:
        unproven = waitlist.apply(PHONE, industry=an_industry(), **{**SAID, "language": "en"})
        asked = an_application()
        waitlist.ask(asked, by=staff, text="Where?")
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            tasks.tend_applications()
            assert not Application.objects.filter(pk=unproven.pk).exists()
        with time_machine.travel(timezone.now() + timedelta(days=31)):
            tasks.tend_applications()
            asked.refresh_from_db()
            assert asked.state == ApplicationState.WITHDRAWN
        with time_machine.travel(timezone.now() + timedelta(days=31 + 181)):
            tasks.tend_applications()
            assert not Application.objects.exists()


class TestTheQueue:
    def choose(self, client: Client, act: str, *chosen: Application):
        return client.post(
            reverse("admin:invites_application_changelist"),
            {"action": act, "_selected_action": [str(application.pk) for application in chosen]},
        )

    def test_many_are_approved_at_once_with_a_template(self, client: Client, staff: User) -> None:
        people = [an_application(contacts.email(f"person{n}@example.org"), name=f"Person {n}") for n in range(3)]
        mail.outbox.clear()
        to_reply = self.choose(client, "approve", *people)["Location"]
        assert all(person.name in client.get(to_reply).content.decode() for person in people)
        template = a_template(ReplyKind.APPROVE)
        answer = {"template": template.pk, "words": "See you", "reason": "first wave"}
        client.post(to_reply, answer)
        client.post(to_reply, answer)
        assert Application.objects.filter(state="approved", decided_by=staff, reason="first wave").count() == 3
        assert len(mail.outbox) == Invite.objects.count() == 3
        assert AuditEntry.objects.filter(act="application.approved", reason="first wave").count() == 3

    def test_declining_demands_a_reason_and_words(self, client: Client, staff: User) -> None:
        found = an_application()
        to_reply = self.choose(client, "decline", found)["Location"]
        response = client.post(to_reply, {"template": "", "words": "", "reason": ""})
        assert response.context["form"].has_error("reason")
        assert response.context["form"].non_field_errors()
        client.post(to_reply, {"template": "", "words": "Not this time.", "reason": "no such firm"})
        assert "Not this time." in mail.outbox[-1].body
        assert "no such firm" not in mail.outbox[-1].body

    def test_asking_back(self, client: Client, staff: User) -> None:
        found = an_application()
        template = a_template(ReplyKind.ASK)
        client.post(self.choose(client, "ask", found)["Location"], {"template": template.pk, "words": "", "reason": ""})
        found.refresh_from_db()
        assert (found.state, found.question) == ("asked", template.text_en)

    def test_pages_and_filters(self, client: Client, staff: User) -> None:
        found = an_application()
        waitlist.vouch(found, a_member("Lin Wei"), "We worked together")
        queue = reverse("admin:invites_application_changelist")
        for query in ("", "?state__exact=waiting", "?vouched=yes", "?by=email", "?q=actuary"):
            assert "Petra Roth" in client.get(queue + query).content.decode(), query
        for query in ("?vouched=no", "?by=phone", "?state__exact=declined"):
            assert "Petra Roth" not in client.get(queue + query).content.decode(), query
        page = client.get(reverse("admin:invites_application_change", args=[found.pk])).content.decode()
        assert "We worked together" in page
        assert reverse("admin:invites_application_reply", args=["approve"]) in page

    def test_whoever_may_only_look_decides_nothing(self, client: Client) -> None:
        from django.contrib.auth.models import Permission

        found, looker = an_application(), a_member("Lin Wei", is_staff=True)
        looker.user_permissions.add(Permission.objects.get(codename="view_application"))
        client.force_login(looker, backend="accounts.backends.MemberBackend")
        assert client.get(reverse("admin:invites_application_changelist")).status_code == 200
        address = reverse("admin:invites_application_reply", args=["approve"])
        assert client.post(f"{address}?ids={found.pk}", {"words": "x"}).status_code == 403
        assert client.get(reverse("admin:invites_application_import")).status_code == 403
        found.refresh_from_db()
        assert found.state == "waiting"

    def test_what_applicants_write_runs_nowhere(self, client: Client, staff: User) -> None:
        found = an_application(name="<script>alert(1)</script>")
        for address in (
            reverse("admin:invites_application_changelist"),
            reverse("admin:invites_application_change", args=[found.pk]),
            f"{reverse('admin:invites_application_reply', args=['ask'])}?ids={found.pk}",
        ):
            assert "<script>alert" not in client.get(address).content.decode()
