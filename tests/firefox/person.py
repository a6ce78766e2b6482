"""A person at a Firefox: what they do, see and hear, in the words of tests.browser.person."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.person import HEAR, LISTENING, SILENCE_DBFS, Heard, heard
from tests.firefox.firefox import PATIENCE_SECONDS, Firefox

TONE = 1000  # Firefox's fake microphone

# What the page was not allowed to do by its own policy.
_WATCH = """
window.testViolations = [];
addEventListener("securitypolicyviolation", (event) =>
  window.testViolations.push(`${event.violatedDirective}: ${event.blockedURI} on ${event.documentURI}`));
"""

_SOCKET_FINDS_NOBODY = "can’t establish a connection to the server at ws:"  # tests provoke it


class FirefoxPerson:
    """One person with one page."""

    def __init__(
        self,
        environment: dict[str, str],
        url: str,
        *,
        cookie: str = "",
        preferences: dict[str, Any],
        scripts: tuple[str, ...] = (),
        width: int = 1240,
    ) -> None:
        self.url = url
        self._browser = Firefox(
            environment, scripts=[LISTENING, _WATCH, *scripts], preferences=preferences, width=width
        )
        self._broken: list[str] = []
        if cookie:
            self._browser.does("cookie", "sessionid", cookie, url)

    # --- doing ----------------------------------------------------------------------------------------------------

    def go(self, path: str) -> int:
        """Open an address; the status that it answers with."""
        self._note_violations()
        return self._browser.does("go", self.url + path)

    def reload(self) -> None:
        """Open the same page anew."""
        self._note_violations()
        self._browser.does("reload")

    def click(self, selector: str) -> None:
        """Click, as a person does."""
        self._browser.does("click", selector)

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self._browser.does("fill", selector, text)

    def enter(self, room: str) -> None:
        """Open a room and tap the one button."""
        self.go(room)
        self.tap_in()

    def tap_in(self) -> None:
        """Tap the one button and be inside, with sound."""
        self.button_does("enter")
        self.click("#main-button")
        self.is_inside()

    def raise_hand(self, line: str = "") -> None:
        """Tap Raise hand, say why, and wait until the hand is up."""
        self.button_does("raise")
        self.click("#main-button")
        self.fill("#hand-line", line)
        self.click("#hand-dialog button[value=yes]")
        self.button_does("lower")

    def unmute(self) -> None:
        """Tap Unmute, and wait until the room knows."""
        self.button_does("unmute")
        self.click("#main-button")
        self.sees('[data-microphone="live"]')

    def mute(self) -> None:
        """Tap Mute, and wait until the room knows."""
        self.button_does("mute")
        self.click("#main-button")
        self.sees('[data-microphone="muted"]')

    def join_stage(self) -> None:
        """Tap Join the stage, and be there."""
        self.button_does("join")
        self.click("#main-button")
        self.sees('[data-position="stage"]')

    def loses_the_socket(self) -> None:
        """The connection breaks: the page is not told why."""
        self.evaluate("() => window.testSockets.at(-1).close()")

    def is_offline(self, offline: bool) -> None:
        """The network is gone, or there again."""
        self._browser.does("offline", offline)

    def show(self, path: Path, width: int, height: int = 800) -> None:
        """Keep a picture of what is on the screen."""
        self._browser.does("show", width, height, str(path))

    # --- seeing ---------------------------------------------------------------------------------------------------

    def evaluate(self, code: str, argument: Any = None) -> Any:
        """What a function finds in the page."""
        return self._browser.does("evaluate", code, argument)

    def text(self, selector: str) -> str:
        """What an element says; nothing, if it is not seen."""
        return self.evaluate(f"() => document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def sees(self, selector: str, words: str = "") -> None:
        """Wait for an element that is seen and says something."""
        code = (
            "([selector, words]) => [...document.querySelectorAll(selector)]"
            ".some((found) => found.checkVisibility() && found.innerText.includes(words))"
        )
        self.wait(
            lambda: self.evaluate(code, [selector, words]),
            f"{selector} {words}",
            lambda: self.text("main:not([hidden])"),
        )

    def button_does(self, what: str) -> None:
        """Wait until the one big button offers this."""
        self.sees(f'#main-button[data-does="{what}"]')

    def is_inside(self) -> None:
        """Wait until the page is in the room and the sound is connected."""
        self.sees('[data-state="inside"][data-media="connected"]')

    def on_stage(self) -> list[str]:
        """The names on stage, in order."""
        names = "() => [...document.querySelectorAll('#stage [data-person] [data-name]')].map((name) => name.innerText)"
        return [name.strip() for name in self.evaluate(names)]

    def complaints(self) -> list[str]:
        """What Firefox or the page's own policy had to say against our pages."""
        self._note_violations()
        said = [words for words in self._browser.does("complaints") if _SOCKET_FINDS_NOBODY not in words]
        return [*said, *self._broken]

    def frames(self, code: str) -> Any:
        """What came and went over this page's sockets."""
        return self.evaluate(code)

    def _note_violations(self) -> None:
        self._broken += self.evaluate("() => window.testViolations?.splice(0) ?? []")

    # --- hearing --------------------------------------------------------------------------------------------------

    def plays(self) -> bool:
        """Whether the room's sound comes out of the page."""
        return self.evaluate(
            """() => {
              const sound = document.querySelector("#sound");
              return Boolean(sound.srcObject) && !sound.paused && !sound.muted && sound.currentTime > 0;
            }"""
        )

    def hears(self, *frequencies: int, milliseconds: int = 400) -> Heard:
        """Listen for a moment to what the page plays, and measure."""
        return heard(self.evaluate(HEAR, [list(frequencies), milliseconds]), frequencies)

    def must_hear(self, frequency: int) -> Heard:
        """Wait until a tone is clearly heard, and the page lets it sound."""
        self.wait(self.plays, "the page plays")
        listened: list[Heard] = []

        def clearly() -> bool:
            listened.append(self.hears(frequency))
            return listened[-1].is_clearly(frequency)

        self.wait(clearly, f"{frequency} Hz heard", lambda: str(listened[-1]))
        return listened[-1]

    def must_hear_silence(self) -> None:
        """Wait until nothing is heard."""
        self.wait(lambda: self.hears().level < SILENCE_DBFS, "silence")

    def wait(
        self, condition: Callable[[], bool], what: str, found: Callable[[], str] = lambda: "", *, within: float = 0
    ) -> None:
        """Wait for a condition."""
        end = time.monotonic() + (within or PATIENCE_SECONDS)
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not in time: {what}. {found()}")
            time.sleep(0.05)

    def close(self) -> None:
        """Go home."""
        self._browser.close()
