"""Tables that the database itself lets nobody change: rows are added, and that is all, whoever asks.

Triggers are made after every migration, because SQLite makes a table anew when a column changes, and loses them.
"""

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ("accounts.AuditEntry", "accounts.AuditSeal", "accounts.DocumentVersion")
_FORBIDDEN = ("UPDATE", "DELETE")

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION mitalk_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def protect(using: str = "default") -> None:
    """Make the triggers that are not there."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in _statements(connection):
            cursor.execute(statement)


def unprotect(using: str = "default") -> None:
    """Take the triggers away: for tests, which empty their tables."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for table in _tables():
            for name in _names(connection, table):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def unprotected(using: str = "default") -> list[str]:
    """The tables whose triggers are missing, or switched off."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        there = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    else:
        there = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(there)
        found = {name for (name,) in cursor.fetchall()}
    return [table for table in _tables() if not set(_names(connection, table)) <= found]


def _statements(connection: BaseDatabaseWrapper) -> list[str]:
    if connection.vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table in _tables()
            for act in _FORBIDDEN
        ]
    rows = [
        f"CREATE OR REPLACE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION mitalk_append_only()"
        for table in _tables()
        for act in _FORBIDDEN
    ]
    whole = [
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION mitalk_append_only()"
        for table in _tables()
    ]
    return [_POSTGRES_FUNCTION, *rows, *whole]


def _tables() -> list[str]:
    return [apps.get_model(label)._meta.db_table for label in APPEND_ONLY]


def _names(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    acts = (*_FORBIDDEN, "TRUNCATE") if connection.vendor == "postgresql" else _FORBIDDEN
    return [f"{table}_no_{act.lower()}" for act in acts]
