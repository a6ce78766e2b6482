"""Every page opens in Firefox: no error, and nothing that the page's own policy forbids."""

from pathlib import Path

from tests.browser.conftest import Scene
from tests.browser.test_pages import MEMBERS, STRANGERS
from tests.firefox.conftest import FirefoxFor
from tests.firefox.person import FirefoxPerson

HOST, MEMBER = "Ji-woo Han", "Lin Wei"
MORE = {
    "schedule": "/rooms/schedule/",
    "programme": "/programme/",
    "search": "/search/?q=foundry",
    "calendar": "/calendar/",
}

# People without a password are asked to have signed in lately before they change address or password.
STATUS = {"not-found": 404, "email": 403, "password": 403}


def visit(person: FirefoxPerson, pages: dict[str, str], pictures: Path) -> None:
    for name, address in pages.items():
        assert person.go(address) == STATUS.get(name, 200), name
        person.wait(lambda: person.evaluate("() => document.readyState === 'complete'"), name)
        assert not person.evaluate(
            "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ), f"{name}: wider than the screen"
        person.show(pictures / f"firefox-{name}-360.png", 360, 740)


def test_every_page(scene: Scene, firefox: FirefoxFor, screenshots: Path) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    coming = scene.backstage("to_come", host_email=scene.address_of(HOST), title="What comes after copper", minutes=60)
    stranger, member = firefox(width=360), firefox(MEMBER, width=360)
    visit(stranger, STRANGERS, screenshots)
    visit(member, MEMBERS | MORE | {"room-outside": scene.room, "room-to-come": f"/r/{coming}/"}, screenshots)
    visit(member, {"profile": scene.backstage("profile_of", email=scene.address_of(HOST))}, screenshots)
