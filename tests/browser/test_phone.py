"""One's own phone: added, used to sign in, changed and removed; staff who keep somebody out; and each page looked at."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_invites import submit, what_was_sent
from tests.browser.test_pages import LANGUAGES, Album
from tests.browser.test_signing_in import HOST, NAME, Entrance

CODE = r"(?<!\d)\d{6}(?!\d)"  # Korean writes on without a space


@pytest.fixture
def door(scene: Scene) -> Entrance:
    scene.make(HOST, NAME, "Lin Wei", stage=(HOST,), staff=["Lin Wei"])
    return Entrance(scene)


def adds_a_phone(door: Entrance, typed: str, region: str, e164: str) -> None:
    door.person.go("/me/safety/")
    door.page.get_by_role("link", name=re.compile(r"^Add\s*: Phone")).click()
    door.confirms()
    door.page.get_by_label("Mobile number").fill(typed)
    submit(door.person, "Text me a code")
    expect(door.page.locator("[data-code=phone_needs_region]")).to_be_visible()  # no country is guessed
    door.page.get_by_label("Country of the number").select_option(region)
    submit(door.person, "Text me a code")
    door.page.get_by_label("Code").fill(what_was_sent(door.scene, e164, CODE))
    submit(door.person, "Go on")
    expect(door.page.locator("#safety")).to_contain_text(re.compile(r"\+82 … \d\d"))


def asks_for_a_code(person: Person, number: str) -> None:
    person.go("/accounts/login/")
    person.page.get_by_role("link", name="Text me a code").click()
    person.page.get_by_label("Mobile number").fill(number)
    submit(person, "Text me a code")


def test_it_is_added_signed_in_by_and_removed(door: Entrance) -> None:
    door.by_password()
    door.is_in()
    adds_a_phone(door, "010-5555-1234", "KR", "+821055551234")
    assert "was added to your account" in what_was_sent(door.scene, door.email, "The phone number .* account")
    door.signs_out()
    before = door.printed
    asks_for_a_code(door.person, "+82 10 5555 1234")

    def code() -> str:
        parts = door.scene.installation.output()[before:].split("text message to ")
        sent = [re.search(CODE, part) for part in parts if part.startswith("+821055551234")]
        return sent[-1].group() if sent and sent[-1] else ""

    door.person.wait(lambda: bool(code()), "a code by text message")
    door.page.get_by_label("Code").fill(code())
    submit(door.person, "Sign in")
    door.is_in()
    door.person.go("/me/phone/")
    door.confirms()
    expect(door.page.locator("main")).to_contain_text("+82 10-5555-1234")
    submit(door.person, "Remove it")
    expect(door.page.get_by_role("link", name=re.compile(r"^Add\s*: Phone"))).to_be_visible()


def test_a_strangers_number_is_answered_alike_and_gets_nothing(door: Entrance) -> None:
    before = door.printed
    asks_for_a_code(door.person, "+82 10 7777 1234")
    expect(door.page.locator("h1")).to_have_text("Type the code")
    expect(door.page.locator("main")).to_contain_text("If +82 … 34 can be reached, a code is on its way there.")
    door.page.get_by_label("Code").fill("123456")
    submit(door.person, "Sign in")
    expect(door.page.locator("main [data-code], main .field-errors, main .errorlist").first).to_be_visible()
    assert "+821077771234" not in door.scene.installation.output()[before:]


def test_staff_keep_somebody_out_and_see_it_in_the_queue(door: Entrance, screenshots: Path) -> None:
    staff, stranger, album = door.scene.person("Lin Wei"), door.scene.person(), Album(screenshots, "staff")
    staff.go(f"/staff/moderation/person/?q={door.email}")
    staff.page.locator("#action-toggle").check()
    staff.page.locator("select[name=action]").select_option("sanction_chosen")
    staff.page.get_by_role("button", name="Go").click()
    staff.page.locator("#id_kind").select_option("suspend")
    staff.page.locator("#id_rule").select_option(index=0)
    staff.page.get_by_label("What happened").fill("They sold what was said in rooms to a newspaper.")
    album.take(staff, "staff-sanction-several")
    staff.page.get_by_role("button", name="Impose").click()
    expect(staff.page.locator(".messagelist")).to_contain_text("1 person was sanctioned.")
    staff.go(f"/staff/accounts/boundcontact/?q={door.email}")
    album.take(staff, "staff-bound-contacts")
    expect(staff.page.locator("#result_list tbody tr")).to_have_count(1)

    stranger.go("/join/apply/")
    stranger.page.get_by_label("Your name").fill("Mara Okafor")
    name, _at, domain = door.email.partition("@")
    stranger.page.get_by_label("Work e-mail address or mobile number").fill(f"{name}+again@{domain}")
    stranger.page.get_by_label("What you do").fill("Actuary")
    stranger.page.get_by_label("Industry").select_option(index=1)
    stranger.page.get_by_label("Why you would like to be in MiTalk").fill("Floods are priced wrongly.")
    submit(stranger, "Ask to join")
    stranger.page.get_by_label("Code").fill(what_was_sent(door.scene, f"{name}+again@{domain}", CODE))
    submit(stranger, "Go on")
    expect(stranger.page.locator("main")).to_contain_text("It waits for MiTalk")

    staff.go("/staff/invites/application/?state__exact=waiting&q=Mara")
    expect(staff.page.locator("td.field-is_free img[alt=False]")).to_be_visible()
    album.take(staff, "staff-queue-kept-out")
    staff.go("/staff/accounts/smscount/")
    album.take(staff, "staff-sms-counts")
    assert [found for found in album.wrong if "wider" in found] == []


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "dark"), ("ko", "light")]
)
def test_every_page(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    scene.make(HOST, NAME, stage=(HOST,))
    door = Entrance(scene, language=LANGUAGES[language], scheme=scheme)
    page, album = door.page, Album(screenshots, f"{language}-{scheme}")
    ending = {"en": 21, "zh-hans": 22, "ko": 23}[language] + (10 if scheme == "dark" else 0)
    number = f"+8210555500{ending}"

    def look(name: str, address: str = "") -> None:
        if address:
            door.person.go(address)
        assert page.locator("html").get_attribute("lang") == language
        album.take(door.person, f"phone-{name}")

    look("sign-in", "/accounts/login/")
    look("ask", "/accounts/phone/")
    page.locator("#id_contact").fill("010-6666-0000")
    page.locator("main form.form button[type=submit]").click()
    look("needs-region")
    page.locator("#id_contact").fill(f"+82 10 6666 00{ending}")
    page.locator("main form.form button[type=submit]").click()
    page.locator("#id_code").fill("1")
    page.locator("main form.form button[type=submit]").click()
    look("code")
    door.person.go("/accounts/login/")
    page.locator("#id_login").fill(door.email)
    page.locator("#id_password").fill("correct horse battery")
    page.locator("main form button[type=submit]").first.click()
    door.is_in()
    door.person.go("/me/phone/")
    door.confirms()
    look("none")
    page.locator("#id_contact").fill(number)
    page.locator("main form.form button[type=submit]").click()
    look("own-code")
    page.locator("#id_code").fill(what_was_sent(scene, number, CODE))
    page.locator("main form.form button[type=submit]").click()
    expect(page.locator("#safety")).to_be_visible()
    look("safety")
    look("own", "/me/phone/")
    assert album.wrong == []
