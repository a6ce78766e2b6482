"""Firefox against a real installation, beside people with Chromium: the scene is that of tests/browser."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import (  # noqa: F401 – fixtures
    FRAMES,
    Scene,
    hold_to_the_protocol,
    playwright_driver,
    scene,
    screenshots,
)
from tests.environment import javascript
from tests.environment.installation import Installation
from tests.environment.sound_card import sound_card
from tests.firefox.firefox import FAKE_MICROPHONE
from tests.firefox.person import FirefoxPerson

FirefoxFor = Callable[..., FirefoxPerson]


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """As `make run` is by default: Firefox reaches no server that listens on a loopback address alone (docs/browsers.md)."""
    with Installation(MITALK_UDP_BIND="0.0.0.0") as running:
        yield running


@pytest.fixture(scope="session")
def sound() -> Iterator[dict[str, str]]:
    """What Firefox finds its sound card by."""
    javascript.install(javascript.ROOT / "tests" / "firefox")
    with sound_card() as environment:
        yield environment


@pytest.fixture
def firefox(scene: Scene, sound: dict[str, str]) -> Iterator[FirefoxFor]:  # noqa: F811
    """Gives somebody a Firefox; afterwards none of their pages may have complained."""
    people: list[FirefoxPerson] = []

    def firefox_for(
        name: str = "", *, scripts: tuple[str, ...] = (), width: int = 1240, **preferences
    ) -> FirefoxPerson:
        preferences = FAKE_MICROPHONE | {key.replace("__", "."): value for key, value in preferences.items()}
        person = FirefoxPerson(
            sound,
            scene.installation.url,
            cookie=scene.cookie_of(name),
            preferences=preferences,
            scripts=scripts,
            width=width,
        )
        people.append(person)
        return person

    try:
        yield firefox_for
        for person in people:
            hold_to_the_protocol(*person.frames(FRAMES))
        complaints = [complaint for person in people for complaint in person.complaints()]
    finally:
        for person in people:
            person.close()
    assert complaints == []
