"""Looking at other pages while a room plays on: the document, its sound and its wire stay; a bar leads back."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person

TONE = 660


def the_room(scene: Scene, *stage: str) -> str:
    scene.make("Ji-woo Han", "Lin Wei", stage=stage or ("Ji-woo Han",))
    # On a shelf of its own: the hallway's first page is full of other tests' rooms.
    scene.backstage("follow", follower=scene.address_of("Lin Wei"), followed=scene.address_of("Ji-woo Han"))
    return scene.room


def is_the_same_document(person: Person) -> bool:
    return bool(person.page.evaluate("window.markOfThisDocument === true"))


def mark(person: Person) -> None:
    person.page.evaluate("window.markOfThisDocument = true")


def test_sound_goes_on_while_one_looks_at_other_pages(scene: Scene, screenshots: Path) -> None:
    speaker, listener = scene.one_speaks_another_listens(TONE)
    mark(listener)
    page, room = listener.page, listener.page.url
    title = page.locator("h1").inner_text()
    before = listener.received()["packetsReceived"]

    page.locator(".brand").click()
    page.wait_for_url("**/hallway/")
    expect(page.locator("main:not([hidden]) h1")).to_be_focused()
    bar = page.locator(".mini-bar")
    expect(bar).to_contain_text(title)
    expect(bar).to_contain_text("You are listening")
    page.screenshot(path=screenshots / "browsing-hallway.png")
    listener.must_hear(TONE)

    page.locator(".me").click()
    page.wait_for_url("**/me/")
    page.get_by_label("Headline", exact=True).fill("Changed while listening")
    page.locator("main:not([hidden]) form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/hallway/$"))
    listener.must_hear(TONE)
    assert is_the_same_document(listener)

    bar.get_by_role("link").click()
    page.wait_for_url(room)
    expect(page.locator("main:not([hidden]) h1")).to_have_text(title)
    expect(bar).to_have_count(0)
    listener.is_inside()
    assert is_the_same_document(listener)
    received = listener.received()
    assert received["packetsReceived"] > before
    assert scene.roster()  # nobody came or went
    speaker.is_on_stage()


def test_back_from_a_room_is_the_hallway_with_the_room_still_on(scene: Scene) -> None:
    room = the_room(scene)
    listener = scene.person("Lin Wei")
    page = listener.page
    listener.go("/hallway/")
    mark(listener)
    page.locator(f"a[href='{room}']").first.click()
    page.wait_for_url(f"**{room}")
    listener.tap_in()
    page.go_back()
    page.wait_for_url("**/hallway/")
    expect(page.locator(".mini-bar")).to_be_visible()
    page.go_forward()
    listener.is_inside()
    assert is_the_same_document(listener)
    page.go_back()
    page.locator(".mini-bar [data-leave]").click()
    expect(page.locator(".mini-bar")).to_have_count(0)
    listener.wait(lambda: "Lin Wei" not in scene.roster(), "the listener is off the roster")
    page.locator(f"a[href='{room}']").first.click()  # and in again, in the same document
    listener.tap_in()
    assert is_the_same_document(listener)


def test_who_is_on_stage_mutes_and_is_moved_while_elsewhere(scene: Scene) -> None:
    room = the_room(scene, "Ji-woo Han", "Lin Wei")
    host, speaker = scene.person("Ji-woo Han"), scene.person("Lin Wei", tone_hz=TONE)
    host.enter(room)
    speaker.enter(room)
    speaker.unmute()
    host.must_hear(TONE)
    page, bar = speaker.page, speaker.page.locator(".mini-bar")
    page.locator(".brand").click()
    expect(bar).to_contain_text("On stage, microphone open")
    host.must_hear(TONE)
    bar.locator("[data-microphone]").click()
    expect(bar).to_contain_text("On stage, muted")
    host.must_hear_silence()
    host.does_to("Lin Wei", "person.move")
    expect(bar).to_contain_text("You are listening")
    host.does_to("Lin Wei", "person.remove", where="#audience", sure=True)
    expect(bar).to_contain_text("Ji-woo Han")
    bar.locator("[data-close]").click()
    expect(bar).to_have_count(0)


def test_another_room_is_opened_only_after_a_question(scene: Scene) -> None:
    room = the_room(scene)
    other_id = scene.backstage(
        "another_room", host_email=scene.address_of("Ji-woo Han"), title="What a photoresist costs"
    )
    other = f"/r/{other_id}/"
    listener = scene.person("Lin Wei")
    listener.enter(room)
    page = listener.page
    page.locator(".brand").click()
    page.locator(f"a[href='{other}']").first.click()
    page.get_by_role("button", name="Stay").click()
    assert page.url.endswith("/hallway/")
    page.locator(f"a[href='{other}']").first.click()
    page.get_by_role("button", name="Leave it").click()
    page.wait_for_url(f"**{other}")
    expect(page.locator(".mini-bar")).to_have_count(0)
    listener.wait(lambda: "Lin Wei" not in scene.roster(), "the listener is off the roster")
    listener.tap_in()
    assert listener.page.evaluate("document.querySelectorAll('main').length") == 1
    page.keyboard.press("?")  # the first room's keys are gone, this one's work
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(page.locator("#help-dialog")).to_be_visible()


def test_what_is_written_while_one_is_elsewhere_is_counted_and_read_on_return(scene: Scene) -> None:
    room = the_room(scene)
    host, listener = scene.person("Ji-woo Han"), scene.person("Lin Wei")
    host.enter(room)
    listener.enter(room)
    listener.page.locator(".brand").click()
    expect(listener.page.locator(".mini-bar")).to_be_visible()
    listener.page.keyboard.press("?")  # keys are the room's, not those of other pages
    expect(listener.page.locator("dialog[open]")).to_have_count(0)
    host.page.locator("#chat-text").fill("Back in a minute")
    host.page.keyboard.press("Enter")
    expect(listener.page.locator("#unread-chat")).to_have_text("1")
    listener.page.locator(".mini-bar").get_by_role("link").click()
    expect(listener.page.locator("#chat [data-text]")).to_have_text(["Back in a minute"])
    expect(listener.page.locator("#unread-chat")).to_be_empty()


def test_the_self_test_runs_beside_a_room(scene: Scene) -> None:
    _, listener = scene.one_speaks_another_listens(TONE)
    mark(listener)
    page = listener.page
    page.locator(".brand").click()
    page.get_by_role("link", name="Test your sound").click()
    page.wait_for_url("**/check/")
    page.locator("#begin").click()
    expect(page.locator('#check[data-state="done"]')).to_have_count(1, timeout=40_000)
    expect(page.locator('#step-socket[data-state="good"]')).to_have_count(1)
    listener.must_hear(TONE)
    page.locator(".mini-bar").get_by_role("link").click()
    listener.is_inside()
    assert is_the_same_document(listener)


def test_a_room_is_opened_in_the_same_document(scene: Scene) -> None:
    the_room(scene)
    host = scene.person("Lin Wei")
    host.go("/rooms/new/")
    mark(host)
    host.page.locator("#id_title").fill("Opened from here")
    host.page.locator("#id_topic").select_option(index=1)
    host.page.locator("main form button[type=submit]").click()
    host.page.wait_for_url(re.compile(r"/r/[^/]+/$"))
    host.tap_in()
    host.is_on_stage()
    assert is_the_same_document(host)
