"""Staff's page of processes in a real browser, while somebody listens: on phone and desk, light and dark."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Scene
from tests.browser.test_pages import BothThemes


def test_staff_see_who_carries_the_sound_and_what_it_costs(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", "Noor Staff", stage=("Ji-woo Han",), staff=["Noor Staff"])
    host, listener = scene.person("Ji-woo Han", tone_hz=440), scene.person("Lin Wei")
    host.enter(scene.room)
    host.unmute()
    listener.enter(scene.room)
    listener.must_hear(440)
    staff = scene.person("Noor Staff")
    staff.go("/staff/")
    staff.page.locator(".staff-ways a", has_text="Processes").click()

    card = staff.page.locator(".worker-card").first

    def shown(what: str, pattern: str, value: Locator) -> None:
        found = re.compile(pattern)
        for _look in range(30):  # the worker tells every five seconds, and the page does not reload itself
            if value.count() and found.search(value.inner_text()):
                return
            staff.page.wait_for_timeout(1000)
            staff.page.reload()
        raise AssertionError(f"{what}: {staff.page.locator('main').inner_text()}")

    shown("People", "^[1-9]", card.locator("div", has_text="People").locator("dd"))
    shown("Cost", "s of one core", staff.page.locator("#listener-hour + dl"))
    shown("Listener-hours", r"^\d", card.locator("div", has_text="Listener-hours").locator("dd"))
    expect(staff.page.locator(".worker-state").first).to_contain_text("lives")
    expect(staff.page.locator("#jobs-processes + ul li").first).to_be_visible()
    album = BothThemes(screenshots, "staff")
    album.take(staff, "workers")
    assert album.wrong == []
