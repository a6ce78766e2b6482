"""The microphone as people have to do with it: chosen, tried, lost, silent, worked by keys, checked before going live."""

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import Album, tab_to
from tests.environment.speech import RATE, write

HOST, SPEAKER, LISTENER = "Ji-woo Han", "Lin Wei", "Amara Okafor"
TONE = 440
SECONDS_OF_SILENCE = 5  # until a silent microphone is named


_UNPLUG = """
() => {
  const track = window.testMicrophones.at(-1);
  track.stop();
  track.dispatchEvent(new Event("ended"));
}
"""


def on_stage(scene: Scene) -> tuple[Person, Person]:
    """A host with a microphone, and a listener."""
    scene.make(HOST, LISTENER, stage=(HOST,))
    host, listener = scene.person(HOST, tone_hz=TONE), scene.person(LISTENER)
    host.enter(scene.room)
    listener.enter(scene.room)
    return host, listener


def level(person: Person) -> float:
    """How far the meter is filled."""
    return person.page.locator("#sound-level").evaluate("(meter) => meter.value")


def muted_in_the_room(person: Person) -> None:
    expect(person.page.locator('[data-microphone="muted"]')).to_have_count(1, timeout=10_000)


def test_a_microphone_is_chosen_and_tried_before_entering_and_remembered(scene: Scene) -> None:
    scene.make(HOST, LISTENER, stage=(HOST,))
    host, listener = scene.person(HOST, tone_hz=TONE), scene.person(LISTENER)
    host.go(scene.room)
    host.page.locator("#sound-settings").click()
    host.page.locator("#sound-try").click()
    host.wait(lambda: level(host) > 0.5, "the meter shows the tone")
    choices = host.page.locator("#sound-microphone option")
    host.wait(lambda: choices.count() > 1, "microphones have names")
    chosen = choices.nth(1).get_attribute("value")
    host.page.locator("#sound-microphone").select_option(chosen)
    host.wait(lambda: level(host) > 0.5, "the other one is measured")
    assert host.page.evaluate("() => window.testAsked.at(-1).deviceId") == chosen
    host.page.locator("#sound-dialog button.primary").click()
    host.wait(lambda: set(host.microphones()) == {"ended"}, "what was tried is let go")
    host.tap_in()
    host.unmute()
    assert host.page.evaluate("() => window.testAsked.at(-1)") == {
        **dict.fromkeys(("echoCancellation", "noiseSuppression", "autoGainControl"), True),
        "deviceId": chosen,
    }
    listener.enter(scene.room)
    listener.must_hear(TONE)


def test_another_microphone_is_chosen_while_one_speaks(scene: Scene) -> None:
    host, listener = on_stage(scene)
    host.unmute()
    listener.must_hear(TONE)
    host.page.locator("#sound-settings").click()
    host.wait(lambda: level(host) > 0.5, "the meter shows the tone at once")
    host.page.locator("#sound-microphone").select_option(index=2)
    host.wait(lambda: host.microphones() == ["ended", "live"], "one takes the place of the other")
    host.page.keyboard.press("Escape")
    expect(host.page.locator('[data-microphone="live"]')).to_have_count(1)
    listener.must_hear(TONE)
    assert host.page.evaluate("() => window.testPeers.length") == 1


def test_a_microphone_that_goes_away_is_replaced_and_stays_muted(scene: Scene) -> None:
    host, listener = on_stage(scene)
    host.unmute()
    listener.must_hear(TONE)
    host.page.evaluate(_UNPLUG)
    host.is_told("Your microphone went away")
    muted_in_the_room(host)
    listener.must_hear_silence()
    expect(listener.page.locator('#stage [data-muted="true"]')).to_have_count(1)
    assert host.microphones() == ["ended", "live"]
    host.unmute()
    listener.must_hear(TONE)


def test_a_device_that_is_unplugged_without_a_word_is_noticed(scene: Scene) -> None:
    host, _listener = on_stage(scene)
    host.unmute()
    host.page.evaluate(
        """() => {
          navigator.mediaDevices.enumerateDevices = async () => [];
          navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
        }"""
    )
    host.is_told("Your microphone went away")
    muted_in_the_room(host)


def test_without_any_other_microphone_one_is_told_so(scene: Scene) -> None:
    host, _listener = on_stage(scene)
    host.unmute()
    host.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }; }"
    )
    host.page.evaluate(_UNPLUG)
    host.is_told("there is no other")
    muted_in_the_room(host)


def test_a_microphone_that_gives_nothing_is_named_after_five_seconds(
    scene: Scene, tmp_path: Path, screenshots: Path
) -> None:
    scene.make(HOST, stage=(HOST,))
    silence = write(tmp_path / "silence.wav", np.zeros(RATE * 3))
    host = scene.person(HOST, tone_hz=TONE, flags=(f"--use-file-for-fake-audio-capture={silence}",))
    host.enter(scene.room)
    host.unmute()
    hint = host.page.locator("#button-hint")
    expect(hint).to_have_text(re.compile("We cannot hear your microphone"), timeout=(SECONDS_OF_SILENCE + 5) * 1000)
    expect(host.page.locator("#backstage")).to_be_visible()  # where another can be chosen
    album = Album(screenshots, "en-light")
    album.take(host, "state-silent-microphone")
    host.mute()
    expect(hint).to_have_text("")
    assert album.wrong == []


def test_the_server_hears_nothing_and_the_page_says_so(scene: Scene, screenshots: Path) -> None:
    host, _listener = on_stage(scene)
    host.unmute()
    host.page.evaluate("() => window.testPeers.at(-1).getTransceivers()[0].sender.replaceTrack(null)")
    hint = host.page.locator("#button-hint")
    expect(hint).to_have_text(re.compile("No sound reaches us"), timeout=10_000)
    album = Album(screenshots, "en-light")
    album.take(host, "state-unheard-microphone")
    assert album.wrong == []


def test_space_talks_while_held_m_mutes_and_h_raises_the_hand(scene: Scene) -> None:
    host, listener = on_stage(scene)
    keys = host.page.keyboard
    host.page.evaluate("() => document.activeElement.blur()")
    keys.down("Space")
    listener.must_hear(TONE)
    keys.up("Space")
    muted_in_the_room(host)
    listener.must_hear_silence()
    keys.press("m")
    listener.must_hear(TONE)
    keys.press("m")
    muted_in_the_room(host)
    listener.page.evaluate("() => document.activeElement.blur()")
    listener.page.keyboard.press("m")  # nothing to mute
    listener.page.keyboard.press("h")
    listener.page.locator("#hand-line").fill("hmm, m and h")  # letters, while one writes
    listener.page.keyboard.press("Escape")
    listener.button_does("raise")


def test_keys_rest_while_one_writes_and_can_be_switched_off(scene: Scene) -> None:
    host, listener = on_stage(scene)
    host.page.locator("#find-query").press("m")
    assert host.page.locator("#find-query").input_value() == "m"
    muted_in_the_room(host)
    tab_to(host, "sound-settings")
    host.page.keyboard.press("Space")  # presses the button that has the focus
    expect(host.page.locator("#sound-dialog")).to_be_visible()
    host.page.keyboard.press("Escape")
    host.page.evaluate("() => document.activeElement.blur()")
    host.page.keyboard.press("?")
    expect(host.page.locator("#help-dialog")).to_be_visible()
    host.page.locator("#shortcuts").uncheck()
    host.page.keyboard.press("Escape")
    host.page.evaluate("() => document.activeElement.blur()")
    host.page.keyboard.press("?")
    host.page.keyboard.press("m")
    expect(host.page.locator("#help-dialog")).to_be_hidden()
    muted_in_the_room(host)
    listener.must_hear_silence()


def test_with_a_hand_up_one_hears_oneself_first(scene: Scene, screenshots: Path) -> None:
    scene.make(HOST, LISTENER, stage=(HOST,))
    host, listener = scene.person(HOST), scene.person(LISTENER, tone_hz=TONE)
    host.enter(scene.room)
    listener.enter(scene.room)
    expect(listener.page.locator("#backstage")).to_be_hidden()
    listener.raise_hand()
    listener.page.locator("#backstage").click()
    listener.wait(lambda: level(listener) > 0.5, "the meter shows the tone")
    said = listener.page.locator("#sound-said")
    listener.page.locator("#sound-record").click()
    expect(said).to_have_text(re.compile("Recording"))
    expect(said).to_have_text(re.compile("This is how you sound"), timeout=10_000)
    expect(said).to_have_text(re.compile("That was you"), timeout=10_000)
    album = Album(screenshots, "en-light")
    album.take(listener, "state-backstage")
    assert not listener.sends_audio()
    assert listener.page.evaluate("() => document.querySelector('#sound').muted") is False
    assert album.wrong == []


def test_the_screen_stays_on_and_the_systems_controls_work(scene: Scene) -> None:
    scene.make(HOST, LISTENER, stage=(HOST,), title="Ceramics at 900 degrees")
    host, listener = scene.person(HOST, tone_hz=TONE), scene.person(LISTENER)
    host.page.add_init_script(
        """
        window.testLocks = [];
        navigator.wakeLock.request = async () => {
          const lock = { released: false, release: async () => { lock.released = true; } };
          window.testLocks.push(lock);
          return lock;
        };
        window.testActions = {};
        navigator.mediaSession.setActionHandler = (action, work) => { window.testActions[action] = work; };
        """
    )
    host.enter(scene.room)
    listener.enter(scene.room)
    locks = "() => window.testLocks.map((lock) => lock.released)"
    host.wait(lambda: host.page.evaluate(locks) == [False], "the screen stays on")
    assert host.page.evaluate("() => navigator.mediaSession.metadata.title") == "Ceramics at 900 degrees"
    host.page.evaluate("() => window.testActions.togglemicrophone()")
    listener.must_hear(TONE)
    host.page.evaluate("() => window.testActions.togglemicrophone()")
    muted_in_the_room(host)
    host.page.evaluate("() => window.testActions.pause()")
    host.button_does("play")
    host.page.evaluate("() => window.testActions.play()")
    host.button_does("unmute")
    host.page.locator("#leave-stage").click()
    host.is_in_the_audience()
    host.wait(lambda: host.page.evaluate(locks) == [True], "the screen may go dark")


def test_trouble_with_the_sound_is_seen(scene: Scene, screenshots: Path) -> None:
    host, listener = on_stage(scene)
    trouble = listener.page.locator("#trouble")
    expect(trouble).to_have_text("")
    listener.page.evaluate(
        """() => {
          const slow = { type: "candidate-pair", nominated: true, currentRoundTripTime: 1.4 };
          window.testStats = RTCPeerConnection.prototype.getStats;
          RTCPeerConnection.prototype.getStats = async () => new Map([["pair", slow]]);
        }"""
    )
    expect(trouble).to_have_text(re.compile("Your network is weak"), timeout=15_000)
    Album(screenshots, "en-light").take(listener, "state-weak-network")
    listener.page.evaluate("() => { RTCPeerConnection.prototype.getStats = window.testStats; }")
    expect(trouble).to_have_text("", timeout=15_000)
    listener.ignores("ok")  # so that it does not come back at once
    scene.installation.kill("audio")
    expect(trouble).to_have_text(re.compile("moves to another server"), timeout=15_000)
    Album(screenshots, "en-light").take(listener, "state-moving")
    listener.ignores()
    listener.is_inside()
    expect(trouble).to_have_text("")
    host.is_inside()
