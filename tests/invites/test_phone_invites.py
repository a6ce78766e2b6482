"""An invite for a phone: whoever has the link proves the phone by a code; then it is the account's."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.contact_models import Phone
from accounts.models import User
from accounts.own_phones import PhoneTaken, own_phone
from accounts.sealing import PHONE, unseal
from invites import services
from invites.errors import InviteRefused
from invites.models import Invite
from tests.factories import AGREED, PASSWORD, a_member, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+821012345678"
SIGN_UP = {"email": "newcomer@example.org", "password1": PASSWORD, **AGREED}
PROVE = "/join/phone/"


def accepted(client: Client, **fields) -> Invite:
    invite, code = an_invite(phone=NUMBER, **fields)
    response = client.post(reverse("invites:accept", args=[code]))
    assert response["Location"] == PROVE
    return invite


def code_in(messages: list) -> str:
    found = re.search(r"\b\d{6}\b", messages[-1][1])
    assert found
    return found.group()


def test_the_code_lets_one_sign_up_and_the_phone_is_the_accounts(client: Client, text_messages: list) -> None:
    invite = accepted(client)
    assert "+82 … 78" in client.get(PROVE).content.decode()
    assert text_messages == []  # opening the page sends nothing
    client.post(PROVE)
    assert text_messages[-1][0] == NUMBER
    assert client.post(PROVE, {"code": code_in(text_messages)})["Location"] == reverse("account_signup")
    client.post(reverse("account_signup"), SIGN_UP)
    user = User.objects.get()
    assert unseal(user.phone.sealed, purpose=PHONE) == NUMBER
    invite.refresh_from_db()
    assert invite.seats_taken == 1
    services.forget_used_phones()
    assert Invite.objects.exclude(phone_sealed="").exists()  # the sign-up may be undone
    services.forget_used_phones(timezone.now() + timedelta(days=2))
    assert not Invite.objects.exclude(phone_sealed="").exists()
    assert len(mail.outbox) == 1  # the address is proven by its own code


def test_without_the_code_there_is_no_way_to_sign_up(client: Client, text_messages: list) -> None:
    accepted(client)
    client.post(PROVE)
    wrong = f"{(int(code_in(text_messages)) + 1) % 10**6:06}"
    assert client.post(PROVE, {"code": wrong}).context["form"].errors
    for response in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), SIGN_UP)):
        assert response.templates[0].name == "account/signup_closed.html"
    assert not User.objects.exists()


def test_five_wrong_codes_and_the_right_one_is_good_no_more(client: Client, text_messages: list) -> None:
    accepted(client)
    client.post(PROVE)
    right = code_in(text_messages)
    for step in range(1, 6):
        client.post(PROVE, {"code": f"{(int(right) + step) % 10**6:06}"})
    assert client.post(PROVE, {"code": right}).context["form"].errors
    client.post(PROVE)
    assert client.post(PROVE, {"code": code_in(text_messages)}).status_code == 302


def test_anothers_proof_is_nobodys(client: Client, text_messages: list) -> None:
    accepted(client)
    client.post(PROVE)
    client.post(PROVE, {"code": code_in(text_messages)})
    _other, code = an_invite(phone="+8613800138000")
    client.post(reverse("invites:accept", args=[code]))
    assert client.get(reverse("account_signup")).templates[0].name == "account/signup_closed.html"
    assert client.get(PROVE).status_code == 200


def test_who_asks_for_too_many_codes_is_told(client: Client, text_messages: list) -> None:
    accepted(client)
    pages = [client.post(PROVE).content.decode() for _ in range(6)]
    assert "No further code can be sent" not in pages[4]
    assert "No further code can be sent" in pages[5]
    assert len(text_messages) == 5


def test_one_phone_is_one_account() -> None:
    own_phone(a_member(), NUMBER)
    invite, _code = an_invite(phone=NUMBER)
    with pytest.raises(InviteRefused) as refusal:
        services.redeem(invite, a_member("Lin Wei"), phone=NUMBER)
    assert refusal.value.code == "invite_phone_has_account"
    with pytest.raises(PhoneTaken):
        own_phone(a_member("Petra Roth"), NUMBER)
    assert Phone.objects.count() == 1


@pytest.mark.parametrize("phone", ["", "+8613800138000"])
def test_another_phone_takes_no_seat(phone: str) -> None:
    invite, _code = an_invite(phone=NUMBER)
    with pytest.raises(InviteRefused) as refusal:
        services.redeem(invite, a_member(), phone=phone)
    assert refusal.value.code == "invite_for_another_phone"


def test_a_number_is_forgotten_when_its_invite_is_over() -> None:
    invite, _code = an_invite(phone=NUMBER)
    services.revoke(invite)
    invite.refresh_from_db()
    assert invite.phone_sealed == ""
    assert invite.phone_key
