"""`bench quality`: speech through real peers and a bad network. How much of it is left?

Voices of espeak-ng, then a steady tone, go from a talker to listeners: encoded by the talker as a browser does it (Opus, one
voice, error correction as strong as the loss that the server reports), over the talker's network, through the server's jitter
buffer, decoder, mixer and encoder, over the listener's network, through a jitter buffer and decoder like the server's. A
network is the client's own: it loses and delays what the client sends, receives, or both, the same for the same `--seed`.

Each line of the table compares what was heard with what was sent: PESQ (wide band) and STOI of speech, its loudness, the
longest hole in the tone, the delay from the talker's microphone to the listener's ear. `_to_clean` compares with what was
heard over the clean network instead, which leaves out what the codec itself takes away. `opus_alone` is the same codec at the
same bitrate over the same network without a server in between: encoder, network, jitter buffer, decoder. With several
listeners (or talkers, where it is their network that is bad) in a line, each with a network drawn anew, PESQ and STOI are
means, and `_worst` is the worst listener's.
"""

import argparse
from typing import Any

from rooms.audio.bench.link import ServerLink
from rooms.audio.bench.network import Impairment, Network
from rooms.audio.bench.target import NotMeasurable
from rooms.audio.bench.testbed import MOST_LATE_MS, Testbed
from rooms.audio.core.clock import SAMPLE_RATE, TICK_SECONDS

_WHERE = ("up", "down", "both")
_TABLE = (  # loss, spread of delay in seconds
    (0.05, 0.0),
    (0.10, 0.05),
    (0.10, 0.10),  # what `tc netem` makes of a jitter of 50 ms: 50 ms more or less
)
_BROWSERS_BITRATE = 32_000  # of one voice, where the answer asks for nothing (libwebrtc)
_SETTLE_SECONDS, _AFTER_SECONDS = 1.0, 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument(
        "--loss", type=float, default=None, metavar="PERCENT", help="one network instead of the whole table"
    )
    parser.add_argument(
        "--jitter", type=float, default=None, metavar="MS", help="delays are drawn from 0 to so many ms"
    )
    parser.add_argument("--burst", type=float, default=1.0, metavar="PACKETS", help="lost in a row, on average")
    parser.add_argument("--where", choices=_WHERE, default=None, help="whose network: the talker's, the listeners'")
    parser.add_argument("--seed", default="1", help="another one draws other networks")
    parser.add_argument("--repeats", type=int, default=3, help="networks drawn for each line")
    parser.add_argument("--passages", type=int, default=4, help="two sentences by one voice each")
    parser.add_argument(
        "--bitrate", type=int, default=None, help="of talkers, in bits a second; unless said, what the server asks for"
    )
    parser.add_argument("--warm-up", type=float, default=16.0, help="seconds of speech that do not count")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        NotMeasurable: espeak-ng, PESQ or STOI is not installed.
    """
    try:
        from rooms.audio.bench import listening, speech
    except ImportError as missing:
        raise NotMeasurable(f"No {missing.name}: pip install pesq pystoi pyloudnorm scipy (group `test`).") from missing
    networks = _networks(options)
    seed, repeats = options["seed"], options["repeats"]
    if repeats < 1 or not 1 <= options["passages"] <= speech.MOST_PASSAGES:
        raise NotMeasurable(f"It takes a network of each kind, and one to {speech.MOST_PASSAGES} passages.")
    script = speech.script(options["passages"], warm_up=options["warm_up"])
    async with Testbed(ServerLink()) as bed:
        taken = {network: listening.rooms(bed, network, repeats=repeats, seed=seed) for network in networks}
        rooms = [room for of_one in taken.values() for room in of_one]
        await bed.join_all([(room.talker, room.name) for room in rooms], speak=True)
        await bed.join_all([(listener, room.name) for room in rooms for listener in room.listeners])
        bitrate = options["bitrate"] or rooms[0].talker.asked_bitrate or _BROWSERS_BITRATE
        await bed.settle(_SETTLE_SECONDS)
        for number, room in enumerate(rooms):
            after = number * TICK_SECONDS / len(rooms)
            bed.begin(listening.talk(room, script.sound, bitrate=bitrate, after=after))
        stretch = await bed.measure(len(script.sound) / SAMPLE_RATE + _AFTER_SECONDS)
    return {
        "seed": seed,
        "talkers_bitrate": bitrate,
        "seconds_of_speech": round(sum(len(passage.sound) for passage in script.passages) / SAMPLE_RATE, 1),
        **stretch.figures(),
        **stretch.verdict(most_late_ms=MOST_LATE_MS),
        "quality": listening.table(script, taken, bitrate=bitrate, seed=seed),
    }


def _networks(options: dict[str, Any]) -> list[Network]:
    """Those of the table, or the one that was asked for; each direction that was asked for, up and down unless said.

    Raises:
        NotMeasurable: no network is like that.
    """
    wheres = [options["where"]] if options["where"] else ["up", "down"]
    if options["loss"] is None and options["jitter"] is None:
        found = list(_TABLE)
    else:
        found = [((options["loss"] or 0.0) / 100, (options["jitter"] or 0.0) / 1_000)]
    networks = [Network()]
    for loss, spread in found:
        try:
            bad = Impairment(loss=loss, spread=spread, burst=options["burst"])
        except ValueError as error:
            raise NotMeasurable(str(error)) from error
        if not bad.is_clean:
            networks += [
                Network(up=bad if where != "down" else Impairment(), down=bad if where != "up" else Impairment())
                for where in wheres
            ]
    return networks
