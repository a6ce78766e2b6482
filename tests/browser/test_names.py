"""A name that looks like staff's waits; nobody is renamed in a room. As the person and as staff see it."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import BothThemes, look

HOST, STAFF, PERSON = "Ji-woo Han", "Lin Wei", "Amara Okafor"
ALIKE = "Lln Wei"  # an l for the i


def wants(person: Person, name: str) -> None:
    person.go("/me/")
    person.page.locator("#id_name").fill(name)
    person.page.get_by_role("button", name="Save").click()


def test_a_name_that_looks_like_staffs_is_decided_on(scene: Scene, screenshots: Path) -> None:
    scene.make(HOST, STAFF, PERSON, stage=(HOST,), staff=[STAFF])
    person, staff = scene.person(PERSON), scene.person(STAFF)
    album = BothThemes(screenshots, "names")
    wants(person, ALIKE)
    expect(person.page.locator(".notices")).to_contain_text("staff look at it first")
    person.go("/me/")
    expect(person.page.locator("#id_name")).to_have_value(PERSON)
    album.take(person, "name-waits")

    staff.go("/staff/accounts/namechange/?state__exact=waiting")
    staff.page.locator("#result_list a", has_text=ALIKE).click()
    staff.page.get_by_role("link", name="Decide on it").click()
    wrong = [found for found in look(staff, "staff-name", screenshots) if "wider" in found]
    staff.page.get_by_label("They keep the name they have").check()
    staff.page.get_by_label("Reason").fill("That is a colleague of ours.")
    staff.page.get_by_role("button", name="Decide").click()
    expect(staff.page.locator(".messagelist")).to_contain_text("told by mail")
    person.go("/me/")
    expect(person.page.locator("main")).to_contain_text("That is a colleague of ours.")
    album.take(person, "name-refused")
    assert album.wrong + wrong == []


def test_nobody_is_renamed_in_a_room(scene: Scene) -> None:
    scene.make(HOST, PERSON, stage=(HOST,))
    inside, beside = scene.person(PERSON), scene.person(PERSON)
    inside.enter(scene.room)
    wants(beside, "Amara Obi")
    expect(beside.page.locator(".errorlist")).to_contain_text("You are in a room")
