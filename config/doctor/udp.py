"""UDP: whether each live worker can be reached at the address that browsers are told, by a real offer and a real check.

What is tried is the way from this machine; a firewall before it is tried by running the doctor elsewhere.
"""

import asyncio
import contextlib
import ipaddress
import secrets
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from config.doctor.finding import Finding, fail, ok, warn
from rooms import selectors
from rooms.audio.bench import description
from rooms.audio.bench.checks import Checks
from rooms.bus import get_bus
from rooms.domain.errors import Refused
from rooms.models import AudioWorker
from rooms.signalling.negotiate import Negotiator

_WITHIN_SECONDS = 5.0
_AGAIN_SECONDS = 0.25
_MOST_BYTES = 1500
_OFFERS = 2  # the first may be lost while the bus connects
_OPEN = "Open its UDP port in every firewall on the way, and look whether MITALK_PUBLIC_IP leads to its machine."


def examine() -> Iterator[Finding]:
    """See the module."""
    workers = list(selectors.live_workers())
    if not workers:
        yield fail("udp.worker", "no audio worker lives", "Start manage.py run_audio.")
        return
    yield from asyncio.run(_all(workers))


async def _all(workers: list[AudioWorker]) -> list[Finding]:
    bus = get_bus()
    await bus.start()
    try:
        negotiator = Negotiator(bus)
        return [finding for worker in workers for finding in await _one(negotiator, worker)]
    finally:
        await bus.close()


async def _one(negotiator: Negotiator, worker: AudioWorker) -> list[Finding]:
    check = secrets.token_urlsafe(9)
    ours = description.Local(
        ufrag=secrets.token_hex(4),
        password=secrets.token_hex(16),
        fingerprint=":".join(f"{byte:02X}" for byte in secrets.token_bytes(32)),  # it never comes to a handshake
        direction="recvonly",
    )
    try:
        answer = await _offer(negotiator, worker, check, description.write(ours))
        if answer is None:
            remedy = "Look into its log, and whether it has the same REDIS_URL and DATABASE_URL."
            return [fail("udp.answer", f"{worker} does not answer an offer over the bus", remedy)]
        reached = await _reach(ours, description.read(answer))
    finally:
        await negotiator.end_check(worker=worker.worker_id, check=check)
    if not reached:
        return [fail("udp.reachable", f"{worker} does not answer checks from this machine", _OPEN)]
    return [ok("udp.reachable", f"{worker} answers checks from this machine"), *_address(worker)]


async def _offer(negotiator: Negotiator, worker: AudioWorker, check: str, sdp: str) -> str | None:
    for _ in range(_OFFERS):
        with contextlib.suppress(Refused):
            return await negotiator.answer_check(worker=worker.worker_id, check=check, speaks=False, sdp=sdp)
    return None


async def _reach(ours: description.Local, worker: description.Remote) -> bool:
    """Whether it answers a check, from whatever address leads to it: on a machine without a network, loopback."""
    checks = Checks(
        ufrag=ours.ufrag,
        password=ours.password,
        remote_ufrag=worker.ufrag,
        remote_password=worker.password,
        controls=True,
    )
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way, contextlib.suppress(TimeoutError):
        way.setblocking(False)
        async with asyncio.timeout(_WITHIN_SECONDS):
            while True:
                with contextlib.suppress(TimeoutError, OSError):  # refused or unreachable: it may be starting
                    async with asyncio.timeout(_AGAIN_SECONDS):
                        await loop.sock_connect(way, worker.address)
                        await loop.sock_sendall(way, checks.request())
                        answer = await loop.sock_recv(way, _MOST_BYTES)
                    if checks.is_answer(answer) and checks.is_authentic(answer):
                        return True
                await asyncio.sleep(_AGAIN_SECONDS)
    return False


def _address(worker: AudioWorker) -> list[Finding]:
    """Whether browsers elsewhere can send to it at all."""
    address = ipaddress.ip_address(worker.public_ip)
    hosts = {urlsplit(origin).hostname for origin in settings.MITALK_ORIGINS}
    if address.is_loopback and hosts - {"localhost", "127.0.0.1", "::1"}:
        return [fail("udp.public", f"{worker} is an address of its own machine only", "Set MITALK_PUBLIC_IP.")]
    if address.is_private and not address.is_loopback:
        remedy = "Fine for a house's own network; else set MITALK_PUBLIC_IP to the address that the world sees."
        return [warn("udp.public", f"{worker} is an address of a private network", remedy)]
    return []
