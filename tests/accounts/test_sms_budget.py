"""Text messages a day: in all, to one phone, and to where a prefix leads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import contacts, outbox, sms_budget
from accounts.models import OutboxMessage, SmsCount
from accounts.own_phones import own_phone
from config import env
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)
SEOUL, BUSAN, BEIJING, KINGSTON = (
    contacts.phone(number) for number in ("+821012345678", "+821022223333", "+8613800138000", "+18763001234")
)


@pytest.fixture(autouse=True)
def _small(settings) -> None:
    settings.SMS_A_DAY = 4
    settings.SMS_A_DAY_TO_ONE = 2
    settings.SMS_A_DAY_TO_PREFIX = {"+82": 3, "+1876": 0, "*": 1}


def taken(*phones: contacts.Contact) -> list[str]:
    codes = []
    for phone in phones:
        try:
            sms_budget.take(phone)
            codes.append("")
        except sms_budget.UsedUp as refusal:
            codes.append(refusal.code)
    return codes


def test_to_one_phone_to_a_country_and_in_all() -> None:
    assert taken(SEOUL, SEOUL, SEOUL) == ["", "", "sms_used_up"]
    assert taken(BUSAN, BUSAN) == ["", "sms_used_up"]
    assert taken(BEIJING, BEIJING) == ["", "sms_used_up"]
    assert taken(contacts.phone("+4915112345678")) == ["sms_used_up"]  # four went out
    assert sms_budget.closed_for(BEIJING) == "sms_used_up"


def test_the_longest_prefix_counts_and_some_places_get_none() -> None:
    assert taken(KINGSTON) == ["sms_not_there"]
    assert taken(contacts.phone("+14155552671")) == [""]
    assert sms_budget.closed_for(KINGSTON) == "sms_not_there"
    assert SmsCount.objects.filter(scope="+1").exists()


def test_countries_that_are_not_named_get_none_without_a_star(settings) -> None:
    settings.SMS_A_DAY_TO_PREFIX = {"+82": 3}
    assert taken(SEOUL, BEIJING) == ["", "sms_not_there"]


def test_what_is_refused_is_not_counted() -> None:
    taken(SEOUL, SEOUL, SEOUL, SEOUL)
    assert SmsCount.objects.get(scope="all").sent == 2


def test_of_many_who_send_at_once_none_goes_over(settings) -> None:
    settings.SMS_A_DAY_TO_ONE = 100
    settings.SMS_A_DAY_TO_PREFIX = {"*": 100}

    def send(number: int) -> str:
        try:
            return taken(SEOUL if number % 2 else BEIJING)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(send, range(12)))
    assert codes.count("") == 4
    assert SmsCount.objects.get(scope="all").sent == 4


def test_the_next_day_begins_anew(text_messages: list) -> None:
    taken(SEOUL, SEOUL)
    outbox.post(SEOUL, kind="test", occasion="news", subject="", text="Hello")
    outbox.post(SEOUL, kind="test", occasion="code", subject="", text="Hi", good_until=timezone.now())
    message = OutboxMessage.objects.get(occasion="news")
    assert (message.done_at, message.error_code, message.tries) == (None, "sms_used_up", 0)
    assert message.due_at > timezone.now()
    assert OutboxMessage.objects.get(occasion="code").done_at
    SmsCount.objects.update(day=timezone.now() - timedelta(days=1))  # it is tomorrow
    outbox.send_due(message.due_at)
    assert [words for _to, words in text_messages] == ["Hello"]
    sms_budget.delete_old()
    assert not SmsCount.objects.filter(scope__startswith="one", day__lt=timezone.now()).exists()


def test_mail_goes_on(text_messages: list, settings) -> None:
    settings.SMS_A_DAY = 0
    outbox.post(contacts.email("amara@example.org"), kind="test", occasion="x", subject="Hello", text="Hello")
    outbox.post(SEOUL, kind="test", occasion="x", subject="", text="Hello")
    assert len(mail.outbox) == 1
    assert text_messages == []


class TestPeopleAreTold:
    @pytest.mark.parametrize(
        ("phone", "code"), [(SEOUL, "sms_used_up"), (BEIJING, "sms_used_up"), (KINGSTON, "sms_not_there")]
    )
    @pytest.mark.parametrize("page", ["accounts:phone_sign_in", "invites:never_ask"])
    def test_before_they_wait_for_a_code(self, client: Client, page: str, phone, code: str, settings) -> None:
        settings.SMS_A_DAY = 0
        response = client.post(reverse(page), {"contact": phone.value})
        assert response.context["form"].has_error("contact", code)
        assert not OutboxMessage.objects.exists()

    def test_how_many_one_phone_got_is_told_to_nobody(self, client: Client, text_messages: list) -> None:
        own_phone(a_member(), SEOUL.value)
        taken(SEOUL, SEOUL)
        assert client.post(reverse("accounts:phone_sign_in"), {"contact": SEOUL.value}).status_code == 302
        assert text_messages == []
        assert OutboxMessage.objects.get().error_code == "sms_used_up"

    def test_staff_see_it_before_anything_else(self, client: Client) -> None:
        staff = a_member(is_staff=True, is_superuser=True)
        client.force_login(staff, backend="accounts.backends.MemberBackend")
        assert "used up" not in client.get(reverse("admin:index")).content.decode()
        taken(BEIJING)
        page = client.get(reverse("admin:index")).content.decode()
        assert "used up for today (+86: 1)" in page
        counts = client.get(reverse("admin:accounts_smscount_changelist")).content.decode()
        assert "+86" in counts
        assert BEIJING.key not in counts


@pytest.mark.parametrize("value", ["82=5", "+82", "+82=many", "*=-1", "+8x=3"])
def test_a_mistyped_setting_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITALK_X", value)
    with pytest.raises(ImproperlyConfigured, match="MITALK_X"):
        env.numbers_of_prefixes("MITALK_X", "*=200")


def test_a_setting_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.numbers_of_prefixes("MITALK_X", "*=200") == {"*": 200}
    monkeypatch.setenv("MITALK_X", "+82=500, +1876=0,*=100")
    assert env.numbers_of_prefixes("MITALK_X", "*=200") == {"+82": 500, "+1876": 0, "*": 100}
