"""Engines that recognise speech: which there are, what each needs, and how it is loaded. None is imported before it is
chosen, and none ever loads a model from anywhere but a folder."""

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from rooms.audio.speech.phrases import Found, Word


class Engine(Protocol):
    """One that is loaded. Slow, and used by one thread."""

    def prepare(self, phrases: dict[str, list[str]]) -> list[str]:
        """Listen for these from now on, by language; those that it cannot spot."""

    def spot(self, sound: bytes, language: str) -> list[Found]:
        """The phrases of this language in a sound (16 bits, mono, 16 kHz)."""

    def words(self, sound: bytes, language: str) -> list[Word]:
        """Everything that is said; nothing, of an engine that does not take dictation."""


class EngineMissing(RuntimeError):
    """It cannot be loaded; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Kind:
    module: str  # of ours
    package: str  # that it needs
    install: str
    languages: tuple[str, ...]
    takes_dictation: bool = True
    brings_a_model: bool = False


_KINDS = {
    "pocketsphinx": _Kind("grammar", "pocketsphinx", "pocketsphinx", ("en",), False, True),
    "vosk": _Kind("vosk_engine", "vosk", "vosk", ("en", "zh", "ko")),
    "faster-whisper": _Kind("whisper", "faster_whisper", "faster-whisper", ("en", "zh", "ko")),
    "sherpa-onnx": _Kind("sherpa", "sherpa_onnx", "sherpa-onnx", ("en", "zh", "ko")),
}
NAMES = tuple(_KINDS)


def takes_dictation(engine: str) -> bool:
    """Whether it writes down what is said, rather than only spots phrases."""
    return engine in _KINDS and _KINDS[engine].takes_dictation


def languages(engine: str) -> tuple[str, ...]:
    """What it could understand, given a model."""
    return _KINDS[engine].languages if engine in _KINDS else ()


def missing(engine: str, models: dict[str, str]) -> list[tuple[str, str]]:
    """What is not there to load it: each as what is wrong, and the remedy. Loads nothing."""
    kind = _KINDS.get(engine)
    if kind is None:
        return [(f"There is no speech engine {engine!r}.", f"Choose one of {', '.join(NAMES)}.")]
    found = []
    if importlib.util.find_spec(kind.package) is None:
        found.append((f"The Python package of {engine} is not installed.", f"pip install {kind.install}"))
    if not models:
        found.append((f"{engine} has no language to listen in.", "Set MITALK_SPEECH_LANGUAGES, such as en"))
    for language, path in models.items():
        if language not in kind.languages:
            found.append((f"{engine} does not understand {language!r}.", f"It knows {', '.join(kind.languages)}."))
        elif not path and not kind.brings_a_model:
            found.append(
                (f"{engine} has no model for {language!r}.", "Set MITALK_SPEECH_MODEL to the folder it is unpacked in.")
            )
        elif path and not Path(path).is_dir():
            found.append(
                (f"{path} is no folder: there is no model for {language!r}.", "Set MITALK_SPEECH_MODEL to its folder.")
            )
    return found


def load(engine: str, models: dict[str, str]) -> Engine:
    """Load it, which may take seconds.

    Raises:
        EngineMissing: something is not there.
    """
    for wrong, remedy in missing(engine, models):
        raise EngineMissing(f"{wrong} {remedy}")
    module = importlib.import_module(f"rooms.audio.speech.engines.{_KINDS[engine].module}")
    try:
        return cast(Engine, module.load(models))
    except EngineMissing:
        raise
    except Exception as error:
        raise EngineMissing(f"{engine} could not be loaded: {error}") from error
