"""A room with Firefox: it is heard, speaks, comes back; what it does is measured in Chromium, and the other way round."""

from tests.browser.conftest import Scene
from tests.firefox.conftest import FirefoxFor
from tests.firefox.person import TONE

HOST, MEMBER = "Ji-woo Han", "Lin Wei"
HOSTS_TONE = 440


def test_from_the_tap_to_the_stage_and_out(scene: Scene, firefox: FirefoxFor) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    host, member = scene.person(HOST, tone_hz=HOSTS_TONE), firefox(MEMBER)
    host.enter(scene.room)
    host.unmute()
    member.go(scene.room)
    assert member.evaluate("() => navigator.userActivation.hasBeenActive") is False
    member.tap_in()  # which lets the room sound: see test_autoplay
    loud = member.must_hear(HOSTS_TONE)
    assert abs(loud.dominant - HOSTS_TONE) < 15
    member.raise_hand("We run this in production")
    host.page.locator("#hands [data-person]", has_text=MEMBER).get_by_role("button", name="Invite").click()
    member.sees('[data-position="stage"]')
    assert host.hears(TONE).level < -60  # muted until one unmutes
    member.unmute()
    assert abs(host.must_hear(TONE).dominant - TONE) < 15
    member.must_hear(HOSTS_TONE)
    member.mute()
    host.must_hear_silence(within=2)
    member.unmute()
    host.must_hear(TONE)
    member.click("#leave")
    host.sees_on_stage(HOST)
    host.must_hear_silence()
