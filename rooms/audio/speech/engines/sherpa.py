"""sherpa-onnx, models that are not streamed: SenseVoice (one file, Chinese, Korean and English), or a transducer of three."""

from pathlib import Path
from typing import Any

import numpy as np
import sherpa_onnx

from rooms.audio.speech.engines import EngineMissing
from rooms.audio.speech.engines.dictation import Dictation
from rooms.audio.speech.phrases import Word
from rooms.audio.speech.utterances import RATE

_WORD_BEGINS = ("▁", " ")  # of the tokens of a transducer


class Sherpa(Dictation):
    """See the module."""

    def __init__(self, models: dict[str, str]) -> None:
        loaded = {path: _recogniser(Path(path)) for path in set(models.values())}
        self._models = {language: loaded[path] for language, path in models.items()}

    def words(self, sound: bytes, language: str) -> list[Word]:
        """What was said; its tokens, put together to words."""
        recogniser = self._models[language]
        stream = recogniser.create_stream()
        samples = np.frombuffer(sound, dtype="<i2").astype(np.float32) / 32_768
        stream.accept_waveform(RATE, samples)
        recogniser.decode_stream(stream)
        return _joined(list(stream.result.tokens), list(stream.result.timestamps), len(samples) / RATE)


def _recogniser(folder: Path) -> Any:
    tokens = _file(folder, "tokens.txt")
    if list(folder.glob("encoder*.onnx")):
        return sherpa_onnx.OfflineRecognizer.from_transducer(
            encoder=_file(folder, "encoder*.onnx"),
            decoder=_file(folder, "decoder*.onnx"),
            joiner=_file(folder, "joiner*.onnx"),
            tokens=tokens,
            num_threads=1,
        )
    return sherpa_onnx.OfflineRecognizer.from_sense_voice(
        model=_file(folder, "model*.onnx"), tokens=tokens, num_threads=1
    )


def _file(folder: Path, pattern: str) -> str:
    found = sorted(folder.glob(pattern))
    if not found:
        raise EngineMissing(f"{folder} holds no {pattern}: it is no model of sherpa-onnx that MiTalk knows.")
    return str(found[0])


def _joined(tokens: list[str], starts: list[float], end: float) -> list[Word]:
    words: list[Word] = []
    for number, (token, start) in enumerate(zip(tokens, starts, strict=False)):
        until = starts[number + 1] if number + 1 < len(starts) else end
        text = token.lstrip("".join(_WORD_BEGINS))
        if words and not token.startswith(_WORD_BEGINS) and token.isascii():
            before = words.pop()
            words.append(Word(before.text + text, before.from_seconds, until))
        else:
            words.append(Word(text, start, until))
    return words


def load(models: dict[str, str]) -> Sherpa:
    """With these models."""
    return Sherpa(models)
