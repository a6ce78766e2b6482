"""One speaks, another hears: asserted on the sound that real browsers receive."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene

HOST, SECOND, THIRD = 440, 700, 1100


def test_one_speaks_another_hears_and_nobody_hears_themselves(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
    host, listener = scene.person("Ji-woo Han", tone_hz=HOST), scene.person("Lin Wei")
    host.enter(scene.room)
    listener.enter(scene.room)
    listener.must_hear_silence()
    host.unmute()
    heard = listener.must_hear(HOST)
    assert abs(heard.dominant - HOST) < 15
    assert host.hears(HOST).level < -60
    assert not listener.sends_audio()


def test_one_tap_and_one_hears(scene: Scene) -> None:
    scene.one_speaks_another_listens(HOST)
    another = scene.person("Lin Wei")
    another.go(scene.room)
    another.page.locator("#main-button").click()
    another.must_hear(HOST)
    assert not another.sends_audio()


def test_muting_is_heard_and_unmuting_again(scene: Scene) -> None:
    host, listener = scene.one_speaks_another_listens(HOST)
    host.mute()
    listener.must_hear_silence()
    host.unmute()
    listener.must_hear(HOST)


def test_three_on_stage_hear_the_others_and_not_themselves(scene: Scene) -> None:
    names = ("Ji-woo Han", "Lin Wei", "Amara Okafor")
    scene.make(*names, "Petra Roth", stage=names)
    tones = dict(zip(names, (HOST, SECOND, THIRD), strict=True))
    speakers = {name: scene.person(name, tone_hz=tones[name]) for name in names}
    for person in speakers.values():
        person.enter(scene.room)
    for person in speakers.values():
        person.unmute()
    audience = scene.person("Petra Roth")
    audience.enter(scene.room)
    for frequency in tones.values():
        audience.must_hear(frequency)
    for name, person in speakers.items():
        others = [frequency for other, frequency in tones.items() if other != name]
        for frequency in others:
            person.must_hear(frequency)
        heard = person.hears(*tones.values())
        assert all(heard.at[frequency] - heard.at[tones[name]] > 25 for frequency in others), (name, heard)
    audience.sees_on_stage(*names)


def test_a_card_tells_how_long_somebody_has_spoken_and_for_how_long_it_is_their_turn(
    scene: Scene, screenshots: Path
) -> None:
    host, listener = scene.one_speaks_another_listens(HOST)
    card = listener.page.locator("#stage [data-person]", has_text="Ji-woo Han")
    expect(card.locator("[data-spoken]")).to_have_text("0:03", timeout=15_000)
    expect(card.locator("[data-turn]")).to_have_text("turn 0:04", timeout=15_000)
    listener.page.screenshot(path=screenshots / "floor.png")
    host.mute()
    expect(card.locator("[data-turn]")).to_be_empty(timeout=15_000)  # five seconds of silence end a turn
    stood = card.locator("[data-spoken]").inner_text()
    host.unmute()
    listener.must_hear(HOST)
    expect(card.locator("[data-turn]")).not_to_be_empty(timeout=15_000)
    expect(card.locator("[data-spoken]")).not_to_have_text(stood)


def test_a_turn_has_a_limit_that_everybody_sees_and_whoever_speaks_is_told(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
    scene.backstage("limit_turns", room=scene.room_id, seconds=6)
    host, listener = scene.person("Ji-woo Han", tone_hz=HOST), scene.person("Lin Wei")
    host.enter(scene.room)
    listener.enter(scene.room)
    host.unmute()
    expect(host.page.locator("#toast")).to_contain_text("Your turn ends in", timeout=15_000)
    expect(host.page.locator("#toast")).to_have_text(
        "Your turn is over: give the floor to somebody else", timeout=15_000
    )
    card = listener.page.locator("#stage [data-person]", has_text="Ji-woo Han")
    expect(card.locator("[data-turn-over]")).to_be_visible()
    listener.page.screenshot(path=screenshots / "turn-over.png")

    host.page.get_by_label("A turn on stage takes at most").select_option(label="As long as it takes")
    expect(listener.page.locator("#toast")).to_have_text("Ji-woo Han took the limit of turns away")
    expect(card.locator("[data-turn-over]")).to_be_hidden()
    host.page.get_by_label("A turn on stage takes at most").select_option(label="1 minute")
    expect(card.locator("[data-turn]")).to_have_text(re.compile(r"^turn \d:\d\d of 1:00$"))
