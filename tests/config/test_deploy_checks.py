"""Half a production is refused: each half that hurts, by its id and with its remedy."""

from pathlib import Path

import pytest

from config import deploy_checks as checks


def ids(found: list) -> list[str]:
    assert all(message.hint for message in found)
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("origin", "proxies", "expected"),
    [
        ("https://talk.example.org", 0, ["mitalk.E030"]),
        ("https://talk.example.org", 1, []),
        ("http://localhost:8000", 0, []),
    ],
)
def test_a_proxy_that_nobody_counts(settings, origin: str, proxies: int, expected: list[str]) -> None:
    settings.MITALK_ORIGINS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = [origin], proxies
    assert ids(checks.check_proxy(None)) == expected


@pytest.mark.parametrize(
    ("urls", "secret", "expected"),
    [
        ([], "", ["mitalk.W032"]),
        (["turn:turn.example.org"], "", ["mitalk.E031"]),
        ([], "secret", ["mitalk.E031"]),
        (["turn.example.org:3478"], "secret", ["mitalk.E033"]),
        (["turn:turn.example.org", "https://turn.example.org"], "secret", ["mitalk.E033"]),
        (["turn:turn.example.org:3478", "turns:turn.example.org:443?transport=tcp"], "secret", []),
    ],
)
def test_half_a_turn_server(settings, urls: list[str], secret: str, expected: list[str]) -> None:
    settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET = urls, secret
    assert ids(checks.check_turn(None)) == expected


@pytest.mark.parametrize(
    ("redis", "backend", "expected"),
    [
        ("redis://localhost", "django.core.cache.backends.locmem.LocMemCache", ["mitalk.E034"]),
        ("redis://localhost", "config.redis_cache.RedisCache", []),
        ("", "django.core.cache.backends.locmem.LocMemCache", []),
    ],
)
def test_limits_that_each_process_counts_by_itself(settings, redis: str, backend: str, expected: list[str]) -> None:
    settings.REDIS_URL, settings.CACHES = redis, {"default": {"BACKEND": backend}}
    assert ids(checks.check_shared_cache(None)) == expected


POOL = {"pool": {"max_size": 8}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"OPTIONS": {}}, ["mitalk.E035"]),
        ({"CONN_MAX_AGE": 60}, ["mitalk.E035"]),
        ({"CONN_HEALTH_CHECKS": False}, ["mitalk.E035"]),
        ({"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {}}, []),
    ],
)
def test_a_pool_that_would_not_heal(settings, change: dict, expected: list[str]) -> None:
    whole = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": POOL}
    settings.DATABASES = {"default": {**whole, **change}}
    assert ids(checks.check_pool(None)) == expected


@pytest.mark.parametrize("name", ["RING_DIR", "RING_KEYS_DIR", "EVIDENCE_DIR", "EVIDENCE_KEYS_DIR"])
@pytest.mark.parametrize("where", ["MEDIA_ROOT", "PRIVATE_DIR", "STATIC_ROOT", "BACKUP_DIR"])
def test_evidence_that_would_be_served_or_backed_up(settings, tmp_path: Path, name: str, where: str) -> None:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    setattr(settings, f"MITALK_{name}", Path(getattr(settings, where)) / "inside")
    found = checks.check_evidence_is_apart(None)
    assert ids(found) == ["mitalk.E036"]
    assert name in found[0].msg


@pytest.mark.parametrize("what", ["RING", "EVIDENCE"])
def test_keys_beside_what_they_open(settings, tmp_path: Path, what: str) -> None:
    assert checks.check_evidence_is_apart(None) == []
    setattr(settings, f"MITALK_{what}_DIR", tmp_path)
    setattr(settings, f"MITALK_{what}_KEYS_DIR", tmp_path / "keys")
    assert ids(checks.check_evidence_is_apart(None)) == ["mitalk.E037"]


def test_a_backup_of_itself(settings) -> None:
    settings.BACKUP_DIR = ""
    assert checks.check_backup_folder(None) == []
    settings.BACKUP_DIR = str(Path(settings.MEDIA_ROOT) / "backups")
    assert ids(checks.check_backup_folder(None)) == ["mitalk.E038"]


@pytest.mark.parametrize(
    ("bind", "public", "expected"),
    [
        ("0.0.0.0", "203.0.113.1", []),
        ("10.0.0.5", "203.0.113.1", []),
        ("127.0.0.1", "127.0.0.1", []),
        ("127.0.0.1", "203.0.113.1", ["mitalk.E039"]),
        ("eth0", "203.0.113.1", ["mitalk.E039"]),
        ("127.0.0.1", "talk.example.org", []),  # mitalk.E005 says that
    ],
)
def test_an_address_to_listen_on_that_nothing_reaches(settings, bind: str, public: str, expected: list[str]) -> None:
    settings.MITALK_UDP_BIND, settings.MITALK_PUBLIC_IP = bind, public
    assert ids(checks.check_udp_bind(None)) == expected


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("MiTalk <no-reply@localhost>", ["mitalk.W040"]),
        ("no-reply", ["mitalk.W040"]),
        ("MiTalk <no-reply@talk.example.org>", []),
    ],
)
def test_a_sender_that_nobody_takes_mail_from(settings, sender: str, expected: list[str]) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert ids(checks.check_sender(None)) == expected


def test_what_would_be_told_in_the_clear(settings) -> None:
    assert checks.check_what_is_told_in_the_clear(None) == []
    settings.MITALK_PAGE_WEBHOOK = "http://pager.example.org/"
    app = {"settings": {"server_url": "http://id.example.org"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert ids(checks.check_what_is_told_in_the_clear(None)) == ["mitalk.E041", "mitalk.E041"]


def test_one_secret_for_everything(settings) -> None:
    assert checks.check_keys_differ(None) == []
    settings.DATA_KEYS = [*settings.DATA_KEYS, settings.SECRET_KEY]
    assert ids(checks.check_keys_differ(None)) == ["mitalk.E042"]


@pytest.mark.parametrize(
    ("name", "value"), [("USE_TZ", False), ("TIME_ZONE", "Asia/Seoul"), ("CELERY_TIMEZONE", "Asia/Seoul")]
)
def test_an_installation_that_reckons_otherwise(settings, name: str, value: object) -> None:
    assert checks.check_time_zone(None) == []
    setattr(settings, name, value)
    assert ids(checks.check_time_zone(None)) == ["mitalk.E043"]


def test_debug_pages(settings) -> None:
    settings.DEBUG = False
    assert checks.check_debug(None) == []
    settings.DEBUG = True
    assert ids(checks.check_debug(None)) == ["mitalk.E044"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", []),
        ("redis://localhost:6379/0", []),
        ("redis://127.0.0.1/0", []),
        ("redis://[::1]/0", []),
        ("unix:///run/redis.sock", []),
        ("rediss://:secret@10.0.0.5:6379/0", []),
        ("redis://10.0.0.5:6379/0", ["mitalk.E045"]),
        ("rediss://name@redis.example.org/0", ["mitalk.E045"]),
    ],
)
def test_a_redis_that_any_machine_may_speak_to(settings, address: str, expected: list[str]) -> None:
    settings.REDIS_URL = address
    assert ids(checks.check_redis_is_ours_alone(None)) == expected
