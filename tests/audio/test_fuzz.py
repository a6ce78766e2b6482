"""Every reader of outside bytes, fed with what its own seeds become when bytes are changed, cut, doubled or made up.

Whatever comes, a reader returns what it read or refuses in its own words; nothing else is raised, and nothing is slow.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.audio import wire
from rooms.audio.codec import BadPacket, Decoder, Encoder
from rooms.audio.core.packet import NotRtp, RtpPacket, parse
from rooms.audio.core.sound import silence
from rooms.audio.playout import Speaker
from rooms.audio.transport import sdp, stun
from rooms.audio.transport.dtls import is_harmless
from rooms.audio.transport.ice_lite import Credentials
from rooms.audio.transport.rtcp import NotRtcp, reception_reports, sender_report
from tests.audio.test_ice_lite import request
from tests.audio.test_sdp import CHROMIUM

RTP = struct.pack("!BBHII", 0x80, 111, 7, 960, 42) + b"sound" * 12
RTP_WITH_EVERYTHING = (
    struct.pack("!BBHII", 0xB2, 0xEF, 65_535, 2**32 - 1, 42) + b"src1src2" + b"\xbe\xde\x00\x01" + b"\x10\x85\x00\x00"
    b"sound\x00\x00\x03"
)
RTCP = sender_report(42, 1.0, 960, 10, 800, "cname") + struct.pack("!BBHIIB3xIIII", 0x81, 201, 7, 1, 42, 64, 9, 5, 0, 0)
DTLS = struct.pack("!BHH6sH", 22, 0xFEFD, 0, bytes(6), 20) + bytes(20)
CHECK = request(Credentials("them"))
ENCODED = [Encoder().encode(silence() + 0.01 * number) for number in range(1, 4)]


@st.composite
def mutated(draw: st.DrawFn, *seeds: bytes) -> bytes:
    """A seed with a few changes, or no seed at all."""
    data = bytearray(draw(st.sampled_from(seeds) | st.binary(max_size=300)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["change", "cut", "insert", "double", "extreme"])):
            case "change" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del data[at:]
            case "insert":
                data[at:at] = draw(st.binary(max_size=8))
            case "double":
                data += data[at:]
            case "extreme" if data:
                data[at : at + 2] = draw(st.sampled_from([b"\xff\xff", b"\x00\x00", b"\x7f\xff"]))
    return bytes(data)


READERS: list[tuple[Callable[[bytes], Any], type[Exception], tuple[bytes, ...]]] = [
    (parse, NotRtp, (RTP, RTP_WITH_EVERYTHING)),
    (reception_reports, NotRtcp, (RTCP,)),
    (stun.parse, stun.NotACheck, (CHECK,)),
    (is_harmless, AssertionError, (DTLS, DTLS * 3)),
    (lambda data: Decoder().decode(data), BadPacket, tuple(ENCODED)),
    (lambda data: Decoder().recover(data), BadPacket, tuple(ENCODED)),
]


@pytest.mark.parametrize(("read", "refusal", "seeds"), READERS, ids=["rtp", "rtcp", "stun", "dtls", "opus", "opus fec"])
def test_any_bytes_are_read_or_refused(
    read: Callable[[bytes], Any], refusal: type[Exception], seeds: tuple[bytes, ...]
) -> None:
    @settings(max_examples=400, deadline=None)
    @given(mutated(*seeds))
    def try_one(data: bytes) -> None:
        try:
            read(data)
        except refusal:
            return

    try_one()


@settings(max_examples=300, deadline=None)
@given(mutated(CHROMIUM.encode()))
def test_any_text_is_an_offer_or_refused(data: bytes) -> None:
    try:
        offer = sdp.parse(data.decode("utf-8", "replace"))
    except sdp.OfferRefusedError:
        return
    assert sdp.answer(offer, sdp.Local("u", "p", offer.fingerprint, "192.0.2.1", 1, 2, "c")).endswith("\r\n")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(wire._BY_KIND)) | st.text(max_size=8),
    st.dictionaries(
        st.sampled_from(["request", "room", "connection", "version", "may_speak", "people", "unheard", "sdp", "x"]),
        json_values,
        max_size=6,
    ),
)
def test_any_message_of_the_bus_is_ours_or_unknown(kind: str, fields: dict[str, Any]) -> None:
    try:
        message = wire.decode(json.loads(json.dumps({**fields, "kind": kind})))
    except wire.UnknownMessage:
        return
    assert wire.decode(json.loads(json.dumps(wire.encode(message)))) == message


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 65_535),
            st.integers(0, 2**32 - 1) | st.integers(0, 50).map(lambda tick: tick * 960),
            st.sampled_from([1, 2]),
            mutated(*ENCODED),
            st.floats(0, 0.1),
        ),
        max_size=40,
    )
)
def test_whatever_a_talker_with_the_right_keys_sends_its_sound_stays_finite(
    packets: list[tuple[int, int, int, bytes, float]],
) -> None:
    speaker, now = Speaker(), 100.0
    for sequence, timestamp, ssrc, payload, wait in packets:
        now += wait
        speaker.push(RtpPacket(111, sequence, timestamp, ssrc, payload), now)
        sound = speaker.read(now)
        if sound is not None:
            assert sound.shape == (960,)
            assert sound.dtype == "float32"
    for _ in range(100):
        now += 0.02
        sound = speaker.read(now)
    assert sound is None  # it has fallen silent
