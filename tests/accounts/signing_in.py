"""What tests of signing in need: people whose address is proven, codes out of mail and apps, and what was asked of whom."""

import re
import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.second_factor import SecondFactors
from tests.factories import PASSWORD, a_member

CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)


def a_proven_member(name: str = "Amara Okafor", **fields) -> User:
    """A person who can sign in: their address counts as proven."""
    member = a_member(name, **fields)
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


def sign_in(client: Client, member: User, password: str = PASSWORD, **more: str) -> HttpResponse:
    """By password, as the page does it."""
    return client.post(reverse("account_login"), {"login": member.email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    """Whether the hallway opens."""
    return client.get(reverse("rooms:hallway")).status_code == 200


def confirm_it_is_me(client: Client, password: str = PASSWORD) -> None:
    """The password once more, before something dangerous."""
    client.post(reverse("account_reauthenticate"), {"password": password})


def mailed_code() -> str:
    """The code of the latest mail."""
    found = CODE.search(mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found.group(1)


def an_app_of(member: User) -> str:
    """Give somebody an authenticator app; its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(
        user=member, type=Authenticator.Type.TOTP, data={"secret": SecondFactors().encrypt(secret)}
    )
    return secret


def app_code(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
