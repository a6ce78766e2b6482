"""What the doctor says of an installation that something is wrong with: each of it is really broken here."""

import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.environment.doctoring import doctor, verdicts
from tests.environment.engines import engines as running_engines
from tests.environment.ports import free_port
from tests.environment.production import manage, settings_of
from tests.environment.turn_server import deployed_turn_server

BEAT = (
    "from rooms import services; services.register_worker(worker_id='w', public_ip='127.0.0.1', udp_port={port}); "
    "services.beat_worker(worker_id='w')"
)


@pytest.fixture(scope="module")
def stopped(new_database: Callable[[str], dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation that is migrated, and of which nothing runs."""
    environment = settings_of(
        new_database("stopped"), tmp_path_factory.mktemp("stopped"), MITALK_ORIGINS="https://localhost:9"
    )
    manage(environment, "migrate", "--no-input")
    return environment


def beats(environment: dict[str, str], port: int) -> None:
    manage(environment, "shell", "-v", "0", "-c", BEAT.format(port=port))


def redis_cli(environment: dict[str, str], *words: str) -> None:
    port = str(urlsplit(environment["REDIS_URL"]).port)
    subprocess.run(["redis-cli", "-p", port, *words], check=True, stdout=subprocess.DEVNULL)


def test_a_database_that_is_not_there(stopped: dict[str, str]) -> None:
    wrong = {**stopped, "DATABASE_URL": f"postgres://mitalk@127.0.0.1:{free_port()}/mitalk"}
    found = doctor(wrong, "database", "disk")
    assert verdicts(found)["database.reachable"] == "fail"
    assert verdicts(found)["disk.var"] == "ok"  # what is broken first hides nothing


def test_a_database_that_is_not_migrated(new_database: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    found = doctor(settings_of(new_database("unmigrated"), tmp_path), "database", "processes")
    assert verdicts(found)["database.migrated"] == "fail"
    assert verdicts(found)["processes.unexamined"] == "fail"


def test_more_connections_than_the_database_gives(stopped: dict[str, str]) -> None:
    found = doctor({**stopped, "MITALK_DATABASE_POOL": "100"}, "database")
    assert verdicts(found)["database.connections"] == "fail"
    assert "max_connections" in found["database.connections"]["remedy"]


def test_a_table_that_should_only_grow_and_can_be_changed(
    new_database: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    environment = settings_of(new_database("unprotected"), tmp_path)
    manage(environment, "migrate", "--no-input")
    manage(environment, "shell", "-v", "0", "-c", "from accounts.audit import append_only; append_only.unprotect()")
    assert verdicts(doctor(environment, "database"))["database.append_only"] == "fail"


def test_a_redis_that_has_ended(stopped: dict[str, str]) -> None:
    with running_engines() as others:
        pass
    found = doctor({**stopped, "REDIS_URL": others["REDIS_URL"]}, "redis")
    assert verdicts(found) == {"redis.reachable": "fail"}


def test_a_redis_that_throws_things_away(stopped: dict[str, str]) -> None:
    redis_cli(stopped, "config", "set", "maxmemory", "64mb", "maxmemory-policy", "allkeys-lru")
    found = doctor(stopped, "redis")
    redis_cli(stopped, "config", "set", "maxmemory", "0", "maxmemory-policy", "noeviction")
    assert verdicts(found) == {"redis.version": "ok", "redis.pubsub": "ok", "redis.maxmemory": "fail"}


def test_processes_that_are_not_there(stopped: dict[str, str]) -> None:
    found = verdicts(doctor(stopped, "processes", "jobs"))
    assert found.pop("jobs.queue") == "ok"  # nothing waits
    assert found == dict.fromkeys(("processes.web", "processes.audio", "jobs.alive", "jobs.clock"), "fail")


def test_jobs_that_nobody_takes(stopped: dict[str, str]) -> None:
    manage(stopped, "shell", "-v", "0", "-c", "from rooms.tasks import beat_jobs; beat_jobs.delay()")
    try:
        found = doctor(stopped, "jobs")["jobs.queue"]
        assert found["verdict"] == "ok"
        assert found["what"].startswith("1 wait, the oldest for ")
        redis_cli(stopped, "rpush", "celery", '{"headers": {"mitalk_sent_at": 1000}}')  # whose turn is next
        found = doctor(stopped, "jobs")["jobs.queue"]
        assert found["verdict"] == "warn"
        assert found["what"].startswith("2 wait, ")
    finally:
        redis_cli(stopped, "del", "celery")


def test_a_worker_that_beats_and_does_not_answer(stopped: dict[str, str]) -> None:
    beats(stopped, 7999)
    assert verdicts(doctor(stopped, "udp"))["udp.answer"] == "fail"


def test_a_worker_at_an_address_where_nobody_listens(stopped: dict[str, str]) -> None:
    """As behind a firewall: it answers the offer, and the address in its answer leads nowhere."""
    port = free_port(socket.SOCK_DGRAM)
    environment = {**stopped, "MITALK_PUBLIC_IP": "127.0.0.9", "MITALK_UDP_PORT": str(port)}
    command = [sys.executable, "manage.py", "run_audio"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        try:
            found: dict = {}
            while not found.get("processes.audio", {}).get("what", "").count(f"127.0.0.9:{port}"):
                assert worker.poll() is None
                found = doctor(environment, "processes")
            found = doctor(environment, "udp")
        finally:
            worker.terminate()
            worker.wait(20)
    assert verdicts(found)["udp.reachable"] == "fail"
    assert "firewall" in found["udp.reachable"]["remedy"]


def test_a_turn_server_that_does_not_send_to_our_worker(stopped: dict[str, str]) -> None:
    beats(stopped, 7999)
    with deployed_turn_server("shared", peers=["192.0.2.1"]) as turn:
        told = {**stopped, "MITALK_TURN_URLS": turn.url, "MITALK_TURN_SECRET": turn.secret}
        found = doctor(told, "turn")
    assert verdicts(found) == {"turn.peers": "fail"}
    assert "allowed-peer-ip" in found["turn.peers"]["remedy"]


def test_no_turn_server(stopped: dict[str, str]) -> None:
    assert verdicts(doctor(stopped, "turn")) == {"turn.configured": "warn"}


def test_servers_for_mail_and_text_messages_that_are_not_there(stopped: dict[str, str]) -> None:
    closed = free_port()
    told = {
        "MITALK_MAIL_URL": f"smtp://user:password@127.0.0.1:{closed}",
        "MITALK_SMS_BACKEND": "http",
        "MITALK_SMS_URL": f"https://127.0.0.1:{closed}/send",
    }
    assert verdicts(doctor({**stopped, **told}, "messages")) == {"messages.mail": "fail", "messages.sms": "fail"}
    assert verdicts(doctor(stopped, "messages")) == {"messages.mail": "warn", "messages.sms": "warn"}


@pytest.fixture
def a_web_process_with_few_files() -> Iterator[None]:
    few = (512, 512)
    command = [sys.executable, "-c", "input()", "run_web"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few)
    ) as process:
        yield
        process.communicate(b"\n")


def test_a_process_that_may_open_few_files(stopped: dict[str, str], a_web_process_with_few_files: None) -> None:
    found = doctor(stopped, "limits")
    assert verdicts(found)["limits.files"] == "warn"
    assert "512" in found["limits.files"]["what"]


def test_there_is_nothing_of_that_name_to_examine(stopped: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "doctor", "--only", "weather"]
    done = subprocess.run(command, env=stopped, text=True, capture_output=True, check=False)
    assert done.returncode != 0
    assert "database,redis" in done.stderr.replace(", ", ",")


def test_it_says_a_line_each_and_what_to_do(stopped: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "doctor", "--only", "processes,disk"]
    done = subprocess.run(command, env=stopped, text=True, capture_output=True, check=False)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("fail  processes.web")
    assert lines[0].endswith(" → Start manage.py run_web; look into its log.")
    assert {line.split()[0] for line in lines} <= {"ok", "warn", "fail"}
    assert sum(" disk." in line for line in lines) == 7
    assert done.returncode == 1
