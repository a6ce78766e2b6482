"""What deploy/ says again agrees with the code and the documents that say it first."""

import http.client
import ipaddress
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from config.body_limits import FORM_BYTES, UPLOAD_BYTES
from config.management.commands.run_web import _END_WITHIN_SECONDS
from config.plain_pages import HEADERS, TOO_LARGE
from tests.environment.certificates import Authority
from tests.environment.installation import ROOT
from tests.environment.ports import free_port
from tests.environment.proxy import TEMPLATE, Proxy, proxy
from tests.environment.turn_server import DEPLOYED

DEPLOY = ROOT / "deploy"
UNITS = {"": 1, "k": 2**10, "m": 2**20}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx with nothing behind it: what it lets through gets a 502."""
    folder = tmp_path_factory.mktemp("proxy")
    certificate = Authority(folder).issue("certificate", days=80)
    with proxy(folder / "nginx", web=[free_port()], certificate=certificate, static=ROOT / "static") as running:
        yield running


class TestBodies:
    """Of nginx, which refuses before the app does, and in its words."""

    def in_bytes(self, size: str) -> int:
        number, unit = re.fullmatch(r"(\d+)([km]?)", size).groups()  # type: ignore[union-attr]
        return int(number) * UNITS[unit]

    def test_each_address_takes_as_much_as_the_app(self) -> None:
        text = TEMPLATE.read_text()
        found = re.findall(r"location (/\S*) \{\s+client_max_body_size (\w+);", text)
        assert {place: self.in_bytes(size) for place, size in found} == UPLOAD_BYTES
        (everywhere,) = re.findall(r"(?m)^    client_max_body_size (\w+);", text)
        assert self.in_bytes(everywhere) == FORM_BYTES
        of_what_says_so = 1
        assert text.count("client_max_body_size") == 1 + len(UPLOAD_BYTES) + of_what_says_so

    @pytest.mark.parametrize(("path", "most"), [("/me/", FORM_BYTES), ("/join/", FORM_BYTES), *UPLOAD_BYTES.items()])
    def test_a_byte_more_is_refused_by_what_is_announced(self, alone: Proxy, path: str, most: int) -> None:
        refused = self.announce(alone, path, most + 1)
        assert refused.status == 413
        assert refused.read() == TOO_LARGE
        assert {name: refused.headers[name] for name in HEADERS} == HEADERS
        assert refused.headers["X-Error-Code"] == "body_too_large"
        assert self.send(alone, path, most).status in (502, 504)

    def connection(self, alone: Proxy) -> http.client.HTTPSConnection:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        port = int(alone.url.rpartition(":")[2])
        return http.client.HTTPSConnection("localhost", port, timeout=20, context=context)

    def announce(self, alone: Proxy, path: str, length: int) -> http.client.HTTPResponse:
        connection = self.connection(alone)
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse()

    def send(self, alone: Proxy, path: str, length: int) -> http.client.HTTPResponse:
        connection = self.connection(alone)
        connection.request("POST", path, body=bytes(length))
        return connection.getresponse()


NEAR = {  # what a member must not reach through our TURN server
    "this machine": ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128"),
    "private networks": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    "neighbours, and a cloud's metadata": ("169.254.0.0/16", "169.254.169.254/32", "fe80::/10", "fd00:ec2::254/128"),
    "IPv4 in IPv6": ("::ffff:0:0/96", "64:ff9b::/96", "2002::/16"),
    "many": ("224.0.0.0/4", "ff00::/8", "255.255.255.255/32"),
}


class TestTurn:
    @pytest.fixture
    def denied(self) -> list[tuple]:
        found = re.findall(r"(?m)^denied-peer-ip=(\S+)$", DEPLOYED.read_text())
        ranges = [tuple(map(ipaddress.ip_address, text.split("-"))) for text in found]
        assert all(first <= last for first, last in ranges)
        return ranges

    @pytest.mark.parametrize("networks", NEAR.values(), ids=NEAR)
    def test_it_relays_to_nothing_near(self, denied: list[tuple], networks: tuple[str, ...]) -> None:
        for network in map(ipaddress.ip_network, networks):
            ends = network[0], network[-1]
            assert any(
                first.version == network.version and first <= ends[0] and ends[1] <= last for first, last in denied
            ), network

    def test_nothing_is_allowed_until_somebody_fills_it_in(self) -> None:
        options = [line for line in DEPLOYED.read_text().splitlines() if line and not line.startswith("#")]
        assert [line for line in options if line.startswith(("allowed-peer-ip", "allow-loopback-peers"))] == []
        assert {"no-multicast-peers", "no-tcp-relay", "use-auth-secret", "no-cli"} <= set(options)

    def test_with_containers_only_our_own_address_is(self) -> None:
        command = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["turn"]["command"]
        assert [word for word in command if "peer" in word] == ["--allowed-peer-ip=${MITALK_PUBLIC_IP:?in mitalk.env}"]


# Of the Compose Specification, what ours uses: whatever else stands there is a slip of the pen, which compose would refuse
# or, worse, pass over.
WORDS = {"type": "array", "items": {"type": "string"}}
DURATION = {"type": "string", "pattern": r"^\d+(ms|s|m|h)$"}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image", "restart"],
    "properties": {
        "image": {"type": "string"},
        "build": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"context": {"type": "string"}, "dockerfile": {"type": "string"}},
        },
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "init": {"type": "boolean"},
        "env_file": WORDS,
        "environment": TEXTS,
        "network_mode": {"type": "string"},
        "logging": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"driver": {"type": "string"}, "options": TEXTS},
        },
        "volumes": WORDS,
        "read_only": {"type": "boolean"},
        "tmpfs": WORDS,
        "cap_drop": WORDS,
        "security_opt": WORDS,
        "ulimits": {"type": "object", "additionalProperties": {"type": "integer"}},
        "ports": WORDS,
        "shm_size": {"type": "string", "pattern": r"^\d+[kmg]b?$"},
        "stop_grace_period": DURATION,
        "command": WORDS,
        "depends_on": {
            "oneOf": [
                WORDS,
                {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "condition": {
                                "enum": ["service_started", "service_healthy", "service_completed_successfully"]
                            }
                        },
                    },
                },
            ]
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"test": WORDS, "interval": DURATION, "timeout": DURATION, "retries": {"type": "integer"}},
        },
    },
}
COMPOSE = {
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
    },
}


class TestCompose:
    @pytest.fixture
    def whole(self) -> dict:
        return yaml.safe_load((DEPLOY / "compose.yaml").read_text())

    def test_every_word_is_one_of_the_specification(self, whole: dict) -> None:
        jsonschema.validate(whole, COMPOSE)

    def test_what_is_named_is_there(self, whole: dict) -> None:
        for name, service in whole["services"].items():
            assert set(service.get("depends_on", ())) <= set(whole["services"]), name
            kept = {mount.split(":")[0] for mount in service.get("volumes", [])}
            assert {volume for volume in kept if volume.isalpha()} <= set(whole["volumes"]), name

    def test_who_waits_until_somebody_is_well_waits_for_who_says_so(self, whole: dict) -> None:
        for name, service in whole["services"].items():
            waits = service.get("depends_on", {})
            for other, how in waits.items() if isinstance(waits, dict) else ():
                if how["condition"] == "service_healthy":
                    assert "healthcheck" in whole["services"][other], name


class TestEnds:
    """Nobody is killed who still does what is to be done at the end: audio drains, web sends its pages elsewhere."""

    @pytest.fixture
    def drain_seconds(self) -> int:
        """The default, whatever this environment says."""
        text = (ROOT / "config" / "settings" / "base.py").read_text()
        (found,) = re.findall(r'env\.integer\("MITALK_DRAIN_SECONDS", (\d+),', text)
        return int(found)

    def waits(self, kind: str) -> list[int]:
        """Seconds until the supervisor kills: the unit's, and those of compose."""
        unit = (DEPLOY / "systemd" / f"mitalk-{kind}@.service").read_text()
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        said = re.findall(r"(?m)^TimeoutStopSec=(\d+)$", unit)
        said += [service["stop_grace_period"].removesuffix("s") for name, service in services.items() if kind in name]
        assert len(said) == 3
        return [int(seconds) for seconds in said]

    def test_audio_has_time_to_drain(self, drain_seconds: int) -> None:
        assert min(self.waits("audio")) > drain_seconds

    def test_web_has_time_to_send_its_pages_away(self) -> None:
        assert min(self.waits("web")) > _END_WITHIN_SECONDS


class TestSettings:
    def documented(self) -> set[str]:
        """Names in tables; `MITALK_A`, `_B` stands for MITALK_A and MITALK_…_B, so a row is searched as a whole."""
        return set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))

    def test_every_variable_of_deploy_is_explained(self) -> None:
        named: set[str] = set()
        for path in DEPLOY.rglob("*"):
            if path.is_file():
                text = path.read_text()
                named |= set(
                    re.findall(r"\b(?:MITALK_[A-Z_]*[A-Z]|DATABASE_URL|REDIS_URL|DJANGO_SETTINGS_MODULE)\b", text)
                )
                named |= set(re.findall(r"\$\{([A-Z][A-Z_]*[A-Z])\b", text))
        assert len(named) > 20
        assert named - self.documented() == set()

    def test_what_production_needs_is_in_the_example(self, tmp_path: Path) -> None:
        """Filled in, and nothing else set: `check --deploy` finds nothing to say."""
        filled = {
            "MITALK_SECRET_KEY": "a-secret-of-fifty-letters-or-more-0123456789-0123456789",
            "MITALK_DATA_KEYS": "another-secret-of-fifty-letters-or-more-0123456789-0123456789",
            "MITALK_TURN_SECRET": "a-third-secret",
            "MITALK_SMS_TOKEN": "a-token",
            "MITALK_VAR_DIR": str(tmp_path / "var"),
            "MITALK_BACKUP_DIR": str(tmp_path / "backups"),
        }
        example = dict(re.findall(r"(?m)^([A-Z_]+)=(.*)$", (DEPLOY / "mitalk.env.example").read_text()))
        assert {name for name, value in example.items() if not value} <= set(filled)
        assert set(filled) <= set(example)
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        environment = {"PATH": "/usr/bin:/bin", **example, **filled}
        done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr

    def test_what_only_production_has_to_be_told_is_in_the_example(self) -> None:
        example = set(re.findall(r"(?m)^([A-Z_]+)=", (DEPLOY / "mitalk.env.example").read_text()))
        rows = re.findall(
            r"(?m)^\| `([A-Z_]+)` \| ([^|]*) \| production: ", (ROOT / "docs" / "settings.md").read_text()
        )
        assert len(rows) > 3
        assert {name for name, default in rows if default != "true"} - example == set()
