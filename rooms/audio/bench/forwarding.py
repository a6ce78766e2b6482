"""`bench forwarding`: what would be heard if a single talker's packets were passed on instead of mixed? (docs/decisions/0012)

No network and no server: a talker's encoder, the mixer and one listener's decoder in one process. The talker's packets go to
the listener as they came while nobody else talks, and the mix while a second person does. Around each change, three seconds
of what the listener hears are held against the mix before it is encoded: PESQ (wide band), beside that of a listener who is
always sent the mix; the steepest step between samples; and how much louder or softer forwarded sound is than the mix.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rooms.audio.bench.target import NotMeasurable
from rooms.audio.codec import BITRATE, Decoder, Encoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES
from rooms.audio.core.levels import level_dbov
from rooms.audio.core.session import RoomSession
from rooms.audio.core.sound import Sound

_SETTLED_TICK = 150  # before it, the talker is brought to the loudness of all
_SECOND_TALKS = range(400, 480)
_ALONE_TICKS = 25  # without anybody else, before packets are passed on
_AROUND_TICKS = 75
_STEP_SAMPLES = range(-200, 1_200)  # around a change, with the decoder's delay
_LEVEL_TICKS = 25
_CODEC_DELAY_SAMPLES = 312  # of Opus's encoder at 48 kHz
_AS_LOUD_AS_THE_MIX = 3.7  # of speech as it is sent elsewhere in these measurements
_TALKERS = (("as loud as the mix", 1.0), ("6 dB softer", 0.5), ("12 dB softer", 0.25), ("4 dB louder", 1.6))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--bitrate", type=int, default=BITRATE, help="of the talker, in bits a second")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        NotMeasurable: espeak-ng or PESQ is not installed.
    """
    try:
        from rooms.audio.bench import score, speech
    except ImportError as missing:
        raise NotMeasurable(f"No {missing.name}: pip install pesq pystoi pyloudnorm scipy (group `test`).") from missing
    script = speech.script(4, warm_up=6.0).sound
    rows = []
    for name, gain in _TALKERS:
        first, second = np.clip(script * gain * _AS_LOUD_AS_THE_MIX, -1, 1), script[::-1] * _AS_LOUD_AS_THE_MIX
        forwarded = _listen(first, second, forward=True, bitrate=options["bitrate"])
        mixed = _listen(first, second, forward=False, bitrate=options["bitrate"])
        rows += [_around(change, name, forwarded, mixed, score.pesq_wb) for change in forwarded.changes]
    return {"talkers_bitrate": options["bitrate"], "changes": rows}


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one listener heard, what the mix was, and the ticks at which the kind of packets changed."""

    sound: Sound
    mix: Sound
    changes: list[int]


def _listen(first: Sound, second: Sound, *, forward: bool, bitrate: int) -> _Heard:
    session = RoomSession()
    session.set_stage(1, frozenset({"first", "second"}))
    encoders = {"first": Encoder(bitrate=bitrate), "second": Encoder()}
    decoders, shared, listener = {name: Decoder() for name in encoders}, Encoder(), Decoder()
    heard, mixes, kinds, alone = [], [], [], 0
    for tick in range(len(first) // TICK_SAMPLES):
        sounds, packet = {}, b""
        for name, sound in (("first", first), ("second", second)):
            if name == "second" and tick not in _SECOND_TALKS:
                continue
            packet = encoders[name].encode(sound[tick * TICK_SAMPLES : (tick + 1) * TICK_SAMPLES])
            if packet:
                sounds[name] = decoders[name].decode(packet)
        mix = session.mix(sounds).shared
        encoded = shared.encode(mix)
        alone = alone + 1 if "second" not in sounds else 0
        passed_on = forward and alone > _ALONE_TICKS and tick >= _SETTLED_TICK
        chosen = packet if passed_on else encoded
        heard.append(listener.decode(chosen) if chosen else listener.conceal())
        mixes.append(mix)
        kinds.append(passed_on)
    changes = [tick for tick in range(1, len(kinds)) if kinds[tick] != kinds[tick - 1]]
    return _Heard(np.concatenate(heard), np.concatenate(mixes), changes)


def _around(
    change: int, name: str, forwarded: _Heard, mixed: _Heard, pesq: Callable[[Sound, Sound], float]
) -> dict[str, Any]:
    begin, end = (change - _AROUND_TICKS) * TICK_SAMPLES, (change + _AROUND_TICKS) * TICK_SAMPLES
    delayed = slice(begin + _CODEC_DELAY_SAMPLES, end + _CODEC_DELAY_SAMPLES)
    at = change * TICK_SAMPLES
    steps = slice(at + _STEP_SAMPLES.start, at + _STEP_SAMPLES.stop)
    begins = change - 1 not in _SECOND_TALKS and change not in _SECOND_TALKS
    there = (change, change + _LEVEL_TICKS) if begins else (change - _LEVEL_TICKS, change)
    level = slice(there[0] * TICK_SAMPLES, there[1] * TICK_SAMPLES)
    return {
        "talker": name,
        "at_s": round(at / SAMPLE_RATE, 2),
        "pesq_forwarded": round(pesq(forwarded.mix[begin:end], forwarded.sound[delayed]), 2),
        "pesq_mixed": round(pesq(mixed.mix[begin:end], mixed.sound[delayed]), 2),
        "step_forwarded": round(float(np.abs(np.diff(forwarded.sound[steps])).max()), 3),
        "step_mixed": round(float(np.abs(np.diff(mixed.sound[steps])).max()), 3),
        "louder_by_db": round(level_dbov(forwarded.sound[level]) - level_dbov(mixed.sound[level]), 1),
    }
