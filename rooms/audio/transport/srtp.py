"""SRTP sessions (RFC 3711, RFC 7714) of libsrtp, through pylibsrtp and its own binding: made from the keys of a handshake."""

from dataclasses import dataclass
from typing import Any

from pylibsrtp import Error, Policy, Session

from rooms.audio.core.drops import Drops

_REPLAYED = "replay check failed"  # as pylibsrtp calls libsrtp's two codes for it
_WINDOW_PACKETS = 1_024  # so far back a packet may come and still be known for new or replayed
_LEAST_WINDOW_PACKETS = 64  # of what we send: libsrtp shifts the whole window with every packet


@dataclass(frozen=True, slots=True)
class Keys:
    """What a DTLS handshake agreed on (RFC 5764). Each key is the master key followed by the master salt."""

    profile: int  # pylibsrtp's number of the protection profile
    sending: bytes
    receiving: bytes


def sending(keys: Keys) -> Session:
    """The session that protects what we send, whatever its SSRC."""
    return _session(keys.profile, keys.sending, Policy.SSRC_ANY_OUTBOUND, _LEAST_WINDOW_PACKETS)


def receiving(keys: Keys) -> Session:
    """The session that unprotects what we receive, whatever its SSRC."""
    return _session(keys.profile, keys.receiving, Policy.SSRC_ANY_INBOUND, _WINDOW_PACKETS)


def _session(profile: int, key: bytes, ssrc_type: int, window: int) -> Session:
    policy = Policy(key=key, ssrc_type=ssrc_type, srtp_profile=profile)
    policy.window_size = window
    return Session(policy)


def pointer(session: Session) -> Any:
    """A session as libsrtp takes it: cffi `srtp_t`, good as long as the session is kept."""
    return session._srtp[0]


def unprotect(session: Session, packet: bytes, drops: Drops) -> bytes | None:
    """The RTP packet inside an SRTP packet; None, and counted, when it is forged, replayed or damaged."""
    try:
        return session.unprotect(packet)
    except Error as error:
        _count(error, drops)
        return None


def unprotect_rtcp(session: Session, packet: bytes, drops: Drops) -> bytes | None:
    """The RTCP packet inside an SRTCP packet; None, and counted, when it is forged, replayed or damaged."""
    try:
        return session.unprotect_rtcp(packet)
    except Error as error:
        _count(error, drops)
        return None


def _count(error: Error, drops: Drops) -> None:
    if str(error).startswith(_REPLAYED):
        drops.replayed += 1
    else:
        drops.not_authentic += 1


def protect_rtcp(session: Session, packet: bytes) -> bytes:
    """The SRTCP packet of an RTCP packet; empty, if libsrtp refuses."""
    try:
        return session.protect_rtcp(packet)
    except Error:
        return b""
