"""A real installation whose bus can be made to lose messages, and visitors who do as they like."""

import signal
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from aiortc import RTCCertificate

from rooms.audio.bench.client import Poller
from rooms.audio.transport.dtls import certificate
from rooms.bench.page import Door
from tests.environment.installation import LOSSY, Installation
from tests.environment.ports import free_port
from tests.environment.receivers import Gateway, Mailbox
from tests.environment.separate_processes import Production
from tests.faults import measured
from tests.faults.stayer import Stayer
from tests.faults.town import Town
from tests.faults.visitor import Visitor

HOST, SPEAKER, LISTENER, MODERATOR, STAFF = "Ji-woo Han", "Lin Wei", "Amara Okafor", "Petra Roth", "Sofia Takács"


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One for all tests."""
    with Installation(DJANGO_SETTINGS_MODULE=LOSSY, MITALK_METRICS_PORT=str(free_port())) as running:
        yield running


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """Where the production's mail goes to."""
    with Mailbox() as running:
        yield running


@pytest.fixture(scope="session")
def gateway() -> Iterator[Gateway]:
    """Where its text messages go to."""
    with Gateway() as running:
        yield running


@pytest.fixture(scope="session")
def production(mailbox: Mailbox, gateway: Gateway) -> Iterator[Production]:
    """Many processes on engines of their own, one installation for all tests that kill them."""
    receivers = {
        "MITALK_TEST_MAIL_PORT": str(mailbox.port),
        "MITALK_SMS_BACKEND": "http",
        "MITALK_SMS_URL": gateway.url,
        "MITALK_SMS_TOKEN": "a test",
    }
    others = {
        "MITALK_EVIDENCE_AFTER_SECONDS": "1",  # a window ends a second after the report
        "MITALK_TURN_URLS": "turn:127.0.0.1:3478",  # nobody asks it for anything
        "MITALK_TURN_SECRET": "a test",
    }
    with Production(redis_keeps=True, **receivers, **others) as running:
        yield running


@pytest.fixture(scope="session")
def identity() -> RTCCertificate:
    """Making a key takes longer than joining."""
    return certificate()


class Hall:
    """One room and its five people: two on its stage, two listeners, one of MiTalk's staff."""

    def __init__(self, installation: Installation, identity: RTCCertificate) -> None:
        self.installation = installation
        self.visitors: list[Visitor] = []
        self._identity = identity
        self._poller = Poller()
        self.open()

    def open(self, **room: str) -> None:
        """Make the people and the room."""
        people = [HOST, SPEAKER, LISTENER, MODERATOR, STAFF]
        made = self.installation.backstage.ask(
            "make", people=people, stage=[HOST, SPEAKER], staff=[STAFF], title="Who may be heard", **room
        )
        self.room: str = made["room"]
        self._accepts = room.get("confidentiality", "")
        self.emails: dict[str, str] = made["emails"]
        self.sessions: dict[str, str] = made["cookies"]

    def visitor(self, name: str, *, as_staff: bool = False, room: str = "") -> Visitor:
        """Somebody who has not entered yet."""
        made = Visitor(self._door(name, as_staff=as_staff, room=room), self._poller, self._identity)
        self.visitors.append(made)
        return made

    def _door(self, name: str, *, as_staff: bool = False, room: str = "") -> Door:
        address = f"ws://127.0.0.1:{self.installation.port}/ws/rooms/{room or self.room}/"
        return Door(address, self.installation.url, f"sessionid={self.sessions[name]}", as_staff, self._accepts)

    def stayer(self, name: str) -> Stayer:
        """Somebody who does as pages do when sound or socket are lost, and has not entered yet."""
        door = self._door(name)
        made = Stayer(door, self._poller, self._identity)
        self.visitors.append(made)
        return made

    async def enter_to_stay(self, *names: str) -> list[Stayer]:
        """Such people are inside, and connected."""
        people = [self.stayer(name) for name in names]
        for person in people:
            await person.enter()
        return people

    async def enter(self, *names: str) -> list[Visitor]:
        """These people are inside, and connected."""
        people = [self.visitor(name, as_staff=name == STAFF) for name in names]
        for person in people:
            await person.enter()
        return people

    def roster(self) -> dict[str, dict]:
        """Who is in the room, by name."""
        return {row["name"]: row for row in self.installation.backstage.ask("roster", room=self.room)}

    def close(self) -> None:
        """Everybody is gone."""
        for visitor in self.visitors:
            visitor.close()
        self._poller.close()


@pytest.fixture
async def hall(installation: Installation, identity: RTCCertificate) -> AsyncIterator[Hall]:
    """A room of this test's own."""
    made = Hall(installation, identity)
    yield made
    installation.lose_on_the_bus()
    made.close()


LoseMessages = Callable[[], None]


@pytest.fixture(params=["everything arrives", "the bus loses everything"])
def bus_fails(request: pytest.FixtureRequest, installation: Installation) -> LoseMessages:
    """Call it just before what is tested: half of the time the bus loses all messages from then on."""

    def begin() -> None:
        if request.param == "the bus loses everything":
            installation.lose_on_the_bus("everything")

    return begin


@pytest.fixture
async def town(production: Production, identity: RTCCertificate) -> AsyncIterator[Town]:
    """A room of regulars in the production; afterwards everything runs again."""
    production.mend()
    async with Town(production, identity) as made:
        yield made
    production.mend()


def pytest_configure() -> None:
    """Tests that are ended from outside end what they started, too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured, whether or not it passed."""
    if measured.ROWS:
        terminalreporter.section("faults measured")
        for line in (measured.HEADING, *measured.ROWS):
            terminalreporter.write_line(str(line))
