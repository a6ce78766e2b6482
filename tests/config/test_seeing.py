"""Who reads metrics, what readiness says, and what is measured."""

import asyncio
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY

from accounts.models import OutboxMessage
from config import env, readiness, state
from config.measuring import request_id_of
from config.probes import Probes, access
from config.readiness import Examiner
from moderation.staff.workers import cost_of
from rooms import selectors, services
from rooms.audio.core.figures import Buckets, Losses, at_most
from rooms.audio.usage import Reading, Usage, between
from rooms.models import AudioWorker, JobsProcess, WorkerMinute
from rooms.seeing import draining
from rooms.seeing.access import Access
from rooms.seeing.port import Port, open_port
from rooms.seeing.readiness import Readiness

HERE = {"host": "localhost:8000"}
TOKEN = "a token that nobody guesses"


class TestAccess:
    @pytest.mark.parametrize(
        ("peer", "headers", "may"),
        [
            ("127.0.0.1", HERE, True),
            ("::1", {"host": "[::1]:8000"}, True),
            ("127.0.0.1", {**HERE, "x-forwarded-for": "203.0.113.1"}, False),  # a proxy on this machine
            ("127.0.0.1", {**HERE, "forwarded": "for=203.0.113.1"}, False),
            ("127.0.0.1", {"host": "evil.example.org"}, False),  # a page whose name leads here
            ("127.0.0.1", {}, False),
            ("203.0.113.1", HERE, False),
            ("10.1.2.3", {"host": "web-1:8000"}, True),
            ("10.1.2.3", {"host": "web-1:8000", "x-real-ip": "203.0.113.1"}, False),
            ("", HERE, False),
            ("203.0.113.1", {**HERE, "authorization": f"Bearer {TOKEN}"}, True),
            ("203.0.113.1", {**HERE, "authorization": f"bearer {TOKEN}", "x-forwarded-for": "203.0.113.1"}, True),
            ("203.0.113.1", {**HERE, "authorization": "Bearer "}, False),
            ("203.0.113.1", {**HERE, "authorization": f"Basic {TOKEN}"}, False),
            ("203.0.113.1", {**HERE, "authorization": "Bearer ünlikely"}, False),
        ],
    )
    def test_who_may_read(self, peer: str, headers: dict[str, str], may: bool) -> None:
        assert Access.of(TOKEN, ["10.0.0.0/8"]).allows(peer, headers) is may

    def test_no_token_lets_nobody_in(self) -> None:
        assert not Access.of("", []).allows("203.0.113.1", {"authorization": "Bearer "})


async def asked(path: str, peer: str = "127.0.0.1", method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """A web process's answer, with nothing behind the probes."""
    sent: list[dict[str, Any]] = []

    async def behind(scope: dict, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in {**HERE, **headers}.items()]
    scope = {"type": "http", "path": path, "method": method, "headers": given, "client": (peer, 1234)}
    await Probes(behind)(scope, None, send)
    return sent[0]["status"], sent[1]["body"]


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What readiness says."""
    parts = dict.fromkeys(("database", "migrations", "audio", "jobs", "disk", "bus", "drain"), "ok")

    async def answer() -> Readiness:
        return Readiness(parts, readiness._NEEDED)

    monkeypatch.setattr(readiness.get_examiner(), "readiness", answer)
    monkeypatch.setattr("config.probes.from_database", list)
    monkeypatch.setattr("config.probes.from_broker", list)
    return parts


class TestProbes:
    async def test_metrics_are_for_operators_and_others_see_nothing_there(self, ready: dict, settings) -> None:
        status, body = await asked("/metrics")
        assert status == 200
        assert b"mitalk_http_requests_total" in body
        assert b"mitalk_ready 1.0" in body
        assert (await asked("/metrics", "203.0.113.1"))[0] == 404
        assert (await asked("/metrics", x_forwarded_for="203.0.113.1"))[0] == 404
        settings.MITALK_METRICS_TOKEN = TOKEN
        access.cache_clear()
        assert (await asked("/metrics", "203.0.113.1", authorization=f"Bearer {TOKEN}"))[0] == 200
        assert (await asked("/metrics", "203.0.113.1", authorization="Bearer else"))[0] == 404
        access.cache_clear()

    async def test_any_host_may_ask_for_health_and_nothing_else_is_taken(self, ready: dict) -> None:
        assert await asked("/healthz", "203.0.113.1", host="10.0.0.7") == (200, b"ok\n")
        assert (await asked("/readyz", "203.0.113.1", host="10.0.0.7"))[0] == 200
        assert await asked("/readyz", method="HEAD") == (200, b"")
        for path, method in (("/", "GET"), ("/healthz", "POST"), ("/healthz/", "GET"), ("/metrics/x", "GET")):
            assert (await asked(path, method=method))[0] == 299

    @pytest.mark.parametrize(
        ("part", "status", "state"),
        [
            ("database", 503, "not ready"),
            ("migrations", 503, "not ready"),
            ("bus", 503, "not ready"),
            ("drain", 503, "not ready"),
            ("audio", 200, "degraded"),
            ("jobs", 200, "degraded"),
            ("disk", 200, "degraded"),
        ],
    )
    async def test_what_is_missing_decides_who_is_sent_here(
        self, ready: dict, part: str, status: int, state: str
    ) -> None:
        ready[part] = "no answer"
        answered, body = await asked("/readyz")
        assert answered == status
        assert json.loads(body) == {"state": state, "parts": ready}


@pytest.fixture
def drained() -> Iterator[None]:
    draining.begin()
    yield
    draining.end()


@pytest.mark.django_db(transaction=True)
class TestReadiness:
    def test_workers_and_jobs_are_seen(self) -> None:
        assert readiness.database_parts() == {
            "database": "ok",
            "migrations": "ok",
            "audio": "no worker",
            "jobs": "silent",
        }
        services.register_worker(worker_id="w", public_ip="192.0.2.1", udp_port=7882)
        services.beat_jobs("celery@here")
        assert set(readiness.database_parts().values()) == {"ok"}

    def test_a_migration_that_is_not_applied_is_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        applied = MigrationRecorder.applied_migrations
        last = ("rooms", "0014_processes_seen")
        monkeypatch.setattr(
            MigrationRecorder, "applied_migrations", lambda self: {k: v for k, v in applied(self).items() if k != last}
        )
        assert readiness.database_parts()["migrations"] == "missing"

    async def test_a_process_that_drains_is_not_ready(self, drained: None) -> None:
        found = await Examiner().readiness()
        assert found.parts["drain"] == "draining"
        assert not found.is_ready

    async def test_a_database_that_hangs_is_no_answer_and_holds_up_nobody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hangs = asyncio.Event()
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(readiness, "WITHIN_SECONDS", 0.05)
        monkeypatch.setattr(
            readiness, "database_parts", lambda: asyncio.run_coroutine_threadsafe(hangs.wait(), loop).result(10)
        )
        examiner = Examiner()
        for _again in range(2):
            found = await examiner.readiness()
            assert (found.parts["database"], found.parts["migrations"]) == ("no answer", "unknown")
            assert found.state == "not ready"
        hangs.set()


class TestPort:
    @pytest.fixture
    def parts(self) -> dict[str, str]:
        return {"media": "ok", "disk": "ok"}

    @pytest.fixture
    def port(self, parts: dict[str, str]) -> Iterator[Port]:
        opened = Port("127.0.0.1", 0, Access(), lambda: Readiness(parts, frozenset({"media"})))
        yield opened
        opened.close()

    def ask(self, port: Port, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{port.number}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_it_tells_metrics_health_and_readiness(self, port: Port, parts: dict[str, str]) -> None:
        assert "mitalk_" in self.ask(port, "/metrics")[1]
        assert self.ask(port, "/metrics", **{"X-Forwarded-For": "203.0.113.1"})[0] == 404
        assert self.ask(port, "/healthz") == (200, "ok\n")
        assert self.ask(port, "/readyz")[0] == 200
        parts["disk"] = "ring full"
        status, body = self.ask(port, "/readyz")
        assert (status, json.loads(body)) == (200, {"state": "degraded", "parts": parts})
        parts["media"] = "silent"
        status, body = self.ask(port, "/readyz")
        assert (status, json.loads(body)) == (503, {"state": "not ready", "parts": parts})
        assert self.ask(port, "/else")[0] == 404

    def test_none_is_opened_unless_asked_for_and_a_taken_one_is_lived_without(self, port: Port) -> None:
        assert open_port("127.0.0.1", 0, Access(), lambda: Readiness({}, frozenset())) is None
        assert open_port("127.0.0.1", port.number, Access(), lambda: Readiness({}, frozenset())) is None


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.django_db
class TestRequests:
    def test_they_are_counted_by_route_and_never_by_address(self, client: Client) -> None:
        before = value("mitalk_http_requests_total", route="/i/<str:code>/", status="4xx")
        unmatched = value("mitalk_http_requests_total", route="unmatched", status="4xx")
        client.get("/i/QUOKKAQUOKKAQUOKKAQUOKKA/")
        client.get("/quokka-was-here/")
        assert value("mitalk_http_requests_total", route="unmatched", status="4xx") == unmatched + 1
        routes = {
            sample.labels["route"]
            for family in REGISTRY.collect()
            for sample in family.samples
            if "route" in sample.labels
        }
        assert not [route for route in routes if "quokka" in route.lower()]
        assert before <= value("mitalk_http_requests_total", route="/i/<str:code>/", status="4xx")

    def test_a_refusal_is_counted_by_its_code(self, client: Client) -> None:
        refused = client.get("/quokka-was-here/")
        code = refused["X-Error-Code"]
        before = value("mitalk_errors_total", code=code)
        client.get("/quokka-was-here/")
        assert value("mitalk_errors_total", code=code) == before + 1
        client.get("/")
        assert value("mitalk_errors_total", code=code) == before + 1

    def test_each_has_an_id_which_only_our_proxy_may_choose(self, client: Client, settings) -> None:
        given = "0123456789abcdef0123456789abcdef"
        assert re.fullmatch("[0-9a-f]{32}", client.get("/", headers={"X-Request-ID": given})["X-Request-ID"])
        assert client.get("/", headers={"X-Request-ID": given})["X-Request-ID"] != given
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        assert request_id_of(given) == given
        for forged in ("", "amara@example.org", "short", "a" * 65, "deadbeefdeadbeef\nx", "amara-okafor-was-here"):
            assert request_id_of(forged) != forged


@pytest.mark.django_db
def test_what_waits_is_told_with_the_age_of_the_oldest() -> None:
    now = timezone.now()
    for number, minutes in enumerate((5, 9)):
        OutboxMessage.objects.create(
            channel="email", kind="code", occasion=str(number), contact_key="k", due_at=now - timedelta(minutes=minutes)
        )
    OutboxMessage.objects.create(
        channel="email", kind="code", occasion="later", contact_key="k", due_at=now + timedelta(minutes=9)
    )
    told = {
        (sample.name, sample.labels.get("queue")): sample.value
        for family in state._from_database(now)
        for sample in family.samples
    }
    assert told["mitalk_queue_length", "outbox"] == 2
    assert told["mitalk_queue_age_seconds", "outbox"] == 540
    assert told["mitalk_queue_age_seconds", "appeals"] == 0


def used(**changed: Any) -> Usage:
    return Usage(
        **{"rooms": 1, "peers": 10, "peer_seconds": 50.0, "cpu_seconds": 0.5, "octets": 1000, "ticks": 250}
        | {"skipped": 0, "lateness": 0.002}
        | changed
    )


@pytest.mark.django_db
class TestUsage:
    def test_a_minute_is_one_row_that_grows(self) -> None:
        for usage in (used(), used(peers=12, lateness=0.008, skipped=2), used(peers=11)):
            services.record_usage(usage, public_ip="192.0.2.1", udp_port=7882)
        rows = list(WorkerMinute.objects.all())
        assert sum(row.peer_seconds for row in rows) == 150
        assert sum(row.sent_bytes for row in rows) == 3000
        assert max(row.lateness_ms for row in rows) == 8
        assert rows[-1].peers == 11
        assert len(rows) <= 2  # two, if the minute ended meanwhile

    def test_what_is_old_is_forgotten(self) -> None:
        services.record_usage(used(), public_ip="192.0.2.1", udp_port=7882)
        WorkerMinute.objects.create(public_ip="192.0.2.1", udp_port=7882, at=timezone.now() - timedelta(days=31))
        JobsProcess.objects.create(name="long gone", beat_at=timezone.now() - timedelta(days=2))
        assert services.forget_usage() == 1
        assert WorkerMinute.objects.count() == 1
        assert not JobsProcess.objects.exists()

    def test_a_listener_hour_is_what_all_workers_used_by_all_who_listened(self) -> None:
        AudioWorker.objects.create(public_ip="192.0.2.1", udp_port=7882, worker_id="w1", people=10)
        for _reading in range(72):  # an hour of listening: 72 times ten people for five seconds
            services.record_usage(used(), public_ip="192.0.2.1", udp_port=7882)
        cost = cost_of(selectors.used_lately(), (Decimal("0.04"), "EUR"))
        assert (cost.listener_hours, cost.cpu_seconds, cost.megabytes) == (1.0, 36.0, 0.072)
        assert (cost.money, cost.currency) == (Decimal("0.0004"), "EUR")
        (worker,) = selectors.workers_now()
        assert (worker.people, worker.rooms, worker.is_live, worker.lateness_ms) == (10, 0, True, 2.0)

    def test_nobody_who_listened_costs_nothing_that_could_be_said(self) -> None:
        cost = cost_of(selectors.used_lately(), (Decimal("0.04"), "EUR"))
        assert (cost.cpu_seconds, cost.megabytes, cost.money) == (None, None, None)

    def test_of_two_readings_comes_what_was_used(self) -> None:
        before = Reading(10.0, 1, 4, 1.0, 100, 250, 0, (0,) * 11)
        after = Reading(15.0, 2, 8, 1.5, 300, 500, 1, (0, 200, 49, 1, *(0,) * 7))
        assert between(before, after) == Usage(2, 8, 30.0, 0.5, 200, 250, 1, 0.002)


def test_sums_of_the_tick() -> None:
    buckets = Buckets((1.0, 2.0))
    for one in (0.5, 1.0, 1.5, 9.0):
        buckets.add(one)
    assert (buckets.counts, buckets.total) == ([2, 1, 1], 12.0)
    assert at_most(buckets.bounds, buckets.counts, 0.75) == 2.0
    assert at_most(buckets.bounds, buckets.counts, 0.99) == float("inf")
    assert at_most(buckets.bounds, [0, 0, 0], 0.99) == 0.0
    losses = Losses()
    for loss in (0.0, 0.1):
        losses.add(loss)
    assert losses.taken() == (0.05, 0.5)
    assert losses.taken() == (0.0, 0.0)


def test_settings_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "0.04 EUR")
    assert env.price("X") == (Decimal("0.04"), "EUR")
    monkeypatch.setenv("X", "cheap")
    with pytest.raises(ImproperlyConfigured, match="must be like"):
        env.price("X")
    monkeypatch.setenv("X", "10.0.0.0/8,nowhere")
    with pytest.raises(ImproperlyConfigured, match="nowhere"):
        env.networks("X")
