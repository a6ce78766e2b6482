"""`bench mix`: rooms with several talkers. What does mixing a room cost, and does everybody hear their own room and no other?

Each talker sends a tone of their own, all at once or taking turns. Of each room a listener and a talker are decoded: the
listener must hear all talkers of the room, the talker all but themselves, and neither anybody of another room.
"""

import argparse
import itertools
from typing import Any

from rooms.audio.bench import pitch
from rooms.audio.bench.client import Client
from rooms.audio.bench.figures import milliseconds
from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.target import NotMeasurable
from rooms.audio.bench.testbed import Stretch, Testbed
from rooms.audio.bench.voice import silence, speak
from rooms.audio.core.clock import TICK_SECONDS

_SETTLE_SECONDS = 3.0
_LEAST_HEARD_SECONDS = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--rooms", type=int, default=1)
    parser.add_argument("--talkers", type=int, default=2, help="of each room")
    parser.add_argument("--listeners", type=int, default=50, help="of each room, besides its talkers")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument(
        "--turns", action="store_true", help="talkers take turns of a second instead of talking at once"
    )
    parser.add_argument("--silent", action="store_true", help="microphones are open and nobody says a word")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        NotMeasurable: nobody talks or listens, or more talk than can be told apart.
    """
    rooms, talkers, listeners = options["rooms"], options["talkers"], options["listeners"]
    if min(rooms, talkers, listeners) < 1 or rooms * talkers > pitch.MOST_TALKERS:
        raise NotMeasurable(f"It takes a room, a talker, a listener, and no more than {pitch.MOST_TALKERS} talkers.")
    tones = pitch.frequencies(rooms * talkers)
    stages = [tones[number::rooms] for number in range(rooms)]  # those of one room are far apart
    if options["silent"]:
        return await measure_silence(rooms, talkers, listeners=listeners, seconds=options["seconds"])
    return await measure(stages, listeners=listeners, seconds=options["seconds"], turns=options["turns"])


async def measure_silence(rooms: int, talkers: int, *, listeners: int, seconds: float) -> dict[str, Any]:
    """So many rooms in which nobody says a word into so many open microphones, for so many seconds."""
    async with Testbed(ServerLink()) as bed:
        microphones = [[bed.client(sends=True) for _ in range(talkers)] for _ in range(rooms)]
        audiences = [[bed.client() for _ in range(listeners)] for _ in range(rooms)]
        await bed.join_all(_placed(microphones), speak=True)
        await bed.join_all(_placed(audiences))
        for number, client in enumerate(itertools.chain(*microphones)):
            bed.begin(speak(client, silence(), after=TICK_SECONDS * number / (rooms * talkers)))
        await bed.settle(_SETTLE_SECONDS)
        everybody = [client for room in [*microphones, *audiences] for client in room]
        for client in everybody:
            client.ear.reset()
        stretch = await bed.measure(seconds)
        received = sum(client.ear.packets for client in everybody)
    return {
        "rooms": rooms,
        "open_microphones_per_room": talkers,
        "listeners_per_room": listeners,
        "seconds": round(stretch.wall_seconds, 1),
        "cpu_ms_per_tick_per_room": _cost(stretch, rooms),
        "packets_received": received,
        **stretch.figures(),
        **stretch.verdict(),
    }


def _cost(stretch: Stretch, rooms: int) -> float:
    return round(1_000 * stretch.server.cpu_seconds * TICK_SECONDS / stretch.wall_seconds / rooms, 3)


async def measure(stages: list[list[int]], *, listeners: int, seconds: float, turns: bool) -> dict[str, Any]:
    """A room for each stage, which is its talkers' tones in Hz; so many listeners in each, for so many seconds."""
    taking_turns = len(stages[0]) if turns else 1
    # Two rounds of turns: wherever the window begins, each turn then weighs the same in it.
    heard_seconds = max(_LEAST_HEARD_SECONDS, 2 * taking_turns * pitch.TURN_SECONDS)
    voices = [  # made beforehand: nobody waits for it while others talk
        [pitch.voice(tone, turn=place if turns else 0, turns=taking_turns) for place, tone in enumerate(stage)]
        for stage in stages
    ]
    async with Testbed(ServerLink()) as bed:
        talkers = [[bed.client(sends=True) for _ in stage] for stage in stages]
        audiences = [[bed.client() for _ in range(listeners)] for _ in stages]
        await bed.join_all(_placed(talkers), speak=True)
        await bed.join_all(_placed(audiences))
        everyone_talks = list(zip(itertools.chain(*talkers), itertools.chain(*voices), strict=True))
        for number, (speaker, voice) in enumerate(everyone_talks):
            bed.begin(speak(speaker, voice, after=TICK_SECONDS * number / len(everyone_talks)))
        recorders = [
            (pitch.Recorder(audience[0], heard_seconds), pitch.Recorder(speakers[0], heard_seconds))
            for audience, speakers in zip(audiences, talkers, strict=True)
        ]
        await bed.settle(max(_SETTLE_SECONDS, heard_seconds))
        everybody = [client for room in [*talkers, *audiences] for client in room]
        for client in everybody:
            client.ear.reset()
        stretch = await bed.measure(seconds)
        lost = sum(client.ear.lost for client in everybody)
        refused = sum(client.ear.refused for client in everybody)
        ears = [
            client.ear for audience in audiences for client in audience
        ]  # a talker is sent nothing while nobody else talks
        received = sum(ear.packets for ear in ears)
        gap = max(ear.longest_gap for ear in ears)
        wrong = [
            number
            for number, (listener, talker) in enumerate(recorders)
            if not _is_right(listener, talker, stages, number, taking_turns)
        ]
    return {
        "rooms": len(stages),
        "talkers_per_room": len(stages[0]),
        "listeners_per_room": listeners,
        "seconds": round(stretch.wall_seconds, 1),
        "cpu_ms_per_tick_per_room": _cost(stretch, len(stages)),
        "packets_received": received,
        "packets_lost": lost,
        "packets_refused": refused,
        "gap_max_ms": milliseconds(gap),
        "rooms_heard_right": len(stages) - len(wrong),
        "rooms_heard_wrong": len(wrong),
        **stretch.figures(),
        **stretch.verdict(received=received, streams=len(ears)),
    }


def _placed(rooms: list[list[Client]]) -> list[tuple[Client, str]]:
    return [(client, f"room {number}") for number, clients in enumerate(rooms) for client in clients]


def _is_right(
    listener: pitch.Recorder, talker: pitch.Recorder, stages: list[list[int]], number: int, turns: int
) -> bool:
    stage = stages[number]
    others = [tone for place, tones in enumerate(stages) if place != number for tone in tones]
    heard, heard_by_talker = listener.sound(), talker.sound()
    if len(stage) == 1:  # a talker alone hears nobody: nothing is sent to them, or silence
        return pitch.holds(heard, stage, others, turns=turns)
    return pitch.holds(heard, stage, others, turns=turns) and pitch.holds(
        heard_by_talker, stage[1:], [stage[0], *others], turns=turns
    )
