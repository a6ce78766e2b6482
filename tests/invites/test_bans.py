"""Whoever staff keep out is kept out by every contact: no invite, application, sign-up or phone lets them in again."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import bans, contacts, outbox, suspending
from accounts.models import AuditEntry, BoundContact, User
from accounts.own_phones import PhoneTaken, own_phone, phone_of
from invites import services
from invites.errors import InviteRefused
from invites.models import Application, ApplicationState, Invite, InviteState, MeasureKind
from invites.services import branches, quota, waitlist
from tests.accounts.signing_in import a_proven_member, confirm_it_is_me, sign_in
from tests.factories import AGREED, PASSWORD, a_member, an_industry, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS, NUMBER = "a.mara@gmail.com", "+821012345678"
EMAIL, PHONE = contacts.email(ADDRESS), contacts.phone(NUMBER)
SPELLINGS = ["a.mara@gmail.com", "amara@gmail.com", "A.M.A.R.A+talk@GMail.com", "amara@googlemail.com"]


@pytest.fixture
def staff(recording_bus) -> User:
    return a_member("Head of Staff", is_staff=True, is_superuser=True)


@pytest.fixture
def head(client: Client, staff: User) -> Client:
    client.force_login(staff, backend="accounts.backends.MemberBackend")
    return client


@pytest.fixture
def amara(staff: User) -> User:
    member = a_proven_member(email=ADDRESS)
    own_phone(member, NUMBER)
    return member


@pytest.fixture
def gone(amara: User, staff: User) -> None:
    """Suspended, and then their account was deleted."""
    suspending.suspend(amara, by=staff, reason="fraud")
    amara.delete()


def joins(email: str, **invite) -> Client:
    browser = Client()
    browser.post(reverse("invites:accept", args=[an_invite(**invite)[1]]))
    browser.answer = browser.post(reverse("account_signup"), {"email": email, "password1": PASSWORD, **AGREED})
    return browser


class TestWhatIsBound:
    @pytest.mark.parametrize("address", SPELLINGS)
    def test_one_mailbox_however_it_is_written(self, gone, address: str) -> None:
        assert bans.is_bound(contacts.email(address))

    @pytest.mark.parametrize("address", ["b.amara@gmail.com", "a.mara@example.org", "amara@gmail.com.example.org"])
    def test_and_no_other(self, gone, address: str) -> None:
        assert not bans.is_bound(contacts.email(address))

    def test_dots_count_elsewhere_and_a_plus_does_not(self, staff: User) -> None:
        suspending.suspend(a_proven_member(email="lin.wei+x@example.org"), by=staff)
        assert bans.is_bound(contacts.email("lin.wei@example.org"))
        assert not bans.is_bound(contacts.email("linwei@example.org"))

    def test_addresses_that_were_never_proven_are_not_theirs(self, amara: User, staff: User) -> None:
        EmailAddress.objects.create(user=amara, email="victim@example.org", verified=False)
        EmailAddress.objects.create(user=amara, email="second@example.org", verified=True)
        suspending.suspend(amara, by=staff)
        assert not bans.is_bound(contacts.email("victim@example.org"))
        assert bans.is_bound(contacts.email("second@example.org"))

    def test_the_rows_stay_when_the_account_is_gone_and_hold_hashes_only(self, gone) -> None:
        rows = BoundContact.objects.filter(user=None)
        assert rows.count() == 2
        assert bans.is_bound(PHONE)
        for secret in ("amara", "gmail", NUMBER, "12345678"):
            assert secret not in str(list(rows.values()))

    def test_a_former_key_still_finds_them(self, gone, settings) -> None:
        settings.DATA_KEYS = ["a-new-key-that-was-put-in-front-0123456789-0123456789", *settings.DATA_KEYS]
        assert bans.is_bound(EMAIL)
        assert bans.bound_among([EMAIL, contacts.email("other@example.org")]) == {EMAIL}


class TestNobodyGetsInAgain:
    @pytest.mark.parametrize("address", SPELLINGS)
    def test_by_an_open_link(self, gone, address: str) -> None:
        answer = joins(address).answer
        assert (answer.status_code, answer["X-Error-Code"]) == (410, "invite_revoked")
        assert not User.objects.filter(is_staff=False).exists()
        assert not Invite.objects.filter(seats_taken__gt=0).exists()

    def test_by_one_that_is_for_them(self, gone) -> None:
        for bound in ({"email": ADDRESS}, {"phone": NUMBER}):
            invite, code = an_invite(**bound)
            services.send(invite, code)
            page = Client().get(reverse("invites:preview", args=[code]))
            assert (page.status_code, page["X-Error-Code"]) == (410, "invite_revoked")
        assert mail.outbox == []

    def test_by_their_phone_under_another_address(self, gone) -> None:
        invite, _code = an_invite(phone=NUMBER)
        with pytest.raises(InviteRefused, match=InviteState.REVOKED.value):
            services.redeem(invite, a_member(), phone=NUMBER)

    def test_by_openid(self, gone) -> None:
        """Its accounts take their seat by the same `redeem`: tests/invites/test_open_id.py."""
        with pytest.raises(InviteRefused, match=InviteState.REVOKED.value):
            services.redeem(an_invite()[0], a_member(email="amara@gmail.com"))

    def test_an_unusable_invite_looks_the_same(self, gone) -> None:
        invite, code = an_invite()
        services.revoke(invite)
        revoked = Client().post(reverse("invites:accept", args=[code]))
        pages = [re.search(r"<main.*</main>", page.content.decode(), re.S) for page in (revoked, joins(ADDRESS).answer)]
        assert pages[0].group() == pages[1].group()

    def test_a_member_cannot_take_over_their_phone_or_address(self, gone, text_messages: list) -> None:
        lin, browser = a_proven_member("Lin Wei"), Client()
        sign_in(browser, lin)
        confirm_it_is_me(browser)
        assert browser.post(reverse("accounts:phone"), {"contact": NUMBER})["Location"] == reverse(
            "accounts:phone_code"
        )
        assert text_messages == []
        with pytest.raises(PhoneTaken):
            own_phone(lin, NUMBER)
        assert phone_of(lin) is None


class TestApplications:
    def an_application(self, contact=EMAIL) -> Application:
        made = waitlist.apply(
            contact, industry=an_industry(), name="Mara", occupation="Engineer", why="To talk to colleagues."
        )
        return waitlist.prove(made)[1]

    @pytest.mark.parametrize("contact", [contacts.email("amara@gmail.com"), PHONE])
    def test_staff_see_it_and_nobody_is_let_in(self, gone, head: Client, contact) -> None:
        found, other = self.an_application(contact), self.an_application(contacts.email("new@example.org"))
        page = head.get(reverse("admin:invites_application_changelist")).content.decode()
        assert page.count('icon-no.svg" alt="False"') >= 1
        assert head.get(reverse("admin:invites_application_change", args=[found.pk])).status_code == 200
        reply = f"{reverse('admin:invites_application_reply', args=['approve'])}?ids={found.pk},{other.pk}"
        assert head.get(reply).content.decode().count("<b>kept out</b>") == 1
        answer = head.post(reply, {"template": "", "words": "", "reason": ""}, follow=True).content.decode()
        assert "1 is of somebody who is kept out" in answer
        assert "1 application answered." in answer
        found.refresh_from_db()
        assert found.state == ApplicationState.WAITING
        assert Invite.objects.count() == 1

    def test_the_queue_asks_once_for_all(self, gone, head: Client, django_assert_max_num_queries) -> None:
        for number in range(20):
            self.an_application(contacts.email(f"person{number}@example.org"))
        with django_assert_max_num_queries(20):
            head.get(reverse("admin:invites_application_changelist"))


class TestLifting:
    def test_it_lifts_the_rows(self, amara: User, staff: User) -> None:
        assert suspending.suspend(amara, by=staff, reason="fraud")
        assert not suspending.suspend(amara, by=staff, reason="again")
        assert suspending.restore(amara, by=staff, reason="a mistake")
        assert not BoundContact.objects.exists()
        amara.refresh_from_db()
        assert amara.is_active
        acts = AuditEntry.objects.filter(act__startswith="account.").order_by("pk").values_list("act", "reason")
        assert list(acts) == [("account.suspended", "fraud"), ("account.restored", "a mistake")]

    def test_staff_see_it_in_the_admin(self, amara: User, staff: User, head: Client) -> None:
        suspending.suspend(amara, by=staff)
        bound = reverse("admin:accounts_boundcontact_changelist")
        assert amara.public_id in head.get(bound).content.decode()

    def test_of_an_account_that_is_gone_the_rows_are_freed_one_by_one(self, gone, head: Client) -> None:
        row = BoundContact.objects.first()
        head.post(reverse("admin:accounts_boundcontact_delete", args=[row.pk]), {"post": "yes"})
        assert BoundContact.objects.count() == 1
        assert AuditEntry.objects.filter(act="contact.freed", target=row.person).exists()

    def test_of_one_that_is_there_they_are_not(self, amara: User, staff: User, head: Client) -> None:
        suspending.suspend(amara, by=staff)
        row = BoundContact.objects.first()
        assert (
            head.post(reverse("admin:accounts_boundcontact_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        )
        assert BoundContact.objects.count() == 2


class TestBranches:
    @pytest.fixture
    def branch(self, staff: User) -> tuple[User, User, User]:
        """Amara brought Lin, and Lin brought Minji."""
        amara = a_member("Amara Okafor", email="amara@example.org")
        lin = a_member("Lin Wei", email="lin@example.org", sponsor=amara)
        return amara, lin, a_member("Minji Kim", email="minji@example.org", sponsor=lin)

    @pytest.mark.parametrize("kind", list(MeasureKind))
    def test_everybody_whom_a_measure_holds_is_bound_until_it_is_lifted(self, branch, staff: User, kind) -> None:
        amara, lin, minji = branch
        measure = branches.take(lin, kind, by=staff, reason="fraud")
        assert {bound.person for bound in BoundContact.objects.all()} == {lin.public_id, minji.public_id}
        assert bans.is_bound(contacts.email(minji.email))
        assert not bans.is_bound(contacts.email(amara.email))
        branches.lift(measure, by=staff, reason="a mistake")
        assert not BoundContact.objects.exists()

    def test_lifting_a_cut_gives_back_what_it_took(self, branch, staff: User) -> None:
        amara, lin, minji = branch
        by_staff, code = an_invite(sponsor=minji, by=staff)
        before, code_before = an_invite(sponsor=minji, by=staff)
        services.revoke(before)
        services.invite_somebody(minji, None)
        assert (quota.balance(amara), quota.balance(minji)) == (3, 2)
        measure = branches.take(lin, MeasureKind.CUT, by=staff, reason="fraud")
        assert (quota.balance(amara), quota.balance(minji)) == (1, 3)
        branches.lift(measure, by=staff, reason="a mistake")
        assert (quota.balance(amara), quota.balance(minji)) == (3, 3)
        assert [entry.reason for entry in quota.ledger(amara)][:2] == ["lifted", "sanction"]
        assert services.find_redeemable(code) == by_staff
        assert services.find(code_before).state() is InviteState.REVOKED  # not by the cut

    def test_but_not_to_whoever_was_suspended_meanwhile(self, branch, staff: User) -> None:
        _amara, lin, minji = branch
        _made, code = an_invite(sponsor=minji, by=staff)
        measure = branches.take(lin, MeasureKind.CUT, by=staff, reason="fraud")
        minji.refresh_from_db()
        suspending.suspend(minji, by=staff, reason="for herself")
        branches.lift(measure, by=staff, reason="a mistake")
        lin.refresh_from_db()
        minji.refresh_from_db()
        assert (lin.is_active, minji.is_active) == (True, False)
        assert services.find(code).state() is InviteState.REVOKED
        assert suspending.restore(minji, by=staff)

    def test_nor_for_a_root_who_was(self, branch, staff: User) -> None:
        amara, lin, _minji = branch
        measure = branches.take(lin, MeasureKind.CUT, by=staff, reason="fraud")
        suspending.suspend(User.objects.get(pk=lin.pk), by=staff, reason="for himself")
        left = quota.balance(amara)
        branches.lift(measure, by=staff, reason="x")
        assert quota.balance(amara) == left

    def test_who_is_restored_stays_out_while_a_measure_holds(self, branch, staff: User) -> None:
        _amara, lin, minji = branch
        measure = branches.take(lin, MeasureKind.PAUSE, by=staff, reason="x")
        suspending.suspend(minji, by=staff)
        assert not suspending.restore(minji, by=staff), "a measure on their branch still holds them"
        branches.lift(measure, by=staff, reason="x")
        minji.refresh_from_db()
        assert minji.is_active


def test_what_waits_to_go_to_them_does_not(amara: User, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_nudge", lambda: None)
    invite, code = an_invite(email="amara@gmail.com")
    services.send(invite, code)
    suspending.suspend(amara, by=staff)
    outbox.send_due()
    assert mail.outbox == []
