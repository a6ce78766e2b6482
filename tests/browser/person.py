"""A person at a browser: their own Chromium, their own microphone, and ears that measure."""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect

PATIENCE_SECONDS = 15.0
SILENCE_DBFS = -60.0
AUDIBLE_DBFS = -40.0
LISTENING = (Path(__file__).parent / "listening.js").read_text()

_CHROMIUM = "/usr/bin/chromium"
# Pages that Chromium makes for its address bar cost more than starting it. The last list counts, so the driver's is in it.
_WITHOUT = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
_FLAGS = [
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(_WITHOUT)}",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]

# Level (dBFS, RMS) of everything heard and of single frequencies, from the track that the page plays.
HEAR = """
async ([frequencies, milliseconds]) => {
  const stream = document.querySelector("#sound").srcObject;
  if (!stream) return null;
  const context = new AudioContext({ sampleRate: 48000 });
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(stream).connect(analyser);
  await new Promise((done) => setTimeout(done, milliseconds));
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  await context.close();
  const width = 24000 / bins.length;
  const at = (frequency) => {
    const middle = Math.round(frequency / width);
    return Math.max(...bins.slice(middle - 4, middle + 5));
  };
  let loudest = 0;
  bins.forEach((level, bin) => { if (level > bins[loudest]) loudest = bin; });
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return { power, dominant: loudest * width, at: frequencies.map(at) };
}
"""


# Milliseconds from the tap on the one button to the first energy in received sound.
@dataclass(frozen=True)
class Heard:
    """What one listen measured: RMS in dBFS, the loudest frequency in Hz, and the level in dB at the frequencies asked."""

    level: float
    dominant: float
    at: dict[int, float]

    def is_clearly(self, frequency: int) -> bool:
        """Whether a tone is in it that nobody overhears."""
        return self.level > AUDIBLE_DBFS and self.at[frequency] > AUDIBLE_DBFS - 20


def heard(found: dict[str, Any] | None, frequencies: tuple[int, ...]) -> Heard:
    """What `HEAR` found; nothing at all, if the page plays nothing."""
    if found is None:
        return Heard(-math.inf, 0.0, dict.fromkeys(frequencies, -math.inf))
    level = 10 * math.log10(found["power"]) if found["power"] > 0 else -math.inf
    levels = (-math.inf if at is None else at for at in found["at"])
    return Heard(level, found["dominant"], dict(zip(frequencies, levels, strict=True)))


def start_browser(playwright: Playwright, *, microphone: Path | None = None, flags: tuple[str, ...] = ()) -> Browser:
    """A Chromium of one's own; `microphone` is a 48 kHz mono 16-bit WAV that is played in a loop."""
    fake = []
    if microphone is not None:
        fake = [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
        ]
    return playwright.chromium.launch(executable_path=_CHROMIUM, args=[*_FLAGS, *fake, *flags])


class Person:
    """One person with one page."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        cookie: str = "",
        width: int = 1240,
        language: str = "en",
        scheme: str = "light",
        zone: str = "UTC",
    ) -> None:
        self.url = url
        self.context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale=language,
            color_scheme=scheme,  # type: ignore[arg-type]
            timezone_id=zone,
            base_url=url,
        )
        self.context.add_init_script(LISTENING)
        if cookie:
            self.context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self._watch(self.page)

    def _watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium writes down each page that answers 4xx and each socket that finds nobody; tests provoke both.
        expected = ("the server responded with a status of 4", "net::ERR_CONNECTION_REFUSED")
        if message.type == "error" and not any(words in message.text for words in expected):
            self.complaints.append(message.text)

    # --- doing ----------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open an address."""
        self.page.goto(path)

    def enter(self, room: str) -> None:
        """Open a room and tap the one button."""
        self.go(room)
        self.tap_in()

    def tap_in(self) -> None:
        """Tap the one button and be inside, with sound."""
        self.page.locator("#main-button").click()
        self.is_inside()

    def is_inside(self) -> None:
        """Wait until the page is in the room and the sound is connected."""
        self.in_state("inside")
        self.wait(
            lambda: self.page.locator("[data-media]").first.get_attribute("data-media") == "connected",
            "media connected",
        )

    def in_state(self, state: str) -> None:
        """Wait until the page is in one of its states."""
        expect(self.page.locator(f'[data-state="{state}"]')).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)

    def unmute(self) -> None:
        """Tap Unmute, and wait until the room knows."""
        self.page.locator("#main-button").click()
        expect(self.page.locator('[data-microphone="live"]')).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)

    def mute(self) -> None:
        """Tap Mute, and wait until the room knows."""
        self.page.locator("#main-button").click()
        expect(self.page.locator('[data-microphone="muted"]')).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)

    def raise_hand(self, line: str = "") -> None:
        """Tap Raise hand, say why, and wait until the hand is up."""
        self.page.locator("#main-button").click()
        self.page.locator("#hand-line").fill(line)
        self.page.locator("#hand-dialog button[value=yes]").click()
        self.button_does("lower")

    def button_does(self, what: str) -> None:
        """Wait until the one big button offers this."""
        expect(self.page.locator(f'#main-button[data-does="{what}"]')).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)

    def accept(self) -> None:
        """Tap Join the stage, and be there."""
        self.button_does("join")
        self.page.locator("#main-button").click()
        self.is_on_stage()

    def is_on_stage(self) -> None:
        """Wait until one sits on stage, by one's own page."""
        expect(self.page.locator('[data-position="stage"]')).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)

    def is_in_the_audience(self) -> None:
        """Wait until one sits in the audience, by one's own page."""
        expect(self.page.locator('[data-position="audience"]')).to_have_count(1, timeout=PATIENCE_SECONDS * 1000)

    def does_to(self, name: str, command: str, *, where: str = "#stage", sure: bool = False) -> None:
        """Open somebody's card and choose what to do; `sure`: it asks again."""
        self.page.locator(f"{where} [data-person]", has_text=name).locator("[data-open]").click()
        self.page.locator(f'#person-dialog button[value="{command}"]').click()
        if sure:
            self.page.locator("#confirm-yes").click()

    def finds(self, query: str = "") -> list[str]:
        """Search the room for people; the names found."""
        self.page.locator("#find-query").fill(query)
        self.page.locator("#find-form button").click()
        expect(self.page.locator("#found")).to_have_attribute("data-query", query, timeout=PATIENCE_SECONDS * 1000)
        return self.found()

    def found(self) -> list[str]:
        """Whom the desk lists now."""
        return [name.strip() for name in self.page.locator("#found [data-name]").all_inner_texts()]

    def is_told(self, words: str) -> None:
        """Wait until the page has said something that concerns this person, whether it stands there still or not."""
        self.wait(lambda: self.page.evaluate("(words) => window.testTold.take(words)", words), words, self._was_told)

    def _was_told(self) -> str:
        return str(self.page.evaluate("() => window.testTold.all()"))

    def microphones(self) -> list[str]:
        """The state of each microphone that was asked for: live or ended."""
        return self.page.evaluate("() => window.testMicrophones.map((track) => track.readyState)")

    def ignores(self, *kinds: str) -> None:
        """From now on the page's own code does not hear of frames of these types."""
        self.page.evaluate("(kinds) => { window.testIgnored = kinds; }", list(kinds))

    def lose_socket(self) -> None:
        """The connection breaks: the page is not told why."""
        self.page.evaluate("() => window.testSockets.at(-1).close()")

    # --- seeing ---------------------------------------------------------------------------------------------------

    def on_stage(self) -> list[str]:
        """The names on stage, in order."""
        return [name.strip() for name in self.page.locator("#stage [data-person] [data-name]").all_inner_texts()]

    def sees_on_stage(self, *names: str) -> None:
        """Wait until these and no others are on stage, in this order."""
        self.wait(lambda: self.on_stage() == list(names), f"{names} on stage", lambda: str(self.on_stage()))

    def listening(self) -> int:
        """How many listen, as the page says."""
        digits = re.sub(r"\D", "", self.page.locator("#audience-count").inner_text())
        return int(digits or 0)

    def sends_audio(self) -> bool:
        """Whether this browser has sent any RTP."""
        return self.sent_packets() > 0

    def sent_packets(self) -> int:
        """How many packets of sound this browser has sent."""
        return self.page.evaluate(
            """async () => {
              let sent = 0;
              for (const peer of window.testPeers)
                for (const report of (await peer.getStats()).values())
                  if (report.type === "outbound-rtp") sent += report.packetsSent;
              return sent;
            }"""
        )

    def received(self) -> dict[str, float]:
        """The browser's own account of the last sound it received."""
        return self.page.evaluate(
            """async () => {
              const reports = [...(await window.testPeers.at(-1).getStats()).values()];
              const inbound = reports.find((report) => report.type === "inbound-rtp");
              const keys = ["ssrc", "packetsReceived", "packetsLost", "concealedSamples", "silentConcealedSamples",
                            "concealmentEvents", "totalSamplesReceived"];
              return Object.fromEntries(keys.map((key) => [key, inbound ? inbound[key] ?? 0 : 0]));
            }"""
        )

    # --- hearing --------------------------------------------------------------------------------------------------

    def hears(self, *frequencies: int, milliseconds: int = 400) -> Heard:
        """Listen for a moment and measure."""
        return heard(self.page.evaluate(HEAR, [list(frequencies), milliseconds]), frequencies)

    def must_hear(self, frequency: int, *, within: float = PATIENCE_SECONDS) -> Heard:
        """Wait until a tone is clearly heard."""
        listened: list[Heard] = []

        def clearly() -> bool:
            listened.append(self.hears(frequency))
            return listened[-1].is_clearly(frequency)

        self.wait(clearly, f"{frequency} Hz heard", lambda: str(listened[-1]), within=within)
        return listened[-1]

    def must_hear_silence(self, *, within: float = PATIENCE_SECONDS) -> Heard:
        """Wait until nothing is heard."""
        listened: list[Heard] = []

        def silent() -> bool:
            listened.append(self.hears())
            return listened[-1].level < SILENCE_DBFS

        self.wait(silent, "silence", lambda: str(listened[-1]), within=within)
        return listened[-1]

    def wait(
        self,
        condition: Callable[[], bool],
        what: str,
        found: Callable[[], str] = lambda: "",
        *,
        within: float = PATIENCE_SECONDS,
    ) -> None:
        """Wait for a condition, letting the page live meanwhile."""
        end = time.monotonic() + within
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {within} s: {what}. {found()}")
            self.page.wait_for_timeout(50)
