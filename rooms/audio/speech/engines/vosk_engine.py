"""Vosk (alphacephei.com/vosk): a folder for each language."""

import json

import vosk

from rooms.audio.speech.engines.dictation import Dictation
from rooms.audio.speech.phrases import Word
from rooms.audio.speech.utterances import RATE

_CHUNK_BYTES = RATE // 2


class Vosk(Dictation):
    """See the module."""

    def __init__(self, models: dict[str, str]) -> None:
        vosk.SetLogLevel(-1)
        self._models = {language: vosk.Model(model_path=path) for language, path in models.items()}

    def words(self, sound: bytes, language: str) -> list[Word]:
        """What was said."""
        recogniser = vosk.KaldiRecognizer(self._models[language], RATE)
        recogniser.SetWords(True)
        results = []
        for start in range(0, len(sound), _CHUNK_BYTES):
            if recogniser.AcceptWaveform(sound[start : start + _CHUNK_BYTES]):
                results.append(recogniser.Result())
        results.append(recogniser.FinalResult())
        return [
            Word(word["word"], word["start"], word["end"])
            for result in results
            for word in json.loads(result).get("result", ())
        ]


def load(models: dict[str, str]) -> Vosk:
    """With these models."""
    return Vosk(models)
