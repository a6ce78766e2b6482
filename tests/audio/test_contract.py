"""The private names of aiortc and pylibsrtp that rooms.audio.transport relies on. When one of these fails after an upgrade,
the transport must be looked at before anything else."""

import inspect
import struct

import pylibsrtp
import pytest
from aiortc import RTCCertificate, RTCDtlsTransport
from pylibsrtp._binding import ffi, lib

from rooms.audio.transport.dtls import certificate, is_harmless, sha256_fingerprint


class Records:
    role = "controlled"


def test_aiortc_takes_an_object_of_ours_for_its_ice_transport() -> None:
    transport = RTCDtlsTransport(Records(), [RTCCertificate.generateCertificate()])  # type: ignore[arg-type]
    assert transport.state == "new"
    transport._set_role("server")
    assert transport._role == "server"
    assert transport._rx_srtp is transport._tx_srtp is None
    source = inspect.getsource(RTCDtlsTransport)
    used = {part.split("(")[0].split()[0].rstrip(":,)") for part in source.split("self.transport.")[1:]}
    assert used == {"role", "_recv", "_send"}


def test_pylibsrtp_protects_in_place_through_its_own_binding() -> None:
    session = pylibsrtp.Session(pylibsrtp.Policy(key=bytes(30), ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND))
    packet = struct.pack("!BBHII", 0x80, 111, 1, 960, 7) + b"sound"
    buffer, length = ffi.new("char[]", 256), ffi.new("int *", len(packet))
    ffi.buffer(buffer)[0 : len(packet)] = packet
    assert lib.srtp_protect(session._srtp[0], buffer, length) == lib.srtp_err_status_ok
    theirs = pylibsrtp.Session(pylibsrtp.Policy(key=bytes(30), ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND))
    assert theirs.unprotect(bytes(ffi.buffer(buffer)[0 : length[0]])) == packet
    assert callable(lib.srtp_protect_rtcp)


def test_the_certificate_names_its_sha256_fingerprint() -> None:
    fingerprint = sha256_fingerprint(certificate())
    assert len(fingerprint) == 32 * 3 - 1
    assert fingerprint == fingerprint.upper()


def record(kind: int, epoch: int, body: bytes = b"\x02\x00") -> bytes:
    return struct.pack("!BHH6sH", kind, 0xFEFD, epoch, bytes(6), len(body)) + body


@pytest.mark.parametrize(
    ("datagram", "harmless"),
    [
        (record(22, 0), True),
        (record(22, 0) + record(20, 0) + record(22, 1), True),
        (record(21, 1), True),  # an alert that only the peer can have encrypted
        (b"\x2f" + bytes(20), True),  # DTLS 1.3, encrypted
        (record(21, 0), False),
        (record(22, 0) + record(21, 0), False),
        (record(22, 0)[:-1], False),
        (b"\x16", False),
        (record(22, 0) + b"\x16", False),
    ],
)
def test_alerts_in_plaintext_never_reach_openssl(datagram: bytes, harmless: bool) -> None:
    assert is_harmless(datagram) is harmless
