"""Everything in a room by keyboard alone: nobody here has a mouse, and no element is clicked or focused by the test."""

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.keyboard import Typist
from tests.browser.person import Person

HOST, LISTENER, OTHER = "Ji-woo Han", "Amara Okafor", "Lin Wei"
TONE = 700


def enters(person: Person, room: str) -> Typist:
    """Opens the room and enters it by keyboard."""
    typist = Typist(person)
    person.go(room)
    typist.choose("#main-button")
    person.is_inside()
    typist.keeps_the_focus()
    return typist


def test_a_listener_joins_raises_a_hand_accepts_speaks_reports_and_leaves(scene: Scene) -> None:
    scene.make(HOST, LISTENER, stage=(HOST,))
    host, person = scene.person(HOST), scene.person(LISTENER, tone_hz=TONE)
    host.enter(scene.room)
    listener = enters(person, scene.room)

    listener.choose("#main-button", by="Space")
    listener.page.keyboard.type("I have seen this")
    listener.press("Enter")
    listener.hears("Your hand is up")
    person.button_does("lower")
    listener.choose("#main-button")
    listener.hears("Your hand is down.")
    person.button_does("raise")
    listener.press("h")
    listener.press("Escape")
    listener.keeps_the_focus()

    host.does_to(LISTENER, "stage.invite", where="#audience")
    listener.hears("Ji-woo Han invites you onto the stage.")
    listener.choose("#main-button")
    person.is_on_stage()
    listener.hears("You are on stage, muted.")
    listener.keeps_the_focus()

    listener.press("m")
    listener.hears("You are unmuted")
    host.must_hear(TONE)
    listener.press("m")
    listener.hears("You are muted")
    host.must_hear_silence()
    listener.choose("#main-button", by="Space")
    listener.hears("You are unmuted")
    listener.choose("#main-button", by="Space")
    listener.hears("You are muted")
    listener.tab_to("#chat-log, #chat-text", backwards=True)
    listener.tab_to("h1, [role=tab], #stage button", backwards=True)

    listener.choose("#stage button", name=HOST)
    listener.choose("#person-dialog button", name="Report")
    listener.tab_to("#report-category")
    listener.press("ArrowDown")  # nothing is chosen beforehand
    listener.press("ArrowDown")
    listener.tab_to("#report-line")
    listener.page.keyboard.type("They named a patient")
    listener.choose("#report-dialog button[value=yes]")
    listener.hears("Thank you.")
    listener.keeps_the_focus()
    assert listener.is_at("#stage button")
    (report,) = scene.backstage("reports", room=scene.room_id)
    assert (report["category"], report["line"], report["target"]) == ("hate", "They named a patient", HOST)

    listener.choose("#leave-stage")
    listener.hears("You are in the audience.")
    listener.keeps_the_focus()
    listener.choose("#leave")
    person.page.wait_for_url("**/hallway/")
    assert set(scene.roster()) == {HOST}


def test_a_space_is_held_to_talk(scene: Scene) -> None:
    scene.make(HOST, LISTENER, stage=(HOST, LISTENER))
    host, person = scene.person(HOST), scene.person(LISTENER, tone_hz=TONE)
    host.enter(scene.room)
    speaker = enters(person, scene.room)
    person.is_on_stage()
    speaker.tab_to("#chat-text")
    speaker.page.keyboard.type("I will speak to that")
    speaker.press("Enter")
    expect(speaker.page.locator("#chat")).to_contain_text("I will speak to that")
    speaker.tab_to("#chat-log", backwards=True)  # no button: a space would press one
    speaker.page.keyboard.down("Space")
    speaker.hears("You are unmuted")
    host.must_hear(TONE)
    speaker.page.keyboard.up("Space")
    speaker.hears("You are muted")
    host.must_hear_silence()
    speaker.keeps_the_focus()


def test_the_host_runs_the_room(scene: Scene) -> None:
    scene.make(HOST, LISTENER, OTHER, stage=(HOST,))
    person = scene.person(HOST)
    first, second = scene.person(LISTENER, tone_hz=TONE), scene.person(OTHER, tone_hz=440)
    host = enters(person, scene.room)
    for listener in (first, second):
        listener.enter(scene.room)
        listener.raise_hand("We run this in production")
    host.hears("Lin Wei raised a hand")

    host.choose("#hands [data-act='stage.invite']", name=LISTENER)
    first.is_on_stage()
    host.hears("Amara Okafor is on stage")
    host.keeps_the_focus()
    assert host.is_at("#hands button"), "the next hand's"
    host.choose("#hands [data-act='hand.lower_other']", name=OTHER)
    second.button_does("raise")
    host.keeps_the_focus()

    first.unmute()
    host.choose("#stage button", name=LISTENER)
    host.choose("#person-dialog button", name="Mute")
    first.is_told("Ji-woo Han muted you.")
    host.keeps_the_focus()
    assert host.is_at("#stage button")

    host.choose("#audience button", name=OTHER)
    host.choose("#person-dialog button", name="Remove from the room")
    host.choose("#confirm-yes")
    second.in_state("failed")
    host.wait_until_gone("#audience", OTHER)
    host.keeps_the_focus()

    host.choose("#stage button", name=LISTENER)
    host.choose("#person-dialog button", name="Move to the audience")
    first.is_in_the_audience()
    host.hears("Amara Okafor left the stage")
    expect(host.page.locator("#audience")).to_contain_text(LISTENER)
    host.keeps_the_focus()
    host.choose("#end")
    expect(host.page.locator("#confirm-dialog")).to_be_visible()
    host.keeps_the_focus()
    host.choose("#confirm-yes")
    first.in_state("ended")
    person.in_state("ended")
    host.keeps_the_focus()
