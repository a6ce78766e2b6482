"""A room of regulars in a production, and what is demanded of it after every fault."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from aiortc import RTCCertificate

from rooms.audio.bench.client import Poller
from rooms.bench.page import Door
from tests.environment.separate_processes import Production
from tests.faults.regular import Regular
from tests.faults.visitor import until

HOST, SPEAKER = "Ji-woo Han", "Lin Wei"
LISTENERS = ("Amara Okafor", "Petra Roth", "Sofia Takács", "Ines Duarte", "Tomasz Zieliński", "Yuki Mori")
TALKS = 440
SETTLED_WITHIN_SECONDS = 20.0


class Town:
    """Host and speaker on stage, listeners of whom half come in by each web process. The host talks all the time."""

    def __init__(
        self,
        production: Production,
        identity: RTCCertificate,
        listeners: tuple[str, ...] = LISTENERS,
        kinds: Mapping[str, type[Regular]] | None = None,
    ) -> None:
        self.production = production
        self._identity = identity
        self._poller = Poller()
        self._listeners = listeners
        self._kinds = kinds or {}  # who is no ordinary regular, by name
        made = production.backstage.ask(
            "make", people=[HOST, SPEAKER, *listeners], stage=[HOST, SPEAKER], title="Whatever breaks"
        )
        self.room: str = made["room"]
        self.emails: dict[str, str] = made["emails"]
        self._sessions: dict[str, str] = made["cookies"]
        self.people: dict[str, Regular] = {}
        self._connections: dict[str, str] = {}

    async def __aenter__(self) -> "Town":
        for number, name in enumerate([HOST, SPEAKER, *self._listeners]):
            await self._regular(name, number % len(self.production.webs_at)).enter()
        self.host.talk(TALKS)
        await self.host.unmute()
        for person in self.people.values():
            if person is not self.host:
                await person.hears(TALKS)
        self._connections = {name: person.connection for name, person in self.people.items()}
        return self

    async def __aexit__(self, *_: object) -> None:
        for person in self.people.values():
            person.close()
        self._poller.close()
        await asyncio.sleep(0)

    @property
    def host(self) -> Regular:
        """Who talks."""
        return self.people[HOST]

    @property
    def listening(self) -> list[Regular]:
        """Everybody else."""
        return [person for person in self.people.values() if person is not self.host]

    def of_web(self, number: int) -> list[Regular]:
        """Those, but for the host, whose first web process was the first (0) or the second (1)."""
        webs = len(self.production.webs_at)
        return [person for place, person in enumerate(self.people.values()) if place % webs == number][number == 0 :]

    def begin(self) -> None:
        """Measure from now on, and write."""
        for person in self.people.values():
            person.ears.begin()
            person.media.ear.reset()
            person.written.begin()
            if person not in (self.host, self.people[SPEAKER]):
                person.keep_writing()

    async def settles(self) -> float:
        """Wait until everybody has a socket, can write and learns what the host does; the seconds that took."""
        began = time.monotonic()
        now = time.perf_counter()
        writers = [person for person in self.listening if person.written.tried or person.name != SPEAKER]
        await until(
            lambda: all(person.connected and person.written.answered_at > now for person in writers),
            "everybody can write again",
            within=SETTLED_WITHIN_SECONDS,
        )
        await self.host_is_obeyed()
        return time.monotonic() - began

    async def host_is_obeyed(self) -> None:
        """What the host does is known to every page within five seconds."""
        await until(lambda: self.host.connected, "the host is back", within=SETTLED_WITHIN_SECONDS)
        await self.host.command("stage.lock", locked=True)
        await self.host.command("stage.lock", locked=False)
        version = await self.ask("version")
        pages = self.people.values()
        await until(lambda: all(page._seqs["everyone"] >= version for page in pages), "everybody was told", within=5)

    async def nothing_was_lost(self) -> None:
        """Every line and hand that was acknowledged is in the database, once; everybody has their place and their sound."""
        await self.stop_writing()
        lines = Counter(await self.ask("written"))
        standing = await self.ask("standing")
        for name, person in self.people.items():
            missing = [line for line in person.written.acknowledged if lines[line] != 1]
            assert missing == [], f"acknowledged, and not there once: {missing}"
            twice = [line for line in person.written.tried if lines[line] > 1]
            assert twice == []
            if person.written.hand is not None:
                assert standing[name]["hand"] == person.written.hand
        assert all(standing[name]["here"] for name in self.people), standing
        assert len(await self.ask("roster")) == len(self.people)
        assert {name for name, row in standing.items() if row["position"] == "stage"} == {HOST, SPEAKER}
        assert standing[HOST]["muted"] is False
        assert standing[SPEAKER]["muted"] is True
        anew = {
            name: f"came back {person.came_back} times, written {person.written}"
            for name, person in self.people.items()
            if standing[name]["connection"] != self._connections[name]
        }
        assert not anew, f"not resumed: {anew}"
        assert [person.over for person in self.people.values()] == [""] * len(self.people)
        assert [person.new_media for person in self.people.values()] == [0] * len(self.people), "the sound was kept"

    async def stop_writing(self) -> None:
        """Nobody writes any more."""
        for person in self.people.values():
            await person.stop_writing()

    async def ask(self, what: str) -> Any:
        """Ask about the room behind the scenes. In a thread: the ears go on measuring."""
        return await self.ask_production(what, room=self.room)

    async def ask_production(self, what: str, **arguments: Any) -> Any:
        """The same about anything."""
        return await asyncio.to_thread(self.production.backstage.ask, what, **arguments)

    def _regular(self, name: str, first: int) -> Regular:
        webs = self.production.webs_at[first:] + self.production.webs_at[:first]
        cookie = f"sessionid={self._sessions[name]}"
        door = Door(f"ws://{webs[0]}/ws/rooms/{self.room}/", self.production.url, cookie)
        self.people[name] = self._kinds.get(name, Regular)(name, door, self._poller, self._identity, webs)
        return self.people[name]
