"""Addresses of TURN servers (RFC 7065), as browsers read them."""

import re
from dataclasses import dataclass

_FORM = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-fA-F:]+\]|[^:?\s/]+)(:(?P<port>\d{1,5}))?(\?transport=(?P<transport>udp|tcp))?"
)


@dataclass(frozen=True, slots=True)
class TurnUrl:
    """One way to a TURN server."""

    host: str
    port: int
    tls: bool
    transport: str  # udp or tcp


def read_url(text: str) -> TurnUrl | None:
    """What an address says; None: it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    tls = found["scheme"] == "turns"
    port = int(found["port"] or (5349 if tls else 3478))
    return TurnUrl(found["host"].strip("[]"), port, tls, found["transport"] or ("tcp" if tls else "udp"))
