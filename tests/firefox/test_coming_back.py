"""Firefox comes back: from a reload, a lost socket, a lost network, a lost audio worker. Chromium hears what became of it."""

from pathlib import Path

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.firefox.conftest import FirefoxFor
from tests.firefox.person import TONE, FirefoxPerson

HOST, MEMBER = "Ji-woo Han", "Lin Wei"


def a_firefox_speaks(scene: Scene, firefox: FirefoxFor) -> tuple[FirefoxPerson, Person]:
    scene.make(HOST, MEMBER, stage=(HOST,))
    host, listener = firefox(HOST), scene.person(MEMBER)
    host.enter(scene.room)
    listener.enter(scene.room)
    host.unmute()
    listener.must_hear(TONE)
    return host, listener


def peers(person: FirefoxPerson) -> int:
    """How many connections for sound this page has made."""
    return person.evaluate("() => window.testPeers.length")


def sockets(person: FirefoxPerson) -> int:
    """How many sockets this page has opened, or tried to."""
    return person.evaluate("() => window.testSockets.length")


def test_a_reload_keeps_the_seat_and_comes_back_muted(scene: Scene, firefox: FirefoxFor, screenshots: Path) -> None:
    host, listener = a_firefox_speaks(scene, firefox)
    host.reload()
    listener.must_hear_silence()
    host.tap_in()
    host.sees('[data-microphone="muted"][data-position="stage"]')
    listener.sees_on_stage(HOST)
    host.show(screenshots / "firefox-room-360.png", 360, 740)
    host.unmute()
    listener.must_hear(TONE)
    host.show(screenshots / "firefox-room-1240.png", 1240)


def test_a_lost_socket_and_a_lost_network_heal_and_whoever_was_muted_stays_so(
    scene: Scene, firefox: FirefoxFor
) -> None:
    host, listener = a_firefox_speaks(scene, firefox)
    host.loses_the_socket()
    host.sees('[data-state="reconnecting"]')
    host.is_inside()
    host.sees('[data-microphone="live"]')
    listener.must_hear(TONE)
    host.mute()
    host.is_offline(True)
    host.loses_the_socket()
    tries = sockets(host)
    host.wait(lambda: sockets(host) > tries + 1, "it tries again, in vain")
    host.sees('[data-state="reconnecting"]')
    host.is_offline(False)
    host.is_inside()
    host.sees('[data-microphone="muted"]')
    listener.must_hear_silence()
    assert peers(host) == 1  # the sound was never begun anew
    host.unmute()
    listener.must_hear(TONE)


def test_a_killed_audio_worker_is_no_end(scene: Scene, firefox: FirefoxFor) -> None:
    host, listener = a_firefox_speaks(scene, firefox)
    scene.installation.kill("audio")
    host.wait(lambda: peers(host) > 1, "a new negotiation")
    listener.must_hear(TONE, within=20)
    host.sees('[data-microphone="live"]')
