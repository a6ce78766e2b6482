"""A browser that cannot play a room is told so, in its reader's language, and offered nothing that would do nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Scene
from tests.browser.person import Person, start_browser
from tests.browser.test_pages import LANGUAGES, Album

HOST, MEMBER = "Ji-woo Han", "Lin Wei"
TITLES = {
    "en": "This browser cannot play rooms",
    "zh-hans": "此浏览器无法播放房间",
    "ko": "이 브라우저에서는 방을 들을 수 없습니다",
}
NEED_SCRIPT = ".needs-script button, .needs-script a"

WITHOUT_WEBRTC = "delete window.RTCPeerConnection; delete window.AudioContext;"
OLD = "delete Array.prototype.at; delete window.HTMLDialogElement;"  # stands for what cannot be taken away: syntax


def is_told(page: Page, *words: str) -> None:
    """It is said, and no button is left that does nothing."""
    for word in words:
        expect(page.get_by_role("alert").filter(has_text=word)).to_be_visible()
    assert [found.inner_text() for found in page.locator(NEED_SCRIPT).all() if found.is_visible()] == []


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_without_webrtc_room_and_self_test_say_what_is_missing(scene: Scene, screenshots: Path, language: str) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    member = scene.person(MEMBER, language=LANGUAGES[language], scheme="dark" if language == "ko" else "light")
    member.context.add_init_script(WITHOUT_WEBRTC)
    album = Album(screenshots, language)
    for name, address in {"room": scene.room, "check": "/check/"}.items():
        member.go(address)
        is_told(member.page, TITLES[language], "WebRTC, Web Audio")
        album.take(member, f"unsupported-{name}")
    assert album.wrong == []


def test_the_way_from_the_hallway_says_it_too(scene: Scene) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    # On a shelf of its own: the hallway's first page is full of other tests' rooms.
    scene.backstage("follow", follower=scene.address_of(MEMBER), followed=scene.address_of(HOST))
    member = scene.person(MEMBER)
    member.context.add_init_script(WITHOUT_WEBRTC)
    member.go("/hallway/")
    member.page.locator(f"a[href='{scene.room}']").first.click()
    member.page.wait_for_url(f"**{scene.room}")
    is_told(member.page, TITLES["en"])
    member.page.locator("#leave").click()
    member.page.wait_for_url("**/hallway/")


def test_a_browser_that_cannot_read_the_modules_is_told(scene: Scene) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    member = scene.person(MEMBER)
    member.context.add_init_script(OLD)
    member.context.route("**/*.js", lambda route: route.continue_() if "/old." in route.request.url else route.abort())
    for address in (scene.room, "/check/"):
        member.go(address)
        is_told(member.page, TITLES["en"])
    member.complaints.clear()  # the modules that did not load


@pytest.fixture
def chromium(scene: Scene, playwright_driver) -> Browser:
    browser = start_browser(playwright_driver)
    yield browser
    browser.close()


def test_without_scripts_it_is_said_and_nothing_dead_is_offered(
    scene: Scene, chromium: Browser, screenshots: Path
) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    url = scene.installation.url
    context = chromium.new_context(java_script_enabled=False, base_url=url, viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "sessionid", "value": scene.cookie_of(MEMBER), "url": url}])
    page = context.new_page()
    for name, address in {"room": scene.room, "check": "/check/"}.items():
        page.goto(address)
        expect(page.get_by_role("heading", name="Live sound needs JavaScript")).to_be_visible()
        assert [found.inner_text() for found in page.locator(NEED_SCRIPT).all() if found.is_visible()] == []
        page.screenshot(path=screenshots / f"noscript-{name}-360.png", full_page=True)
    page.goto(scene.room)
    page.locator("#leave").click()
    page.wait_for_url("**/hallway/")


def test_a_browser_that_has_everything_is_told_nothing(scene: Scene) -> None:
    guest: Person = scene.person()
    guest.go("/check/")
    expect(guest.page.locator("#begin")).to_be_visible()
    expect(guest.page.locator("#unsupported")).to_be_hidden()
    expect(guest.page.get_by_role("heading", name="Live sound needs JavaScript")).to_be_hidden()
