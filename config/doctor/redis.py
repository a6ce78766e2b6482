"""Redis: there, new enough, carries messages, and throws nothing away when it is full."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings

from config.doctor.finding import Finding, fail, ok, warn

LEAST_VERSION = 6
_WITHIN_SECONDS = 3.0


def examine() -> Iterator[Finding]:
    """See the module."""
    if not settings.REDIS_URL:
        yield warn("redis.configured", "the local bus carries one web process", "Set REDIS_URL (redis://…) to grow.")
        return
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=_WITHIN_SECONDS, socket_timeout=5)
    try:
        with client:
            about: Any = client.info()
            yield _version(about["redis_version"])
            yield _round_trip(client)
            yield _memory(about)
    except redis.RedisError as error:
        remedy = 'Is Redis running, and REDIS_URL right? Try: redis-cli -u "$REDIS_URL" ping'
        yield fail("redis.reachable", str(error).splitlines()[0], remedy)


def _version(text: str) -> Finding:
    if int(text.split(".")[0]) < LEAST_VERSION:
        return fail("redis.version", f"Redis {text}", f"Upgrade to Redis {LEAST_VERSION} or newer.")
    return ok("redis.version", f"Redis {text}")


def _round_trip(client: redis.Redis) -> Finding:
    """What a room lives on: a message that is published comes to who listens."""
    channel = f"mitalk-doctor-{secrets.token_hex(8)}"
    with client.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(channel)
        listener.get_message(timeout=_WITHIN_SECONDS)  # the subscription
        began = time.perf_counter()
        client.publish(channel, "hello")
        end = time.monotonic() + _WITHIN_SECONDS
        while time.monotonic() < end:
            if listener.get_message(ignore_subscribe_messages=True, timeout=0.5):
                return ok("redis.pubsub", f"a message came in {(time.perf_counter() - began) * 1000:.1f} ms")
    remedy = "Is it a proxy or cluster that carries no pub/sub? Use one plain Redis."
    return fail("redis.pubsub", "a message that was published did not come", remedy)


def _memory(about: dict[str, Any]) -> Finding:
    """Jobs and counted tries are kept in it: what is evicted is lost without a word."""
    most, policy = int(about.get("maxmemory", 0)), str(about.get("maxmemory_policy", "noeviction"))
    if most and policy != "noeviction":
        what = f"when {most >> 20} MiB are full it throws away what it holds ({policy})"
        return fail("redis.maxmemory", what, "Set maxmemory-policy noeviction, and watch its memory.")
    if most and int(about["used_memory"]) > 0.8 * most:
        what = f"{about['used_memory_human']} of {most >> 20} MiB are used"
        return warn("redis.maxmemory", what, "Raise maxmemory: once it is full, rooms hear nothing of each other.")
    return ok("redis.maxmemory", f"{about['used_memory_human']} used, nothing is thrown away")
