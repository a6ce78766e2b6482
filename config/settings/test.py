"""What the tests run on: as embedded as `make run`, or on the engines that DATABASE_URL and REDIS_URL name."""

import tempfile
from pathlib import Path

from config.settings.base import *

SECRET_KEY = "only-for-tests-and-never-for-people-0123456789-0123456789"  # noqa: S105
DATA_KEYS = ["only-for-tests-and-never-for-people-9876543210-9876543210"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
MITALK_ORIGINS = ["http://testserver"]

# Threads race in these tests, so SQLite needs a file: its in-memory database locks by table.
VAR_DIR = Path(tempfile.mkdtemp(prefix="mitalk-test-"))
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # A pool keeps connections that stop the test database from being dropped.
    DATABASES["default"]["OPTIONS"] = {}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir()
MEDIA_ROOT = VAR_DIR / "media"
MITALK_RING_DIR, MITALK_RING_KEYS_DIR = VAR_DIR / "ring", VAR_DIR / "ring-keys"
MITALK_EVIDENCE_DIR, MITALK_EVIDENCE_KEYS_DIR = VAR_DIR / "evidence", VAR_DIR / "evidence-keys"
BUS_SOCKET = VAR_DIR / "bus.sock"
PRIVATE_DIR = STORAGES["private"]["OPTIONS"]["location"] = VAR_DIR / "private"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SMS_BACKEND = "tests.fakes.KeptMessages"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MITALK_HALL_KEPT_SECONDS = 0.0  # tests change rooms and look at once
MITALK_STAFF_SECOND_FACTOR = False  # tests of it turn it on; the others are about what staff do
ACCOUNT_RATE_LIMITS = {**ACCOUNT_RATE_LIMITS, "signup": "1000/m/ip", "login": "1000/m/ip"}
CELERY_TASK_ALWAYS_EAGER = True
