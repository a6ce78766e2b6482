"""faster-whisper: one folder for all languages, or one each, converted for CTranslate2."""

import faster_whisper
import numpy as np

from rooms.audio.speech.engines.dictation import Dictation
from rooms.audio.speech.phrases import Word


class Whisper(Dictation):
    """See the module."""

    def __init__(self, models: dict[str, str]) -> None:
        loaded = {
            path: faster_whisper.WhisperModel(
                path, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
            )
            for path in set(models.values())
        }
        self._models = {language: loaded[path] for language, path in models.items()}

    def words(self, sound: bytes, language: str) -> list[Word]:
        """What was said."""
        samples = np.frombuffer(sound, dtype="<i2").astype(np.float32) / 32_768
        segments, _about = self._models[language].transcribe(
            samples, language=language, word_timestamps=True, condition_on_previous_text=False, vad_filter=False
        )
        return [Word(word.word, word.start, word.end) for segment in segments for word in segment.words or ()]


def load(models: dict[str, str]) -> Whisper:
    """With these models."""
    return Whisper(models)
