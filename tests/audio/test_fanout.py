"""One payload to many: real sockets, real SRTP, and the reports that go with it."""

import socket
import struct
import time
from collections.abc import Iterator

import pylibsrtp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pylibsrtp._binding import ffi as srtp_ffi

from rooms.audio import native
from rooms.audio.core.packet import RtpPacket, parse
from rooms.audio.transport import srtp
from rooms.audio.transport.fanout import Audience, Outlet, Stream, has_sendmmsg, sockaddr
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
            ssrc=1_000 + number,
            cname="mix",
            payload_type=111,
            sequence=65_530,
            address=self.socket.getsockname(),
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


@pytest.fixture(params=["in C", "in Python"], autouse=True)
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test with the loops of loops.c, and without."""
    if request.param == "in Python":
        monkeypatch.setattr(native, "loops", lambda: None)
    else:
        assert native.loops() is not None


def audience_of(port: socket.socket, listeners: list[Listener], *, at_once: bool) -> Audience:
    audience = Audience(Outlet(port, at_once=at_once))
    for listener in listeners:
        audience.add(listener.stream)
    return audience


def sound(listener: Listener) -> list[RtpPacket]:
    """What a listener got, decrypted."""
    return [parse(listener.keys.unprotect(data)) for data in listener.datagrams() if data[1] != 200]


@pytest.mark.parametrize("at_once", WAYS)
def test_each_listener_gets_the_payload_under_their_own_keys(
    port: socket.socket, listeners: list[Listener], at_once: bool
) -> None:
    audience = audience_of(port, listeners, at_once=at_once)
    for tick in range(10):
        audience.send(b"payload %d" % tick, tick * 960, marker=tick == 0)
    for listener in listeners:
        datagrams = listener.datagrams()
        reports = [data for data in datagrams if data[1] == 200]
        assert [data[1] >> 7 for data in datagrams if data[1] != 200] == [1] + 9 * [0]
        packets = [parse(listener.keys.unprotect(data)) for data in datagrams if data[1] != 200]
        assert [packet.payload for packet in packets] == [b"payload %d" % tick for tick in range(10)]
        assert [packet.timestamp for packet in packets] == [tick * 960 for tick in range(10)]
        assert [packet.sequence for packet in packets] == [(65_530 + tick) & 0xFFFF for tick in range(10)]
        assert {packet.ssrc for packet in packets} == {listener.stream.ssrc}
        assert len(reports) == (1 if listeners.index(listener) < 10 else 0)
        for report in reports:
            assert struct.unpack_from("!I", listener.keys.unprotect_rtcp(report), 4) == (listener.stream.ssrc,)


def test_everybody_is_sent_a_report_in_five_seconds_and_few_at_a_time(
    port: socket.socket, listeners: list[Listener]
) -> None:
    audience = audience_of(port, listeners, at_once=has_sendmmsg())
    reports = dict.fromkeys(range(20), 0)
    for tick in range(500):
        audience.send(b"x", tick * 960)
        of_this_tick = 0
        for number, listener in enumerate(listeners):
            found = [data for data in listener.datagrams() if data[1] == 200]
            reports[number] += len(found)
            of_this_tick += len(found)
        assert of_this_tick <= 1
    assert set(reports.values()) == {2}


def test_a_report_counts_what_was_sent_until_then(port: socket.socket, listeners: list[Listener]) -> None:
    audience = audience_of(port, listeners[:8], at_once=has_sendmmsg())
    before = time.time()
    for tick in range(8):
        audience.send(b"eight by", tick * 960)
    (report,) = [data for data in listeners[7].datagrams() if data[1] == 200]
    plain = listeners[7].keys.unprotect_rtcp(report)
    seconds = struct.unpack_from("!Q", plain, 8)[0] / (1 << 32) - 2_208_988_800
    assert before - 0.1 < seconds < time.time() + 0.1
    assert plain == sender_report(1_007, seconds, 7 * 960, 8, 64, "mix")


def test_a_report_that_libsrtp_refuses_does_not_leave(port: socket.socket, listeners: list[Listener]) -> None:
    audience = audience_of(port, listeners[:1], at_once=has_sendmmsg())
    session = listeners[0].stream.session
    sealed = pylibsrtp.Session(pylibsrtp.Policy(key=bytes(30), ssrc_type=pylibsrtp.Policy.SSRC_SPECIFIC, ssrc_value=1))
    audience._sessions[0] = srtp.pointer(sealed)  # one that knows nothing of this stream
    audience._session_addresses[0] = int(srtp_ffi.cast("uintptr_t", srtp.pointer(sealed)))
    listeners[0].stream.session = sealed
    audience.send(b"x", 0)
    listeners[0].stream.session = session
    assert listeners[0].datagrams() == []
    assert audience._outlet.unsent == 2


@pytest.mark.parametrize("at_once", WAYS)
def test_payloads_of_any_length_follow_each_other(
    port: socket.socket, listeners: list[Listener], at_once: bool
) -> None:
    audience = audience_of(port, listeners[:3], at_once=at_once)
    payloads = [b"x", bytes(600), b"short", bytes(range(200))]
    for tick, payload in enumerate(payloads):
        audience.send(payload, tick * 960)
    for listener in listeners[:3]:
        assert [packet.payload for packet in sound(listener)] == payloads


def test_who_leaves_gets_nothing_more_and_goes_on_elsewhere_where_it_was(
    port: socket.socket, listeners: list[Listener]
) -> None:
    """Streams move between audiences as people begin and cease to talk: no sequence number is used twice, or left out."""
    here, there = audience_of(port, listeners, at_once=has_sendmmsg()), Audience(Outlet(port))
    moving = listeners[3].stream
    here.send(b"one", 0)
    here.remove(moving)
    there.add(moving)
    here.send(b"two", 960)
    there.send(b"own", 960)
    there.remove(moving)
    here.add(moving)
    here.send(b"three", 1_920)
    assert len(here) == 20
    assert len(there) == 0
    for listener in listeners:
        second = b"own" if listener.stream is moving else b"two"
        packets = sound(listener)
        assert [packet.payload for packet in packets] == [b"one", second, b"three"]
        assert [packet.sequence for packet in packets] == [65_530, 65_531, 65_532]
    for listener in listeners:
        here.remove(listener.stream)
        assert listener.stream.packets == 3
        assert listener.stream.sequence == 65_533


def test_an_address_that_cannot_be_reached_does_not_hold_up_the_others(
    port: socket.socket, listeners: list[Listener]
) -> None:
    for at_once in (has_sendmmsg(), False):
        for number, listener in enumerate(listeners):
            if number == 1:
                listener.stream.address = ("255.255.255.255", 9)  # not permitted without SO_BROADCAST
        outlet = Outlet(port, at_once=at_once)
        audience = Audience(outlet)
        audience._sends = 100  # no report is due
        for listener in listeners:
            audience.add(listener.stream)
        audience.send(b"x", 0)
        assert (outlet.sent, outlet.unsent) == (19, 1)
        assert all(listener.datagrams() for number, listener in enumerate(listeners) if number != 1)
        for listener in listeners:
            audience.remove(listener.stream)


@pytest.mark.parametrize("at_once", WAYS)
def test_what_libsrtp_refuses_to_protect_never_leaves_in_plaintext(
    port: socket.socket, listeners: list[Listener], at_once: bool
) -> None:
    audience = audience_of(port, listeners[:5], at_once=at_once)
    audience.send(b"before", 0)
    repeated = listeners[2].stream
    audience.remove(repeated)
    repeated.sequence -= 1  # libsrtp protects no sequence number twice
    audience.add(repeated)
    for listener in listeners:
        listener.datagrams()
    audience.send(b"a secret", 960)
    assert [data for data in listeners[2].datagrams() if data[1] != 200] == []
    for number in (0, 1, 3, 4):
        assert [packet.payload for packet in sound(listeners[number])] == [b"a secret"]


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "send"]), st.integers(0, 19)), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_whoever_comes_and_goes_each_gets_what_was_sent_while_they_were_there(
    port: socket.socket, listeners: list[Listener], acts: list[tuple[str, int]]
) -> None:
    audience = Audience(Outlet(port))
    expected: dict[int, list[bytes]] = {number: [] for number in range(20)}
    inside: set[int] = set()
    for listener in listeners:
        listener.datagrams()  # of an example before
    for tick, (act, number) in enumerate(acts):
        if act == "add" and number not in inside:
            audience.add(listeners[number].stream)
            inside.add(number)
        elif act == "remove" and number in inside:
            audience.remove(listeners[number].stream)
            inside.remove(number)
        elif act == "send":
            audience.send(b"%d" % tick, tick * 960)
            for who in inside:
                expected[who].append(b"%d" % tick)
    for number in inside:
        audience.remove(listeners[number].stream)
    for number, listener in enumerate(listeners):
        assert [packet.payload for packet in sound(listener)] == expected[number]


@pytest.mark.parametrize(
    ("address", "family"), [(("192.0.2.1", 7882), socket.AF_INET), (("2001:db8::1", 9), socket.AF_INET6)]
)
def test_addresses_have_the_kernels_form(address: tuple[str, int], family: int) -> None:
    name = sockaddr(address)
    assert struct.unpack_from("=H", name) == (family,)
    assert struct.unpack_from("!H", name, 2) == (address[1],)
    packed = name[8:24] if family == socket.AF_INET6 else name[4:8]
    assert socket.inet_ntop(family, packed) == address[0]


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
