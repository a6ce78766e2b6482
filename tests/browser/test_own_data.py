"""One's own data, as people use it: taken along and opened, the account deleted and had back, terms that changed."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import PATIENCE_SECONDS, Person
from tests.browser.test_pages import LANGUAGES, BothThemes
from tests.factories import PASSWORD

PATIENCE = PATIENCE_SECONDS * 1000
PAGES = {
    "account": "/me/account/",
    "data": "/me/data/",
    "delete": "/me/delete/",
    "agreements": "/me/agreements/",
    "notifications": "/me/notifications/",
    "document": "/documents/terms/",
}


@pytest.fixture
def amara(scene: Scene) -> Person:
    """A member who signs in by a password."""
    scene.make("Ji-woo Han", "Amara Okafor", stage=("Ji-woo Han",))
    scene.backstage("prove_address", email=scene.address_of("Amara Okafor"), password=PASSWORD)
    person = scene.person()
    sign_in(scene, person)
    person.page.wait_for_url("**/hallway/")
    return person


def sign_in(scene: Scene, person: Person) -> None:
    person.go("/accounts/login/")
    person.page.locator("#id_login").fill(scene.address_of("Amara Okafor"))
    person.page.locator("#id_password").fill(PASSWORD)
    person.page.locator("main form").get_by_role("button", name="Sign in", exact=True).click()


def confirm(person: Person) -> None:
    """Asked once more who one is."""
    person.page.wait_for_url("**/reauthenticate/**")
    person.page.locator("#id_password").fill(PASSWORD)
    person.page.locator("main form button[type=submit]").first.click()


def press(person: Person, name: str) -> None:
    person.page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_everything_is_taken_along_and_read_without_a_network(amara: Person, tmp_path: Path, screenshots: Path) -> None:
    amara.go("/me/account/")
    amara.page.locator("main a[href='/me/data/']").click()
    press(amara, "Make my file")
    confirm(amara)
    expect(amara.page.locator("#download")).to_be_visible(timeout=PATIENCE)  # the page comes to it by itself
    with amara.page.expect_download() as download:
        amara.page.locator("#download").click()
    download.value.save_as(tmp_path / "mine.zip")
    zipfile.ZipFile(tmp_path / "mine.zip").extractall(tmp_path / "mine")
    reader = amara.context.new_page()
    reader.context.set_offline(True)
    reader.goto((tmp_path / "mine" / "index.html").as_uri())
    expect(reader.locator("h1")).to_have_text("Your data in MiTalk")
    expect(reader.locator("main")).to_contain_text("Amara Okafor")
    for width in (360, 1240):
        reader.set_viewport_size({"width": width, "height": 800})
        reader.screenshot(path=screenshots / f"export-{width}.png")
        assert not reader.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")
    reader.context.set_offline(False)


def test_an_account_is_deleted_and_had_back(scene: Scene, amara: Person, screenshots: Path) -> None:
    album = BothThemes(screenshots, "en")
    address = scene.address_of("Amara Okafor")
    elsewhere = scene.person(cookie=scene.backstage("another_session", email=address))
    elsewhere.enter(scene.room)
    amara.go("/me/delete/")
    amara.page.get_by_label("Type your e-mail address").fill("somebody@example.org")
    press(amara, "Delete my account")
    confirm(amara)
    expect(amara.page.locator("[data-code=typed_another]")).to_be_visible()
    amara.page.get_by_label("Type your e-mail address").fill(address)
    press(amara, "Delete my account")
    expect(amara.page.locator("h1")).to_have_text("Your account is closed")
    album.take(amara, "account-closed")
    amara.wait(lambda: "Amara Okafor" not in scene.roster(), "out of the room")
    elsewhere.go("/hallway/")
    elsewhere.page.wait_for_url("**/accounts/login/**")
    amara.go("/hallway/")
    amara.page.wait_for_url("**/accounts/login/**")
    sign_in(scene, amara)
    amara.page.wait_for_url("**/me/undo/")
    album.take(amara, "account-undo")
    press(amara, "Keep my account")
    amara.page.wait_for_url("**/accounts/login/**")
    sign_in(scene, amara)
    amara.page.wait_for_url("**/hallway/")
    assert album.wrong == []


def test_terms_are_agreed_to_at_the_next_page_by_keyboard(scene: Scene, amara: Person, screenshots: Path) -> None:
    album = BothThemes(screenshots, "en")
    scene.backstage("forget_consents", email=scene.address_of("Amara Okafor"))
    amara.go("/programme/")
    amara.page.wait_for_url("**/me/agreements/?next=%2Fprogramme%2F")
    album.take(amara, "agreements-asked")
    for box in ("#id_agrees", "#id_is_old_enough"):
        amara.page.locator(box).focus()
        amara.page.keyboard.press("Space")
    amara.page.keyboard.press("Enter")
    amara.page.wait_for_url("**/programme/")
    assert album.wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_ones_own_data(scene: Scene, screenshots: Path, language: str) -> None:
    scene.make("Ji-woo Han", "Amara Okafor", stage=("Ji-woo Han",))
    address = scene.address_of("Amara Okafor")
    scene.backstage("prove_address", email=address, password=PASSWORD)
    cookie = scene.backstage("another_session", email=address)
    person = scene.person(cookie=cookie, language=LANGUAGES[language])
    album = BothThemes(screenshots, language)
    for name, path in PAGES.items():
        person.go(path)
        assert person.page.url.endswith(path)
        assert person.page.locator("html").get_attribute("lang") == language
        album.take(person, f"own-{name}")
    assert album.wrong == []
