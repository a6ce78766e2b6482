"""The demonstration, as a newcomer meets it after `make run`: sign in as printed, and hear somebody within a minute."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from rooms.demo.people import WELCOME_TITLE
from tests.browser.person import Person, start_browser
from tests.environment.installation import Installation


@pytest.fixture(scope="module")
def demonstration() -> Iterator[Installation]:
    with Installation(demo=True) as running:
        yield running


def test_a_newcomer_signs_in_and_hears_the_welcome(
    playwright_driver: Playwright, demonstration: Installation, screenshots: Path
) -> None:
    browser = start_browser(playwright_driver)
    try:
        newcomer = Person(browser, demonstration.url)
        email, password = re.findall(r"sign in as  (\S+)   password  (\S+)", demonstration.output())[0]
        newcomer.go("/accounts/login/")
        newcomer.page.get_by_label("E-mail address").fill(email)
        newcomer.page.get_by_role("textbox", name="Password").fill(password)
        newcomer.page.locator("main form button[type=submit]").click()
        newcomer.page.wait_for_url("**/hallway/")
        expect(newcomer.page.locator("main")).to_contain_text(WELCOME_TITLE)
        newcomer.page.screenshot(path=screenshots / "demo-hallway.png")
        newcomer.page.get_by_text(WELCOME_TITLE).click()
        newcomer.page.wait_for_url("**/r/**")
        newcomer.tap_in()
        newcomer.wait(lambda: newcomer.hears().level > -40, "the welcome", within=60)
        expect(newcomer.page.locator("#stage [data-demo]:visible")).to_have_count(1)
        newcomer.page.screenshot(path=screenshots / "demo-room.png")
        assert newcomer.complaints == []
    finally:
        browser.close()
