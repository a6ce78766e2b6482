"""A misconfiguration that would hurt is named, with its remedy."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings as installed
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config import checks, env

SECRET = "s" * 60


def ids(found: list) -> list[str]:
    assert all(message.hint for message in found)
    return [message.id for message in found]


@pytest.mark.parametrize(
    "origin",
    [
        "talk.example.org",
        "https://talk.example.org/",
        "https://Talk.example.org",
        "https://talk.example.org:443",
        "*",
        "https://",
        "http://a:x",
    ],
)
def test_an_origin_no_browser_would_send_is_named(settings, origin: str) -> None:
    settings.MITALK_ORIGINS = [origin]
    assert ids(checks.check_origins(None)) == ["mitalk.E003"]


def test_no_origin_is_named(settings) -> None:
    settings.MITALK_ORIGINS = []
    assert ids(checks.check_origins(None)) == ["mitalk.E002"]


@pytest.mark.parametrize("origin", ["https://talk.example.org", "http://localhost:8000", "http://[::1]:8000"])
def test_a_good_origin_stands(settings, origin: str) -> None:
    settings.MITALK_ORIGINS = [origin]
    assert checks.check_origins(None) == []


def test_a_password_alone_for_staff_is_named(settings) -> None:
    settings.MITALK_STAFF_SECOND_FACTOR = False
    assert ids(checks.check_second_factor(None)) == ["mitalk.W010"]
    settings.MITALK_STAFF_SECOND_FACTOR = True
    assert checks.check_second_factor(None) == []


def test_a_page_without_https_has_no_microphone(settings) -> None:
    settings.MITALK_ORIGINS = ["http://talk.example.org"]
    assert ids(checks.check_https(None)) == ["mitalk.E004"]


@pytest.mark.parametrize("address", ["", "talk.example.org", "0.0.0.0", "224.0.0.1", "300.1.1.1"])
def test_an_address_nobody_can_send_to_is_named(settings, address: str) -> None:
    settings.MITALK_PUBLIC_IP = address
    assert ids(checks.check_public_ip(None)) == ["mitalk.E005"]


def test_a_loopback_address_is_warned_of_in_production(settings) -> None:
    settings.MITALK_PUBLIC_IP = "127.0.0.1"
    assert ids(checks.check_public_ip_is_public(None)) == ["mitalk.W006"]


@pytest.mark.parametrize(
    ("engine", "redis", "expected"),
    [
        ("sqlite3", "", ["mitalk.W007"]),
        ("postgresql", "", ["mitalk.E008"]),
        ("sqlite3", "redis://localhost", ["mitalk.E008"]),
        ("postgresql", "redis://localhost", []),
    ],
)
def test_half_of_production_is_named(settings, engine: str, redis: str, expected: list[str]) -> None:
    settings.DATABASES = {"default": {"ENGINE": f"django.db.backends.{engine}"}}
    settings.REDIS_URL = redis
    assert ids(checks.check_engines(None)) == expected


def test_a_short_secret_is_named(settings) -> None:
    settings.SECRET_KEY = "short"
    assert ids(checks.check_secret(None)) == ["mitalk.E001"]


def test_mail_to_the_terminal_is_warned_of(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert ids(checks.check_mail(None)) == ["mitalk.W009"]


@pytest.mark.parametrize("keys", [[], ["short"], [SECRET, "short"]])
def test_a_missing_or_short_data_key_is_named(settings, keys: list[str]) -> None:
    settings.DATA_KEYS = keys
    assert ids(checks.check_data_keys(None)) == ["mitalk.E013"]


@pytest.mark.parametrize(
    ("backend", "url", "expected"),
    [
        ("Console", "", ["mitalk.W011"]),
        ("Http", "http://sms.example.org", ["mitalk.E012"]),
        ("Http", "https://sms.example.org", []),
    ],
)
def test_text_messages_to_nowhere_or_in_the_clear_are_named(settings, backend: str, url: str, expected: list) -> None:
    settings.SMS_BACKEND, settings.SMS_URL = f"accounts.sms.{backend}Backend", url
    assert ids(checks.check_sms(None)) == expected


def test_documents_where_files_are_served_from_are_named(settings) -> None:
    settings.PRIVATE_DIR = Path(settings.STATIC_ROOT) / "private"
    assert ids(checks.check_private_folder(None)) == ["mitalk.E014"]
    settings.PRIVATE_DIR = Path(settings.STATIC_ROOT).parent / "private"
    assert checks.check_private_folder(None) == []


def test_the_tests_own_settings_pass() -> None:
    call_command("check", "--fail-level", "WARNING")


def production(tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "MITALK_VAR_DIR": str(tmp_path),
        **more,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=installed.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_a_whole_production_passes_djangos_deployment_check(tmp_path: Path) -> None:
    outcome = production(
        tmp_path,
        MITALK_SECRET_KEY="a-Secret-of-many-Letters-0123456789-abcdefghijklmnopqrstuvwxyz",
        MITALK_DATA_KEYS="another-Key-of-many-Letters-9876543210-zyxwvutsrqponmlkjihgfedcba",
        MITALK_SMS_BACKEND="http",
        MITALK_SMS_URL="https://sms.example.org/send",
        MITALK_ORIGINS="https://talk.example.org",
        MITALK_PUBLIC_IP="192.0.2.10",
        MITALK_MAIL_URL="smtp+tls://user:password@mail.example.org:587",
        MITALK_MAIL_FROM="MiTalk <no-reply@talk.example.org>",
        MITALK_PROXY_COUNT="1",
        MITALK_TURN_URLS="turn:turn.example.org:3478",
        MITALK_TURN_SECRET="shared-with-the-server",
        DATABASE_URL="postgres://mitalk@localhost/mitalk",
        REDIS_URL="redis://localhost",
    )
    assert outcome.returncode == 0, outcome.stderr


def test_an_empty_production_names_what_is_missing(tmp_path: Path) -> None:
    outcome = production(tmp_path)
    assert outcome.returncode != 0
    assert "SECRET_KEY" in outcome.stderr
    assert "Traceback" not in outcome.stderr


class TestEnvironment:
    @pytest.mark.parametrize("value", ["abc", "0", "65536", "1.5"])
    def test_a_number_out_of_range_is_refused_by_name(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("MITALK_UDP_PORT", value)
        with pytest.raises(ImproperlyConfigured, match="MITALK_UDP_PORT"):
            env.integer("MITALK_UDP_PORT", 7882, least=1, most=65535)

    def test_the_secret_is_made_once_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "var" / "secret_key"
        assert env.secret_made_once(path) == env.secret_made_once(path)
        assert path.stat().st_mode & 0o077 == 0

    def test_a_secret_that_many_make_at_once_is_one(self, tmp_path: Path) -> None:
        for number in range(20):
            path, together = tmp_path / str(number), Barrier(8)

            def made(path: Path = path, together: Barrier = together) -> str:
                together.wait()
                return env.secret_made_once(path)

            with ThreadPoolExecutor(8) as threads:
                found = [one.result() for one in [threads.submit(made) for _ in range(8)]]
            assert found == [path.read_text()] * 8
            assert path.stat().st_mode & 0o077 == 0
        assert len(list(tmp_path.iterdir())) == 20
