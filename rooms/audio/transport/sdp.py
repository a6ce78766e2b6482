"""SDP offers of pages (RFC 8866, 8829) and our answers: one section of audio, Opus, ICE-lite, one address.

Only what the answer needs is read. Candidates are not: nobody is contacted at an address of the offerer's choosing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from rooms.audio.codec import BITRATE

MOST_BYTES = 16 * 1024
MOST_LINES = 400

_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")  # RFC 8839, section 5.4
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}")
_MID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_OPUS = re.compile(r"(\d{1,3}) opus/48000/2", re.IGNORECASE)


class Refusal(StrEnum):
    """Why an offer is not answered; stable codes that reach the page."""

    INVALID = "sdp_invalid"
    TOO_LARGE = "sdp_too_large"
    UNSUPPORTED = "sdp_unsupported"
    FULL = "worker_full"
    FAILED = "media_failed"


class OfferRefusedError(ValueError):
    """An offer that cannot be answered."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Offer:
    """What an offer says that matters here."""

    mid: str
    payload_type: int
    ufrag: str
    password: str
    fingerprint: str  # SHA-256, upper case, with colons
    sends: bool  # whether the offerer may send sound
    receives: bool


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of an answer."""

    ufrag: str
    password: str
    fingerprint: str
    ip: str
    port: int
    ssrc: int
    cname: str
    own_ip: str = ""  # another address of ours, for browsers that send nothing to `ip`


def parse(sdp: str) -> Offer:
    """Read an offer.

    Raises:
        OfferRefusedError: `sdp_too_large`; `sdp_invalid` when something needed is missing or malformed; `sdp_unsupported`
            for more than one section, other than audio, or no Opus.
    """
    if len(sdp) > MOST_BYTES or sdp.count("\n") > MOST_LINES:
        raise OfferRefusedError(Refusal.TOO_LARGE)
    lines = sdp.replace("\r\n", "\n").split("\n")
    if lines[0] != "v=0":
        raise OfferRefusedError(Refusal.INVALID)
    sections = [line for line in lines if line.startswith("m=")]
    if not sections:
        raise OfferRefusedError(Refusal.INVALID)
    if len(sections) > 1 or not re.fullmatch(r"m=audio \d{1,5} UDP/TLS/RTP/SAVPF( \d{1,3})+", sections[0]):
        raise OfferRefusedError(Refusal.UNSUPPORTED)
    attributes = _attributes(lines)
    if "rtcp-mux" not in attributes:
        raise OfferRefusedError(Refusal.UNSUPPORTED)
    if _one(attributes, "setup", re.compile("actpass|active|passive|holdconn")) not in ("actpass", "active"):
        raise OfferRefusedError(Refusal.UNSUPPORTED)
    return Offer(
        mid=_one(attributes, "mid", _MID),
        payload_type=_opus(attributes, sections[0]),
        ufrag=_one(attributes, "ice-ufrag", _UFRAG),
        password=_one(attributes, "ice-pwd", _PASSWORD),
        fingerprint=_fingerprint(attributes),
        sends=not attributes.keys() & {"recvonly", "inactive"},
        receives=not attributes.keys() & {"sendonly", "inactive"},
    )


def _attributes(lines: list[str]) -> dict[str, list[str]]:
    attributes: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("a="):
            name, _colon, value = line[2:].partition(":")
            attributes.setdefault(name, []).append(value.strip())
    return attributes


def _one(attributes: dict[str, list[str]], name: str, pattern: re.Pattern[str]) -> str:
    # The section's own value comes after the session's and wins.
    values = attributes.get(name)
    if not values or not pattern.fullmatch(values[-1]):
        raise OfferRefusedError(Refusal.INVALID)
    return values[-1]


def _fingerprint(attributes: dict[str, list[str]]) -> str:
    for value in attributes.get("fingerprint", []):
        algorithm, _space, digest = value.partition(" ")
        if algorithm.lower() == "sha-256" and _FINGERPRINT.fullmatch(digest):
            return digest.upper()
    raise OfferRefusedError(Refusal.INVALID)


def _opus(attributes: dict[str, list[str]], section: str) -> int:
    offered = {int(word) for word in section.split()[3:]}
    for value in attributes.get("rtpmap", []):
        found = _OPUS.fullmatch(value)
        if found and int(found[1]) in offered and int(found[1]) < 128:
            return int(found[1])
    raise OfferRefusedError(Refusal.UNSUPPORTED)


def answer(offer: Offer, local: Local) -> str:
    """The answer: we send the mix, and receive if the offerer sends."""
    direction = {(True, True): "sendrecv", (False, True): "sendonly", (True, False): "recvonly"}.get(
        (offer.sends, offer.receives), "inactive"
    )
    family = "IP6" if ":" in local.ip else "IP4"
    opus = offer.payload_type
    lines = [
        "v=0",
        f"o=- {local.ssrc} 1 IN {family} {local.ip}",
        "s=MiTalk",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {offer.mid}",
        "a=msid-semantic:WMS *",
        f"m=audio {local.port} UDP/TLS/RTP/SAVPF {opus}",
        f"c=IN {family} {local.ip}",
        f"a=mid:{offer.mid}",
        f"a={direction}",
        f"a=msid:{local.cname} mix",
        "a=rtcp-mux",
        f"a=rtpmap:{opus} opus/48000/2",
        # RFC 7587, section 6.1: what we like to receive, and what we send.
        f"a=fmtp:{opus} minptime=10;useinbandfec=1;usedtx=1;stereo=0;sprop-stereo=0;maxaveragebitrate={BITRATE}",
        "a=ptime:20",
        "a=maxptime:60",
        f"a=ssrc:{local.ssrc} cname:{local.cname}",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:passive",
        f"a=candidate:1 1 udp 2130706431 {local.ip} {local.port} typ host",
        *([f"a=candidate:2 1 udp 2130706175 {local.own_ip} {local.port} typ host"] if local.own_ip else []),
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines) + "\r\n"
