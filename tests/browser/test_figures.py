"""Staff's page of figures in a real browser: whole under the strict policy, on phone and desk, light and dark.
Days are chosen, and numbers opened, by keyboard."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.test_pages import BothThemes


def test_staff_choose_days_and_open_the_numbers(scene: Scene, screenshots: Path) -> None:
    scene.make(
        "Ji-woo Han", "Noor Staff", stage=("Ji-woo Han",), staff=["Noor Staff"], title="A room <i>of</i> figures"
    )
    staff, album = scene.person("Noor Staff"), BothThemes(screenshots, "staff")
    staff.go("/staff/moderation/figures/")
    expect(staff.page.locator("#figure-rooms svg")).to_have_attribute("aria-label", re.compile("Rooms that began"))
    staff.page.locator("#figure-reports_by_category summary").focus()
    staff.page.keyboard.press("Enter")
    expect(staff.page.locator("#figure-reports_by_category td").first).to_be_visible()
    album.take(staff, "figures")
    assert album.wrong == []
    staff.page.locator("#id_from").fill("2026-01-31")
    staff.page.locator("#id_to").fill("2026-01-01")
    staff.page.locator(".figures-days input[type=submit]").click()
    expect(staff.page.locator(".errorlist")).to_have_text("The last day is before the first.")
