"""What is seen of the installation from outside: its certificates, its TURN servers. Looked at in a thread, seldom."""

import logging
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from config import tls
from config.turn_urls import read_url

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
    """Look now, and no deeper than that something is there: `manage.py doctor` does."""
    turns = list(turn_urls)
    ends = [end for end in map(_end_of_certificate, tls.places(origins, turns)) if end is not None]
    return Seen(
        certificate_until=min(ends, default=None),
        turn_answers=all(map(_turn_answers, turns)) if turns else None,
    )


def _end_of_certificate(place: tls.Place) -> float | None:
    """Seconds since 1970; 0 without one, None when nobody is reached there."""
    try:
        return tls.shown_at(place, within=_WITHIN_SECONDS).until
    except tls.NotReached:
        return None
    except tls.NoTls:
        return 0.0


def _turn_answers(text: str) -> bool:
    """Whether a TURN server answers: a STUN request over UDP, a connection over TCP or TLS."""
    url = read_url(text)
    if url is None:
        return False
    try:
        if url.tls or url.transport == "tcp":
            socket.create_connection((url.host, url.port), timeout=_WITHIN_SECONDS).close()
            return True
        family, kind, _protocol, _name, place = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as probe:
            probe.settimeout(_WITHIN_SECONDS)
            probe.sendto(_STUN_REQUEST, place)
            return probe.recv(1500)[4:20] == _STUN_REQUEST[4:20]
    except OSError:
        return False
