"""The bus's connections to Redis, which notice that the network was cut.

Whoever only listens sends nothing, so nothing but the kernel's own signs of life tells that the other side is gone: after
some seconds reading fails with ETIMEDOUT. To Python that is a TimeoutError, as is the end of a moment's patience, and
redis-py takes it for the latter: no message came. It would ask again at once, for ever, and nothing else would have a turn.
"""

import socket
from typing import Any

from redis.asyncio import Connection, SSLConnection
from redis.exceptions import ConnectionError as NotConnected

# By name: not every system has all of them.
_KEEPALIVE = {
    "TCP_KEEPIDLE": 2,
    "TCP_KEEPINTVL": 1,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 5_000,  # milliseconds
}
NOTICES_A_DEAD_NETWORK: dict[str, Any] = {
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "socket_keepalive_options": {
        getattr(socket, name): value for name, value in _KEEPALIVE.items() if hasattr(socket, name)
    },
}


class _Noticing:
    async def read_response(self, *arguments: Any, **options: Any) -> Any:
        """See redis-py's.

        Raises:
            redis.ConnectionError: the connection is dead.
        """
        response = await super().read_response(*arguments, **options)  # type: ignore[misc]
        reader = self._reader  # type: ignore[attr-defined]
        if response is None and reader is not None and reader.exception() is not None:
            await self.disconnect(nowait=True)  # type: ignore[attr-defined]
            raise NotConnected(f"The connection to Redis is dead: {reader.exception()}")
        return response


class NoticingConnection(_Noticing, Connection):
    """See the module."""


class NoticingSSLConnection(_Noticing, SSLConnection):
    """See the module."""


def noticing(url: str) -> dict[str, Any]:
    """What channels-redis is told of a Redis at an address."""
    if url.startswith("unix:"):  # there is no network
        return {"address": url}
    kind = NoticingSSLConnection if url.startswith("rediss:") else NoticingConnection
    address = url.replace("rediss:", "redis:", 1)  # which would choose redis-py's own kind
    return {"address": address, "connection_class": kind, **NOTICES_A_DEAD_NETWORK}
