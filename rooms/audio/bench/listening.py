"""The listening test of `bench quality`: talkers and listeners in real time, scores afterwards."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from rooms.audio.bench import score
from rooms.audio.bench.client import Client
from rooms.audio.bench.network import Network, Path
from rooms.audio.bench.playback import Heard, Tape
from rooms.audio.bench.speech import Passage, Script, Sound
from rooms.audio.bench.testbed import Testbed
from rooms.audio.codec import Encoder
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SAMPLES, TICK_SECONDS
from rooms.audio.core.packet import RtpPacket

_LOOK_BEFORE_SECONDS, _LOOK_AFTER_SECONDS = 0.05, 0.95  # of when it was spoken: heard within, or not at all
_LISTEN_TO_LOSS_EVERY_TICKS = 50


@dataclass(frozen=True, slots=True)
class Scores:
    """Of what one listener heard."""

    pesq_wb: float  # mean of the passages, as the others
    stoi: float
    louder_by: float  # LU
    tone_louder_by: float  # LU
    longest_hole: float  # seconds


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """What one listener heard of a script's parts, each as long as what was said."""

    passages: list[Sound]
    tone: Sound
    delay: float  # seconds from the talker's microphone to the listener's ear


@dataclass
class Room:
    """One talker and those who listen."""

    name: str
    network: Network
    talker: Client
    listeners: dict[Client, Tape] = field(default_factory=dict)
    began: float = 0.0  # when the talker's first 20 ms had been spoken


def rooms(bed: Testbed, network: Network, *, repeats: int, seed: str) -> list[Room]:
    """Whoever is needed so that the bad direction of this network is drawn anew so many times. Where only the listeners' is
    bad, they hear the same talker."""
    bad_up, bad_down = not network.up.is_clean, not network.down.is_clean
    made = []
    for number in range(1 if bad_down and not bad_up else repeats):
        up = Path(network.up, _seed(seed, "up", number)) if bad_up else None
        room = Room(f"{network.name} {number}", network, bed.client(sends=True, sending=up))
        for place in range(repeats if bad_down and not bad_up else 1):
            down = Path(network.down, _seed(seed, "down", number + place)) if bad_down else None
            listener, tape = bed.client(receiving=down), Tape()
            listener.on_packet = tape.take
            room.listeners[listener] = tape
        made.append(room)
    return made


def _seed(seed: str, way: str, number: int) -> str:
    return f"{seed} {way} {number}"


async def talk(room: Room, sound: Sound, *, bitrate: int, after: float) -> None:
    """Say it once, encoded while it is said: with as much error correction as the server's reports ask for, none before the
    first (as libwebrtc does)."""
    encoder = Encoder(bitrate=bitrate, expected_loss_percent=0)
    room.began = time.perf_counter() + after
    for number in range(len(sound) // TICK_SAMPLES):
        await asyncio.sleep(room.began + number * TICK_SECONDS - time.perf_counter())
        if number % _LISTEN_TO_LOSS_EVERY_TICKS == 0 and room.talker.told_loss is not None:
            encoder.expect_loss(round(100 * room.talker.told_loss))
        payload = encoder.encode(sound[number * TICK_SAMPLES : (number + 1) * TICK_SAMPLES])
        if payload:
            room.talker.speak(payload, number * TICK_SAMPLES)


def opus_alone(script: Script, network: Network, *, bitrate: int, seed: str, number: int) -> Heard:
    """The same sound and the same networks without a server in between, as if spoken at 0. The encoder knows the loss."""
    paths = [
        Path(impairment, _seed(seed, way, number))
        for way, impairment in (("up", network.up), ("down", network.down))
        if not impairment.is_clean
    ]
    arrives = (1 - network.up.loss) * (1 - network.down.loss)
    encoder, tape = Encoder(bitrate=bitrate, expected_loss_percent=round(100 * (1 - arrives))), Tape()
    for place in range(len(script.sound) // TICK_SAMPLES):
        payload = encoder.encode(script.sound[place * TICK_SAMPLES : (place + 1) * TICK_SAMPLES])
        delays = [path.carry() for path in paths] if payload else [None]
        if None not in delays:
            packet = RtpPacket(0, place & 0xFFFF, place * TICK_SAMPLES, 0, payload)
            tape.take(packet, place * TICK_SECONDS + sum(delay or 0.0 for delay in delays))
    return tape.play()


def hearing(script: Script, heard: Heard, began: float) -> Hearing:
    """Find in what was heard what was said.

    Args:
        began: when the first 20 ms had been spoken, by the clock of what was heard.
    """
    microphone = began - TICK_SECONDS
    found = [_heard_of(passage, heard, microphone) for passage in script.passages]
    tone, _delay = _heard_of(script.tone, heard, microphone)
    return Hearing([sound for sound, _delay in found], tone, fmean(delay for _sound, delay in found))


def _heard_of(passage: Passage, heard: Heard, microphone: float) -> tuple[Sound, float]:
    """What was heard of it, and how many seconds after it was spoken."""
    since = microphone + passage.start - _LOOK_BEFORE_SECONDS
    seconds = len(passage.sound) / SAMPLE_RATE + _LOOK_BEFORE_SECONDS + _LOOK_AFTER_SECONDS
    window = heard.part(since, seconds)
    lag = score.delay(passage.sound, window)
    return window[lag : lag + len(passage.sound)], lag / SAMPLE_RATE - _LOOK_BEFORE_SECONDS


def scores(said: Sequence[Sound], tone: Sound, heard: Hearing) -> Scores:
    """Compare with what was said, or with what was heard of it elsewhere."""
    pairs = list(zip(said, heard.passages, strict=True))
    return Scores(
        pesq_wb=fmean(score.pesq_wb(sent, sound) for sent, sound in pairs),
        stoi=fmean(score.stoi(sent, sound) for sent, sound in pairs),
        louder_by=fmean(score.louder_by(sent, sound) for sent, sound in pairs),
        tone_louder_by=score.louder_by(tone, heard.tone),
        longest_hole=score.longest_hole(heard.tone),
    )


def table(script: Script, taken: Mapping[Network, list[Room]], *, bitrate: int, seed: str) -> list[dict[str, Any]]:
    """A line for each network; the first is the clean one, with which the others are compared too."""
    heard = {
        network: [hearing(script, tape.play(), room.began) for room in rooms_of_it for tape in room.listeners.values()]
        for network, rooms_of_it in taken.items()
    }
    clean = _best(script, next(iter(heard.values())))
    lines = []
    for network, hearings in heard.items():
        alone = [
            hearing(script, opus_alone(script, network, bitrate=bitrate, seed=seed, number=number), 0.0)
            for number in range(len(hearings))
        ]
        told = [room.talker.told_loss for room in taken[network] if room.talker.told_loss is not None]
        lines.append(
            {
                "network": network.name,
                **_line(script, hearings, alone, clean if clean not in hearings else None),
                "talker_told_loss_percent": round(100 * fmean(told), 1) if told else None,
                "listeners": len(hearings),
            }
        )
    return lines


def _best(script: Script, hearings: list[Hearing]) -> Hearing:
    said = [passage.sound for passage in script.passages]
    return max(hearings, key=lambda heard: scores(said, script.tone.sound, heard).pesq_wb)


def _line(script: Script, hearings: list[Hearing], alone: list[Hearing], clean: Hearing | None) -> dict[str, Any]:
    said = [passage.sound for passage in script.passages]
    ours = [scores(said, script.tone.sound, heard) for heard in hearings]
    opus = [scores(said, script.tone.sound, heard) for heard in alone]
    to_clean = [scores(clean.passages, clean.tone, heard) for heard in hearings] if clean is not None else []
    return {
        "pesq_wb": round(fmean(found.pesq_wb for found in ours), 2),
        "pesq_wb_worst": round(min(found.pesq_wb for found in ours), 2),
        "pesq_wb_to_clean": round(fmean(found.pesq_wb for found in to_clean), 2) if to_clean else None,
        "opus_alone_pesq_wb": round(fmean(found.pesq_wb for found in opus), 2),
        "stoi": round(fmean(found.stoi for found in ours), 3),
        "stoi_worst": round(min(found.stoi for found in ours), 3),
        "stoi_to_clean": round(fmean(found.stoi for found in to_clean), 3) if to_clean else None,
        "opus_alone_stoi": round(fmean(found.stoi for found in opus), 3),
        "hole_max_ms": round(1_000 * max(found.longest_hole for found in ours)),
        "speech_level_lu": round(fmean(found.louder_by for found in ours), 2),
        "tone_level_lu": round(fmean(found.tone_louder_by for found in ours), 2),
        "delay_ms": round(1_000 * fmean(heard.delay for heard in hearings)),
    }
