"""Every state of a room's page as people see it: phone and desktop, light and dark, three languages; axe finds nothing."""

from pathlib import Path

import pytest

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import LANGUAGES, Album, tab_to

HOST, SPEAKER, FIRST, SECOND, STAFF = "Ji-woo Han", "Lin Wei 林薇", "Amara Okafor", "Petra Roth", "Sofia Takács"


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("ko", "dark")]
)
def test_every_state_of_a_room(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    scene.make(HOST, SPEAKER, FIRST, SECOND, STAFF, stage=(HOST, SPEAKER), staff=[STAFF], visibility="public")
    how = {"language": LANGUAGES[language], "scheme": scheme}
    album = Album(screenshots, f"{language}-{scheme}")
    host, speaker = scene.person(HOST, tone_hz=440, **how), scene.person(SPEAKER, tone_hz=700, **how)
    first, second = scene.person(FIRST, tone_hz=1000, **how), scene.person(SECOND, **how)
    guest = scene.person(**how)
    for person in (host, speaker, first, second, guest):
        person.enter(scene.room)
    speaker.unmute()
    album.take(guest, "state-guest")
    first.page.locator("#main-button").click()
    album.take(first, "state-asking-why")
    first.page.keyboard.press("Escape")
    first.raise_hand("We measured this for a year, and it is not what the data sheet says at all")
    album.take(first, "state-hand-up")
    host.wait(lambda: host.page.locator("#audience [data-person]").count() == 2, "two members listen")
    host.does_to(SECOND, "stage.invite", where="#audience")
    second.button_does("join")
    album.take(second, "state-invited")
    host.wait(lambda: len(host.found()) == 5, "everybody is listed")
    album.take(host, "state-running")
    host.page.set_viewport_size({"width": 360, "height": 740})
    host.page.locator("#open-desk").click()
    album.take(host, "state-desk")
    host.page.locator("#stage [data-person]", has_text=SPEAKER).locator("[data-open]").click()
    album.take(host, "state-about-somebody")
    host.page.locator('#person-dialog button[value="person.ban"]').click()
    album.take(host, "state-banning")
    host.page.keyboard.press("Escape")
    second.page.locator("#report-room").click()
    album.take(second, "state-reporting")
    second.page.keyboard.press("Escape")
    album.take(speaker, "state-speaking")
    host.page.locator("#hand-policy").select_option("nobody")
    host.page.locator("#lock-stage").click()
    guest.page.locator("#locked-chip").wait_for()
    first.page.locator("#main-button").click()
    first.button_does("")
    album.take(first, "state-hands-closed")
    staff = scene.person(STAFF, **how)
    staff.go(scene.room)
    album.take(staff, "state-staff-outside")
    staff.page.locator("#as-staff").check()
    staff.tap_in()
    staff.page.locator("#message-text").fill("We look into what was reported")
    staff.page.locator("#message-form button").click()
    staff.page.locator("#freeze").click()
    speaker.page.locator("#frozen-notice").wait_for()
    album.take(staff, "state-staff")
    album.take(speaker, "state-paused")
    host.does_to(SPEAKER, "person.remove", sure=True)
    speaker.in_state("failed")
    album.take(speaker, "state-removed")
    host.page.locator("#end").click()
    host.page.locator("#confirm-yes").click()
    first.in_state("ended")
    album.take(first, "state-ended")
    assert album.wrong == []


def test_hand_invitation_muting_and_reporting_by_keyboard_and_announced(scene: Scene) -> None:
    scene.make(HOST, FIRST, stage=(HOST,))
    host, first = scene.person(HOST), scene.person(FIRST, tone_hz=440)
    host.enter(scene.room)
    first.enter(scene.room)
    press(first, "main-button")  # Raise hand
    first.page.keyboard.type("By keyboard")
    first.page.keyboard.press("Enter")
    first.button_does("lower")
    announced(first, "Your hand is up")
    announced(host, "Amara Okafor raised a hand")
    focus_on(host, "#hands [data-act='stage.invite']")
    host.page.keyboard.press("Enter")
    first.is_on_stage()
    announced(first, "Ji-woo Han brought you on stage. You are muted.")
    press(first, "main-button")  # Unmute
    host.must_hear(440)
    announced(first, "You are unmuted")
    press(first, "main-button")  # Mute
    host.must_hear_silence()
    announced(first, "You are muted")
    focus_on(first, "#stage [data-open]")
    first.page.keyboard.press("Enter")
    focus_on(first, "#person-dialog button[value='person.report']")
    first.page.keyboard.press("Enter")
    focus_on(first, "#report-category")  # nothing is chosen beforehand
    first.page.keyboard.press("ArrowDown")
    focus_on(first, "#report-line")
    first.page.keyboard.type("By keyboard too")
    first.page.keyboard.press("Enter")
    announced(first, "Thank you.")
    assert scene.backstage("reports", room=scene.room_id)[0]["line"] == "By keyboard too"
    assert first.page.evaluate("() => document.activeElement !== document.body")  # focus came back to where it was


def press(person: Person, identifier: str) -> None:
    tab_to(person, identifier)
    person.page.keyboard.press("Enter")


def focus_on(person: Person, selector: str) -> None:
    """Tab until the focus is there."""
    for _ in range(60):
        if person.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def announced(person: Person, words: str) -> None:
    """Wait until a screen reader was told."""
    live = person.page.locator("[role=status], [role=alert], [aria-live]").filter(has_text=words)
    live.first.wait_for(state="attached", timeout=10_000)
