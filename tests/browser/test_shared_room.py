"""A room on two workers, in real browsers: from the one that only passes on somebody goes on stage, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.conftest import Scene, a_scene
from tests.environment.installation import Installation

HOST, NEAR, RISING, FAR = "Ji-woo Han", "Lin Wei", "Amara Okafor", "Petra Roth"
HOSTS_TONE, RISING_TONE = 440, 1000


@pytest.fixture
def shared(playwright_driver: Playwright, tmp_path: Path) -> Iterator[Scene]:
    with (
        Installation(workers=2, MITALK_ROOM_SHARE_PEOPLE="2") as running,
        a_scene(playwright_driver, running, tmp_path) as scene,
    ):
        running.until(lambda: running.backstage.ask("live_workers") == 2, "two live workers")
        yield scene


def test_from_a_share_one_goes_on_stage_and_is_heard_on_both_workers(shared: Scene) -> None:
    shared.make(HOST, NEAR, RISING, FAR, stage=(HOST,))
    host, rising = shared.person(HOST, tone_hz=HOSTS_TONE), shared.person(RISING, tone_hz=RISING_TONE)
    near, far = shared.person(NEAR), shared.person(FAR)
    for person in (host, near, rising, far):
        person.enter(shared.room)
    host.unmute()
    for person in (near, rising, far):
        person.must_hear(HOSTS_TONE)
    assert [share["people"] for share in shared.backstage("shares", room=shared.room_id)] == [2]
    rising.raise_hand()
    host.page.locator("#hands [data-person]", has_text=RISING).get_by_role("button", name="Invite").click()
    rising.is_on_stage()
    rising.must_hear(HOSTS_TONE)
    rising.unmute()
    for person in (host, near, far):
        person.must_hear(RISING_TONE)
    assert [share["people"] for share in shared.backstage("shares", room=shared.room_id)] == [1]
    assert not far.sends_audio()
