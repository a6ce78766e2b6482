"""A room from its announcement to its start, by people at their browsers; the pages of the programme as they see them."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import PATIENCE_SECONDS, Person
from tests.browser.test_pages import LANGUAGES, Album

TITLE = "Chip packaging 101"
FAR_ZONE = "Pacific/Kiritimati"  # fourteen hours ahead of UTC: another day than here, whatever the hour
CO_HOST = "Oluwaseun Castellan"  # found by name: nobody else of this installation may have it


def announce(host: Person, minutes: int) -> str:
    """Fill in the form for a time so far ahead, as clocks in the far zone show it; the room's path."""
    page = host.page
    host.go("/hallway/")
    page.get_by_role("link", name="Plan a room").first.click()
    expect(page.get_by_label("Time zone")).to_have_value(FAR_ZONE)
    starts_at = page.evaluate(
        """(minutes) => {
          const moment = new Date(Date.now() + minutes * 60_000);
          const local = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" }).format(moment);
          return local.split(" ");
        }""",
        minutes,
    )
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Topic", exact=True).select_option(index=1)
    page.get_by_label("Date").fill(starts_at[0])
    page.get_by_label("Time", exact=True).fill(starts_at[1])
    page.get_by_label("Description").fill("For whoever bonds dies.")
    page.get_by_role("button", name="Put it into the programme").click()
    page.wait_for_url("**/r/**")
    return page.url.removeprefix(host.url)


def is_the_room(person: Person) -> None:
    """Wait until the page is the room's, with its modules."""
    person.page.locator("#main-button").wait_for(timeout=30_000)
    person.page.wait_for_load_state("load")


def test_announced_gone_to_started_and_the_waiting_page_turns_into_the_room(scene: Scene) -> None:
    scene.make("Ji-woo Han", CO_HOST, "Amara Okafor", stage=("Ji-woo Han",))
    host = scene.person("Ji-woo Han", tone_hz=440, zone=FAR_ZONE)
    co_host, guest = scene.person(CO_HOST), scene.person("Amara Okafor", zone="America/New_York")
    room = announce(host, 10)

    host.page.get_by_label("Find members to ask").fill(CO_HOST.lower())
    host.page.get_by_role("button", name="Find", exact=True).click()
    host.page.get_by_role("button", name=re.compile(f"^Ask ?: {CO_HOST}")).click()
    expect(host.page.locator("#co-hosts")).to_contain_text("asked")
    co_host.go(room)
    expect(co_host.page.get_by_role("button", name="Start the room")).to_have_count(0)
    co_host.go("/hallway/")
    co_host.page.get_by_role("button", name="Accept").first.click()
    co_host.go(room)
    expect(co_host.page.get_by_role("button", name="Start the room")).to_be_visible()

    guest.go("/hallway/")
    guest.page.get_by_role("link", name=TITLE).first.click()
    guest.page.wait_for_url(f"**{room}")
    moment = datetime.fromisoformat(guest.page.locator("#starts-at").get_attribute("datetime") or "")
    assert moment.utcoffset() in (timedelta(hours=-4), timedelta(hours=-5))
    guest.page.get_by_role("button", name="Remind me").click()
    expect(guest.page.locator("#going-count")).to_have_text("1")
    expect(guest.page.locator("#countdown")).to_have_text(re.compile(r"^\d:\d\d$"))

    host.go(room)
    host.page.get_by_role("button", name="Start the room").click()
    is_the_room(host)
    host.tap_in()
    host.unmute()
    is_the_room(guest)  # by itself
    guest.tap_in()
    guest.must_hear(440)
    co_host.enter(room)
    co_host.is_on_stage()


def test_a_room_that_was_called_off_says_so_to_who_waits(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Amara Okafor", stage=("Ji-woo Han",))
    room = scene.backstage(
        "to_come",
        host_email=scene.address_of("Ji-woo Han"),
        title=TITLE,
        minutes=10,
        going=[scene.address_of("Amara Okafor")],
    )
    host, guest = scene.person("Ji-woo Han"), scene.person("Amara Okafor")
    guest.go(f"/r/{room}/")
    host.go(f"/r/{room}/")
    host.page.get_by_role("link", name="Call it off").click()
    host.page.get_by_role("button", name="Call it off").click()
    expect(guest.page.locator("main")).to_contain_text("Ji-woo Han called this room off", timeout=30_000)
    mail = f"mail to {scene.address_of('Amara Okafor')}: Called off: {TITLE}"
    guest.wait(lambda: mail in scene.installation.output(), "mailed", within=PATIENCE_SECONDS * 2)


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("ko", "dark")]
)
def test_every_page_of_the_programme(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    scene.make("Ji-woo Han", "Lin Wei 林薇", "Amara Okafor", stage=("Ji-woo Han",))
    address = scene.address_of
    room = scene.backstage(
        "to_come",
        host_email=address("Ji-woo Han"),
        title="第一次裁员：我们做错了什么 and a long English title that wraps",
        minutes=12,
        going=[address("Lin Wei 林薇"), address("Amara Okafor")],
        asked=[address("Lin Wei 林薇")],
    )
    how = {"language": LANGUAGES[language], "scheme": scheme}
    album = Album(screenshots, f"{language}-{scheme}")
    visits = {
        "Lin Wei 林薇": {
            "hallway-asked": "/hallway/",
            "hallway-quiet": "/hallway/?language=ko",
            "programme": "/programme/",
            "search": "/search/?q=han",
            "search-nothing": "/search/?q=nothing-like-that",
            "calendar": "/calendar/",
            "time-zone": "/time-zone/",
            "schedule": "/rooms/schedule/",
            "waiting": f"/r/{room}/",
        },
        "Ji-woo Han": {
            "waiting-host": f"/r/{room}/?find=amara",
            "edit": f"/r/{room}/edit/",
            "cancel": f"/r/{room}/cancel/",
        },
    }
    for name, pages in visits.items():
        person = scene.person(name, **how)
        for page, path in pages.items():
            person.go(path)
            album.take(person, page)
    assert album.wrong == []
