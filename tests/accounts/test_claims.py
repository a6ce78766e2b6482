"""Claims from asking to their end: proven, decided once, shown only while they hold, and nothing left behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import hooks, tasks
from accounts.claim_models import Claim, ClaimDocument, ClaimReplyKind, ClaimReplyTemplate
from accounts.claims import deciding, later, private_files, requesting, selectors
from accounts.claims.moving import ClaimRefused
from accounts.models import AuditEntry, OutboxMessage, User
from tests.accounts.claiming import (
    A_PDF,
    SECRET_WORDS,
    a_claim,
    a_licence,
    a_picture,
    a_shown_claim,
    an_upload,
    code_to,
    files,
)
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "accounts.backends.MemberBackend"
ADDRESS = "amara@mail.harbour-fab.com"
IN_STOCK = import_module("accounts.migrations.0009_claims").TEMPLATES


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path: Path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


@pytest.fixture
def amara(client: Client) -> User:
    amara = a_member("Amara Okafor")
    client.force_login(amara, backend=BACKEND)
    return amara


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def a_reviewer(name: str = "Head of Staff", **fields) -> User:
    staff = a_member(name, is_staff=True, **fields)
    staff.user_permissions.add(Permission.objects.get(codename="review_claim"))
    return staff


def a_template(kind: ClaimReplyKind) -> ClaimReplyTemplate:
    (found,) = (row for row in IN_STOCK if row[0] == kind)
    return ClaimReplyTemplate.objects.create(
        kind=kind, name=found[1], text_en=found[2], text_zh=found[3], text_ko=found[4]
    )


def in_threads(number: int, work) -> list:
    def run(index: int):
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def seen_of(user: User) -> list[str]:
    return [claim.about for claim in selectors.claims_of(User.objects.get(pk=user.pk))]


def mails_to(user: User) -> list:
    return [sent for sent in mail.outbox if sent.to == [user.email]]


class TestWorkAddress:
    def prove(self, client: Client, address: str = ADDRESS, **code: str) -> None:
        client.post(reverse("accounts:claim_work_email"), {"address": address})
        client.post(reverse("accounts:claim_code"), {"code": code.get("code") or code_to(address.lower())})

    def test_the_whole_way(self, client: Client, amara: User) -> None:
        answer = client.post(reverse("accounts:claim_work_email"), {"address": "Amara@Mail.Harbour-Fab.com"})
        assert answer["Location"] == reverse("accounts:claim_code")
        assert not Claim.objects.exists()
        answer = client.post(reverse("accounts:claim_code"), {"code": code_to(ADDRESS)}, follow=True)
        assert "Proven" in answer.content.decode()
        claim = Claim.objects.get()
        assert (claim.state, claim.about) == ("verified", "harbour-fab.com")
        assert claim.expires_at - claim.verified_at == timedelta(days=365)
        assert ADDRESS not in "".join(map(str, Claim.objects.values_list().get()))
        page = signed_in(a_member("Lin Wei")).get(reverse("accounts:profile", args=[amara.public_id])).content.decode()
        assert "Works at harbour-fab.com" in page
        assert "amara@" not in page

    @pytest.mark.parametrize("address", ["a@gmail.com", "a@mailinator.com", "a@co.kr", "a@nowhere", "not an address"])
    def test_not_for_everybodys_domains(self, client: Client, amara: User, address: str) -> None:
        answer = client.post(reverse("accounts:claim_work_email"), {"address": address})
        assert answer.status_code == 200
        assert answer.context["form"].errors["address"]
        assert mail.outbox == []

    def test_a_wrong_code_proves_nothing_and_five_end_it(self, client: Client, amara: User) -> None:
        client.post(reverse("accounts:claim_work_email"), {"address": ADDRESS})
        code = code_to(ADDRESS)
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(5):
            client.post(reverse("accounts:claim_code"), {"code": wrong})
        answer = client.post(reverse("accounts:claim_code"), {"code": code})
        assert "good no more" in answer.content.decode()
        assert not Claim.objects.exists()

    def test_a_code_is_good_for_ten_minutes(self, client: Client, amara: User) -> None:
        client.post(reverse("accounts:claim_work_email"), {"address": ADDRESS})
        with time_machine.travel(timezone.now() + timedelta(minutes=11)):
            client.post(reverse("accounts:claim_code"), {"code": code_to(ADDRESS)})
        assert not Claim.objects.exists()

    def test_the_code_of_one_member_is_none_of_anothers(self, client: Client, amara: User) -> None:
        client.post(reverse("accounts:claim_work_email"), {"address": ADDRESS})
        other = signed_in(a_member("Mallory Stone"))
        assert other.post(reverse("accounts:claim_code"), {"code": code_to(ADDRESS)})["Location"] == reverse(
            "accounts:claim_work_email"
        )
        other.post(reverse("accounts:claim_work_email"), {"address": "mallory@harbour-fab.com"})
        other.post(reverse("accounts:claim_code"), {"code": code_to(ADDRESS)})
        assert not Claim.objects.exists()

    def test_an_address_that_another_has_proven_is_answered_alike(self, client: Client, amara: User) -> None:
        requesting.prove_work_address(a_member("Lin Wei"), ADDRESS, language="en")
        answers = []
        for address in (ADDRESS, "unknown@mail.harbour-fab.com"):
            answer = client.post(reverse("accounts:claim_work_email"), {"address": address})
            page = client.get(reverse("accounts:claim_code"))
            shown = page.content.decode().replace(str(page.context["csrf_token"]), "").replace("u…@", "a…@")
            answers.append((answer.status_code, answer["Location"], page.status_code, len(shown)))
            assert code_to(address)
        assert answers[0] == answers[1]

    def test_the_later_proof_takes_it_over_and_the_earlier_account_is_told(self, client: Client, amara: User) -> None:
        lin = a_member("Lin Wei")
        earlier = requesting.prove_work_address(lin, "amara+lin@mail.harbour-fab.com", language="ko")
        self.prove(client)
        earlier.refresh_from_db()
        assert (earlier.state, earlier.sealed, earlier.key) == ("moved", "", "")
        assert seen_of(lin) == []
        assert seen_of(amara) == ["harbour-fab.com"]
        (told,) = mails_to(lin)
        assert "harbour-fab.com" in told.body
        assert "Amara" not in told.body

    def test_a_colleague_takes_nothing_over(self, amara: User) -> None:
        lin = a_member("Lin Wei")
        requesting.prove_work_address(lin, "lin@harbour-fab.com", language="en")
        requesting.prove_work_address(amara, ADDRESS, language="en")
        assert seen_of(lin) == seen_of(amara) == ["harbour-fab.com"]

    @pytest.mark.parametrize("days", [-10, 10])
    def test_it_is_renewed_before_it_expires_and_after(self, client: Client, amara: User, days: int) -> None:
        first = requesting.prove_work_address(amara, ADDRESS, language="en")
        Claim.objects.filter(pk=first.pk).update(expires_at=timezone.now() + timedelta(days=days))
        assert client.post(reverse("accounts:claim_renew", args=[first.public_id]))["Location"].endswith("/code/")
        client.post(reverse("accounts:claim_code"), {"code": code_to(ADDRESS)})
        first.refresh_from_db()
        (second,) = Claim.objects.filter(state="verified")
        assert (first.state, second.replaces) == ("renewed", first)
        assert second.expires_at > timezone.now() + timedelta(days=364)
        assert seen_of(amara) == ["harbour-fab.com"]

    def test_what_staff_revoked_is_not_proven_again_for_a_year(self, client: Client, amara: User) -> None:
        claim = requesting.prove_work_address(amara, ADDRESS, language="en")
        deciding.revoke(claim, by=a_reviewer(), text="No.", reason="left")
        answer = client.post(reverse("accounts:claim_work_email"), {"address": "other@harbour-fab.com"})
        assert "revoked this" in answer.content.decode()
        with pytest.raises(ClaimRefused):
            requesting.prove_work_address(amara, ADDRESS, language="en")
        with time_machine.travel(timezone.now() + timedelta(days=366)):
            requesting.prove_work_address(amara, ADDRESS, language="en")

    def test_a_person_gets_ten_codes_an_hour_wherever_they_sit(self, client: Client, amara: User) -> None:
        answers = [
            client.post(
                reverse("accounts:claim_work_email"),
                {"address": f"amara{number}@harbour-fab.com"},
                REMOTE_ADDR=f"10.0.0.{number}",
            ).status_code
            for number in range(11)
        ]
        assert answers == [302] * 10 + [429]

    def test_many_accounts_prove_one_address_at_once_and_one_has_it(self) -> None:
        people = [a_member(f"Person {letter}") for letter in "ABCD"]
        in_threads(4, lambda index: requesting.prove_work_address(people[index], ADDRESS, language="en"))
        assert Claim.objects.filter(state="verified").count() == 1
        assert Claim.objects.filter(state="moved").count() == 3

    def test_one_account_proves_it_twice_at_once_and_has_it_once(self) -> None:
        amara = a_member()
        in_threads(4, lambda _index: requesting.prove_work_address(amara, ADDRESS, language="en"))
        assert Claim.objects.filter(state="verified").count() == 1


class TestAskingStaff:
    def form(self, **fields) -> dict:
        return {"document_kind": "degree", "about": "MSc Physics, KAIST", "document": an_upload(), "note": "", **fields}

    def test_a_document_waits_encrypted_and_nobody_sees_the_claim(self, client: Client, amara: User) -> None:
        upload = an_upload(A_PDF + SECRET_WORDS + b"\n%%EOF")
        answer = client.post(reverse("accounts:claim_document"), self.form(document=upload), follow=True)
        assert "Staff look at it" in answer.content.decode()
        claim = Claim.objects.get()
        assert (claim.state, claim.about) == ("waiting", "MSc Physics, KAIST")
        (file,) = files()
        assert SECRET_WORDS not in file.read_bytes()
        assert "contract" not in file.name
        page = signed_in(a_member("Lin Wei")).get(reverse("accounts:profile", args=[amara.public_id]))
        assert "KAIST" not in page.content.decode()
        assert not hooks.is_claimed(amara)

    @pytest.mark.parametrize(
        "fields",
        [
            {"document": an_upload(b"<html>", "contract.pdf")},
            {"document": ""},
            {"about": ""},
            {"about": "p\u0430ypal engineer"},
            {"document_kind": "passport"},
        ],
    )
    def test_what_cannot_be_taken_leaves_nothing_on_the_disk(self, client: Client, amara: User, fields) -> None:
        answer = client.post(reverse("accounts:claim_document"), self.form(**fields))
        assert answer.status_code == 200
        assert answer.context["form"].errors
        assert not Claim.objects.exists()
        assert files() == []

    def test_five_may_wait_and_a_sixth_leaves_no_file(self, client: Client, amara: User) -> None:
        for number in range(5):
            a_claim(amara, about=f"Thing {number}")
        answer = client.post(reverse("accounts:claim_document"), self.form())
        assert "wait already" in answer.content.decode()
        assert len(files()) == 5

    def test_many_at_once_are_counted_one_after_the_other(self) -> None:
        amara = a_member()

        def ask(number: int) -> bool:
            try:
                a_claim(amara, about=f"Thing {number}")
            except ClaimRefused:
                return False
            return True

        assert sum(in_threads(8, ask)) == 5
        assert len(files()) == 5

    def test_a_licence_needs_no_copy_and_its_number_is_sealed(self, client: Client, amara: User) -> None:
        fields = {"about": "Korean Bar Association", "jurisdiction": "Republic of Korea", "number": "12-3456"}
        client.post(reverse("accounts:claim_licence"), {**fields, "good_until": "2030-01-31", "note": ""})
        claim = Claim.objects.get()
        assert "12-3456" not in "".join(map(str, Claim.objects.values_list().get()))
        deciding.approve(claim, by=a_reviewer())
        claim.refresh_from_db()
        assert claim.expires_at.isoformat() == "2030-02-01T00:00:00+00:00"
        page = client.get(reverse("accounts:profile", args=[amara.public_id])).content.decode()
        assert "Licensed: Korean Bar Association, Republic of Korea" in page
        assert "12-3456" not in page

    def test_a_licence_that_is_over_is_not_taken(self, client: Client, amara: User) -> None:
        fields = {"about": "Korean Bar Association", "jurisdiction": "Korea", "number": "1", "good_until": "2020-01-01"}
        assert client.post(reverse("accounts:claim_licence"), fields).context["form"].errors["good_until"]

    def test_a_renewal_leaves_the_earlier_one_until_it_is_decided(self, client: Client, amara: User) -> None:
        earlier = a_licence(amara)
        deciding.approve(earlier, by=a_reviewer())
        address = reverse("accounts:claim_licence") + f"?renews={earlier.public_id}"
        assert "12-3456" in client.get(address).content.decode()
        fields = {"about": "Korean Bar Association", "jurisdiction": "Korea", "number": "12-3456"}
        client.post(address, {**fields, "renews": earlier.public_id})
        again = client.post(address, {**fields, "renews": earlier.public_id})
        assert "waits already" in again.content.decode()
        renewal = Claim.objects.get(replaces=earlier)
        assert seen_of(amara) == ["Korean Bar Association"]
        assert deciding.approve(renewal, by=a_reviewer("Second of Staff"))
        earlier.refresh_from_db()
        assert earlier.state == "renewed"
        assert Claim.objects.filter(state="verified").get() == renewal

    def test_a_question_is_answered_with_another_document_in_place_of_the_first(
        self, client: Client, amara: User
    ) -> None:
        claim = a_claim(amara, language="ko")
        template = a_template(ClaimReplyKind.ASK)
        deciding.ask(claim, by=a_reviewer(), text=deciding.text_for(claim, template, ""))
        assert template.text_ko in mails_to(amara)[0].body
        (first,) = files()
        page = client.get(reverse("accounts:claim_answer", args=[claim.public_id]))
        assert template.text_ko in page.content.decode()
        client.post(
            reverse("accounts:claim_answer", args=[claim.public_id]),
            {"answer": "Here it is.", "document": an_upload(a_picture(), "x.jpg", "image/jpeg")},
        )
        claim.refresh_from_db()
        assert (claim.state, claim.answer, claim.document.media_type) == ("waiting", "Here it is.", "image/jpeg")
        (second,) = files()
        assert first != second

    def test_an_answer_that_comes_too_late_leaves_no_file(self, amara: User) -> None:
        claim = a_claim(amara)
        asked = Claim.objects.get(pk=claim.pk)
        deciding.decline(claim, by=a_reviewer(), text="No.", reason="no")
        from accounts.claims.uploads import PDF, Document

        assert not requesting.answer(asked, "Here", Document(PDF, A_PDF))
        assert files() == []


class TestTheEnd:
    @pytest.mark.parametrize("end", ["approve", "decline", "withdraw", "lapse", "account"])
    def test_whatever_ends_it_the_file_is_gone_from_the_disk(self, end: str) -> None:
        claim = a_claim()
        assert len(files()) == 1
        match end:
            case "approve":
                deciding.approve(claim, by=a_reviewer())
            case "decline":
                deciding.decline(claim, by=a_reviewer(), text="No.", reason="no")
            case "withdraw":
                requesting.withdraw(claim)
            case "lapse":
                later.lapse_undecided(timezone.now() + timedelta(days=31))
            case "account":
                claim.user.delete()
        assert files() == []
        assert not ClaimDocument.objects.exists()

    def test_the_job_deletes_what_nobody_decided_and_says_so_once(self, amara: User) -> None:
        claim, asked = a_claim(amara), a_claim(amara, about="Another thing")
        deciding.ask(asked, by=a_reviewer(), text="What?")
        with time_machine.travel(timezone.now() + timedelta(days=29)):
            tasks.tend_claims()
        assert len(files()) == 2
        mail.outbox.clear()
        with time_machine.travel(timezone.now() + timedelta(days=31)):
            tasks.tend_claims()
            tasks.tend_claims()
        claim.refresh_from_db()
        asked.refresh_from_db()
        assert (claim.state, asked.state) == ("lapsed", "lapsed")
        assert files() == []
        assert len(mails_to(amara)) == 2

    def test_a_rolled_back_decision_keeps_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        claim = a_claim()

        def broken(*_args, **_more) -> None:
            raise RuntimeError

        monkeypatch.setattr(deciding, "record", broken)
        with pytest.raises(RuntimeError):
            deciding.approve(claim, by=None)
        claim.refresh_from_db()
        assert claim.state == "waiting"
        assert private_files.read(private_files.Kept(claim.document.name, claim.document.sealed_key)).startswith(
            b"%PDF"
        )

    def test_withdrawn_is_seen_by_nobody_and_forgets_what_was_sealed(self, client: Client, amara: User) -> None:
        claim = requesting.prove_work_address(amara, ADDRESS, language="en")
        address = reverse("accounts:claim_withdraw", args=[claim.public_id])
        assert "Withdraw this claim?" in client.get(address).content.decode()
        assert seen_of(amara)
        client.post(address)
        claim.refresh_from_db()
        assert (claim.state, claim.sealed, claim.key) == ("withdrawn", "", "")
        assert seen_of(amara) == []
        assert client.post(address).status_code == 404

    def test_revoked_is_seen_by_nobody_written_down_and_told(self, amara: User) -> None:
        claim = a_shown_claim(amara)
        staff = a_reviewer()
        assert deciding.revoke(claim, by=staff, text="You left.", reason="left in May")
        assert not deciding.revoke(claim, by=staff, text="You left.", reason="left in May")
        assert seen_of(amara) == []
        entry = AuditEntry.objects.get(act="claim.revoked")
        assert (entry.actor, entry.target, entry.reason) == (staff.public_id, claim.public_id, "left in May")
        (told,) = mails_to(amara)
        assert "You left." in told.body
        assert "May" not in told.body

    def test_an_expired_one_vanishes_by_the_clock_alone(self, client: Client, amara: User) -> None:
        a_shown_claim(amara, days=1)
        assert hooks.is_claimed(amara)
        with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
            assert seen_of(amara) == []
            assert not hooks.is_claimed(amara)
            client.force_login(amara, backend=BACKEND)
            page = client.get(reverse("accounts:claims")).content.decode()
            assert 'data-state="expired"' in page

    def test_one_is_reminded_once_two_weeks_before(self, amara: User) -> None:
        a_shown_claim(amara, days=20, language="zh-hans")
        tasks.tend_claims()
        assert mails_to(amara) == []
        for days in (7, 7.1, 8):
            with time_machine.travel(timezone.now() + timedelta(days=days)):
                tasks.tend_claims()
        (told,) = mails_to(amara)
        assert "harbour-fab.com" in told.body

    def test_two_jobs_at_once_send_one_reminder(self, amara: User) -> None:
        a_shown_claim(amara, days=7)
        in_threads(4, lambda _index: tasks.tend_claims())
        assert OutboxMessage.objects.filter(kind="claim").count() == 1
        assert len(mails_to(amara)) == 1

    def test_what_never_held_longer_is_not_reminded_of(self, amara: User) -> None:
        claim = a_claim(amara)
        deciding.approve(claim, by=a_reviewer(), expires_at=timezone.now() + timedelta(days=3))
        mail.outbox.clear()
        tasks.tend_claims()
        assert mails_to(amara) == []

    def test_the_address_of_what_expired_long_ago_is_forgotten(self, client: Client, amara: User) -> None:
        claim = requesting.prove_work_address(amara, ADDRESS, language="en")
        requesting.prove_work_address(a_member("Lin Wei"), "lin@harbour-fab.com", language="en")
        with time_machine.travel(claim.expires_at + timedelta(days=182)):
            tasks.tend_claims()
            client.force_login(amara, backend=BACKEND)
            answer = client.post(reverse("accounts:claim_renew", args=[claim.public_id]))
        claim.refresh_from_db()
        assert claim.sealed == ""
        assert answer["Location"] == reverse("accounts:claim_work_email")

    def test_of_a_suspended_member_nothing_is_shown(self, amara: User) -> None:
        a_shown_claim(amara)
        amara.is_active = False
        amara.save()
        assert seen_of(amara) == []


class TestOthers:
    def test_nobody_touches_anothers_claims(self, client: Client, amara: User) -> None:
        lin = a_member("Lin Wei")
        shown = requesting.prove_work_address(lin, ADDRESS, language="en")
        licence, asked = a_licence(lin), a_claim(lin)
        deciding.approve(licence, by=None)
        deciding.ask(asked, by=None, text="What?")
        for name, claim in (("withdraw", shown), ("renew", shown), ("answer", asked), ("withdraw", asked)):
            address = reverse(f"accounts:claim_{name}", args=[claim.public_id])
            assert client.post(address, {"answer": "Mine."}).status_code == 404
        assert client.get(reverse("accounts:claim_licence") + f"?renews={licence.public_id}").status_code == 404
        assert "Korean Bar" not in client.get(reverse("accounts:claims")).content.decode()

    def test_pages_are_for_members(self, client: Client) -> None:
        for name in ("claims", "claim_work_email", "claim_code", "claim_document", "claim_licence"):
            assert "/accounts/login/" in client.get(reverse(f"accounts:{name}"))["Location"]


class TestStaff:
    def reply(self, client: Client, kind: str, *claims: Claim, **said):
        address = reverse("admin:accounts_claim_reply", args=[kind])
        ids = ",".join(str(claim.pk) for claim in claims)
        return client.post(f"{address}?ids={ids}", {"template": "", "words": "", "reason": "", **said})

    def test_the_queue_shows_the_oldest_first_and_nothing_decided(self) -> None:
        first, second, done = a_claim(about="The first"), a_claim(about="The second"), a_claim(about="Decided")
        Claim.objects.filter(pk=second.pk).update(made_at=timezone.now() - timedelta(days=3))
        deciding.decline(done, by=None, text="No.", reason="no")
        client = signed_in(a_reviewer())
        page = client.get(reverse("admin:accounts_claim_changelist"))
        assert [claim.about for claim in page.context["cl"].result_list] == ["The second", "The first"]
        page = client.get(reverse("admin:accounts_claim_changelist") + "?what=all&kind=document")
        assert len(page.context["cl"].result_list) == 3
        page = client.get(reverse("admin:accounts_claim_changelist") + "?state__exact=declined")
        assert [claim.about for claim in page.context["cl"].result_list] == ["Decided"]
        assert first.pk

    def test_many_are_approved_at_once_each_in_their_language(self) -> None:
        english, korean = a_claim(about="One thing"), a_claim(about="Another", language="ko")
        template = a_template(ClaimReplyKind.APPROVE)
        until = (timezone.now() + timedelta(days=100)).date().isoformat()
        answer = self.reply(signed_in(a_reviewer()), "approve", english, korean, template=template.pk, expires_on=until)
        assert answer.status_code == 302
        english.refresh_from_db()
        assert (english.state, (english.expires_at - timezone.now()).days) == ("verified", 100)
        assert template.text_en in mails_to(english.user)[0].body
        assert template.text_ko in mails_to(korean.user)[0].body

    @pytest.mark.parametrize("day", ["2020-01-01", "2099-01-01"])
    def test_it_holds_until_a_day_to_come_within_five_years(self, day: str) -> None:
        claim = a_claim()
        assert self.reply(signed_in(a_reviewer()), "approve", claim, expires_on=day).context["form"].errors
        claim.refresh_from_db()
        assert claim.state == "waiting"

    def test_nobody_is_declined_without_a_word_and_a_reason(self) -> None:
        claim, client = a_claim(), signed_in(a_reviewer())
        assert self.reply(client, "decline", claim, words="No.").context["form"].errors["reason"]
        assert self.reply(client, "decline", claim, reason="no").context["form"].errors
        assert self.reply(client, "decline", claim, words="No, sorry.", reason="not theirs").status_code == 302
        claim.refresh_from_db()
        assert (claim.state, claim.reason) == ("declined", "not theirs")
        assert "not theirs" not in mails_to(claim.user)[0].body

    def test_of_two_who_decide_at_once_one_does(self) -> None:
        claim = a_claim()
        staff = [a_reviewer(f"Staff {letter}") for letter in "ABCD"]

        def decide(index: int) -> bool:
            if index % 2:
                return deciding.approve(claim, by=staff[index])
            return deciding.decline(claim, by=staff[index], text="No.", reason="no")

        assert sorted(in_threads(4, decide)) == [False, False, False, True]
        assert AuditEntry.objects.filter(target=claim.public_id).count() == 1
        assert len(mails_to(claim.user)) == 1

    def test_a_member_who_withdraws_while_staff_approve_is_not_shown_by_chance(self) -> None:
        claim = a_claim()
        acts = (lambda: requesting.withdraw(claim), lambda: deciding.approve(claim, by=None))
        done = in_threads(2, lambda index: acts[index]())
        claim.refresh_from_db()
        # Withdrawing is also open to what is shown; approving is not to what was withdrawn.
        assert done[0]
        assert claim.state == "withdrawn"

    def test_nobody_decides_about_their_own_or_opens_its_document(self) -> None:
        staff = a_reviewer()
        claim, client = a_claim(staff), signed_in(staff)
        self.reply(client, "approve", claim)
        claim.refresh_from_db()
        assert claim.state == "waiting"
        assert client.get(reverse("admin:accounts_claim_document", args=[claim.pk])).status_code == 404

    def test_a_pdf_is_handed_out_and_never_shown_and_each_opening_is_written_down(self) -> None:
        claim, staff = a_claim(), a_reviewer()
        client = signed_in(staff)
        address = reverse("admin:accounts_claim_document", args=[claim.pk])
        assert address in client.get(reverse("admin:accounts_claim_change", args=[claim.pk])).content.decode()
        assert not AuditEntry.objects.exists()
        answer = client.get(address)
        assert answer.content == A_PDF + SECRET_WORDS
        assert answer["Content-Disposition"] == f'attachment; filename="claim-{claim.public_id}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert "no-store" in answer["Cache-Control"]
        client.get(address)
        entries = AuditEntry.objects.filter(act="claim.document_opened", actor=staff.public_id, target=claim.public_id)
        assert entries.count() == 2

    def test_who_may_not_review_sees_neither_queue_nor_document(self) -> None:
        claim = a_claim()
        addresses = [
            reverse("admin:accounts_claim_document", args=[claim.pk]),
            reverse("admin:accounts_claim_changelist"),
            reverse("admin:accounts_claim_change", args=[claim.pk]),
            reverse("admin:accounts_claim_reply", args=["approve"]) + f"?ids={claim.pk}",
        ]
        plain, member = signed_in(a_member("Staff", is_staff=True)), signed_in(a_member("Lin Wei"))
        for address in addresses:
            assert plain.get(address).status_code == 403
            assert member.get(address).status_code == 302
        assert self.reply(plain, "approve", claim).status_code == 403
        looks = a_member("Looks on", is_staff=True)
        looks.user_permissions.add(Permission.objects.get(codename="view_claim"))
        assert signed_in(looks).get(addresses[0]).status_code == 403
        assert not AuditEntry.objects.exists()

    def test_documents_open_with_a_second_factor_only(self, settings) -> None:
        settings.MITALK_STAFF_SECOND_FACTOR = True
        claim = a_claim()
        answer = signed_in(a_reviewer()).get(reverse("admin:accounts_claim_document", args=[claim.pk]))
        assert answer.status_code == 302
        assert not AuditEntry.objects.exists()

    def test_the_number_of_a_licence_is_for_who_looks_it_up(self) -> None:
        claim = a_licence()
        address = reverse("admin:accounts_claim_change", args=[claim.pk])
        assert "12-3456" in signed_in(a_reviewer()).get(address).content.decode()
        looks = a_member("Looks on", is_staff=True)
        looks.user_permissions.add(Permission.objects.get(codename="view_claim"))
        assert "12-3456" not in signed_in(looks).get(address).content.decode()


class TestCommand:
    def test_it_lists_and_decides(self, capsys) -> None:
        one, other = a_claim(about="The one"), a_claim(about="The other")
        call_command("claims", "list")
        assert f"{one.public_id}  waiting  document  The one" in capsys.readouterr().out
        call_command("claims", "approve", "--", one.public_id)  # an id may begin with a dash
        call_command("claims", "--reason", "not theirs", "decline", "--", other.public_id)
        assert "1 of 1 decided" in capsys.readouterr().out
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.state, other.state) == ("verified", "declined")
        with pytest.raises(CommandError):
            call_command("claims", "decline", "--", other.public_id)
