"""What an Opus packet says of itself, undecoded (RFC 6716, section 3): read from bytes that anybody may have sent."""

from rooms.audio.core.clock import SAMPLE_RATE

_MOST_SAMPLES = 5760  # 120 ms
_SILK_SAMPLES = 960  # a SILK frame lasts 20 ms; a frame of Opus holds up to three


def frame_samples(payload: bytes) -> int:
    """Samples (at 48 kHz) of each frame in a packet, by its first byte (table 2)."""
    configuration = payload[0] >> 3
    if configuration < 12:  # SILK: 10, 20, 40, 60 ms
        return (480, 960, 1920, 2880)[configuration & 3]
    if configuration < 16:  # hybrid: 10, 20 ms
        return (480, 960)[configuration & 1]
    return (SAMPLE_RATE // 400) << (configuration & 3)  # CELT: 2.5, 5, 10, 20 ms


def packet_samples(payload: bytes) -> int:
    """Samples (at 48 kHz) that a packet decodes to; 0 if it is no Opus packet."""
    if not payload:
        return 0
    code = payload[0] & 3
    if code < 3:
        frames = (1, 2, 2)[code]
    elif len(payload) > 1:
        frames = payload[1] & 0x3F
    else:
        return 0
    samples = frames * frame_samples(payload)
    return samples if samples <= _MOST_SAMPLES else 0


def carries_previous(payload: bytes) -> bool:
    """Whether a packet carries the sound before it once more, coarser (in-band FEC: the LBRR flags, section 4.2.4).

    CELT has none. The flags of the middle channel, and of the side channel of a stereo packet, follow the frames' voice
    activity flags at the very beginning of the first frame.
    """
    if packet_samples(payload) == 0 or payload[0] >> 3 >= 16:
        return False
    first = _first_frame(payload)
    if first is None:
        return False
    silk_frames = max(1, frame_samples(payload) // _SILK_SAMPLES)
    flags = first >> (7 - silk_frames) & 1
    if payload[0] & 4:
        flags |= first >> (6 - 2 * silk_frames) & 1
    return flags == 1


def _first_frame(payload: bytes) -> int | None:
    """The first byte of the first frame, or None if that frame is empty or not there (section 3.2)."""
    code, start, end, length = payload[0] & 3, 1, len(payload), 1
    if code == 2:
        length, start = _length(payload, start)
    elif code == 3:
        frames, variable, padded = payload[1] & 0x3F, payload[1] & 0x80, payload[1] & 0x40
        start = 2
        while padded and start < len(payload):
            padded = payload[start] == 255
            end -= 254 if padded else payload[start]
            start += 1
        lengths = []
        for _ in range(frames - 1 if variable else 0):
            one, start = _length(payload, start)
            lengths.append(one)
        length = lengths[0] if lengths else 1
    return payload[start] if length and start < end else None


def _length(payload: bytes, start: int) -> tuple[int, int]:
    """A frame's length in bytes (section 3.2.1), and where what follows it begins; 0 where there is none."""
    if start >= len(payload):
        return 0, start
    first = payload[start]
    if first < 252:
        return first, start + 1
    if start + 1 >= len(payload):
        return 0, start + 1
    return first + 4 * payload[start + 1], start + 2
