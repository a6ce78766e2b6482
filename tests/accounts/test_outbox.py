"""What must go out once goes out once; codes live ten minutes and five tries."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from accounts import contacts, one_time_codes, outbox, sms, tasks
from accounts.contact_models import OneTimeCode, OutboxMessage
from accounts.hooks import _gates, register_gate
from accounts.one_time_codes import Answer
from tests.fakes import KeptMessages

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = contacts.phone("+821012345678")
MAILBOX = contacts.email("amara@example.org")


@pytest.fixture(autouse=True)
def _kept(text_messages) -> None:
    """No message leaves."""


def post(contact=PHONE, occasion: str = "one", **more) -> None:
    outbox.post(contact, kind="test", occasion=occasion, subject="Hello", text="Some words", **more)


def held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs are away: only the clock sends."""
    monkeypatch.setattr(outbox, "_nudge", lambda: None)


def in_threads(number: int, work) -> list:
    def run(index: int):
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_it_goes_out_when_the_transaction_commits_and_leaves_nothing_behind() -> None:
    with transaction.atomic():
        post()
        post(MAILBOX, headers={"List-Unsubscribe": "<https://example.org>"})
        assert KeptMessages.sent == []
    assert KeptMessages.sent == [(PHONE.value, "Some words")]
    assert mail.outbox[0].extra_headers["List-Unsubscribe"] == "<https://example.org>"
    for row in OutboxMessage.objects.all():
        assert (row.sent, row.sealed_address, row.sealed_content) == (True, "", "")


def test_while_it_waits_nothing_of_it_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    held_back(monkeypatch)
    post()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_outboxmessage")
        row = str(cursor.fetchall())
    assert "1012345678" not in row
    assert "Some words" not in row


def test_the_same_occasion_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    in_threads(6, lambda _: post())
    assert len(KeptMessages.sent) == 1
    post(occasion="two")
    assert len(KeptMessages.sent) == 2


def test_two_beats_at_once_send_one(monkeypatch: pytest.MonkeyPatch) -> None:
    held_back(monkeypatch)
    for number in range(5):
        post(occasion=str(number))
    in_threads(6, lambda _: tasks.send_outbox())
    assert len(KeptMessages.sent) == 5


def test_what_a_worker_died_over_is_sent_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    held_back(monkeypatch)
    post()
    now = timezone.now()
    OutboxMessage.objects.update(claimed_at=now, tries=1)
    assert outbox.send_due(now + timedelta(minutes=1)) == 0
    assert outbox.send_due(now + timedelta(minutes=6)) == 1


def test_what_was_not_taken_is_tried_again_a_few_times() -> None:
    KeptMessages.failures[:] = [sms.SmsFailed("http_503")] * 10
    now = timezone.now()
    post()
    assert OutboxMessage.objects.get().error_code == "http_503"
    assert outbox.send_due(now) == 0  # not at once
    for minutes in (1, 3, 10, 30, 60, 120):
        outbox.send_due(now + timedelta(minutes=minutes))
    row = OutboxMessage.objects.get()
    assert len(KeptMessages.failures) == 5
    assert (row.sent, row.tries, row.error_code, row.sealed_content) == (False, 5, "http_503", "")


def test_what_is_refused_for_good_is_not() -> None:
    KeptMessages.failures[:] = [sms.SmsFailed("gateway_no_such_number", for_good=True)]
    post()
    row = OutboxMessage.objects.get()
    assert (row.tries, row.error_code) == (1, "gateway_no_such_number")
    assert row.done_at is not None


def test_a_mail_server_that_is_away_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: object) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as away:
        away.setattr("accounts.outbox.EmailMessage.send", refuse)
        post(MAILBOX)
    assert OutboxMessage.objects.get().error_code == "mail_SMTPServerDisconnected"
    assert outbox.send_due(timezone.now() + timedelta(minutes=1)) == 1
    assert len(mail.outbox) == 1


def test_what_comes_too_late_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    held_back(monkeypatch)
    post(good_until=timezone.now() + timedelta(minutes=10))
    assert outbox.send_due(timezone.now() + timedelta(minutes=11)) == 0
    assert OutboxMessage.objects.get().error_code == "too_late"


def test_what_is_not_wanted_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_gates, "test", None)
    register_gate("test", lambda contact: contact != PHONE)
    post()
    assert KeptMessages.sent == []
    assert OutboxMessage.objects.get().error_code == "unwanted"


def test_jobs_that_cannot_be_reached_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("accounts.tasks.send_outbox.apply_async", away)
    post()
    assert OutboxMessage.objects.get().done_at is None
    assert outbox.send_due() == 1


class TestCodes:
    def send(self, subject: str = "x", contact=PHONE) -> str:
        one_time_codes.send("test", subject, contact)
        found = re.search(r"\b\d{6}\b", KeptMessages.sent[-1][1] if contact is PHONE else mail.outbox[-1].body)
        assert found
        return found.group()

    def check(self, code: str, subject: str = "x", contact=PHONE, minutes: float = 0) -> Answer:
        now = timezone.now() + timedelta(minutes=minutes)
        return one_time_codes.check("test", subject, contact, code, now=now)

    def wrong(self, code: str) -> str:
        return f"{(int(code) + 1) % 10**6:06}"

    def test_the_right_code_is_right_once(self) -> None:
        code = self.send()
        assert self.check(f" {code[:3]} {code[3:]} ") is Answer.RIGHT
        assert self.check(code) is Answer.OVER

    def test_it_is_sent_by_mail_too(self) -> None:
        assert self.check(self.send(contact=MAILBOX), contact=MAILBOX) is Answer.RIGHT

    def test_it_lives_ten_minutes(self) -> None:
        code = self.send()
        assert self.check(code, minutes=10.1) is Answer.OVER
        assert self.check(code, minutes=9.9) is Answer.RIGHT

    def test_it_lives_five_tries(self) -> None:
        code = self.send()
        answers = [self.check(self.wrong(code)) for _ in range(5)]
        assert answers == [Answer.WRONG] * 4 + [Answer.OVER]
        assert self.check(code) is Answer.OVER

    def test_many_who_guess_at_once_have_five_tries_together(self) -> None:
        code = self.send()
        in_threads(20, lambda _: self.check(self.wrong(code)))
        assert OneTimeCode.objects.get().tries == 5
        assert self.check(code) is Answer.OVER

    def test_of_many_who_send_the_right_one_at_once_one_is_right(self) -> None:
        code = self.send()
        assert in_threads(5, lambda _: self.check(code)).count(Answer.RIGHT) == 1

    def test_a_new_one_takes_the_place_of_the_old(self) -> None:
        old, new = self.send(), self.send()
        assert old == new or self.check(old) is Answer.WRONG
        assert self.check(new) is Answer.RIGHT

    def test_it_proves_nothing_else(self) -> None:
        code = self.send()
        self.send("y")
        other = contacts.phone("+8613800138000")
        assert self.check(code, contact=other) is Answer.OVER
        assert one_time_codes.check("other", "x", PHONE, code) is Answer.OVER

    def test_one_contact_gets_five_an_hour_also_when_asked_for_at_once(self) -> None:
        def ask(number: int) -> bool:
            try:
                one_time_codes.send("test", f"subject {number}", PHONE)
            except one_time_codes.TooManyCodes:
                return False
            return True

        assert in_threads(12, ask).count(True) == 5
        assert len(KeptMessages.sent) == 5

    def test_it_is_nowhere_in_the_database(self) -> None:
        code = self.send()
        with connection.cursor() as cursor:
            for table in ("accounts_onetimecode", "accounts_outboxmessage"):
                cursor.execute(f"SELECT * FROM {table}")
                assert not re.search(rf"\b{code}\b", str(cursor.fetchall()))

    def test_old_ones_are_deleted(self) -> None:
        self.send()
        tasks.delete_old_messages()
        assert OneTimeCode.objects.exists()
        one_time_codes.delete_old(timezone.now() + timedelta(hours=3))
        outbox.delete_old(timezone.now() + timedelta(days=401))
        assert not OneTimeCode.objects.exists()
        assert not OutboxMessage.objects.exists()


def test_a_mail_that_may_have_been_taken_already_comes_again_by_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    held_back(monkeypatch)
    post(MAILBOX)
    post(MAILBOX, occasion="another")
    now = timezone.now()
    before = OutboxMessage.objects.values("sealed_address", "sealed_content").get(occasion="one")
    outbox.send_due(now)
    OutboxMessage.objects.filter(occasion="one").update(
        done_at=None, **before
    )  # its worker died before it could note it
    outbox.send_due(now + timedelta(minutes=6))
    one, another, again = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert one == again != another
