"""The session descriptions (RFC 8866, 8829) of a bench client: what it says, and what it reads of the other side's."""

import re
from dataclasses import dataclass

PAYLOAD_TYPE = 111


class DescriptionUnreadable(ValueError):
    """The other side's description lacks something that media needs."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What the other side says of itself."""

    ufrag: str
    password: str
    fingerprint: str  # SHA-256
    address: tuple[str, int]
    ssrc: int | None  # of what it sends; None: it does not say, so the first authentic packet does
    mid: str
    lite: bool  # an ICE-lite agent: never the controlling one
    bitrate: int | None  # at most so many bits a second of Opus, on average (RFC 7587, section 6.1); None: as we like


@dataclass(frozen=True, slots=True)
class Local:
    """What we say of ourselves."""

    ufrag: str
    password: str
    fingerprint: str
    direction: str  # sendrecv, sendonly or recvonly
    mid: str = "0"


def write(local: Local) -> str:
    """An offer or an answer: one section of Opus; always the active side of DTLS (RFC 8842), so both can be the same text."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {local.mid}",
        f"m=audio 9 UDP/TLS/RTP/SAVPF {PAYLOAD_TYPE}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{local.mid}",
        f"a={local.direction}",
        "a=rtcp-mux",
        f"a=rtpmap:{PAYLOAD_TYPE} opus/48000/2",
        f"a=fmtp:{PAYLOAD_TYPE} useinbandfec=1",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:active",
    ]
    return "\r\n".join(lines) + "\r\n"


def read(text: str) -> Remote:
    """The other side's offer or answer.

    Raises:
        DescriptionUnreadable: something is missing.
    """
    ip, port = _found(text, r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")
    bitrate = re.search(r"a=fmtp:.*\bmaxaveragebitrate=(\d+)", text)
    ssrc = re.search(r"a=ssrc:(\d+)", text)
    return Remote(
        ufrag=_found(text, r"a=ice-ufrag:(\S+)")[0],
        password=_found(text, r"a=ice-pwd:(\S+)")[0],
        fingerprint=_found(text, r"a=fingerprint:sha-256 (\S+)")[0],
        address=(ip, int(port)),
        ssrc=int(ssrc[1]) if ssrc else None,
        mid=_found(text, r"a=mid:(\S+)")[0],
        lite="a=ice-lite" in text,
        bitrate=int(bitrate[1]) if bitrate else None,
    )


def _found(text: str, pattern: str) -> tuple[str, ...]:
    match = re.search(pattern, text, re.IGNORECASE)
    if match is None:
        raise DescriptionUnreadable(f"nothing like {pattern}")
    return match.groups()
