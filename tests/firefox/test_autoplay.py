"""Firefox lets nothing sound that no tap began. In all these tests that is left as people have it; here nobody taps."""

from tests.browser.conftest import Scene
from tests.firefox.conftest import FirefoxFor

HOST, MEMBER = "Ji-woo Han", "Lin Wei"
HOSTS_TONE = 440

# Enters by itself, which is no tap; writes down how often the browser refused to play what came.
ENTERS_ITSELF = """
window.testRefusals = 0;
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = async function () {
  const comes = this.srcObject !== null;
  try {
    await play.call(this);
  } catch (error) {
    if (comes && error.name === "NotAllowedError") window.testRefusals += 1;
    throw error;
  }
};
const looking = setInterval(() => {
  const button = document.querySelector('#main-button[data-does="enter"]');
  if (!button) return;
  clearInterval(looking);
  button.click();
}, 50);
"""


def test_without_a_tap_it_is_asked_for_one_and_then_the_room_sounds(scene: Scene, firefox: FirefoxFor) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    host, member = scene.person(HOST, tone_hz=HOSTS_TONE), firefox(MEMBER, scripts=(ENTERS_ITSELF,))
    host.enter(scene.room)
    host.unmute()
    member.go(scene.room)
    member.wait(lambda: member.evaluate("() => window.testRefusals > 0"), "Firefox refused to play")
    member.button_does("play")
    member.sees("#main-button", "Tap to listen")
    assert not member.plays()
    member.click("#main-button")
    member.button_does("raise")
    member.must_hear(HOSTS_TONE)
