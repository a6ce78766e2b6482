"""TURN: a real allocation with credentials as a page gets them, and leave to send to each worker."""

import asyncio
import secrets
import ssl
import time
from collections.abc import Iterator

from aioice.stun import TransactionError, TransactionFailed
from aioice.turn import DEFAULT_CHANNEL_REFRESH_TIME, TurnClientProtocol, TurnClientTcpProtocol, TurnClientUdpProtocol

from config.doctor.finding import Finding, fail, ok, warn
from config.turn_urls import TurnUrl, read_url
from rooms import selectors
from rooms.turn import CHECK_LASTS_SECONDS, Relay, relay_for

_WITHIN_SECONDS = 10.0
_FIRST_CHANNEL = 0x4000
_UNAUTHORIZED, _FORBIDDEN = 401, 403


def examine() -> Iterator[Finding]:
    """See the module."""
    relay = relay_for(f"doctor-{secrets.token_hex(4)}", time.time(), CHECK_LASTS_SECONDS)
    if not relay.urls:
        remedy = "Set up coturn (deploy/coturn), MITALK_TURN_URLS and MITALK_TURN_SECRET."
        yield warn("turn.configured", "networks that let no UDP through hear nothing", remedy)
        return
    workers = [(worker.public_ip, worker.udp_port) for worker in selectors.live_workers()]
    for text in relay.urls:
        url = read_url(text)
        if url is None:
            yield fail("turn.address", f"{text} is no address of a TURN server", "See mitalk.E033 in docs/settings.md.")
        else:
            yield from asyncio.run(_try(text, url, relay, workers))


async def _try(text: str, url: TurnUrl, relay: Relay, workers: list[tuple[str, int]]) -> list[Finding]:
    client: TurnClientProtocol | None = None
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            client = await _connect(url, relay)
            await client.connect()
            return await _may_send(text, client, workers)
    except TransactionFailed as error:
        return [_refused(text, error)]
    except ssl.SSLError as error:
        remedy = "Give coturn a certificate of a known authority, with its whole chain (cert=, pkey=)."
        return [fail("turn.certificate", f"{text}: {error.reason or error}", remedy)]
    except (OSError, TimeoutError, TransactionError) as error:
        remedy = f"Is coturn running at {url.host}:{url.port}/{url.transport}, and the port open in every firewall?"
        return [fail("turn.reachable", f"{text} does not answer ({type(error).__name__})", remedy)]
    finally:
        if client is not None:
            await _leave(client)


async def _connect(url: TurnUrl, relay: Relay) -> TurnClientProtocol:
    loop, server = asyncio.get_running_loop(), (url.host, url.port)
    told = (server, relay.username, relay.credential, CHECK_LASTS_SECONDS, DEFAULT_CHANNEL_REFRESH_TIME)
    client: TurnClientProtocol
    if url.transport == "tcp":
        context = ssl.create_default_context() if url.tls else None
        _, client = await loop.create_connection(lambda: TurnClientTcpProtocol(*told), *server, ssl=context)
    else:
        _, client = await loop.create_datagram_endpoint(lambda: TurnClientUdpProtocol(*told), remote_addr=server)
    return client


async def _may_send(text: str, client: TurnClientProtocol, workers: list[tuple[str, int]]) -> list[Finding]:
    """The server may keep people from addresses, but not from our workers."""
    forbidden = []
    for number, worker in enumerate(workers):
        try:
            await client.channel_bind(_FIRST_CHANNEL + number, worker)
        except TransactionFailed as error:
            if error.response.attributes.get("ERROR-CODE", (0,))[0] != _FORBIDDEN:
                raise
            forbidden.append(worker[0])
    if forbidden:
        remedy = "Add allowed-peer-ip=ADDRESS for each worker to its configuration (deploy/coturn/turnserver.conf)."
        return [fail("turn.peers", f"{text} does not send to {', '.join(sorted(set(forbidden)))}", remedy)]
    return [ok("turn.allocation", f"{text} relays, to {len(workers)} workers")]


def _refused(text: str, error: TransactionFailed) -> Finding:
    code, reason = error.response.attributes.get("ERROR-CODE", (0, "no reason"))
    if code == _UNAUTHORIZED:
        remedy = (
            "MITALK_TURN_SECRET and coturn's static-auth-secret must be the same; clocks no more than a minute apart."
        )
        return fail("turn.secret", f"{text} does not accept our credentials", remedy)
    return fail("turn.allocation", f"{text} refuses: {code} {reason}", "Look into coturn's log; is a quota reached?")


async def _leave(client: TurnClientProtocol) -> None:
    if client.relayed_address is not None:
        try:
            async with asyncio.timeout(2):
                await client.delete()
        except (TransactionError, OSError, TimeoutError):
            pass  # it expires by itself
    if getattr(client, "transport", None) is not None:
        client.transport.close()
