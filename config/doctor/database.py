"""The database: there, new enough, migrated, quick, and with connections enough for every process."""

import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error

from accounts.audit import append_only
from config.doctor.finding import Finding, fail, ok, warn
from rooms import selectors
from rooms.selectors.heard_of import web_processes

LEAST_VERSION = 14  # that Django 5.2 speaks with
SLOW_MS = 10.0
_TRIES = 5
_HEARD_WITHIN = timedelta(seconds=30)
_JOBS_AND_CLOCK = 2
_WHERE = ("dbname", "user", "password", "host", "port", "options", "sslmode", "sslrootcert", "sslcert", "sslkey")


def examine() -> Iterator[Finding]:
    """See the module."""
    try:
        took = _fastest_ms()
    except Error as error:
        remedy = "Is PostgreSQL running, and DATABASE_URL right? Try: psql \"$DATABASE_URL\" -c 'select 1'"
        yield fail("database.reachable", _why(error), remedy)
        return
    if took > SLOW_MS:
        yield warn("database.latency", f"{took:.1f} ms a query", "Move it nearer: a page asks up to twelve times.")
    else:
        yield ok("database.latency", f"{took:.1f} ms a query")
    waiting = _waiting_migrations()
    if waiting:
        yield fail("database.migrated", f"not applied: {', '.join(waiting[:4])}", "manage.py migrate")
    else:
        yield ok("database.migrated", "every migration is applied")
    open_tables = append_only.unprotected() if not waiting else []
    if open_tables:
        yield fail("database.append_only", f"can be changed: {', '.join(open_tables)}", "manage.py migrate")
    if connection.vendor == "postgresql":
        yield _version()
        if not waiting:
            yield _connections()
    else:
        yield warn("database.engine", "SQLite carries one web process", "Set DATABASE_URL (postgres://…) to grow.")


def _why(error: Error) -> str:
    """The server's own reason: the pool says only that it got no connection in time."""
    if connection.vendor == "postgresql":
        given = {name: value for name, value in connection.get_connection_params().items() if name in _WHERE}
        try:
            psycopg.connect(**given, connect_timeout=5).close()
        except psycopg.Error as reason:
            return (str(reason).splitlines() or [""])[0]
    return str(error).splitlines()[0]


def _fastest_ms() -> float:
    times = []
    with connection.cursor() as cursor:
        for _ in range(_TRIES):
            began = time.perf_counter()
            cursor.execute("SELECT 1")
            cursor.fetchone()
            times.append(time.perf_counter() - began)
    return min(times) * 1000


def _waiting_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _version() -> Finding:
    version = connection.cursor().connection.info.server_version // 10_000
    if version < LEAST_VERSION:
        return fail("database.version", f"PostgreSQL {version}", f"Upgrade to PostgreSQL {LEAST_VERSION} or newer.")
    return ok("database.version", f"PostgreSQL {version}")


def _connections() -> Finding:
    """Whether all pools, filled, fit into what the server gives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
        most = int(cursor.fetchone()[0])
    pool = int(settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"])
    processes = web_processes(_HEARD_WITHIN).count() + selectors.live_workers().count() + _JOBS_AND_CLOCK
    wanted = processes * pool
    what = f"{processes} processes may use {pool} connections each; the server gives {most}"
    if wanted > most:
        remedy = f"Raise max_connections above {wanted}, or lower MITALK_DATABASE_POOL."
        return fail("database.connections", what, remedy)
    return ok("database.connections", what)
