"""UDP: whether each live worker can be reached at the address that browsers are told, by a real offer and a real check.

What is tried is the way from this machine; a firewall before it is tried by running the doctor elsewhere.
"""

import asyncio
import contextlib
import ipaddress
import re
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

from aioice import Candidate, Connection
from django.conf import settings

from config.doctor.finding import Finding, fail, ok, warn
from rooms import selectors
from rooms.audio.bench import description
from rooms.bus import get_bus
from rooms.domain.errors import Refused
from rooms.models import AudioWorker
from rooms.signalling.negotiate import Negotiator

_WITHIN_SECONDS = 5.0
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
    connection = Connection(ice_controlling=True)
    connection.remote_is_lite = True
    try:
        await connection.gather_candidates()
        answer = await _offer(negotiator, worker, check, connection)
        if answer is None:
            remedy = "Look into its log, and whether it has the same REDIS_URL and DATABASE_URL."
            return [fail("udp.answer", f"{worker} does not answer an offer over the bus", remedy)]
        reached = await _reach(connection, answer)
    finally:
        await connection.close()
        await negotiator.end_check(worker=worker.worker_id, check=check)
    if not reached:
        return [fail("udp.reachable", f"{worker} does not answer checks from this machine", _OPEN)]
    return [ok("udp.reachable", f"{worker} answers checks from this machine"), *_address(worker)]


async def _offer(negotiator: Negotiator, worker: AudioWorker, check: str, connection: Connection) -> str | None:
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))  # it never comes to a handshake
    offer = description.write(
        description.Local(connection.local_username, connection.local_password, fingerprint, direction="recvonly")
    )
    for _ in range(_OFFERS):
        with contextlib.suppress(Refused):
            return await negotiator.answer_check(worker=worker.worker_id, check=check, speaks=False, sdp=offer)
    return None


async def _reach(connection: Connection, answer: str) -> bool:
    remote = description.read(answer)
    connection.remote_username, connection.remote_password = remote.ufrag, remote.password
    for line in re.findall(r"a=candidate:(.+)", answer):
        await connection.add_remote_candidate(Candidate.from_sdp(line.strip()))
    await connection.add_remote_candidate(None)
    try:
        await asyncio.wait_for(connection.connect(), _WITHIN_SECONDS)
    except (TimeoutError, ConnectionError):
        return False
    return True


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
