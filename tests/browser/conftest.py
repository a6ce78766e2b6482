"""Browser tests run against a real installation: web, audio and jobs as processes of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from rooms.domain.messages import CHECK_COMMANDS, COMMANDS
from rooms.signalling.codec import decode_one_of
from tests.browser.person import Person, start_browser
from tests.environment.installation import Installation
from tests.environment.speech import tone
from tests.signalling.page import check_frame


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One for all tests: each makes its own people and room in it."""
    with Installation() as running:
        yield running


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of every page land; `make test` names it."""
    folder = Path(__file__).resolve().parents[2] / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


FRAMES = "() => [window.testFrames ?? [], window.testSent ?? []]"


def hold_to_the_protocol(received: list[Any], sent: list[str]) -> None:
    """Every frame that a page received or sent is one that is declared."""
    for frame in received:
        check_frame(frame)
    for text in sent:
        decode_one_of({**COMMANDS, **CHECK_COMMANDS}, text)


class Scene:
    """A room and the people of one test, each at a browser of their own."""

    def __init__(self, driver: Playwright, installation: Installation, sounds: Path) -> None:
        self.installation = installation
        self.room = ""
        self.room_id = ""
        self._driver = driver
        self._sounds = sounds
        self._cookies: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._browsers: list = []
        self.people: list[Person] = []

    def make(
        self, *people: str, stage: tuple[str, ...], title: str = "Who pays for the second foundry?", **room: Any
    ) -> None:
        """Members, and a live room whose host and speakers are those named for the stage. `staff` names some of MiTalk's."""
        made = self.backstage("make", people=people, stage=stage, title=title, **room)
        self._cookies, self._addresses = made["cookies"], made["emails"]
        self.room_id, self.room = made["room"], f"/r/{made['room']}/"

    def backstage(self, what: str, **arguments: Any) -> Any:
        """Do or ask something behind the scenes: see tests.environment.backstage."""
        return self.installation.backstage.ask(what, **arguments)

    def roster(self) -> dict[str, dict[str, Any]]:
        """Who is in the room as the database says, by name."""
        return {row["name"]: row for row in self.backstage("roster", room=self.room_id)}

    def address_of(self, name: str) -> str:
        """A member's e-mail address."""
        return self._addresses[name]

    def cookie_of(self, name: str) -> str:
        """What signs a member in; nothing for whoever is none."""
        return self._cookies.get(name, "")

    def person(self, name: str = "", *, tone_hz: int = 0, flags: tuple[str, ...] = (), **options) -> Person:
        """A person at a browser; with a tone, it is their microphone."""
        microphone = tone(self._sounds / f"{tone_hz}.wav", tone_hz) if tone_hz else None
        browser = start_browser(self._driver, microphone=microphone, flags=flags)
        self._browsers.append(browser)
        options.setdefault("cookie", self.cookie_of(name))
        person = Person(browser, self.installation.url, **options)
        self.people.append(person)
        return person

    def one_speaks_another_listens(self, frequency: int) -> tuple[Person, Person]:
        """A host who is heard, and a member who hears them."""
        self.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
        host, listener = self.person("Ji-woo Han", tone_hz=frequency), self.person("Lin Wei")
        host.enter(self.room)
        listener.enter(self.room)
        host.unmute()
        listener.must_hear(frequency)
        return host, listener

    def hold_to_the_protocol(self) -> None:
        """Every frame that a page sent or received since it was opened is one that is declared."""
        for person in self.people:
            if not person.page.is_closed():
                hold_to_the_protocol(*person.page.evaluate(FRAMES))

    def close(self) -> None:
        """Everybody goes home."""
        for browser in self._browsers:
            browser.close()


@pytest.fixture
def scene(playwright_driver: Playwright, installation: Installation, tmp_path: Path) -> Iterator[Scene]:
    """People and a room; afterwards no page may have complained."""
    with a_scene(playwright_driver, installation, tmp_path) as stage:
        yield stage


@contextmanager
def a_scene(driver: Playwright, installation: Installation, sounds: Path) -> Iterator[Scene]:
    """The same, in an installation that a test chooses."""
    stage = Scene(driver, installation, sounds)
    yield stage
    stage.hold_to_the_protocol()
    complaints = [complaint for person in stage.people for complaint in person.complaints]
    stage.close()
    assert complaints == []
