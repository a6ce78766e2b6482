"""Each way in, in a real browser; what guards it; and every page of it looked at."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.accounts.signing_in import app_code
from tests.browser.authenticator import Authenticator
from tests.browser.conftest import Scene
from tests.browser.person import PATIENCE_SECONDS, Person
from tests.browser.test_main_job import agree
from tests.browser.test_pages import LANGUAGES, Album
from tests.environment.installation import Installation
from tests.environment.open_id import Provider

NAME, HOST, OTHER = "Amara Okafor", "Ji-woo Han", "Lin Wei"
PASSWORD, NEW_PASSWORD = "correct horse battery", "another horse battery"
CODE = re.compile(r"([B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4})")


class Entrance:
    """Somebody who signs in by the pages."""

    def __init__(self, scene: Scene, **how) -> None:
        self.scene = scene
        self.email = scene.address_of(NAME)
        scene.backstage("prove_address", email=self.email, password=PASSWORD)
        self.person: Person = scene.person(**how)
        self.page: Page = self.person.page

    def by_password(self, password: str = PASSWORD) -> None:
        self.person.go("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.locator("main form").first.locator("button[type=submit]").click()

    def confirms(self, password: str = PASSWORD) -> None:
        """Show once more that it is them."""
        expect(self.page).to_have_url(re.compile("/accounts/reauthenticate/"))
        self.page.locator("#id_password").fill(password)
        self.page.locator("main form button[type=submit]").click()

    def is_in(self) -> None:
        expect(self.page).to_have_url(re.compile("/hallway/$"))

    def signs_out(self) -> None:
        self.person.go("/accounts/logout/")
        self.page.locator("main button[type=submit]").click()
        expect(self.page.locator(".top a", has_text="Sign in")).to_be_visible()

    def mailed_code(self, before: int) -> str:
        """The code of the mail that was printed after so many characters."""
        output, found = self.scene.installation.output, []

        def came() -> bool:
            found[:] = CODE.findall(output()[before:])
            return bool(found)

        self.person.wait(came, "a code by mail")
        return found[-1]

    def types_the_code(self, before: int) -> None:
        self.page.locator("#id_code").fill(self.mailed_code(before))
        self.page.locator("main form.form button[type=submit]").first.click()

    def adds_a_passkey(self, name: str = "Work laptop") -> Authenticator:
        """From the page that gathers it all; afterwards the recovery codes are shown."""
        device = Authenticator(self.page)
        self.person.go("/me/safety/")
        self.page.get_by_role("link", name="Add a passkey").click()
        self.confirms()
        self.page.locator("#id_name").fill(name)
        self.page.locator("#mfa_webauthn_add").click()
        expect(self.page.locator(".codes li")).to_have_count(10)
        return device

    @property
    def printed(self) -> int:
        return len(self.scene.installation.output())


@pytest.fixture
def door(scene: Scene) -> Entrance:
    scene.make(HOST, NAME, OTHER, stage=(HOST,))
    return Entrance(scene)


def test_by_password(door: Entrance) -> None:
    door.by_password("wrong horse battery")
    expect(door.page.get_by_role("alert").first).to_contain_text("do not belong together")
    door.by_password()
    door.is_in()


def test_by_a_mailed_code(door: Entrance) -> None:
    door.person.go("/accounts/login/")
    door.page.get_by_role("link", name="Send me a code").click()
    before = door.printed
    door.page.locator("#id_email").fill(door.email)
    door.page.locator("main form button[type=submit]").click()
    expect(door.page.locator("h1")).to_have_text("Type the code")
    door.types_the_code(before)
    door.is_in()


def test_a_forgotten_password_is_set_anew(door: Entrance) -> None:
    door.person.go("/accounts/login/")
    door.page.get_by_role("link", name="Forgot your password?").click()
    before = door.printed
    door.page.locator("#id_email").fill(door.email)
    door.page.locator("main form button[type=submit]").click()
    door.types_the_code(before)
    for field in ("#id_password1", "#id_password2"):
        door.page.locator(field).fill(NEW_PASSWORD)
    door.page.locator("main form button[type=submit]").click()
    door.page.get_by_role("main").get_by_role("link", name="Sign in").click()
    door.by_password(NEW_PASSWORD)
    door.is_in()


class TestPasskeys:
    def test_one_signs_in_by_it_and_types_nothing(self, door: Entrance) -> None:
        door.by_password()
        device = door.adds_a_passkey()
        assert device.keeps() == 1
        door.signs_out()
        door.person.go("/accounts/login/?next=/me/safety/")
        door.page.locator("#passkey_login").click()
        expect(door.page).to_have_url(re.compile("/me/safety/$"))
        expect(door.page.locator("#safety")).to_contain_text("Work laptop")

    def test_it_is_renamed_and_removed(self, door: Entrance) -> None:
        door.by_password()
        door.adds_a_passkey()
        door.person.go("/accounts/2fa/webauthn/")
        door.page.get_by_role("link", name="Rename Work laptop").click()
        door.page.locator("#id_name").fill("Old laptop")
        door.page.locator("main form button[type=submit]").click()
        door.page.get_by_role("link", name="Remove Old laptop").click()
        door.page.get_by_role("button", name="Remove it").click()
        expect(door.page.locator("main")).to_contain_text("You have none yet.")
        door.signs_out()
        door.person.go("/accounts/login/")
        door.page.locator("#passkey_login").click()
        expect(door.page.get_by_role("status")).to_contain_text("not")
        door.by_password()
        door.is_in()

    def test_the_password_alone_is_then_not_enough(self, door: Entrance) -> None:
        door.by_password()
        door.adds_a_passkey()
        code = door.page.locator(".codes li").first.inner_text()
        door.signs_out()
        door.by_password()
        expect(door.page.locator("h1")).to_have_text("The second step")
        door.page.locator("#mfa_webauthn_authenticate").click()
        door.is_in()
        door.signs_out()
        door.by_password()
        door.page.locator("#id_code").fill(code)
        door.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        door.is_in()

    def test_a_strangers_finger_opens_nothing_and_the_page_says_what_to_do(self, door: Entrance) -> None:
        door.by_password()
        device = door.adds_a_passkey()
        door.signs_out()
        device.knows_its_owner(False)
        door.person.go("/accounts/login/")
        door.page.locator("#passkey_login").click()
        expect(door.page.locator("[data-passkey-trouble]")).to_have_text(
            "No passkey was used. Try again, or choose another way."
        )
        expect(door.page).to_have_url(re.compile("/accounts/login/"))

    def test_it_shows_that_it_is_them_before_something_dangerous(self, door: Entrance) -> None:
        door.by_password()
        door.adds_a_passkey()
        door.signs_out()
        door.person.go("/accounts/login/")
        door.page.locator("#passkey_login").click()
        door.is_in()
        door.person.go("/accounts/2fa/totp/activate/")
        door.page.get_by_role("link", name="Use a passkey").click()
        door.page.locator("#mfa_webauthn_reauthenticate").click()
        expect(door.page.locator("h1")).to_have_text("Set up an authenticator app")


def test_an_app_is_set_up_asked_for_and_removed(door: Entrance) -> None:
    door.by_password()
    door.person.go("/me/safety/")
    door.page.get_by_role("link", name=re.compile(r"^Set up\s*: Authenticator app")).click()
    door.confirms()
    picture = door.page.locator(".code-picture")
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 50")
    secret = door.page.locator("#authenticator_secret").input_value()
    door.page.locator("#id_code").fill(app_code(secret))
    door.page.get_by_role("button", name="Set it up").click()
    codes = door.page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    with door.page.expect_download() as download:
        door.page.get_by_role("link", name="Download").click()
    assert all(code in download.value.path().read_text() for code in codes)
    door.page.get_by_role("link", name="Make new ones").click()
    door.page.get_by_role("button", name="Make new ones").click()
    assert not set(codes) & set(door.page.locator(".codes li").all_inner_texts())
    recovery = door.page.locator(".codes li").first.inner_text()
    door.signs_out()
    door.by_password()
    door.page.locator("#id_code").fill("000000")
    door.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(door.page.locator(".errorlist")).to_contain_text("not the code")
    door.page.locator("#id_code").fill(recovery)
    door.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    door.is_in()
    door.person.go("/me/safety/")
    expect(door.page.locator("#safety")).to_contain_text("9 are left.")
    door.page.get_by_role("link", name=re.compile(r"^Remove\s*: Authenticator app")).click()
    door.confirms()
    door.page.get_by_role("button", name="Remove it").click()
    door.signs_out()
    door.by_password()
    door.is_in()


def test_the_address_is_changed_by_a_code_to_the_new_one(door: Entrance) -> None:
    door.by_password()
    door.person.go("/me/safety/")
    door.page.get_by_role("link", name=re.compile(r"^Change\s*: E-mail address")).click()
    new = door.email.replace("@", ".new@")
    door.page.locator("#id_email").fill(new)
    before = door.printed
    door.page.locator("button[name=action_add]").click()
    door.confirms()
    door.types_the_code(before)
    expect(door.page.locator("#safety")).to_contain_text(new)
    door.signs_out()
    door.email = new
    door.by_password()
    door.is_in()


class TestInARoom:
    def test_whoever_is_signed_out_by_the_list_is_out_of_the_room(self, door: Entrance) -> None:
        host = door.scene.person(HOST, tone_hz=440)
        host.enter(door.scene.room)
        host.unmute()
        listener = door.scene.person(cookie=door.scene.backstage("another_session", email=door.email))
        listener.enter(door.scene.room)
        listener.must_hear(440)
        door.by_password()
        door.person.go("/accounts/sessions/")
        door.page.get_by_role("button", name="Sign out:").click()
        listener.is_told("You are signed out")
        listener.must_hear_silence(within=2)
        assert NAME not in door.scene.roster()

    def test_whoever_changes_the_password_in_another_tab_hears_on(self, door: Entrance) -> None:
        host = door.scene.person(HOST, tone_hz=440)
        host.enter(door.scene.room)
        host.unmute()
        door.by_password()
        door.person.enter(door.scene.room)
        door.person.must_hear(440)
        other = door.person.context.new_page()
        other.goto("/accounts/password/change/")
        other.locator("#id_oldpassword").fill(PASSWORD)
        for field in ("#id_password1", "#id_password2"):
            other.locator(field).fill(NEW_PASSWORD)
        other.get_by_role("button", name="Use this password").click()
        expect(other.get_by_role("status")).to_contain_text("Your password is changed.")
        packets = door.person.received()["packetsReceived"]
        door.person.wait(lambda: door.person.received()["packetsReceived"] > packets + 100, "two seconds of sound more")
        door.person.in_state("inside")
        door.person.lose_socket()  # what comes back comes by the new session
        door.person.wait(lambda: door.person.received()["packetsReceived"] > packets + 200, "more sound")
        door.person.in_state("inside")
        door.person.must_hear(440)
        assert NAME in door.scene.roster()


@pytest.fixture(scope="module")
def guarded() -> Iterator[tuple[Installation, Provider]]:
    """An installation as in production: a provider is set, and staff need a second factor."""
    with Provider() as provider, Installation(**provider.settings(), MITALK_STAFF_SECOND_FACTOR="1") as running:
        yield running, provider


@pytest.fixture
def guarded_scene(
    playwright_driver: Playwright, guarded: tuple[Installation, Provider], tmp_path: Path
) -> Iterator[Scene]:
    stage = Scene(playwright_driver, guarded[0], tmp_path)
    yield stage
    complaints = [complaint for person in stage.people for complaint in person.complaints]
    stage.close()
    assert complaints == []


def test_by_open_id_and_not_without_an_invite(guarded_scene: Scene, guarded: tuple[Installation, Provider]) -> None:
    guarded_scene.make(HOST, stage=(HOST,))
    newcomer = guarded_scene.person()
    page = newcomer.page
    newcomer.go("/accounts/login/")
    page.get_by_role("button", name="Continue with LinkedIn").click()
    expect(page.locator("h1")).to_have_text("MiTalk is by invitation")
    made = guarded[0].manage("create_invite", "--sponsor", guarded_scene.address_of(HOST))
    newcomer.go(made.strip().splitlines()[-1])
    page.locator("main form button[type=submit]").first.click()
    newcomer.go("/accounts/login/")
    page.get_by_role("button", name="Continue with LinkedIn").click()
    expect(page).to_have_url(re.compile("/me/agreements/"))  # there was no form to agree in
    agree(page)
    page.get_by_role("button", name="Agree and go on").click()
    expect(page).to_have_url(re.compile("/me/$"))
    newcomer.go("/me/safety/")
    expect(page.locator("#safety")).to_contain_text("Connected: you can sign in by it.")


def test_staff_are_led_to_a_second_factor_and_then_asked_for_it(guarded_scene: Scene) -> None:
    guarded_scene.make(HOST, NAME, staff=[NAME], stage=(HOST,))
    door = Entrance(guarded_scene)
    door.by_password()
    door.is_in()
    door.person.go("/staff/")
    expect(door.page.get_by_role("status")).to_contain_text("add a passkey or an authenticator app first")
    door.adds_a_passkey()
    door.person.go("/staff/")
    door.page.locator("#mfa_webauthn_reauthenticate").click()
    expect(door.page.locator("#user-tools")).to_be_visible()
    door.signs_out()
    door.person.go("/staff/")
    door.page.locator("#passkey_login").click()
    expect(door.page.locator("#user-tools")).to_be_visible()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ko", "dark")])
def test_every_page_of_it(guarded_scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    scene = guarded_scene
    scene.make(HOST, NAME, stage=(HOST,))
    door = Entrance(scene, language=LANGUAGES[language], scheme=scheme)
    page, album = door.page, Album(screenshots, f"{language}-{scheme}")

    def look(name: str, address: str = "") -> None:
        if address:
            door.person.go(address)
        assert page.locator("html").get_attribute("lang") == language
        album.take(door.person, f"signing-in-{name}")

    look("sign-in", "/accounts/login/")
    look("ask-for-code", "/accounts/login/code/")
    page.locator("#id_email").fill(door.email)
    page.locator("main form button[type=submit]").click()
    page.locator("#id_code").fill("BBBB-BBBB")
    page.locator("main form.form button[type=submit]").first.click()
    look("code")
    page.locator("button[form=logout-from-stage]").click()
    look("forgotten", "/accounts/password/reset/")
    before = door.printed
    page.locator("#id_email").fill(door.email)
    page.locator("main form button[type=submit]").click()
    look("forgotten-code")
    door.types_the_code(before)
    look("forgotten-new")
    for field in ("#id_password1", "#id_password2"):
        page.locator(field).fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    look("forgotten-done")
    door.person.go("/accounts/login/")
    page.locator("#id_login").fill(door.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile("/hallway/$"), timeout=PATIENCE_SECONDS * 1000)
    look("safety-bare", "/me/safety/")
    look("sessions", "/accounts/sessions/")
    look("address", "/accounts/email/")
    look("change-password", "/accounts/password/change/")
    look("connections", "/accounts/3rdparty/")
    look("sign-out", "/accounts/logout/")
    look("again", "/accounts/2fa/totp/activate/")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    look("app")
    page.locator("#id_code").fill(app_code(page.locator("#authenticator_secret").input_value()))
    page.locator("main form button[type=submit]").first.click()
    page.locator(".codes").wait_for()
    look("recovery-codes")
    look("recovery-codes-anew", "/accounts/2fa/recovery-codes/generate/")
    look("app-remove", "/accounts/2fa/totp/deactivate/")
    Authenticator(page)
    look("passkey-add", "/accounts/2fa/webauthn/add/")
    page.locator("#mfa_webauthn_add").click()
    page.locator("#safety").wait_for()
    look("safety")
    look("passkeys", "/accounts/2fa/webauthn/")
    page.locator("main .kept-item a").first.click()
    look("passkey-rename")
    door.person.go("/accounts/2fa/webauthn/")
    page.locator("main .kept-item a.danger").click()
    look("passkey-remove")
    door.person.go("/accounts/logout/")
    page.locator("main button[type=submit]").click()
    door.person.go("/accounts/login/")
    page.locator("#id_login").fill(door.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#mfa_webauthn_authenticate").wait_for()
    look("second-step")
    assert album.wrong == []
