"""The list of sessions; what ends sessions and what does not."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.browsers import browser_in_words
from accounts.models import User
from accounts.sessions import NOTED_EVERY_SECONDS
from rooms import services as rooms
from rooms.models import Participant
from tests.accounts.signing_in import a_proven_member, confirm_it_is_me, is_signed_in, mailed_code, sign_in
from tests.factories import PASSWORD, a_live_room, a_member

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "another horse battery"
ON_A_PHONE = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def amara() -> User:
    return a_proven_member()


def a_browser_of(member: User, **headers: str) -> Client:
    browser = Client(headers=headers)
    sign_in(browser, member)
    assert is_signed_in(browser)
    return browser


def listed(browser: Client) -> list:
    return browser.get(reverse("usersessions_list")).context["sessions"]


class TestList:
    def test_it_shows_every_browser_this_one_first(self, amara: User) -> None:
        a_browser_of(amara, user_agent=ON_A_PHONE)
        here = a_browser_of(amara, user_agent="Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0")
        assert [(session.browser, session.is_this) for session in listed(here)] == [
            ("Firefox on Windows", True),
            ("Chrome on Android", False),
        ]

    def test_a_session_that_began_by_another_door_is_in_it(self, amara: User) -> None:
        browser = Client()
        browser.force_login(amara, backend="accounts.backends.MemberBackend")
        assert [session.is_this for session in listed(browser)] == [True]

    def test_when_one_was_seen_is_noted_now_and_then(self, amara: User) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            browser = a_browser_of(amara)
            for passed, noted in ((NOTED_EVERY_SECONDS - 1, 0), (2, NOTED_EVERY_SECONDS + 1)):
                began = UserSession.objects.get().created_at
                clock.shift(timedelta(seconds=passed))
                browser.get(reverse("rooms:hallway"))
                seen = UserSession.objects.get().last_seen_at - began
                assert round(seen.total_seconds()) == noted

    def test_one_is_signed_out_and_no_other(self, amara: User) -> None:
        there, elsewhere, here = (a_browser_of(amara) for _ in range(3))
        keys = {session.handle: session for session in listed(here)}
        assert len(keys) == 3
        theirs = next(session.handle for session in listed(there) if session.is_this)
        here.post(reverse("usersessions_list"), {"session": theirs})
        assert [is_signed_in(browser) for browser in (there, elsewhere, here)] == [False, True, True]
        assert len(listed(here)) == 2

    def test_all_others_are_signed_out(self, amara: User) -> None:
        others, here = [a_browser_of(amara) for _ in range(2)], a_browser_of(amara)
        here.post(reverse("usersessions_list"), {"others": "1"})
        assert [is_signed_in(browser) for browser in (*others, here)] == [False, False, True]

    def test_another_members_session_is_out_of_reach(self, amara: User) -> None:
        theirs = a_browser_of(a_proven_member("Lin Wei"))
        handle = listed(theirs)[0].handle
        mine = a_browser_of(amara)
        for data in ({"session": handle}, {"session": ""}, {}):
            mine.post(reverse("usersessions_list"), data)
        mine.post(reverse("usersessions_list"), {"others": "1"})
        assert is_signed_in(theirs)
        assert is_signed_in(mine)

    def test_it_holds_no_key(self, amara: User) -> None:
        here = a_browser_of(amara)
        page = here.get(reverse("usersessions_list")).content.decode()
        assert here.session.session_key not in page

    def test_signing_out_takes_it_off(self, amara: User) -> None:
        browser = a_browser_of(amara)
        browser.post(reverse("account_logout"))
        assert not UserSession.objects.exists()
        assert not is_signed_in(browser)


class TestWhatEndsThem:
    @pytest.fixture
    def browsers(self, amara: User) -> tuple[Client, Client]:
        """Where something is done, and another."""
        return a_browser_of(amara), a_browser_of(amara)

    def test_a_changed_password_ends_the_others_and_not_ones_own(self, amara: User, browsers) -> None:
        here, there = browsers
        before = here.session.session_key
        data = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
        assert here.post(reverse("account_change_password"), data)["Location"] == reverse("accounts:safety")
        assert here.session.session_key != before
        assert list(Session.objects.values_list("session_key", flat=True)) == [here.session.session_key]
        assert list(UserSession.objects.values_list("session_key", flat=True)) == [here.session.session_key]
        assert (is_signed_in(here), is_signed_in(there)) == (True, False)

    def test_a_password_set_anew_by_mail_ends_all(self, amara: User, browsers) -> None:
        stranger = Client()
        stranger.post(reverse("account_reset_password"), {"email": amara.email})
        stranger.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code()})
        stranger.post(reverse("account_complete_password_reset"), {"password1": OTHER, "password2": OTHER})
        assert not UserSession.objects.exists()
        assert not any(is_signed_in(browser) for browser in browsers)

    def test_a_suspension_ends_all_and_its_end_brings_none_back(self, amara: User, browsers) -> None:
        for active in (False, True):
            amara.is_active = active
            amara.save()
            assert not any(is_signed_in(browser) for browser in browsers)
        assert not UserSession.objects.exists()

    def test_a_wrong_password_ends_none(self, browsers) -> None:
        here, there = browsers
        data = {"oldpassword": "wrong", "password1": OTHER, "password2": OTHER}
        assert here.post(reverse("account_change_password"), data).status_code == 200
        confirm_it_is_me(here, "wrong")
        assert is_signed_in(there)

    def test_another_members_suspension_ends_none(self, browsers) -> None:
        other = a_member("Lin Wei")
        other.is_active = False
        other.save()
        assert all(is_signed_in(browser) for browser in browsers)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49",
            "WeChat on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0 Safari/537.36 Edg/130.0", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36 KAKAOTALK 10.8", "KakaoTalk on Android"),
        ("curl/8", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_browsers_are_named(user_agent: str, words: str) -> None:
    assert browser_in_words(user_agent) == words


class TestAPasswordThatIsSetElsewhere:
    """By an operator's command, or by any code that sets one: everybody who is signed in has to show the new one."""

    @pytest.fixture
    def browsers(self, amara: User) -> tuple[Client, Client]:
        return a_browser_of(amara), a_browser_of(amara)

    @pytest.fixture
    def _in_a_room(self, amara: User, browsers, recording_bus) -> None:
        key = browsers[0].session.session_key
        rooms.join(a_live_room().public_id, rooms.Entrant(user=amara, session_key=key), muted=True)

    @pytest.mark.usefixtures("_in_a_room")
    def test_by_manage_py(self, amara: User, browsers, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("getpass.getpass", lambda prompt: OTHER)
        call_command("changepassword", amara.email, stdout=StringIO())
        assert [is_signed_in(browser) for browser in browsers] == [False, False]
        assert not UserSession.objects.exists()
        assert not Session.objects.exists()
        assert not Participant.objects.filter(user=amara, left_at=None).exists()  # socket and sound hang on it

    @pytest.mark.usefixtures("_in_a_room")
    def test_by_staff(self, amara: User, browsers) -> None:
        user = User.objects.get(pk=amara.pk)
        user.set_password(OTHER)
        user.save()
        assert not Session.objects.exists()
        assert not Participant.objects.filter(user=amara, left_at=None).exists()

    def test_a_hash_that_is_only_renewed_ends_nothing(self, amara: User, browsers, settings) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
        user = User.objects.get(pk=amara.pk)
        assert user.check_password(PASSWORD)
        assert User.objects.get(pk=amara.pk).password.startswith("pbkdf2")
        assert UserSession.objects.count() == 2


class TestANewSecret:
    OLD, NEW = "an old secret " * 5, "a new secret " * 5

    def test_a_session_goes_on_while_the_former_is_known(self, amara: User) -> None:
        with override_settings(SECRET_KEY=self.OLD):
            browser = a_browser_of(amara)
        with override_settings(SECRET_KEY=self.NEW, SECRET_KEY_FALLBACKS=[self.OLD]):
            assert is_signed_in(browser)
        with override_settings(SECRET_KEY=self.NEW, SECRET_KEY_FALLBACKS=[]):
            assert is_signed_in(browser)  # it went over to the new one when it was used

    def test_without_the_former_it_is_over(self, amara: User) -> None:
        with override_settings(SECRET_KEY=self.OLD):
            browser = a_browser_of(amara)
        with override_settings(SECRET_KEY=self.NEW, SECRET_KEY_FALLBACKS=[]):
            assert not is_signed_in(browser)
