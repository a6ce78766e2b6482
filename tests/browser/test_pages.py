"""Every page as people see it: 360 px and desktop, light and dark, three languages; nothing serious for axe, no complaint."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Scene
from tests.browser.person import Person

WIDTHS = {360: 740, 1240: 800}
LANGUAGES = {"en": "en-GB", "zh-hans": "zh-CN", "ko": "ko-KR"}
STRANGERS = {
    "front": "/",
    "sign-in": "/accounts/login/",
    "sign-up-closed": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
    "how-to-get-in": "/join/",
    "check": "/check/",
}
MEMBERS = {
    "hallway": "/hallway/",
    "new-topic": "/topics/new/",
    "new-room": "/rooms/new/",
    "profile-form": "/me/",
    "email": "/accounts/email/",
    "password": "/accounts/password/change/",
    "sign-out": "/accounts/logout/",
    "not-found": "/nowhere/",
}


@pytest.fixture
def made(scene: Scene) -> Scene:
    scene.make("Ji-woo Han", "Lin Wei 林薇", "Amara Okafor", stage=("Ji-woo Han", "Lin Wei 林薇"))
    return scene


def look(person, name: str, folder: Path) -> list[str]:
    """Take the picture; return what is wrong."""
    person.page.screenshot(path=folder / f"{name}.png", full_page=True)
    wrong = []
    if person.page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append(f"{name}: wider than the screen")
    violations = (
        Axe().run(person.page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    )
    wrong += [
        f"{name}: {found['id']}: {found['nodes'][0]['html'][:120]}"
        for found in violations
        if found["impact"] in ("serious", "critical")
    ]
    return wrong


class Album:
    """Pictures of pages and their states on a phone and on a desk, and what is wrong with them."""

    def __init__(self, folder: Path, how: str) -> None:
        self.wrong: list[str] = []
        self._folder, self._how = folder, how

    def take(self, person: Person, name: str) -> None:
        """What a person sees now, at both widths."""
        for width, height in WIDTHS.items():
            person.page.set_viewport_size({"width": width, "height": height})
            self.wrong += look(person, f"{name}-{self._how}-{width}", self._folder)


class BothThemes(Album):
    """The same, each page in light and in dark without loading it again."""

    def take(self, person: Person, name: str) -> None:
        """What a person sees now, at both widths and in both themes."""
        language = self._how
        for scheme in ("light", "dark"):
            person.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self._how = f"{language}-{scheme}"
            super().take(person, name)
        self._how = language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(made: Scene, screenshots: Path, language: str) -> None:
    how = {"language": LANGUAGES[language]}
    album = BothThemes(screenshots, language)
    link = (
        made.installation.manage("create_invite", "--sponsor", made.address_of("Ji-woo Han")).strip().splitlines()[-1]
    )

    def visit(person, pages: dict[str, str]) -> None:
        for name, address in pages.items():
            person.go(address)
            assert person.page.locator("html").get_attribute("lang") == language
            album.take(person, name)

    visit(made.person(**how), {**STRANGERS, "invite": link, "unknown-invite": "/i/nothing/"})
    host, listener = made.person("Ji-woo Han", tone_hz=440, **how), made.person("Amara Okafor", **how)
    profile = made.backstage("profile_of", email=made.address_of("Ji-woo Han"))
    visit(listener, {**MEMBERS, "profile": profile, "room-outside": made.room})
    host.enter(made.room)
    host.unmute()
    listener.enter(made.room)
    listener.sees_on_stage("Ji-woo Han")
    listener.page.locator("#stage [data-speaking=true]").wait_for(timeout=10_000)
    album.take(listener, "room-listening")
    album.take(host, "room-host")
    host.page.locator("#end").click()
    album.take(host, "room-ending")
    assert album.wrong == []


def test_a_room_is_entered_and_spoken_in_by_keyboard(made: Scene) -> None:
    host, listener = made.person("Ji-woo Han", tone_hz=440), made.person("Amara Okafor")
    listener.go(made.room)
    listener.page.keyboard.press("Tab")
    tab_to(listener, "main-button")
    listener.page.keyboard.press("Enter")
    listener.is_inside()
    host.go(made.room)
    tab_to(host, "main-button")
    host.page.keyboard.press("Space")
    host.is_inside()
    tab_to(host, "main-button")
    host.page.keyboard.press("Enter")
    listener.must_hear(440)


def tab_to(person, identifier: str) -> None:
    for _ in range(40):
        if person.page.evaluate("() => document.activeElement.id") == identifier:
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"#{identifier} is not reached by Tab")
