"""Staff enter a room as staff by a second factor only, as they open the staff's pages."""

import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from channels.db import database_sync_to_async
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.session_store import SessionStore
from rooms.domain.errors import Code
from rooms.domain.snapshot import Visibility
from rooms.models import Participant, Room
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, sign_in
from tests.factories import a_live_room
from tests.signalling.page import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_demanded")]


@pytest.fixture
def _demanded(settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = True


def head_of_staff() -> User:
    return a_proven_member("Sofia Takács", is_staff=True, is_superuser=True)


def signed_in(member: User, secret: str = "") -> str:
    """The session of somebody who signed in, with the code of their app if they have one."""
    browser = Client()
    sign_in(browser, member)
    if secret:
        browser.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    return browser.cookies["sessionid"].value


@database_sync_to_async
def staff_and_a_room(*, with_app: bool) -> tuple[str, Room]:
    staff = head_of_staff()
    return signed_in(staff, an_app_of(staff) if with_app else ""), a_live_room()


@database_sync_to_async
def who_is_there_as_staff(room: Room) -> int:
    return Participant.objects.filter(room=room, role="staff", left_at=None).count()


async def test_without_it_they_do_not_and_are_told_how(live: None) -> None:
    session, room = await staff_and_a_room(with_app=False)
    page = Page(room, f"sessionid={session}")
    assert await page.open()
    answer = await page.ask_to_join(as_staff=True)
    assert answer["code"] == Code.SECOND_FACTOR_MISSING
    assert "second factor" in answer["message"]
    assert await who_is_there_as_staff(room) == 0
    await page.join(as_staff=False)  # as a member they may
    await page.close()


async def test_with_it_they_do(live: None) -> None:
    session, room = await staff_and_a_room(with_app=True)
    page = Page(room, f"sessionid={session}")
    assert await page.open()
    assert (await page.join(as_staff=True))["you"]["role"] == "staff"
    await page.close()


async def test_one_that_is_shown_while_the_page_is_open_counts(live: None) -> None:
    session, room = await staff_and_a_room(with_app=False)
    page = Page(room, f"sessionid={session}")
    assert await page.open()

    @database_sync_to_async
    def shows_it() -> None:
        store = SessionStore(session)
        store[AUTHENTICATION_METHODS_SESSION_KEY] += [{"method": "mfa", "at": time.time(), "type": "totp"}]
        store.save()

    await shows_it()
    await page.join(as_staff=True)
    await page.close()


def test_nor_is_a_private_room_named_to_them(client: Client) -> None:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(visibility=Visibility.CLOSED)
    staff = head_of_staff()
    sign_in(client, staff)
    address = reverse("rooms:room", args=[room.public_id])
    assert client.get(address).status_code == 403
    client.cookies["sessionid"] = signed_in(staff, an_app_of(staff))
    assert room.title in client.get(address).content.decode()
