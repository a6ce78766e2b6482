"""Looks for bytes wherever an installation keeps anything: its files, its database, its Redis."""

import base64
import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from tests.environment.installation import Installation


def files_in(folder: Path) -> Iterator[Path]:
    """Every file in a folder and those in it, of an installation that goes on writing and deleting."""
    for here, _folders, names in os.walk(folder):
        yield from (Path(here) / name for name in names)


def where_is(needle: bytes, installation: Installation) -> list[str]:
    """Where these bytes are, as they are, in hexadecimal, or in base 64 (in one of three ways)."""
    forms = [needle, needle.hex().encode(), *(base64.b64encode(needle[start:])[2:-4] for start in range(3))]

    def holds(data: bytes) -> bool:
        return any(form in data for form in forms)

    places = (*_files(installation), *_rows(installation), *_keys(installation))
    return sorted({place for place, data in places if holds(data)})


def _files(installation: Installation) -> Iterator[tuple[str, bytes]]:
    for path in files_in(Path(installation.environment["MITALK_VAR_DIR"])):
        with contextlib.suppress(OSError):  # gone again, or a socket
            yield f"file {path.name}", path.read_bytes()


def _rows(installation: Installation) -> Iterator[tuple[str, bytes]]:
    address = installation.environment.get("DATABASE_URL", "")
    if address.startswith("postgres"):
        with psycopg.connect(address) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
                yield from ((f"table {table}", row.encode()) for (row,) in rows)
        return
    with sqlite3.connect(Path(installation.environment["MITALK_VAR_DIR"]) / "mitalk.sqlite3") as connection:
        yield from (("database", line.encode(errors="surrogateescape")) for line in connection.iterdump())


def _keys(installation: Installation) -> Iterator[tuple[str, bytes]]:
    address = installation.environment.get("REDIS_URL", "")
    if not address:
        return
    with redis.Redis.from_url(address) as server:
        reads = {
            b"string": server.get,
            b"list": lambda key: server.lrange(key, 0, -1),
            b"hash": server.hgetall,
            b"set": server.smembers,
            b"zset": lambda key: server.zrange(key, 0, -1),
            b"stream": server.xrange,
        }
        for key in server.scan_iter():
            value = reads[server.type(key)](key)
            yield f"key {key.decode(errors='replace')}", value if isinstance(value, bytes) else repr(value).encode()
