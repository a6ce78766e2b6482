"""Django's cache in Redis, for which nobody waits twice: once Redis did not answer, every call fails at once until it does.

Rooms keep in the cache how fast people go on, under the room's lock. A web process that is cut off from Redis would otherwise
hold up its rooms, those who are there by way of others too, for as long as it waits, again and again.
"""

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache as DjangosRedisCache
from django.core.cache.backends.redis import RedisCacheClient

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_TRY_EVERY_SECONDS = 0.5
_NO_ANSWER = (redis.ConnectionError, redis.TimeoutError)


class Breaker:
    """Whether Redis answers, as far as is known: while it does not, one thread tries, and nobody else."""

    def __init__(self) -> None:
        self._is_away = False
        self._lock = threading.Lock()

    def call(self, work: Callable[[], Result], ping: Callable[[], object]) -> Result:
        """The result of `work`.

        Raises:
            redis.ConnectionError: Redis is away, and was not asked.
            Exception: whatever `work` raises.
        """
        if self._is_away:
            raise redis.ConnectionError("Redis does not answer")
        try:
            return work()
        except _NO_ANSWER:
            self._try_until_it_answers(ping)
            raise

    def _try_until_it_answers(self, ping: Callable[[], object]) -> None:
        with self._lock:
            if self._is_away:
                return
            self._is_away = True
        logger.warning("cache.away")
        try:
            threading.Thread(target=self._try, args=(ping,), name="cache-tries", daemon=True).start()
        except BaseException:
            self._is_away = False
            raise

    def _try(self, ping: Callable[[], object]) -> None:
        while self._is_away:
            try:
                ping()
            except redis.ResponseError:  # it does not do what it is asked to, but it answers
                self._is_away = False
            except Exception:
                time.sleep(_TRY_EVERY_SECONDS)
            else:
                self._is_away = False


_BREAKER = Breaker()  # of the process: Django makes a cache a thread


class _GuardedRedis(redis.Redis):
    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        """See redis.Redis."""
        execute = super().execute_command
        return _BREAKER.call(functools.partial(execute, *arguments, **options), functools.partial(execute, "PING"))


class _GuardedClient(RedisCacheClient):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._client = _GuardedRedis


class RedisCache(DjangosRedisCache):
    """See the module."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _GuardedClient
