"""A room by thumb: what one needs is in reach and large enough, nothing lies over where one writes, what can be undone is."""

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person

HOST, SPEAKER, LISTENER = "Ji-woo Han", "Lin Wei", "Amara Okafor"
THUMB = 44


def box(person: Person, selector: str) -> dict[str, float]:
    """Where an element is on the screen."""
    found = person.page.locator(selector).bounding_box()
    assert found is not None, selector
    return {**found, "bottom": found["y"] + found["height"]}


def pin(host: Person, url: str, title: str) -> None:
    """Pin a link, as the desk does."""
    host.page.locator("#pin-url").fill(url)
    host.page.locator("#pin-title").fill(title)
    host.page.locator("#pin-form button[type=submit]").click()
    expect(host.page.locator("#pinned")).to_be_visible()


def test_on_a_desk_the_chat_is_above_the_bar_also_below_a_link_and_a_toast(scene: Scene) -> None:
    scene.make(HOST, LISTENER, stage=(HOST,))
    host, listener = scene.person(HOST), scene.person(LISTENER, tone_hz=440)
    for person in (host, listener):
        person.enter(scene.room)
    pin(host, "https://example.org/sheet", "The data sheet of the year")
    listener.raise_hand()  # the bar is as high as it gets
    for number in range(7):
        listener.page.locator("#chat-text").fill(f"Message {number}")
        listener.page.locator("#chat-form button").click()
        expect(listener.page.locator("#chat")).to_contain_text(f"Message {number}", timeout=15_000)
    pin(host, "https://example.org/other", "Another")
    listener.is_told("pinned a link: Another")
    bar, toast = box(listener, ".room-bar"), box(listener, "#toast")
    assert box(listener, "#chat-form")["bottom"] <= bar["y"]
    assert toast["bottom"] <= bar["y"]
    assert toast["x"] + toast["width"] < box(listener, "#talk")["x"]


def test_the_heads_tools_are_one_row_and_the_rest_is_behind_a_button(scene: Scene) -> None:
    scene.make(HOST, stage=(HOST,))
    host = scene.person(HOST)
    host.enter(scene.room)
    rows = """() => new Set([...document.querySelectorAll(".room-tools .button")]
      .filter((button) => button.offsetWidth).map((button) => button.getBoundingClientRect().top)).size"""
    assert host.page.evaluate(rows) == 1
    host.page.set_viewport_size({"width": 360, "height": 740})
    assert host.page.evaluate(rows) == 1
    more, choices = host.page.locator("#room-more"), host.page.get_by_role("link", name="Your choices")
    expect(choices).to_be_hidden()
    more.click()
    expect(choices).to_be_visible()
    assert box(host, "#room-menu")["height"] >= 3 * THUMB
    host.page.keyboard.press("Escape")
    expect(choices).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    host.page.locator("h1").click()
    expect(choices).to_be_hidden()


def test_the_hosts_panel_is_a_sheet_with_the_hands_first(scene: Scene) -> None:
    scene.make(HOST, LISTENER, stage=(HOST,))
    host, listener = scene.person(HOST, width=360), scene.person(LISTENER, tone_hz=440)
    for person in (host, listener):
        person.enter(scene.room)
    listener.raise_hand("I have seen this")
    opener = host.page.locator("#open-desk")
    expect(host.page.locator("#hands-up")).to_have_text("1")
    expect(host.page.locator("#desk")).to_be_hidden()
    opener.click()
    expect(host.page.locator("#desk-title")).to_be_focused()
    invite = host.page.get_by_role("button", name=f"Invite {LISTENER} to the stage")
    expect(invite).to_be_in_viewport(ratio=1)
    small = host.page.evaluate(
        """(least) => [...document.querySelectorAll("#desk :is(button, select, input), .room-bar button, .room-tools button")]
          .filter((target) => target.getClientRects().length)
          .filter((target) => target.offsetHeight < least || target.offsetWidth < least)
          .map((target) => target.outerHTML.slice(0, 80))""",
        THUMB,
    )
    assert small == []
    host.page.locator("#open-chat").click()
    expect(host.page.locator("#desk")).to_be_hidden()
    opener.click()
    expect(host.page.locator("#talk")).to_be_hidden()
    invite.click()
    listener.is_on_stage()
    host.page.keyboard.press("Escape")
    expect(host.page.locator("#desk")).to_be_hidden()
    expect(opener).to_be_focused()


def test_what_can_be_undone_is_undone_from_where_it_is_said(scene: Scene) -> None:
    scene.make(HOST, SPEAKER, LISTENER, stage=(HOST, SPEAKER))
    host, speaker, listener = scene.person(HOST), scene.person(SPEAKER, tone_hz=700), scene.person(LISTENER)
    for person in (host, speaker, listener):
        person.enter(scene.room)

    def undo(said: str, how: str = "Undo") -> None:
        host.is_told(said)
        host.page.locator("#toast").get_by_role("button", name=how).click()

    host.page.locator("#lock-stage").click()
    expect(listener.page.locator("#locked-chip")).to_be_visible()
    expect(listener.page.locator("#toast button")).to_have_count(0)
    undo("Ji-woo Han locked the stage.")
    expect(listener.page.locator("#locked-chip")).to_be_hidden()

    host.does_to(SPEAKER, "person.move")
    speaker.is_in_the_audience()
    undo("Lin Wei is in the audience now.", "Invite back")
    speaker.accept()

    host.does_to(SPEAKER, "moderator.name")
    speaker.is_told("made you a moderator")
    undo("Lin Wei is a moderator now.")
    speaker.is_told("dismissed you as moderator")

    pin(host, "https://example.org/sheet", "The data sheet")
    host.page.locator("#unpin").click()
    expect(listener.page.locator("#pinned")).to_be_hidden()
    undo("The link is taken down.")
    expect(listener.page.locator("#pinned")).to_contain_text("The data sheet")


def test_what_cannot_be_undone_is_asked_about_first(scene: Scene) -> None:
    scene.make(HOST, SPEAKER, LISTENER, stage=(HOST, SPEAKER))
    host, listener = scene.person(HOST), scene.person(LISTENER)
    for person in (host, listener):
        person.enter(scene.room)
    listener.page.locator("#chat-text").fill("Buy from me")
    listener.page.locator("#chat-form button").click()
    host.page.locator("#chat [data-about]").click()
    host.page.locator("#written-remove").click()
    expect(host.page.locator("#confirm-title")).to_have_text("Remove this message?")
    host.page.keyboard.press("Escape")
    expect(listener.page.locator("#chat")).to_contain_text("Buy from me")
    host.wait(lambda: host.page.locator("#audience [data-person]").count() == 1, "one listener")
    host.does_to(LISTENER, "person.remove", where="#audience")
    expect(host.page.locator("#confirm-title")).to_have_text("Remove Amara Okafor from the room?")
    host.page.keyboard.press("Escape")
    assert LISTENER in scene.roster()
    host.does_to(LISTENER, "person.remove", where="#audience", sure=True)
    listener.in_state("failed")
