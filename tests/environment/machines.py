"""MiTalk on four machines with a network between them that can be cut: see `namespaces.py`.

One has PostgreSQL, Redis and a web process, one a web process, and two an audio worker each. Whoever tests is on none of
them, and reaches all.
"""

import functools
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.environment.engines import PostgreSQL, Redis, engines_folder
from tests.environment.namespaces import Network
from tests.environment.part import Part
from tests.environment.separate_processes import Production, answers

CENTRE, ASIDE, LEFT, RIGHT = MACHINES = ("centre", "aside", "left", "right")
_UDP_PORT = 7882
_WORKERS_WITHIN_SECONDS = 60.0


class Machines(Production):
    """A context manager. `network` cuts it apart, `mend` makes it whole."""

    def __init__(self, **settings: str) -> None:
        super().__init__(webs=2, redis_keeps=True, jobs=False, **settings)
        self.network = Network(*MACHINES)
        self.workers: dict[str, Part] = {}

    @property
    def parts(self) -> list[Part]:
        """All of them but the engines."""
        return [*self.webs, *self.workers.values()]

    @property
    def webs_at(self) -> list[str]:
        """Host and port of each web process."""
        return [f"{self.network.address(on)}:{port}" for on, port in zip((CENTRE, ASIDE), self.ports, strict=True)]

    def mend(self) -> None:
        """The network is whole, and everything runs."""
        self.network.heal()
        super().mend()
        end = time.monotonic() + _WORKERS_WITHIN_SECONDS
        while self.backstage.ask("steady_workers") < len(self.workers):
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def machine_of(self, place: dict[str, Any]) -> str:
        """On which machine a room, or a share of it, has its sound (`backstage.place`)."""
        return next(machine for machine in self.workers if self.network.address(machine) == place["ip"])

    def other_than(self, machine: str) -> str:
        """The other machine with an audio worker."""
        return LEFT if machine == RIGHT else RIGHT

    def _start_engines(self) -> dict[str, str]:
        self._stack.enter_context(self.network)
        folder = self._stack.enter_context(engines_folder())
        there = {"address": self.network.address(CENTRE), "inside": self.network.inside(CENTRE)}
        self.database = PostgreSQL(folder, durable=True, tables=True, **there)
        self.redis = Redis(folder, keeps=self._redis_keeps, **there)
        for engine in (self.database, self.redis):
            self._stack.callback(engine.stop)
            engine.start()
        return {"DATABASE_URL": self.database.url, "REDIS_URL": self.redis.url}

    def _start_parts(self) -> None:
        self.webs = [self._web(on, port) for on, port in zip((CENTRE, ASIDE), self.ports, strict=True)]
        self.workers = {on: self._worker(on) for on in (LEFT, RIGHT)}
        with ThreadPoolExecutor() as threads:
            list(threads.map(Part.start, self.parts))
        self.mend()

    def _web(self, on: str, port: int) -> Part:
        address = self.network.address(on)
        serve = functools.partial(self._part, f"web on {on}", "manage.py", "run_web", "--bind", address)
        return serve("--port", str(port), ready=answers(port, address), inside=self.network.inside(on))

    def _worker(self, on: str) -> Part:
        address = self.network.address(on)
        there = {"MITALK_PUBLIC_IP": address, "MITALK_UDP_BIND": address, "MITALK_UDP_PORT": str(_UDP_PORT)}
        return self._part(f"audio on {on}", "manage.py", "run_audio", inside=self.network.inside(on), **there)
