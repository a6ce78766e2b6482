"""A kept voice stands where it was said, whatever its timestamps do in a pause."""

import io
import wave

import numpy as np

from rooms.audio.codec import Encoder
from rooms.audio.evidence.packets import VoicePacket
from rooms.audio.hearing import as_wav, peaks, track_of

BEGAN_MS = 1_700_000_000_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(960) / 48_000)).astype(np.float32)


def talk(from_ms: int, ticks: int, timestamp: int) -> list[VoicePacket]:
    encoder = Encoder()
    return [
        VoicePacket("lin", BEGAN_MS + from_ms + 20 * tick, (timestamp + 960 * tick) % (1 << 32), encoder.encode(TONE))
        for tick in range(ticks)
    ]


def loud(track: np.ndarray, second: float) -> bool:
    at = int(second * 48_000)
    return float(np.abs(track[at : at + 4_800]).max(initial=0.0)) > 0.2


def test_pauses_stay_and_timestamps_may_wrap_or_jump() -> None:
    packets = talk(1_000, 50, (1 << 32) - 10 * 960) + talk(5_000, 50, 123_456)
    track = track_of(packets, BEGAN_MS)
    assert [loud(track, second) for second in (0.5, 1.5, 3.0, 5.5)] == [False, True, False, True]
    assert abs(len(track) / 48_000 - 6.0) < 0.05


def test_what_came_late_or_twice_stands_where_it_belongs_and_rubbish_is_left_out() -> None:
    packets = talk(0, 100, 0)
    late = [*packets[:10], *packets[20:30], *packets[10:20], *packets[30:], packets[5]]
    late.insert(3, VoicePacket("lin", BEGAN_MS, 0, b"\xff" * 3))
    late.append(VoicePacket("lin", BEGAN_MS + 1 << 40, 0, packets[0].payload))
    track = track_of(late, BEGAN_MS)
    assert abs(len(track) / 48_000 - 2.0) < 0.05
    assert all(loud(track, second) for second in (0.3, 1.0, 1.8))


def test_who_goes_on_at_another_worker_without_a_pause_is_heard_where_they_spoke() -> None:
    packets = talk(0, 50, 1_000) + talk(1_100, 50, 3_000_000_000)
    track = track_of(packets, BEGAN_MS)
    assert abs(len(track) / 48_000 - 2.1) < 0.05
    assert all(loud(track, second) for second in (0.5, 1.5, 1.9))


def test_of_nothing_there_is_an_empty_file() -> None:
    with wave.open(io.BytesIO(as_wav(track_of([], BEGAN_MS)))) as read:
        assert (read.getnframes(), read.getframerate(), read.getnchannels()) == (0, 48_000, 1)


def test_peaks_show_when_somebody_spoke() -> None:
    shown = peaks(track_of(talk(1_000, 50, 0), BEGAN_MS), seconds=4.0, columns=8)
    assert [peak > 0.2 for peak in shown] == [False, False, True, True, False, False, False, False]
