"""Which speech recognition this installation has, what it is told, and whose rooms it listens to: docs/speech.md."""

import subprocess
import sys
from collections.abc import Iterable, Iterator

from django.conf import settings

from rooms import hooks
from rooms.audio.speech import engines
from rooms.audio.speech.messages import Plan, Setup
from rooms.audio.speech.transcribe import Wanted
from rooms.evidence import packets_of
from rooms.models import Room

NONE = "none"


def setup() -> Setup | None:
    """The engine; nothing if none is configured."""
    if settings.MITALK_SPEECH_ENGINE == NONE:
        return None
    return Setup(settings.MITALK_SPEECH_ENGINE, models(), settings.MITALK_SPEECH_BUDGET)


def models() -> dict[str, str]:
    """The path of the model of each language; empty for the one that comes with the engine."""
    given = settings.MITALK_SPEECH_MODEL
    for_all = [path for path in given if "=" not in path]
    by_language = dict(path.split("=", 1) for path in given if "=" in path)
    return {
        language: by_language.get(language, for_all[0] if for_all else "")
        for language in settings.MITALK_SPEECH_LANGUAGES
    }


def is_watched(language: str) -> bool:
    """Whether a machine listens to rooms of this language: people are told before they enter."""
    return settings.MITALK_SPEECH_ENGINE != NONE and language in settings.MITALK_SPEECH_LANGUAGES


def plan(rooms: set[str]) -> Plan:
    """What is listened for in these rooms now: nothing where people were not told."""
    phrases = tuple(sorted((language, phrase) for language, phrase in hooks.phrases() if is_watched(language)))
    talked = Room.objects.filter(public_id__in=rooms).values_list("public_id", "language")
    return Plan(phrases, {room: language for room, language in talked if is_watched(language)})


def takes_dictation() -> bool:
    """Whether the engine writes down what is said, rather than only spots phrases."""
    return engines.takes_dictation(settings.MITALK_SPEECH_ENGINE)


_TRANSCRIBED_WITHIN_SECONDS = 900.0


class NotTranscribed(Exception):
    """The engine could not write down what was said."""


def transcript(evidence: str, parts: Iterable[str], person: str, *, began_ms: int, language: str) -> Iterator[bytes]:
    """What somebody said in these parts of sealed evidence, as lines of JSON (`at` in seconds, `text`) as they are found, by
    a process that is ended with this iterator, which raises NotTranscribed when the engine fails. Nothing of it is kept.

    Raises:
        Unheard: it cannot be heard.
    """
    listed = [phrase for each, phrase in hooks.phrases() if each == language]
    packets = packets_of(evidence, parts, person)
    wanted = Wanted(settings.MITALK_SPEECH_ENGINE, models(), language, listed, began_ms, packets)
    return _lines(wanted)


def _lines(wanted: Wanted) -> Iterator[bytes]:
    command = ["timeout", str(_TRANSCRIBED_WITHIN_SECONDS), sys.executable, "-m", "rooms.audio.speech.transcribe"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own program
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(wanted.as_bytes())
            process.stdin.close()
            yield from process.stdout
            if process.wait() != 0:
                raise NotTranscribed(wanted.engine)
        except BrokenPipeError as error:
            raise NotTranscribed(wanted.engine) from error
        finally:
            process.terminate()
