"""The self-test in Firefox: all of it works, the detour for closed networks aside, which there is none of."""

import re
from pathlib import Path

from tests.browser.conftest import Scene
from tests.firefox.conftest import FirefoxFor


def test_a_guest_tests_everything(scene: Scene, firefox: FirefoxFor, screenshots: Path) -> None:
    guest = firefox()
    guest.go("/check/")
    guest.click("#begin")
    guest.sees('#check[data-state="done"]')
    guest.show(screenshots / "firefox-check-1240.png", 1240, 1400)
    for step in ("browser", "socket", "udp", "loopback"):
        guest.sees(f'#step-{step}[data-state="good"]')
    guest.sees('#step-turn[data-state="absent"]')
    assert 10 < int(re.sub(r"\D", "", guest.text("#detail-loopback"))) < 600
    guest.click("#try-microphone")
    guest.sees('#step-microphone[data-state="good"]')
    guest.click("#play-tone")
    guest.click("#heard")
    guest.sees('#step-speakers[data-state="good"]')
    guest.sees("#verdict", "All of it works")
