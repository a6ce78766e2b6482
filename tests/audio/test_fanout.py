"""One payload to many: real sockets, real SRTP, and the reports that go with it."""

import socket
import struct
from collections.abc import Iterator

import pylibsrtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.packet import parse
from rooms.audio.transport.fanout import FanOut, Stream, address_of, has_sendmmsg, sockaddr
from rooms.audio.transport.rtcp import NotRtcp, reception_reports, sender_report

WAYS = [pytest.param(True, marks=pytest.mark.skipif(not has_sendmmsg(), reason="no sendmmsg in this C library")), False]


class Listener:
    """A socket with keys."""

    def __init__(self, number: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        key = bytes([number]) * 30
        theirs = pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND))
        self.keys = pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND))
        self.stream = Stream(
            session=theirs,
            srtp=theirs._srtp[0],
            ssrc=249 + 250 * number,  # a report is due with the first packet
            cname="mix",
            payload_type=111,
            sequence=65_530,
            socket_address=sockaddr(self.socket.getsockname()),
        )

    def datagrams(self) -> list[bytes]:
        received = []
        while True:
            try:
                received.append(self.socket.recv(2_048))
            except BlockingIOError:
                return received


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    made = [Listener(number) for number in range(20)]
    yield made
    for listener in made:
        listener.socket.close()


@pytest.fixture
def port() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        yield made


@pytest.mark.parametrize("at_once", WAYS)
def test_each_listener_gets_the_payload_under_their_own_keys(
    port: socket.socket, listeners: list[Listener], at_once: bool
) -> None:
    fan_out = FanOut(port, at_once=at_once)
    for tick in range(10):
        streams = [listener.stream for listener in listeners]
        fan_out.add(b"payload %d" % tick, tick * 960, streams, marker=tick == 0)
        fan_out.flush()
    for listener in listeners:
        datagrams = listener.datagrams()
        reports = [data for data in datagrams if data[1] == 200]
        packets = [parse(listener.keys.unprotect(data)) for data in datagrams if data[1] != 200]
        assert [packet.payload for packet in packets] == [b"payload %d" % tick for tick in range(10)]
        assert [packet.timestamp for packet in packets] == [tick * 960 for tick in range(10)]
        assert [packet.sequence for packet in packets] == [(65_530 + tick) & 0xFFFF for tick in range(10)]
        assert {packet.ssrc for packet in packets} == {listener.stream.ssrc}
        (report,) = [listener.keys.unprotect_rtcp(data) for data in reports]
        assert struct.unpack_from("!I", report, 4) == (listener.stream.ssrc,)
    assert fan_out.unsent == 0


@pytest.mark.parametrize("at_once", WAYS)
def test_more_listeners_than_the_arena_has_slots(port: socket.socket, at_once: bool) -> None:
    listener = Listener(1)
    fan_out = FanOut(port, at_once=at_once)
    for _ in range(3):
        fan_out.add(b"x", 0, [listener.stream] * 300)
        fan_out.flush()
    assert fan_out.sent == 900 + 4  # and a report after each 250
    assert listener.stream.packets == listener.stream.octets == 900
    listener.socket.close()


@pytest.mark.parametrize("at_once", WAYS)
def test_an_address_that_cannot_be_reached_does_not_hold_up_the_others(
    port: socket.socket, listeners: list[Listener], at_once: bool
) -> None:
    fan_out = FanOut(port, at_once=at_once)
    listeners[1].stream.socket_address = sockaddr(("255.255.255.255", 9))  # not permitted without SO_BROADCAST
    for listener in listeners:
        listener.stream.packets = 1  # no report is due
    fan_out.add(b"x", 0, [listener.stream for listener in listeners])
    fan_out.flush()
    assert fan_out.unsent == 1
    assert all(listener.datagrams() for number, listener in enumerate(listeners) if number != 1)


@pytest.mark.parametrize("address", [("192.0.2.1", 7882), ("2001:db8::1", 9)])
def test_addresses_survive_the_kernels_form(address: tuple[str, int]) -> None:
    assert address_of(sockaddr(address)) == address


def test_a_sender_report_says_when_and_how_much() -> None:
    report = sender_report(7, 0.5, 960, 10, 800, "abcd")
    assert len(report) % 4 == 0
    version, kind, words, ssrc, ntp, timestamp, packets, octets = struct.unpack_from("!BBHIQIII", report)
    assert (version, kind, words) == (0x80, 200, 6)
    assert (ssrc, timestamp, packets, octets) == (7, 960, 10, 800)
    assert ntp == 2_208_988_800 * 2**32 + 2**31
    assert report[28:].startswith(b"\x81\xca")
    assert b"\x01\x04abcd\x00" in report


def test_what_receivers_report_is_read() -> None:
    block = struct.pack("!IB3xIIII", 42, 64, 9, 5, 0, 0)
    receiver = struct.pack("!BBHI", 0x81, 201, 7, 1) + block
    bye = struct.pack("!BBHI", 0x81, 203, 1, 1)
    (report,) = reception_reports(receiver + bye)
    assert (report.ssrc, report.lost, report.jitter) == (42, 0.25, 5)


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_or_read_as_reports(data: bytes) -> None:
    try:
        reports = reception_reports(data)
    except NotRtcp:
        return
    assert len(reports) * 24 <= len(data)
