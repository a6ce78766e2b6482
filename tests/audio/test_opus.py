"""What is read from an Opus packet undecoded agrees with what libopus says of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio import codec
from rooms.audio.codec import Decoder, Encoder
from rooms.audio.core.opus import carries_previous, packet_samples
from tests.audio.test_core import ticks, tone

_ffi, _library = codec._ffi, codec._library()
_ffi.cdef(
    """
    int opus_packet_get_nb_samples(const unsigned char packet[], int32_t length, int32_t rate);
    int opus_packet_has_lbrr(const unsigned char packet[], int32_t length);
    int opus_packet_parse(
        const unsigned char *data, int32_t length, unsigned char *toc, const unsigned char *frames[48], int16_t size[48],
        int *payload_offset);
    """,
    override=True,
)


def is_well_formed(packet: bytes) -> bool:
    sizes = _ffi.new("int16_t[48]")
    return _library.opus_packet_parse(packet, len(packet), _ffi.NULL, _ffi.NULL, sizes, _ffi.NULL) > 0


# Any first byte, then what a second may say about frames, then anything.
PACKETS = st.builds(
    lambda first, second, rest: bytes([first, second]) + rest,
    st.integers(0, 255),
    st.one_of(st.integers(0, 255), st.sampled_from([1, 2, 3, 0x41, 0x82, 0x83, 0xC2])),
    st.binary(max_size=60),
)


@given(st.one_of(PACKETS, st.binary(min_size=1, max_size=3)))
def test_duration_and_redundancy_are_what_libopus_says(packet: bytes) -> None:
    samples = _library.opus_packet_get_nb_samples(packet, len(packet), 48_000)
    assert packet_samples(packet) == max(0, samples)
    carries = carries_previous(packet)
    if is_well_formed(packet):
        assert carries == (_library.opus_packet_has_lbrr(packet, len(packet)) > 0)


def test_nothing_is_no_packet() -> None:
    assert packet_samples(b"") == 0
    assert not carries_previous(b"")


def test_a_voice_carries_what_was_before_once_losses_are_expected() -> None:
    encoder = Encoder(expected_loss_percent=20)
    sent = [encoder.encode(block) for block in ticks(tone(300))]
    assert any(map(carries_previous, sent[5:]))
    assert all(packet_samples(packet) == 960 for packet in sent)
    careless = Encoder(expected_loss_percent=0)
    assert not any(carries_previous(careless.encode(block)) for block in ticks(tone(300)))


@pytest.mark.parametrize("samples", [480, 960])
def test_what_is_carried_can_be_had_in_any_length(samples: int) -> None:
    encoder, decoder = Encoder(expected_loss_percent=20), Decoder()
    for before, packet in pairwise([encoder.encode(block) for block in ticks(tone(300))]):
        decoder.decode(before)
        if carries_previous(packet):
            assert len(decoder.recover(packet, samples)) == samples
            assert len(decoder.conceal(samples)) == samples
