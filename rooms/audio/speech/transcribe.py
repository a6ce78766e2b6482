"""What was said in sealed evidence, written down in a process of its own that keeps nothing: `python -m
rooms.audio.speech.transcribe`. The request comes over standard input (MessagePack), lines of JSON go out as they are found.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import msgpack

from rooms.audio.evidence.packets import VoicePacket, pack, unpack
from rooms.audio.speech.engines import Engine, EngineMissing, load, takes_dictation
from rooms.audio.speech.phrases import Word
from rooms.audio.speech.utterances import Utterance
from rooms.audio.speech.voices import Voices

_LINE_ENDS_AFTER_SECONDS = 0.7  # of silence between two words
_MOST_WORDS_A_LINE = 14


@dataclass(frozen=True, slots=True)
class Wanted:
    """One voice, and what is to be found in it: everything, or, of an engine that takes no dictation, these phrases."""

    engine: str
    models: dict[str, str]
    language: str
    phrases: list[str]
    began_ms: int  # where the track begins, since 1970
    packets: list[VoicePacket]

    def as_bytes(self) -> bytes:
        """To be sent."""
        fields = (self.engine, self.models, self.language, self.phrases, self.began_ms, pack(self.packets))
        return bytes(msgpack.packb(fields))

    @classmethod
    def of(cls, data: bytes) -> "Wanted":
        """What was sent."""
        engine, models, language, phrases, began_ms, packets = msgpack.unpackb(data)
        return cls(engine, models, language, phrases, began_ms, unpack(packets))


def lines(wanted: Wanted, engine: Engine) -> Iterator[tuple[float, str]]:
    """Each line with when it begins, in seconds into the track."""
    engine.prepare({wanted.language: wanted.phrases})
    for utterance in _utterances(wanted):
        offset = (utterance.began_ms - wanted.began_ms) / 1000
        if takes_dictation(wanted.engine):
            found = _lines_of(engine.words(utterance.sound, wanted.language))
        else:
            found = [(each.from_seconds, each.phrase) for each in engine.spot(utterance.sound, wanted.language)]
        yield from ((max(0.0, offset + start), text) for start, text in found)


def _utterances(wanted: Wanted) -> Iterator[Utterance]:
    voices = Voices()
    yield from voices.take("", wanted.language, wanted.packets, 0.0)
    yield from voices.look(1e6)


def _lines_of(words: list[Word]) -> list[tuple[float, str]]:
    made: list[list[Word]] = []
    for word in words:
        last = made[-1] if made else []
        pause = word.from_seconds - last[-1].until_seconds if last else 0.0
        if not last or pause > _LINE_ENDS_AFTER_SECONDS or len(last) >= _MOST_WORDS_A_LINE:
            made.append([word])
        else:
            last.append(word)
    return [(line[0].from_seconds, " ".join(word.text.strip() for word in line)) for line in made]


def main() -> int:
    """Answer one request; the exit status."""
    os.nice(10)
    wanted = Wanted.of(sys.stdin.buffer.read())
    try:
        engine = load(wanted.engine, wanted.models)
    except EngineMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 3
    for seconds, text in lines(wanted, engine):
        sys.stdout.write(json.dumps({"at": round(seconds, 1), "text": text}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
