"""A connection to Redis that the kernel gave up is no silence."""

import asyncio
import errno

import pytest
from channels_redis.utils import create_pool
from redis.asyncio import UnixDomainSocketConnection
from redis.exceptions import ConnectionError as NotConnected

from config.redis_connection import NoticingConnection, NoticingSSLConnection, noticing

SOON = 0.01


def a_connection() -> tuple[NoticingConnection, asyncio.StreamReader]:
    connection, reader = NoticingConnection(), asyncio.StreamReader()
    connection._reader = reader
    connection._parser.on_connect(connection)
    return connection, reader


async def test_silence_is_no_message() -> None:
    connection, _reader = a_connection()
    assert await connection.read_response(timeout=SOON) is None


async def test_what_comes_is_read() -> None:
    connection, reader = a_connection()
    reader.feed_data(b"+PONG\r\n")
    assert await connection.read_response(timeout=SOON) == b"PONG"


async def test_a_connection_that_timed_out_is_dead() -> None:
    connection, reader = a_connection()
    reader.set_exception(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))
    with pytest.raises(NotConnected):
        await connection.read_response(timeout=SOON, disconnect_on_error=False)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://one:6380/2", NoticingConnection),
        ("rediss://one:6380/2", NoticingSSLConnection),
        ("unix:///run/redis", UnixDomainSocketConnection),
    ],
)
def test_every_address_has_its_kind(url: str, kind: type) -> None:
    pool = create_pool(noticing(url))
    assert pool.connection_class is kind
    if kind is not UnixDomainSocketConnection:
        assert (pool.connection_kwargs["host"], pool.connection_kwargs["port"]) == ("one", 6380)
        assert pool.connection_kwargs["socket_keepalive"]
