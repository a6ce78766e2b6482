"""Staff have a transcript of sealed evidence made, beside its waveform; people are told that a machine listens."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.audio.speech.saying import PHRASE, PLANTED, as_packets, said
from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import look
from tests.environment.installation import Installation


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with Installation(MITALK_SPEECH_ENGINE="pocketsphinx") as running:
        running.backstage.ask("listen_for", phrase=PHRASE)
        yield running


def album(person: Person, name: str, screenshots: Path) -> None:
    """Nothing is wider than the screen, at either width and in either scheme."""
    for width in (360, 1240):
        for scheme in ("light", "dark"):
            person.page.set_viewport_size({"width": width, "height": 900})
            person.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            wrong = look(person, f"{name}-{width}-{scheme}", screenshots)
            assert [found for found in wrong if "wider" in found] == []


def test_a_line_leads_to_its_moment(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",), staff=["Lin Wei"], title="What was said there")
    packets = [
        (packet.at_ms, packet.timestamp, packet.payload.hex()) for packet in as_packets(said(PLANTED), began_ms=0)
    ]
    evidence = scene.backstage(
        "opened_evidence", room=scene.room_id, speaker="Ji-woo Han", by="Lin Wei", packets=packets
    )
    staff = scene.person("Lin Wei")
    staff.go(f"/staff/moderation/evidence/{evidence}/change/")
    staff.page.get_by_role("button", name="Look for phrases").click()
    line = staff.page.get_by_role("button", name=PHRASE)
    expect(line).to_be_visible(timeout=60_000)
    expect(staff.page.locator(".staff-transcript [role=status]")).to_have_text("Done.")
    line.focus()
    staff.page.keyboard.press("Enter")
    # Before there is sound, a player only says where it would begin.
    sound = staff.page.locator("audio")
    end = time.monotonic() + 15
    while not sound.evaluate("audio => audio.readyState > 2 && audio.currentTime > 34"):
        assert time.monotonic() < end, "it does not jump"
        staff.page.wait_for_timeout(50)
    album(staff, "staff-transcript", screenshots)


def test_people_are_told_before_they_enter(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",), title="What is told", confidentiality="off_record")
    listener = scene.person("Lin Wei")
    listener.go(scene.room)
    expect(listener.page.locator("#watched")).to_be_visible()
    album(listener, "watched", screenshots)
