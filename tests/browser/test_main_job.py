"""The main job, end to end, as a newcomer goes it: from an invite link to being heard."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Scene
from tests.browser.person import PATIENCE_SECONDS
from tests.factories import PASSWORD

TONE = 520


def the_mailed_code(scene: Scene, address: str) -> str:
    found: list[str] = []

    def mailed() -> bool:
        mails = scene.installation.output().split("mail to ")
        codes = [
            re.findall(r"│ ([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail, re.MULTILINE)
            for mail in mails
            if mail.startswith(address)
        ]
        found.extend(codes[-1] if codes else [])
        return bool(found)

    scene.people[0].wait(mailed, f"a code mailed to {address}")
    return found[-1]


def sign_up(page: Page, link: str, scene: Scene, address: str) -> None:
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Ji-woo Han")
    page.locator("main form button").click()
    page.get_by_label("Email", exact=False).first.fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    agree(page)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_label("Code").fill(the_mailed_code(scene, address))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/me/**")


def agree(page: Page) -> None:
    """Old enough, and with the terms."""
    page.locator("#id_is_old_enough").check()
    page.locator("#id_agrees").check()


def fill_in_profile(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Headline", exact=True).fill("Equipment engineer")
    page.get_by_label("Industry").select_option(index=1)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/hallway/")


def test_from_an_invite_link_to_a_room_of_ones_own_that_another_hears(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
    link = (
        scene.installation.manage("create_invite", "--sponsor", scene.address_of("Ji-woo Han")).strip().splitlines()[-1]
    )
    newcomer = scene.person(tone_hz=TONE)
    page = newcomer.page
    sign_up(page, link, scene, "yuki@example.org")
    fill_in_profile(page, "Yuki Nakamura")

    page.goto("/topics/new/")
    page.get_by_label("Topic").fill("Etching at low temperature")
    page.get_by_label("Industry").select_option(index=1)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/rooms/new/**")
    page.get_by_label("Title").fill("What cryo etch changes on the line")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/r/**")
    room = page.url

    newcomer.tap_in()
    newcomer.sees_on_stage("Yuki Nakamura")
    expect(page.locator('[data-microphone="muted"]')).to_have_count(1)

    listener = scene.person("Lin Wei")
    listener.go("/hallway/")
    listener.page.get_by_text("What cryo etch changes on the line").first.click()
    listener.page.wait_for_url(room)
    listener.tap_in()
    newcomer.unmute()
    listener.must_hear(TONE)
    assert newcomer.hears(TONE).level < -60

    page.locator("#end").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("End")).click()
    listener.in_state("ended")
    expect(listener.page.locator("main")).to_contain_text("Yuki Nakamura", timeout=PATIENCE_SECONDS * 1000)
    listener.must_hear_silence()


def test_a_used_link_says_so(scene: Scene) -> None:
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    link = (
        scene.installation.manage("create_invite", "--sponsor", scene.address_of("Ji-woo Han")).strip().splitlines()[-1]
    )
    first = scene.person()
    sign_up(first.page, link, scene, "first@example.org")
    second = scene.person()
    second.page.goto(link)
    expect(second.page.locator("main")).to_contain_text("invite_used")


def test_without_an_invite_sign_up_is_closed(scene: Scene) -> None:
    stranger = scene.person()
    stranger.go("/accounts/signup/")
    expect(stranger.page.locator("main form input[type=password]")).to_have_count(0)
    expect(stranger.page.locator("main")).to_contain_text(re.compile("invite", re.IGNORECASE))
