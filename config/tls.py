"""Certificates as they are shown to whoever comes: looked at by metrics once a minute, and judged by the doctor."""

import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography import x509

from config.turn_urls import read_url

Place = tuple[str, int]  # host and port
_HTTPS_PORT = 443


class NotReached(OSError):
    """Nobody answers there."""


class NoTls(OSError):
    """Whoever answers there does not speak TLS, or shows no certificate."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a place shows. `problem` is why a browser would not take it; mostly empty."""

    until: float  # seconds since 1970
    problem: str = ""


def places(origins: Iterable[str], turn_urls: Iterable[str]) -> list[Place]:
    """Where TLS is spoken: https origins, and TURN servers over TLS."""
    parts = [urlsplit(origin) for origin in origins if origin.startswith("https://")]
    turns = [url for url in map(read_url, turn_urls) if url and url.tls]
    found = [(part.hostname or "", part.port or _HTTPS_PORT) for part in parts] + [
        (url.host, url.port) for url in turns
    ]
    return list(dict.fromkeys(found))


def shown_at(place: Place, *, within: float) -> Certificate:
    """The certificate there.

    Raises:
        NotReached, NoTls: there is none to be had.
    """
    try:
        return Certificate(_shake_hands(place, ssl.create_default_context(), within))
    except ssl.SSLCertVerificationError as error:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # one that ended is to be seen, too
        return Certificate(_shake_hands(place, context, within), error.verify_message)


def _shake_hands(place: Place, context: ssl.SSLContext, within: float) -> float:
    try:
        plain = socket.create_connection(place, timeout=within)
    except OSError as error:
        raise NotReached(type(error).__name__) from error
    try:
        with plain, context.wrap_socket(plain, server_hostname=place[0]) as tls:
            shown = tls.getpeercert(binary_form=True)
    except ssl.SSLCertVerificationError:
        raise
    except OSError as error:
        raise NoTls(type(error).__name__) from error
    if not shown:
        raise NoTls("no certificate")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc.timestamp()
