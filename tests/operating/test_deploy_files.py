"""What of deploy/ needs no engine: its files are read by the programs that they are for, and agree with one another."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.environment.certificates import Authority
from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.environment.production import settings_of
from tests.environment.proxy import EXAMPLE, TEMPLATE, filled_in, syntax_check, write, write_example
from tests.environment.turn_server import DEPLOYED

DEPLOY = ROOT / "deploy"
UNITS = ("mitalk-web@8001", "mitalk-audio@7882", "mitalk-jobs", "mitalk-clock", "mitalk-backup")


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, as if MiTalk were installed where this checkout is."""
    folder = tmp_path_factory.mktemp("units")
    for path in (DEPLOY / "systemd").iterdir():
        (folder / path.name).write_text(path.read_text().replace("/opt/mitalk", str(ROOT)))
    return folder


@pytest.mark.parametrize("name", [*(f"{unit}.service" for unit in UNITS), "mitalk-backup.timer", "mitalk.target"])
def test_systemd_takes_each_unit(units: Path, name: str) -> None:
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", f"./{name}"]
    done = subprocess.run(command, cwd=units, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", ["web@", "audio@", "jobs", "clock"])
def test_a_unit_does_not_start_half_a_production(units: Path, unit: str, tmp_path: Path) -> None:
    """Its first command ends and says why: one of two engines is not set, which `check` alone lets pass."""
    text = (units / f"mitalk-{unit}.service").read_text()
    command = re.findall(r"(?m)^ExecStart(?:Pre)?=(.+)$", text)[0].replace("%i", str(free_port())).split()
    environment = {**settings_of({"REDIS_URL": "redis://127.0.0.1:9"}, tmp_path), "MITALK_UDP_PORT": str(free_port())}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "mitalk.E008" in done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_may_do_little(units: Path, unit: str) -> None:
    """systemd's own measure, from 0 (nothing) to 10 (everything)."""
    command = ["systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=25", f"./{unit}.service"]
    done = subprocess.run(command, cwd=units, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).issue("certificate", days=80)
    outcome = syntax_check(
        write(tmp_path, http=18080, https=18443, web=[8001, 8002], certificate=certificate, static=tmp_path)
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "[warn]" not in outcome.stderr


def test_nginx_takes_the_example_around_it(tmp_path: Path) -> None:
    certificate = Authority(tmp_path).issue("certificate", days=80)
    write(tmp_path, http=18080, https=18443, web=[8001, 8002], certificate=certificate, static=tmp_path)
    outcome = syntax_check(write_example(tmp_path))
    assert outcome.returncode == 0, outcome.stderr
    of_who_is_not_root = 'the "user" directive makes sense only'
    warnings = [line for line in outcome.stderr.splitlines() if "[warn]" in line and of_who_is_not_root not in line]
    assert warnings == []


def test_the_container_of_nginx_has_the_example_and_files_enough_for_it(services: dict[str, dict]) -> None:
    proxy = services["proxy"]
    assert f"./nginx/{EXAMPLE.name}:/etc/nginx/nginx.conf:ro" in proxy["volumes"]
    assert "alpine" not in proxy["image"]  # there is no www-data in those
    connections, files = (
        int(number)
        for name in ("worker_connections", "worker_rlimit_nofile")
        for number in re.findall(rf"(?m)^\s*{name} (\d+);", EXAMPLE.read_text())
    )
    assert 1024 < connections < files <= proxy["ulimits"]["nofile"]


def test_no_log_of_a_container_grows_for_ever(services: dict[str, dict]) -> None:
    for name, service in services.items():
        assert service["logging"]["driver"] == "local", name  # throws away; json-file, which is Docker's own, does not
    logs = re.findall(r"/var/log/nginx/[\w.-]+", EXAMPLE.read_text() + TEMPLATE.read_text())
    assert set(logs) == {"/var/log/nginx/access.log", "/var/log/nginx/error.log"}  # of the image: stdout, stderr


def test_prometheus_is_told_of_each_process_that_tells(services: dict[str, dict]) -> None:
    """Of compose, in the configuration of docs/operating/seeing.md."""
    (targets,) = re.findall(r"targets: (\[.*\])", (ROOT / "docs" / "operating" / "seeing.md").read_text())
    environments = [service["environment"] for name, service in services.items() if name.startswith("audio")]
    audio = [environment["MITALK_METRICS_PORT"] for environment in environments]
    web = [service["command"][-1] for name, service in services.items() if name.startswith("web")]
    jobs = re.findall(r"(?m)^MITALK_JOBS_METRICS_PORT=(\d+)$", (DEPLOY / "mitalk.env.example").read_text())
    assert [len(ports) for ports in (web, audio, jobs)] == [2, 2, 1]
    assert yaml.safe_load(targets) == [f"127.0.0.1:{port}" for port in [*web, *audio, *jobs]]


def test_nothing_is_left_to_fill_in(tmp_path: Path) -> None:
    values = {"host": "h", "web": "w", "certificate": "c", "static": "s", "http": "80", "https": "443"}
    assert "${" not in re.sub(r"(?m)^#.*$", "", filled_in(tmp_path, **values))


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_containers_run_what_the_procfile_runs(services: dict[str, dict]) -> None:
    lines = [line for line in (DEPLOY / "Procfile").read_text().splitlines() if line and not line.startswith("#")]
    for name, command in (line.split(": ", 1) for line in lines):
        words = [word for word in command.split() if "=" not in word or word.startswith("-")]
        assert services[name]["command"] == words


def test_the_world_reaches_sound_proxy_and_turn_only(services: dict[str, dict]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"postgresql", "redis"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    for name in ("web1", "web2", "jobs", "clock", "audio1"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True


def test_each_file_that_a_container_is_given_is_there(services: dict[str, dict]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert len(files) == 3
    assert all((DEPLOY / file).is_file() for file in files)


def test_redis_throws_nothing_away(services: dict[str, dict]) -> None:
    assert services["redis"]["command"][-2:] == ["--maxmemory-policy", "noeviction"]


def test_the_example_names_settings_that_there_are() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    names = re.findall(r"(?m)^([A-Z_]+)=", (DEPLOY / "mitalk.env.example").read_text())
    assert len(names) > 10
    assert [name for name in names if f"`{name}`" not in documented] == []


def test_coturn_takes_its_configuration() -> None:
    """Each of its options is one that this coturn has; what it does with them is tried in test_production and test_doctor."""
    text = subprocess.run(["turnserver", "--help"], capture_output=True, text=True, check=False)
    known = set(re.findall(r"--([a-z0-9_-]+)", text.stdout + text.stderr))
    lines = [line for line in DEPLOYED.read_text().splitlines() if line]
    options = {line.partition("=")[0] for line in lines if not line.startswith("#")}
    options |= set(re.findall(r"(?m)^# ([a-z-]+)=", DEPLOYED.read_text()))
    assert {"use-auth-secret", "denied-peer-ip", "allowed-peer-ip"} <= options
    assert options - known == set()
