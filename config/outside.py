"""What is seen of the installation from outside: its certificates, its TURN servers. Looked at in a thread, seldom."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 60.0
_WITHIN_SECONDS = 3.0
_STUN_REQUEST = b"\x00\x01\x00\x00\x21\x12\xa4\x42mitalk-sees!"


@dataclass(frozen=True, slots=True)
class Seen:
    """None where there is nothing to look at, or it was not looked at yet."""

    certificate_until: float | None = None  # seconds since 1970; 0 when there is none to be had
    turn_answers: bool | None = None


_lock = threading.Lock()
_seen = Seen()
_looked_at = float("-inf")
_looking = False


def seen() -> Seen:
    """What was seen last; looks again behind the scenes when that was a while ago."""
    global _looking
    with _lock:
        if not _looking and time.monotonic() - _looked_at >= _EVERY_SECONDS:
            _looking = True
            threading.Thread(target=_look, name="outside", daemon=True).start()
        return _seen


def _look() -> None:
    global _seen, _looked_at, _looking
    try:
        found = look(settings.MITALK_ORIGINS, settings.MITALK_TURN_URLS)
        with _lock:
            _seen = found
    except Exception:
        logger.exception("outside.not_seen")
    finally:
        with _lock:
            _looked_at, _looking = time.monotonic(), False


def look(origins: Iterable[str], turn_urls: Iterable[str]) -> Seen:
    """Look now."""
    hosts = {(parts.hostname or "", parts.port or 443) for parts in map(urlsplit, origins) if parts.scheme == "https"}
    turns = list(turn_urls)
    ends = [end for end in (certificate_until(*host) for host in hosts) if end is not None]
    return Seen(
        certificate_until=min(ends, default=None),
        turn_answers=all(turn_answers(url) for url in turns) if turns else None,
    )


def certificate_until(host: str, port: int) -> float | None:
    """When the certificate that a host shows ends: seconds since 1970; 0 without one, None when nobody is reached there."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # one that ended is to be seen, not refused
    try:
        plain = socket.create_connection((host, port), timeout=_WITHIN_SECONDS)
    except OSError:
        return None
    try:
        with plain, context.wrap_socket(plain, server_hostname=host) as tls:
            shown = tls.getpeercert(binary_form=True)
    except OSError:
        return 0.0
    return x509.load_der_x509_certificate(shown).not_valid_after_utc.timestamp() if shown else 0.0


def turn_answers(url: str) -> bool:
    """Whether a TURN server answers: a STUN request over UDP, a connection over TCP or TLS."""
    scheme, _, rest = url.partition(":")
    address, _, query = rest.partition("?")
    host, port = _host_and_port(address, 5349 if scheme == "turns" else 3478)
    try:
        if scheme == "turns" or "transport=tcp" in query:
            socket.create_connection((host, port), timeout=_WITHIN_SECONDS).close()
            return True
        family, kind, _protocol, _name, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as probe:
            probe.settimeout(_WITHIN_SECONDS)
            probe.sendto(_STUN_REQUEST, place)
            return probe.recv(1500)[4:20] == _STUN_REQUEST[4:20]
    except (OSError, ValueError):
        return False


def _host_and_port(address: str, default: int) -> tuple[str, int]:
    parts = urlsplit(f"//{address}")
    return parts.hostname or "", parts.port or default
