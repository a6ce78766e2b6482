"""Nobody waits twice for a Redis that does not answer."""

import threading

import pytest
import redis
from django.conf import settings
from django.core.cache import cache

from config.redis_cache import Breaker

PATIENCE_SECONDS = 5.0


class Hanging:
    """A Redis that is cut off, until it is not."""

    def __init__(self) -> None:
        self.is_away = True
        self.asked = 0
        self.tried = threading.Event()
        self.answered = threading.Event()

    def ask(self) -> str:
        self.asked += 1
        if self.is_away:
            raise redis.TimeoutError
        return "an answer"

    def ping(self) -> None:
        self.tried.set()
        if self.is_away:
            raise redis.TimeoutError
        self.answered.set()


def test_once_it_did_not_answer_it_is_asked_by_nobody_until_it_does() -> None:
    breaker, hanging = Breaker(), Hanging()
    with pytest.raises(redis.TimeoutError):
        breaker.call(hanging.ask, hanging.ping)
    for _ in range(3):
        with pytest.raises(redis.ConnectionError):
            breaker.call(hanging.ask, hanging.ping)
    assert hanging.asked == 1
    assert hanging.tried.wait(PATIENCE_SECONDS)
    hanging.is_away = False
    assert hanging.answered.wait(PATIENCE_SECONDS)
    for thread in threading.enumerate():
        if thread.name == "cache-tries":
            thread.join(PATIENCE_SECONDS)
    assert breaker.call(hanging.ask, hanging.ping) == "an answer"


@pytest.mark.parametrize("refusal", [redis.ResponseError, RuntimeError, None])
def test_whatever_asking_again_ends_with_it_is_not_given_up_for_good(refusal: type[Exception] | None) -> None:
    """A Redis that cannot save answers PING with an error; it answers. Anything else is tried again."""
    breaker, hanging = Breaker(), Hanging()

    def ping() -> None:
        hanging.tried.set()
        if hanging.is_away and refusal is not None:
            hanging.is_away = False
            raise refusal
        hanging.is_away = False

    with pytest.raises(redis.TimeoutError):
        breaker.call(hanging.ask, ping)
    assert hanging.tried.wait(PATIENCE_SECONDS)
    for thread in threading.enumerate():
        if thread.name == "cache-tries":
            thread.join(PATIENCE_SECONDS)
    assert breaker.call(hanging.ask, ping) == "an answer"


def test_what_redis_refuses_is_an_answer() -> None:
    breaker, hanging = Breaker(), Hanging()

    def refuse() -> None:
        raise redis.ResponseError

    with pytest.raises(redis.ResponseError):
        breaker.call(refuse, hanging.ping)
    hanging.is_away = False
    assert breaker.call(hanging.ask, hanging.ping) == "an answer"


def test_the_cache_of_the_settings_keeps_things() -> None:
    """With REDIS_URL this is Redis, as in production."""
    cache.set("tests.kept", {"a": 1}, 10)
    assert cache.get("tests.kept") == {"a": 1}
    assert ("redis" in type(cache._connections[cache._alias]).__module__) == bool(settings.REDIS_URL)
    cache.delete("tests.kept")
