"""A room is opened with everything chosen; who may enter agrees first, who may not learns nothing of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import LANGUAGES, Album, tab_to
from tests.environment.installation import Installation

# Whoever is looked for among all members has a name that no other test uses.
HOST, LISTED, SECOND, STRANGER = "Ji-woo Han", "Ingrid 金海", "Yusuf Demir", "Amara Okafor"
TITLE = "What the audit left out"
DESCRIPTION = "How the yield was measured, by those who measured it, and what nobody wrote down"


def opens_with_everything(host: Person, scene: Scene) -> None:
    """Fill in the form as a person does, and go on to the guest list."""
    page = host.page
    host.go("/rooms/new/")
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_topic").select_option(index=1)
    page.locator(".more > summary").click()
    page.locator("#id_description").fill(DESCRIPTION)
    page.locator("#id_visibility input[value=closed]").check()
    page.locator("#id_confidentiality input[value=chatham]").check()
    page.locator("#id_hand_policy").select_option("followed")
    page.locator("#id_stage_size").fill("4")
    page.locator("#id_slow_mode").select_option("30")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/choices/")
    scene.room = page.url.removeprefix(scene.installation.url).removesuffix("choices/")
    scene.room_id = scene.room.split("/")[2]


def puts_on_the_list(host: Person, scene: Scene, name: str) -> None:
    host.page.locator("#member-query").fill(name[:4])
    host.page.locator("form[role=search] button").click()
    member = scene.backstage("profile_of", email=scene.address_of(name)).split("/")[2]
    host.page.locator(f'#members-found button[value="{member}"]').click()
    expect(host.page.locator("#guest-list")).to_contain_text(name)


def test_opened_with_everything_entered_after_agreeing_and_closed_to_a_stranger(scene: Scene) -> None:
    scene.make(HOST, LISTED, SECOND, STRANGER, stage=(HOST,))
    host, listed, second = scene.person(HOST, tone_hz=440), scene.person(LISTED), scene.person(SECOND)
    opens_with_everything(host, scene)
    puts_on_the_list(host, scene, LISTED)
    puts_on_the_list(host, scene, SECOND)
    choices = host.page.url
    host.enter(scene.room)  # the host chose it, and is not asked
    host.unmute()

    listed.go(scene.room)
    expect(listed.page.locator("#terms")).to_contain_text("Chatham House rule")
    expect(listed.page.locator("#people")).to_be_hidden()
    expect(listed.page.locator("#stage [data-person]")).to_have_count(0)
    expect(listed.page.locator("#main-button")).to_have_text("I agree, let me in")
    listed.tap_in()
    listed.must_hear(440)
    expect(listed.page.locator("#terms")).to_be_hidden()
    listed.page.reload()
    expect(listed.page.locator("#terms")).to_be_hidden()  # agreed to once
    listed.tap_in()
    second.enter(scene.room)
    listed.wait(lambda: listed.listening() == 2, "two listen")
    assert SECOND not in listed.page.content()
    frames = listed.page.evaluate("() => JSON.stringify(window.testFrames)")
    assert "Yusuf" not in frames
    assert host.finds("yusuf") == [SECOND]

    stranger = scene.person(STRANGER)
    stranger.go(scene.room)
    expect(stranger.page.locator("h1")).to_have_text("This room is closed")
    assert TITLE not in stranger.page.content()
    stranger.go("/hallway/")
    assert TITLE not in stranger.page.content()
    listed.go("/hallway/")
    expect(listed.page.locator("main")).to_contain_text(TITLE)

    # The host works on the list in another tab while the room goes on.
    tab = host.context.new_page()
    tab.goto(choices)
    tab.locator("#guest-list li", has_text=SECOND).locator("button").click()
    second.in_state("failed")
    second.is_told("people whom its host lets in")
    assert second.hears().level < -60


def test_a_stricter_mode_is_shown_inside_and_asked_of_who_comes_back(scene: Scene) -> None:
    scene.make(HOST, LISTED, stage=(HOST,))
    host, listener = scene.person(HOST), scene.person(LISTED)
    host.enter(scene.room)
    listener.enter(scene.room)
    tab = host.context.new_page()
    tab.goto(f"{scene.room}choices/")
    tab.locator("#id_confidentiality input[value=off_record]").check()
    tab.locator(".section form button[type=submit]").last.click()
    tab.wait_for_load_state()
    listener.is_told("Off the record")
    listener.lose_socket()
    listener.in_state("outside")
    expect(listener.page.locator("#terms")).to_be_visible()
    expect(listener.page.locator("#people")).to_be_hidden()
    tab_to(listener, "main-button")
    listener.page.keyboard.press("Enter")
    listener.is_inside()


def test_a_room_is_shared_by_link_and_code(scene: Scene) -> None:
    scene.make(HOST, stage=(HOST,))
    host = scene.person(HOST)
    host.go(scene.room)
    host.page.locator("#share").click()
    expect(host.page.locator("#share-link")).to_have_value(f"{scene.installation.url}{scene.room}")
    host.page.locator(".qr").evaluate("(picture) => picture.decode()")
    host.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.page.locator("#share-copy").click()
    expect(host.page.locator("#share-said")).to_have_text("Copied.")
    assert host.page.evaluate("() => navigator.clipboard.readText()") == f"{scene.installation.url}{scene.room}"


def test_a_follower_is_asked_in_and_comes(scene: Scene) -> None:
    scene.make(HOST, LISTED, SECOND, stage=(HOST,))
    scene.backstage("follow", follower=scene.address_of(SECOND), followed=scene.address_of(LISTED))
    listed, second = scene.person(LISTED), scene.person(SECOND)
    listed.go(scene.room)
    expect(listed.page.locator("#ping")).to_be_hidden()
    listed.tap_in()
    with listed.context.expect_page() as opened:
        listed.page.locator("#ping").click()
    opened.value.locator("#followers li", has_text=SECOND).locator("button").click()
    expect(opened.value.locator("#followers")).to_have_count(0)
    second.go("/hallway/")
    second.page.locator("#pings a", has_text="foundry").click()
    second.tap_in()
    second.go("/hallway/")
    second.page.locator("#pings button").click()
    expect(second.page.locator("#pings")).to_have_count(0)


def test_a_full_room_says_so_and_offers_the_programme(playwright_driver: Playwright, tmp_path: Path) -> None:
    with Installation(MITALK_MOST_IN_A_ROOM="2") as small:
        scene = Scene(playwright_driver, small, tmp_path)
        try:
            scene.make(HOST, LISTED, SECOND, stage=(HOST,))
            host, listed, second = scene.person(HOST), scene.person(LISTED), scene.person(SECOND)
            host.enter(scene.room)
            listed.enter(scene.room)
            second.go(scene.room)
            second.page.locator("#main-button").click()
            second.is_told("This room is full")
            expect(second.page.locator("#full a")).to_have_attribute("href", "/hallway/#coming")
            listed.page.locator("#leave").click()
            listed.page.wait_for_url("**/hallway/")
            second.tap_in()
            expect(second.page.locator("#full")).to_be_hidden()
        finally:
            scene.close()


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("ko", "dark")]
)
def test_every_page_of_opening_and_entering(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    scene.make(HOST, LISTED, SECOND, STRANGER, stage=(HOST,))
    how = {"language": LANGUAGES[language], "scheme": scheme}
    album = Album(screenshots, f"{language}-{scheme}")
    host, listed, stranger = scene.person(HOST, **how), scene.person(LISTED, **how), scene.person(STRANGER, **how)
    host.go("/rooms/new/")
    host.page.locator(".more > summary").click()
    album.take(host, "opening-everything")
    opens_with_everything(host, scene)
    album.take(host, "opening-list-empty")
    puts_on_the_list(host, scene, LISTED)
    host.page.locator("#member-query").fill("Yusuf")
    host.page.locator("form[role=search] button").click()
    album.take(host, "opening-list")
    host.enter(scene.room)
    listed.go(scene.room)
    album.take(listed, "entering-terms")
    listed.tap_in()
    album.take(listed, "entering-chatham")
    listed.page.locator("#share").click()
    album.take(listed, "entering-share")
    scene.backstage("follow", follower=scene.address_of(SECOND), followed=scene.address_of(HOST))
    puts_on = scene.person(HOST, **how)
    puts_on.go(f"{scene.room}choices/")
    puts_on_the_list(puts_on, scene, SECOND)
    puts_on.go(f"{scene.room}ping/")
    album.take(puts_on, "pinging")
    puts_on.page.locator("#followers button").click()
    expect(puts_on.page.locator("#followers")).to_have_count(0)
    second = scene.person(SECOND, **how)
    second.go("/hallway/")
    expect(second.page.locator("#pings")).to_be_visible()
    album.take(second, "pinged")
    stranger.go(scene.room)
    album.take(stranger, "entering-closed")
    listed.go("/hallway/")
    album.take(listed, "entering-hallway")
    guest = scene.person(**how)
    guest.go("/join/")
    album.take(guest, "entering-how-to-get-in")
    assert album.wrong == []
