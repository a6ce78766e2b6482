"""Opus (RFC 6716) through cffi, from the libopus in PyAV's wheel: PyAV's own wrapper has no FEC, PLC or DTX controls."""

from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from cffi import FFI
from numpy.typing import NDArray

from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.effort import EFFORTS, Effort

BITRATE = 64_000  # of what we send, and what talkers are asked for: see docs/decisions/0011
MOST_ENCODED_BYTES = 600  # 240 kb/s
MOST_PACKET_SAMPLES = 5760  # 120 ms

_APPLICATION_VOIP = 2048
_SET_BITRATE = 4002
_SET_COMPLEXITY = 4010
_SET_INBAND_FEC = 4012
_SET_PACKET_LOSS_PERCENT = 4014
_SET_DTX = 4016
_SET_FORCE_MODE = 11_002  # of opus_private.h, and part of the library's ABI
_MODE_HYBRID, _MODE_CELT = 1_001, 1_002
_LEAST_COMPLEXITY_FOR_DTX = 7

_ffi = FFI()
_ffi.cdef("""
typedef struct OpusEncoder OpusEncoder;
typedef struct OpusDecoder OpusDecoder;
OpusEncoder *opus_encoder_create(int32_t rate, int channels, int application, int *error);
void opus_encoder_destroy(OpusEncoder *);
int opus_encoder_get_size(int channels);
int32_t opus_encode_float(OpusEncoder *, const float *pcm, int frame_size, unsigned char *data, int32_t max_bytes);
int opus_encoder_ctl(OpusEncoder *, int request, ...);
OpusDecoder *opus_decoder_create(int32_t rate, int channels, int *error);
void opus_decoder_destroy(OpusDecoder *);
int opus_decode_float(OpusDecoder *, const unsigned char *data, int32_t length, float *pcm, int frame_size, int decode_fec);
int opus_decoder_get_nb_samples(const OpusDecoder *, const unsigned char packet[], int32_t length);
""")


class CodecMissing(RuntimeError):
    """libopus is not where PyAV's wheel keeps it."""


class BadPacket(ValueError):
    """Bytes that are no Opus packet."""


@cache
def _library() -> Any:
    return _open(Path(av.__file__).parent.parent / "av.libs")


def _open(folder: Path) -> Any:
    found = sorted(folder.glob("libopus*"))
    if not found:
        raise CodecMissing(
            f"No libopus in {folder.name} beside PyAV. Install PyAV from its wheel: pip install --force-reinstall av"
        )
    try:
        return _ffi.dlopen(str(found[0]))
    except OSError as error:
        raise CodecMissing(f"{found[0].name} cannot be opened: {error}") from error


class Encoder:
    """One mono stream of 20 ms packets, with in-band FEC and DTX.

    Its mode is not left to it: two encoders of nearly the same sound must not choose different ones, because listeners go
    from one to the other (docs/decisions/0005), and a decoder that meets another mode unannounced clicks. Hybrid carries FEC.

    From complexity 7 on libopus analyses sound before it calls it silence; below that, DTX swallows a held note in a second,
    so there it is off.
    """

    def __init__(self, *, bitrate: int = BITRATE, effort: Effort = EFFORTS[0], expected_loss_percent: int = 1) -> None:
        error = _ffi.new("int *")
        encoder = _library().opus_encoder_create(SAMPLE_RATE, 1, _APPLICATION_VOIP, error)
        if error[0] != 0:
            raise MemoryError(f"opus_encoder_create: {error[0]}")
        self._encoder = _ffi.gc(encoder, _library().opus_encoder_destroy)
        self._packet = _ffi.new("unsigned char[]", MOST_ENCODED_BYTES)
        self._control(_SET_BITRATE, bitrate)
        self._control(_SET_INBAND_FEC, 1)
        self.set_effort(effort)
        self.expect_loss(expected_loss_percent)

    def expect_loss(self, percent: int) -> None:
        """How many packets in a hundred the network loses: the more, the more of the bits go into error correction."""
        self._control(_SET_PACKET_LOSS_PERCENT, percent)

    def set_effort(self, effort: Effort) -> None:
        """How hard to try from the next packet on."""
        self._control(_SET_COMPLEXITY, effort.complexity)
        self._control(_SET_DTX, int(effort.complexity >= _LEAST_COMPLEXITY_FOR_DTX))
        self._control(_SET_FORCE_MODE, _MODE_CELT if effort.waveform_only else _MODE_HYBRID)

    def copy(self) -> "Encoder":
        """Another that has heard the same: what it gives next joins on to what this one gave last. An encoder's state is one
        block of memory without pointers into itself, so copying it is allowed (opus.h, `OpusEncoder`)."""
        made = Encoder()
        _ffi.memmove(made._encoder, self._encoder, _library().opus_encoder_get_size(1))
        return made

    def _control(self, request: int, value: int) -> None:
        _library().opus_encoder_ctl(self._encoder, request, _ffi.cast("int", value))

    def encode(self, sound: NDArray[np.float32]) -> bytes:
        """The packet of 960 samples in [−1, 1], at most `MOST_ENCODED_BYTES`; empty when silence suppression has nothing to
        send (RFC 7587, section 3.1.3)."""
        sound = np.ascontiguousarray(sound, dtype=np.float32)
        assert sound.shape == (TICK_SAMPLES,)
        pcm = _ffi.from_buffer("float[]", sound)
        length = _library().opus_encode_float(self._encoder, pcm, TICK_SAMPLES, self._packet, MOST_ENCODED_BYTES)
        if length < 0:
            raise ValueError(f"opus_encode_float: {length}")
        return b"" if length <= 2 else bytes(_ffi.buffer(self._packet, length))


class Decoder:
    """One mono stream, as so many samples a second as Opus knows (RFC 6716, section 4.1): of fewer, packets are fewer too."""

    def __init__(self, rate: int = SAMPLE_RATE) -> None:
        error = _ffi.new("int *")
        decoder = _library().opus_decoder_create(rate, 1, error)
        if error[0] != 0:
            raise MemoryError(f"opus_decoder_create: {error[0]}")
        self._decoder = _ffi.gc(decoder, _library().opus_decoder_destroy)
        self._pcm = np.zeros(MOST_PACKET_SAMPLES, dtype=np.float32)
        self._pointer = _ffi.cast("float *", self._pcm.ctypes.data)

    def decode(self, payload: bytes) -> NDArray[np.float32]:
        """The sound of one packet: 120 to 5,760 samples.

        Raises:
            BadPacket: it is no Opus packet.
        """
        return self._decode(payload, MOST_PACKET_SAMPLES, fec=0)

    def recover(self, following: bytes, samples: int = TICK_SAMPLES) -> NDArray[np.float32]:
        """The samples (a multiple of 120) before a packet, from what it carries of the one lost; concealed, if it carries
        nothing.

        Raises:
            BadPacket: the following one is no Opus packet.
        """
        return self._decode(following, samples, fec=1)

    def conceal(self, samples: int = TICK_SAMPLES) -> NDArray[np.float32]:
        """So many samples (a multiple of 120) that go on plausibly from what was heard before."""
        return self._decode(b"", samples, fec=0)

    def _decode(self, payload: bytes, samples: int, *, fec: int) -> NDArray[np.float32]:
        data = _ffi.from_buffer("unsigned char[]", payload) if payload else _ffi.NULL
        count = _library().opus_decode_float(self._decoder, data, len(payload), self._pointer, samples, fec)
        if count < 0:
            raise BadPacket(f"opus_decode_float: {count}")
        return self._pcm[:count].copy()
