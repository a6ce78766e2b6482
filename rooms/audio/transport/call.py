"""One connection's negotiation: offers and answers, credentials, the handshake. It touches no sound and may take its time;
the peer it is made for lives where the sound is (`peer.py`)."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiortc import RTCCertificate

from rooms.audio.transport import sdp
from rooms.audio.transport.dtls import Dtls, sha256_fingerprint
from rooms.audio.transport.ice_lite import Credentials
from rooms.audio.transport.peer import Agreed
from rooms.audio.transport.srtp import Keys

logger = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the worker is reached, and who it is."""

    ip: str
    port: int
    certificate: RTCCertificate
    own_ip: Callable[[], str] = lambda: ""  # another address of this machine, as it is now; mostly there is none


@dataclass(eq=False, slots=True)
class Setup:
    """What the peer must be made of: settled by the first offer; a later one changes `agreed`, or brings credentials."""

    ssrc: int
    cname: str
    agreed: Agreed
    credentials: Credentials


class PeerLink(Protocol):
    """How a call reaches the peer that it is made for."""

    def open(self, setup: Setup) -> None:
        """Make it."""

    def agree(self, agreed: Agreed) -> None:
        """Another answer was given."""

    def expect(self, credentials: Credentials) -> None:
        """ICE begins anew."""

    def send_record(self, record: bytes) -> None:
        """Send a datagram of DTLS."""

    def unlock(self, keys: Keys) -> None:
        """These are its keys."""

    def close(self) -> None:
        """End it."""


class Call:
    """See the module. `ended` is called once when the call ends by itself, `connected` once with the
    seconds that it took. Times are seconds of the event loop's clock."""

    def __init__(
        self,
        endpoint: Endpoint,
        link: PeerLink,
        *,
        ended: Callable[[], None],
        connected: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.connected = False
        self._endpoint = endpoint
        self._link = link
        self._ended = ended
        self._told_connected = connected
        self._offer: sdp.Offer | None = None
        self._setup: Setup | None = None
        self._reached = asyncio.Event()
        self._dtls = Dtls(endpoint.certificate, link.send_record, self._end)
        self._handshake: asyncio.Task[None] | None = None
        self.began = asyncio.get_running_loop().time()
        self._over = False

    # --- negotiation --------------------------------------------------------------------------------------------------

    def negotiate(self, text: str) -> str:
        """Answer an offer: the first, one that changes direction (same SSRC, same keys), or an ICE restart.

        Raises:
            OfferRefusedError: it cannot be answered; what was agreed before stays.
        """
        offer = sdp.parse(text)
        agreed = Agreed(offer.payload_type, offer.sends, offer.receives)
        if self._offer is None or self._setup is None:
            self._setup = Setup(random.getrandbits(32), secrets.token_hex(8), agreed, Credentials(offer.ufrag))
            self._link.open(self._setup)
            self._handshake = asyncio.create_task(self._connect(offer.fingerprint))
        elif offer.fingerprint != self._offer.fingerprint:
            # Another certificate is another peer connection; it comes with another connection of the roster.
            raise sdp.OfferRefusedError(sdp.Refusal.UNSUPPORTED)
        else:
            if (offer.ufrag, offer.password) != (self._offer.ufrag, self._offer.password):
                self._setup.credentials = Credentials(offer.ufrag)
                self._link.expect(self._setup.credentials)
            self._setup.agreed = agreed
            self._link.agree(agreed)
        self._offer = offer
        return sdp.answer(offer, self._local(self._setup))

    def _local(self, setup: Setup) -> sdp.Local:
        return sdp.Local(
            ufrag=setup.credentials.ufrag,
            password=setup.credentials.password,
            fingerprint=sha256_fingerprint(self._endpoint.certificate),
            ip=self._endpoint.ip,
            port=self._endpoint.port,
            ssrc=setup.ssrc,
            cname=setup.cname,
            own_ip=self._endpoint.own_ip(),
        )

    async def _connect(self, fingerprint: str) -> None:
        keys = None
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._reached.wait()
                keys = await self._dtls.handshake(fingerprint)
        except TimeoutError:
            pass
        except Exception:
            # OpenSSL raises many things at hostile records; this call ends and nobody else notices.
            logger.exception("media.handshake_failed")
        if keys is None:
            self._end()
        elif not self._over:
            self.connected = True
            self._link.unlock(keys)
            self._told_connected(asyncio.get_running_loop().time() - self.began)

    # --- what the peer tells ------------------------------------------------------------------------------------------

    def reached(self) -> None:
        """An address of the peer has passed a check: the handshake may begin."""
        self._reached.set()

    def records(self, datagram: bytes) -> None:
        """A datagram of DTLS came from the peer's address."""
        self._dtls.receive(datagram)

    # --- the end ------------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """The peer ends now, and `ended` is not called any more; `close` says goodbye."""
        self._over = True
        self.connected = False
        if self._handshake is not None:
            self._handshake.cancel()

    async def close(self) -> None:
        """Stop, say goodbye to the page, and end the peer."""
        self.stop()
        try:
            await self._dtls.close()
        finally:
            self._link.close()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self.connected = False
            self._ended()
