"""The three engines whose packages are not among what tests need: stand-ins that take exactly what the real ones take, and
give what they give. Held against vosk 0.3.45, faster-whisper 1.2.1 and sherpa-onnx 2.0.1 by hand; no model was loaded.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rooms.audio.speech.engines import Engine, load
from tests.audio.speech.test_engines import SECOND, stand_in


def loaded(monkeypatch: pytest.MonkeyPatch, name: str, module: str, folder: Path, language: str) -> Engine:
    monkeypatch.delitem(sys.modules, f"rooms.audio.speech.engines.{module}", raising=False)
    return load(name, {language: str(folder)})


def test_vosk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Model:
        def __init__(self, model_path=None, model_name=None, lang=None):
            assert (model_path, model_name, lang) == (str(tmp_path), None, None), "or it would be looked for in the net"

    class KaldiRecognizer:
        def __init__(self, *args):
            model, rate = args
            assert isinstance(model, Model)
            assert rate == 16_000
            self.heard = 0

        def SetWords(self, enable_words):
            assert enable_words is True

        def AcceptWaveform(self, data):
            assert isinstance(data, bytes)
            self.heard += len(data)
            return self.heard == len(SECOND) // 2  # an utterance ends within

        def Result(self):
            word = {"conf": 1.0, "start": 0.1, "end": 0.4, "word": "send"}
            return json.dumps({"result": [word], "text": "send"})

        def FinalResult(self):
            assert self.heard == len(SECOND)
            return json.dumps({"text": ""})  # where nothing is said there is no "result"

    def SetLogLevel(level):
        assert level == -1

    stand_in(monkeypatch, "vosk", Model=Model, KaldiRecognizer=KaldiRecognizer, SetLogLevel=SetLogLevel)
    engine = loaded(monkeypatch, "vosk", "vosk_engine", tmp_path, "en")
    assert [(word.text, word.from_seconds, word.until_seconds) for word in engine.words(SECOND, "en")] == [
        ("send", 0.1, 0.4)
    ]


def test_faster_whisper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @dataclass
    class Word:
        start: float
        end: float
        word: str
        probability: float

    @dataclass
    class Segment:
        id: int
        start: float
        end: float
        text: str
        words: list[Word] | None

    class WhisperModel:
        def __init__(
            self,
            model_size_or_path: str,
            device: str = "auto",
            device_index: int | list[int] = 0,
            compute_type: str = "default",
            cpu_threads: int = 0,
            num_workers: int = 1,
            download_root: str | None = None,
            local_files_only: bool = False,
            files: dict[str, Any] | None = None,
            revision: str | None = None,
            use_auth_token: str | bool | None = None,
        ) -> None:
            assert (model_size_or_path, device, compute_type) == (str(tmp_path), "cpu", "int8")
            assert local_files_only is True

        def transcribe(
            self,
            audio: np.ndarray,
            language: str | None = None,
            task: str = "transcribe",
            beam_size: int = 5,
            condition_on_previous_text: bool = True,
            word_timestamps: bool = False,
            vad_filter: bool = False,
        ) -> tuple[Any, object]:
            assert (audio.dtype, audio.ndim, len(audio)) == (np.float32, 1, 16_000)
            assert (language, task, word_timestamps) == ("ko", "transcribe", True)
            segments = (
                Segment(1, 0.0, 1.0, " 여권을", [Word(0.2, 0.8, " 여권을", 0.9)]),
                Segment(2, 1.0, 1.0, "", None),
            )
            return iter(segments), object()

    stand_in(monkeypatch, "faster_whisper", WhisperModel=WhisperModel)
    engine = loaded(monkeypatch, "faster-whisper", "whisper", tmp_path, "ko")
    assert [(word.text.strip(), word.from_seconds) for word in engine.words(SECOND, "ko")] == [("여권을", 0.2)]


@pytest.mark.parametrize("is_transducer", [True, False])
def test_sherpa_onnx(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_transducer: bool) -> None:
    class Result:
        text, tokens, timestamps = "send", ["▁se", "nd"], [0.1, 0.2]

    class OfflineStream:
        result = Result()

        def accept_waveform(self, sample_rate: float, waveform: np.ndarray) -> None:
            assert (sample_rate, waveform.dtype, waveform.ndim) == (16_000, np.float32, 1)
            assert np.abs(waveform).max() <= 1

    class OfflineRecognizer:
        def __init__(self) -> None:
            raise AssertionError("it is made by one of these")

        @classmethod
        def from_transducer(
            cls, encoder: str, decoder: str, joiner: str, tokens: str, num_threads: int = 1, sample_rate: int = 16_000
        ) -> Any:
            assert is_transducer
            assert all(Path(path).is_file() for path in (encoder, decoder, joiner, tokens))
            return cls.__new__(cls)

        @classmethod
        def from_sense_voice(cls, model: str, tokens: str, num_threads: int = 1, sample_rate: int = 16_000) -> Any:
            assert not is_transducer
            assert all(Path(path).is_file() for path in (model, tokens))
            return cls.__new__(cls)

        def create_stream(self, hotwords: str | None = None) -> OfflineStream:
            return OfflineStream()

        def decode_stream(self, s: OfflineStream) -> None:
            assert isinstance(s, OfflineStream)

    parts = ("encoder-1.onnx", "decoder-1.onnx", "joiner-1.onnx") if is_transducer else ("model.int8.onnx",)
    for name in ("tokens.txt", *parts):
        (tmp_path / name).touch()
    stand_in(monkeypatch, "sherpa_onnx", OfflineRecognizer=OfflineRecognizer)
    engine = loaded(monkeypatch, "sherpa-onnx", "sherpa", tmp_path, "en")
    assert [(word.text, word.from_seconds) for word in engine.words(SECOND, "en")] == [("send", 0.1)]
