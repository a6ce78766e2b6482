"""A network that lets no UDP through: a room is heard, and spoken in, through a real TURN server over TCP."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from rooms.turn import relay_for
from tests.browser.conftest import Scene, a_scene
from tests.browser.person import Person
from tests.browser.test_check import run, step_is
from tests.environment.installation import Installation
from tests.environment.turn_server import TurnServer, turn_server

HOST, MEMBER = "Ji-woo Han", "Lin Wei"
HOSTS_TONE, MEMBERS_TONE = 440, 1000

# No other way than through the TURN server, as if a firewall let nothing else out.
RELAY_ONLY = """
const Peer = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Peer {
  constructor(options) {
    super({ ...options, iceTransportPolicy: "relay" });
  }
};
"""

# The kinds of address that this browser's sound goes out by, and how it reaches the relay.
WAYS = """
async () => {
  const reports = [...(await window.testPeers.at(-1).getStats()).values()];
  const pairs = reports.filter((report) => report.type === "candidate-pair" && report.nominated);
  return pairs.map((pair) => reports.find((report) => report.id === pair.localCandidateId))
    .map((local) => `${local.candidateType} ${local.relayProtocol}`);
}
"""

# What a TURN server answers to somebody who asks for an address: a relay's candidate, or why there is none.
ASKS_FOR_AN_ADDRESS = """
async ({ urls, username, credential }) => {
  const peer = new RTCPeerConnection({ iceServers: [{ urls, username, credential }], iceTransportPolicy: "relay" });
  const answer = new Promise((resolve) => {
    peer.addEventListener("icecandidate", ({ candidate }) => candidate && resolve(candidate.type));
    peer.addEventListener("icecandidateerror", ({ errorCode }) => resolve(String(errorCode)));
  });
  peer.addTransceiver("audio");
  await peer.setLocalDescription();
  return answer.finally(() => peer.close());
}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[TurnServer]:
    with turn_server("north") as running:
        yield running


@pytest.fixture(scope="module")
def with_turn(server: TurnServer) -> Iterator[Installation]:
    """An installation that knows the server and its secret."""
    with Installation(MITALK_TURN_URLS=server.url, MITALK_TURN_SECRET=server.secret) as running:
        yield running


@pytest.fixture
def scene(playwright_driver: Playwright, with_turn: Installation, tmp_path: Path) -> Iterator[Scene]:
    with a_scene(playwright_driver, with_turn, tmp_path) as stage:
        yield stage


def behind_a_firewall(person: Person) -> Person:
    person.context.add_init_script(RELAY_ONLY)
    return person


def test_a_room_is_heard_and_spoken_in_through_the_relay(scene: Scene) -> None:
    scene.make(HOST, MEMBER, stage=(HOST, MEMBER))
    host = scene.person(HOST, tone_hz=HOSTS_TONE)
    member = behind_a_firewall(scene.person(MEMBER, tone_hz=MEMBERS_TONE))
    host.enter(scene.room)
    host.unmute()
    member.enter(scene.room)
    member.must_hear(HOSTS_TONE)
    member.unmute()
    host.must_hear(MEMBERS_TONE)
    assert member.page.evaluate(WAYS) == ["relay tcp"]
    assert host.page.evaluate(WAYS) != ["relay tcp"]  # who has a shorter way takes it


def test_the_self_test_finds_it(scene: Scene) -> None:
    guest = scene.person()
    guest.go("/check/")
    run(guest)
    step_is(guest, "turn", "good")


@pytest.mark.parametrize(
    ("made_with", "seconds_ago", "answer"),
    [("north", 0, "relay"), ("south", 0, "401"), ("north", 3600, "401")],
    ids=["good", "another secret", "expired"],
)
def test_a_wrong_or_expired_credential_is_refused(
    scene: Scene, server: TurnServer, settings, made_with: str, seconds_ago: int, answer: str
) -> None:
    settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET = [server.url], made_with
    relay = relay_for("visitor", time.time() - seconds_ago, 60)
    guest = scene.person()
    guest.go("/check/")
    assert guest.page.evaluate(ASKS_FOR_AN_ADDRESS, asdict(relay)) == answer
