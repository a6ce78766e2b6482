"""The self-test, with the real server: everything works, and what does not is named with what to do about it."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import LANGUAGES, Album, tab_to
from tests.environment.speech import RATE, write

TONE = 440
MOST_ROUND_TRIP_MILLISECONDS = 600  # with three browsers' worth of work on two cores
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile MicroMessenger/8.0.54"


def step_is(person: Person, step: str, state: str) -> None:
    expect(person.page.locator(f'#step-{step}[data-state="{state}"]')).to_have_count(1, timeout=30_000)


def run(person: Person) -> None:
    """Begin the test of the network, and wait for its end."""
    person.page.locator("#begin").click()
    expect(person.page.locator('#check[data-state="done"]')).to_have_count(1, timeout=40_000)


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("ko", "dark")]
)
def test_a_guest_tests_everything(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    guest = scene.person(tone_hz=TONE, language=LANGUAGES[language], scheme=scheme)
    album = Album(screenshots, f"{language}-{scheme}")
    guest.go("/check/")
    run(guest)
    for step in ("browser", "socket", "udp", "loopback"):
        step_is(guest, step, "good")
    step_is(guest, "turn", "absent")
    came_back = guest.page.locator("#detail-loopback").inner_text()
    assert 10 < int(re.sub(r"\D", "", came_back)) < MOST_ROUND_TRIP_MILLISECONDS
    guest.page.locator("#try-microphone").click()
    step_is(guest, "microphone", "good")
    guest.page.locator("#play-tone").click()
    guest.page.locator("#heard").click()
    step_is(guest, "speakers", "good")
    report = guest.page.locator("#report").input_value()
    assert f"{guest.page.locator('#name-loopback').inner_text()}: " in report
    assert came_back in report
    album.take(guest, "check-done")
    assert guest.microphones() == ["ended"]
    assert album.wrong == []


def test_what_does_not_work_is_named_and_the_rest_is_left_out(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    album = Album(screenshots, "en-light")
    member = scene.person("Ji-woo Han")
    member.go("/check/")
    member.page.evaluate(
        """() => {
          RTCPeerConnection.prototype.setRemoteDescription = async () => { throw new Error("no way through"); };
        }"""
    )
    run(member)
    step_is(member, "socket", "good")
    step_is(member, "udp", "bad")
    step_is(member, "loopback", "skipped")
    expect(member.page.locator("#verdict")).to_have_text(re.compile("Something does not work"))
    assert "does not work" in member.page.locator("#report").input_value()
    album.take(member, "check-no-udp")
    member.page.evaluate("() => { window.WebSocket = class extends EventTarget { close() {} }; }")
    member.page.evaluate("() => { window.setTimeout = ((later) => (work) => later(work, 0))(window.setTimeout); }")
    run(member)
    step_is(member, "socket", "bad")
    step_is(member, "udp", "skipped")
    assert album.wrong == []


def test_a_silent_microphone_and_a_tone_nobody_heard(scene: Scene, tmp_path: Path) -> None:
    silence = write(tmp_path / "silence.wav", np.zeros(RATE * 3))
    guest = scene.person(tone_hz=TONE, flags=(f"--use-file-for-fake-audio-capture={silence}",))
    guest.go("/check/")
    guest.page.locator("#try-microphone").click()
    expect(guest.page.locator("#detail-microphone")).to_have_text(re.compile("We cannot hear"), timeout=15_000)
    guest.page.locator("#play-tone").click()
    guest.page.locator("#not-heard").click()
    step_is(guest, "speakers", "bad")


def test_by_keyboard_and_the_report_is_copied(scene: Scene) -> None:
    guest = scene.person()
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    guest.go("/check/")
    tab_to(guest, "begin")
    guest.page.keyboard.press("Enter")
    expect(guest.page.locator("#verdict")).to_have_text(re.compile("All of it works"), timeout=40_000)
    guest.page.locator("[data-copies=report]").click()
    expect(guest.page.locator("[data-copies=report]")).to_have_text("Copied")
    assert guest.page.evaluate("() => navigator.clipboard.readText()") == guest.page.locator("#report").input_value()


def test_a_voice_in_a_room_is_not_disturbed_by_a_check(scene: Scene) -> None:
    _host, listener = scene.one_speaks_another_listens(TONE)
    before = listener.received()
    guest = scene.person()
    guest.go("/check/")
    run(guest)
    step_is(guest, "loopback", "good")
    assert listener.hears(880).at[880] < -70  # the guest's tone is in nobody else's ear
    after = listener.received()
    assert after["ssrc"] == before["ssrc"]


def test_inside_of_another_app_one_is_told_to_open_a_browser(scene: Scene, screenshots: Path) -> None:
    guest = scene.person()
    guest.context.set_extra_http_headers({"User-Agent": WECHAT})
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    guest.go("/?from=chat")
    expect(guest.page.locator("#in-app")).to_contain_text("not inside WeChat")
    guest.page.locator("#copy-link").click()
    expect(guest.page.locator("#copy-link")).to_have_text("Copied")
    assert guest.page.evaluate("() => navigator.clipboard.readText()") == f"{guest.url}/?from=chat"
    guest.page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('refused'); }; }")
    guest.page.evaluate("() => { document.execCommand = () => false; }")
    guest.page.locator("#copy-link").click()
    expect(guest.page.locator("#copy-link")).to_have_text("Marked: copy it by hand")
    assert guest.page.evaluate("() => getSelection().toString()") == f"{guest.url}/?from=chat"
    album = Album(screenshots, "en-light")
    album.take(guest, "in-app")
    assert album.wrong == []
