"""PostgreSQL restarts, and nobody sees an error: a connection that broke is noticed as it leaves the pool."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.environment.production import manage, settings_of

ASKS_TWICE = """
import sys
from django.db import connection
from accounts.models import User
for _ in range(2):
    print(User.objects.count(), flush=True)
    connection.close()  # as at the end of a request: back into the pool
    sys.stdin.readline()
"""
CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_connections_that_the_server_cut_are_replaced(
    new_database: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    environment = settings_of(new_database("pool"), tmp_path)
    manage(environment, "migrate", "--no-input")
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", ASKS_TWICE]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        cut = ["psql", environment["DATABASE_URL"], "-qtAc", CUT]
        assert subprocess.run(cut, check=True, capture_output=True, text=True).stdout.strip() >= "1"
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "0\n"
        process.communicate("\n", timeout=60)
        assert process.returncode == 0


def test_what_the_address_of_the_database_says_is_kept(tmp_path: Path) -> None:
    told = {"DATABASE_URL": "postgres://mitalk@db.example.org/mitalk?sslmode=verify-full&conn_max_age=60"}
    code = "from django.conf import settings; d = settings.DATABASES['default']; print(d['CONN_MAX_AGE'], d['OPTIONS'])"
    said = manage(settings_of(told, tmp_path, MITALK_DATABASE_POOL="3"), "shell", "-v", "0", "-c", code)
    assert said.startswith("0 ")
    assert "'sslmode': 'verify-full'" in said
    assert "'max_size': 3" in said
