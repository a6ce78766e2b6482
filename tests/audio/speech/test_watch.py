"""The control process's side of a recogniser: fed, asked, started again; what is broken is counted and ends no worker."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Callable

import msgpack
import pytest

from rooms.audio.evidence.packets import VoicePacket, pack
from rooms.audio.pipe import Closed, Pipe
from rooms.audio.speech import watch as watches
from rooms.audio.speech.messages import BY_KIND, Heard, Load, Plan, Setup, Spotted
from rooms.audio.speech.recogniser import Recogniser
from rooms.audio.speech.watch import State, Watch

SETUP = Setup("an-engine", {"en": ""})
PLAN = Plan((("en", "send me money"),), {"a-room": "en"})
SPOTTED = Spotted("a-room", "lin", "en", "send me money", 1_700_000_000_000)
BATCH = pack([VoicePacket("lin", 1_700_000_000_000, 0, b"opus")])


class Process:
    """Stands for a recogniser: the test speaks for it."""

    def __init__(self, end: socket.socket) -> None:
        self.pid = 1
        self.socket = end.dup()
        self.pipe = Pipe(self.socket, BY_KIND)
        self.received: list[object] = []
        self.killed = False

    def poll(self) -> int | None:
        return 1 if self.killed else None

    def kill(self) -> None:
        self.killed = True
        self.pipe.close()

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def hears(self) -> list[object]:
        """All that came so far."""
        with contextlib.suppress(Closed):
            self.received += self.pipe.receive() if not self.killed else []
        return self.received


class Backstage:
    """Stands for the database and the machine."""

    def __init__(self) -> None:
        self.plan = PLAN
        self.spotted: list[Spotted] = []
        self.told: list[tuple[str, Load]] = []
        self.started: list[Process] = []
        self.away, self.in_vain = False, 0

    def start(self, end: socket.socket) -> Process:
        self.started.append(Process(end))
        return self.started[-1]

    def take(self, spotted: Spotted) -> None:
        if self.away:
            self.in_vain += 1
            raise ConnectionError("the database is away")
        self.spotted.append(spotted)

    def tell(self, state: str, load: Load) -> None:
        self.told.append((state, load))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "PLAN_SECONDS", 0.02)
    monkeypatch.setattr(watches, "_LEAST_REST_SECONDS", 0.01)


@pytest.fixture
def backstage() -> Backstage:
    return Backstage()


@pytest.fixture
async def watch(backstage: Backstage) -> AsyncIterator[Watch]:
    made = Watch(
        SETUP,
        plan=lambda rooms: backstage.plan,
        spotted=backstage.take,
        tell=backstage.tell,
        start=backstage.start,
    )
    running = asyncio.create_task(made.run())
    await until(lambda: backstage.started and PLAN in backstage.started[0].hears())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    made.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_recogniser_is_told_what_it_is_and_what_is_listened_for(watch: Watch, backstage: Backstage) -> None:
    assert backstage.started[0].received[0] == SETUP


async def test_it_is_fed_what_is_said_where_something_is_listened_for(watch: Watch, backstage: Backstage) -> None:
    watch.hear("another-room", BATCH)
    watch.hear("a-room", BATCH)
    await until(lambda: Heard("a-room", BATCH) in backstage.started[0].hears())
    assert Heard("another-room", BATCH) not in backstage.started[0].received


async def test_what_was_said_before_a_room_was_known_is_fed_when_it_is(watch: Watch, backstage: Backstage) -> None:
    watch.hear("another-room", BATCH)
    backstage.plan = Plan(PLAN.phrases, {"a-room": "en", "another-room": "en"})
    await until(lambda: Heard("another-room", BATCH) in backstage.started[0].hears())


async def test_what_it_spotted_is_written_when_the_database_is_back(watch: Watch, backstage: Backstage) -> None:
    backstage.away = True
    backstage.started[0].pipe.send(SPOTTED)
    await until(lambda: backstage.in_vain)
    backstage.away = False
    await until(lambda: backstage.spotted == [SPOTTED])


@pytest.mark.parametrize(
    ("load", "state"),
    [
        (Load(False, False, 0.0, 0.0, 0.0), State.STARTING),
        (Load(True, False, 0.0, 5.0, 0.0), State.LISTENING),
        (Load(True, True, 60.0, 5.0, 9.0), State.BEHIND),
    ],
)
async def test_staff_are_told_how_it_keeps_up(watch: Watch, backstage: Backstage, load: Load, state: str) -> None:
    backstage.started[0].pipe.send(load)
    await until(lambda: watch.load == load and state in {told for told, _load in backstage.told})


async def test_one_that_ends_is_started_again_and_told_everything_again(watch: Watch, backstage: Backstage) -> None:
    backstage.started[0].pipe.close()
    await until(lambda: len(backstage.started) == 2 and PLAN in backstage.started[1].hears())
    assert backstage.started[0].killed
    assert backstage.started[1].received[0] == SETUP


async def test_one_that_ran_well_for_a_while_hands_over_what_it_was_at(watch: Watch, backstage: Backstage) -> None:
    backstage.started[0].pipe.send(Load(True, False, 0.0, 0.0, 0.0))
    await until(lambda: watch.load.ready)
    watch.hear("a-room", BATCH)
    backstage.started[0].pipe.close()
    await until(lambda: len(backstage.started) == 2 and Heard("a-room", BATCH) in backstage.started[1].hears())


@pytest.mark.parametrize("answer", [("Nonsense", 1), ("Spotted", 1), 7, ()])
async def test_one_that_answers_nonsense_is_started_again_and_that_is_said_without_its_words(
    watch: Watch, backstage: Backstage, answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    backstage.started[0].socket.send(msgpack.packb(answer))
    await until(lambda: len(backstage.started) == 2)
    assert "speech.answer_malformed" in caplog.text
    assert "Nonsense" not in caplog.text


async def test_what_it_could_not_read_is_counted_and_said(
    watch: Watch, backstage: Backstage, caplog: pytest.LogCaptureFixture
) -> None:
    recogniser = Recogniser()
    recogniser.plan(PLAN)
    recogniser.hear(Heard("a-room", b"the words of somebody"), 0.0)
    recogniser.hear(Heard("a-room", b"\xc1"), 0.0)
    load = recogniser.load_now(0.0)
    assert load.malformed == 2
    with caplog.at_level(logging.WARNING):
        backstage.started[0].pipe.send(load)
        await until(lambda: "speech.batch_malformed" in caplog.text)
    assert [record.reason for record in caplog.records if record.message == "speech.batch_malformed"] == ["2 so far"]
    assert "somebody" not in caplog.text
