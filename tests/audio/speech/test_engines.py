"""Engines are imported when they are chosen; what is missing is said with its remedy; nothing asks a hub."""

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rooms.audio.speech.engines import NAMES, EngineMissing, load, missing
from rooms.audio.speech.phrases import Found

SECOND = bytes(32_000)


def test_the_one_with_its_own_model_misses_nothing() -> None:
    assert missing("pocketsphinx", {"en": ""}) == []


@pytest.mark.parametrize(
    ("engine", "models", "words"),
    [
        ("nothing", {}, "no speech engine"),
        ("pocketsphinx", {"ko": ""}, "does not understand 'ko'"),
        ("pocketsphinx", {}, "no language"),
        ("vosk", {"en": ""}, "no model for 'en'"),
        ("faster-whisper", {"zh": "/nowhere/at/all"}, "no folder"),
    ],
)
def test_what_is_missing_is_said_with_a_remedy(engine: str, models: dict[str, str], words: str) -> None:
    found = missing(engine, models)
    assert any(words in wrong for wrong, _remedy in found)
    assert all(remedy for _wrong, remedy in found)
    with pytest.raises(EngineMissing):
        load(engine, models)


@pytest.mark.parametrize("engine", [name for name in NAMES if name != "pocketsphinx"])
def test_a_package_that_is_not_installed_is_named(engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert missing(engine, {"en": str(tmp_path)}) == [
        (f"The Python package of {engine} is not installed.", f"pip install {engine}")
    ]


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **members: Any) -> None:
    module = ModuleType(name)
    module.__spec__ = SimpleNamespace(name=name)  # type: ignore[assignment]
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)


def test_vosk_gets_its_folder_and_its_words_are_searched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Recogniser:
        def __init__(self, model: str, rate: int) -> None:
            assert (model, rate) == (f"model {tmp_path}", 16_000)

        def SetWords(self, wanted: bool) -> None:
            assert wanted

        def AcceptWaveform(self, data: bytes) -> bool:
            return False

        def FinalResult(self) -> str:
            said = ["please", "send", "me", "money"]
            return json.dumps({"result": [{"word": word, "start": 1.0, "end": 2.0} for word in said]})

    stand_in(
        monkeypatch,
        "vosk",
        SetLogLevel=lambda level: None,
        Model=lambda *, model_path: f"model {model_path}",
        KaldiRecognizer=Recogniser,
    )
    monkeypatch.delitem(sys.modules, "rooms.audio.speech.engines.vosk_engine", raising=False)
    engine = load("vosk", {"en": str(tmp_path)})
    engine.prepare({"en": ["send me"]})
    assert engine.spot(SECOND, "en") == [Found("send me", 1.0, 2.0, "please send me money")]
    assert engine.spot(SECOND, "zh") == []


def test_whisper_is_told_to_stay_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Model:
        def __init__(self, path: str, **options: Any) -> None:
            assert path == str(tmp_path)
            assert options["local_files_only"] is True

        def transcribe(self, samples: np.ndarray, *, language: str, **options: Any) -> Any:
            assert (len(samples), language) == (16_000, "ko")
            word = SimpleNamespace(word=" 여권을", start=0.2, end=0.8)
            return [SimpleNamespace(words=[word])], None

    stand_in(monkeypatch, "faster_whisper", WhisperModel=Model)
    monkeypatch.delitem(sys.modules, "rooms.audio.speech.engines.whisper", raising=False)
    engine = load("faster-whisper", {"ko": str(tmp_path)})
    engine.prepare({"ko": ["여권"]})
    assert [found.phrase for found in engine.spot(SECOND, "ko")] == ["여권"]


def test_sherpa_puts_tokens_together_to_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("tokens.txt", "model.int8.onnx"):
        (tmp_path / name).touch()
    result = SimpleNamespace(tokens=["▁se", "nd", "▁me", "护"], timestamps=[0.1, 0.2, 0.4, 0.6])
    stream = SimpleNamespace(accept_waveform=lambda rate, samples: None, result=result)
    recogniser = SimpleNamespace(create_stream=lambda: stream, decode_stream=lambda each: None)
    offline = SimpleNamespace(from_sense_voice=lambda **options: recogniser)
    stand_in(monkeypatch, "sherpa_onnx", OfflineRecognizer=offline)
    monkeypatch.delitem(sys.modules, "rooms.audio.speech.engines.sherpa", raising=False)
    engine = load("sherpa-onnx", {"en": str(tmp_path)})
    assert [word.text for word in engine.words(SECOND, "en")] == ["send", "me", "护"]
    (tmp_path / "tokens.txt").unlink()
    with pytest.raises(EngineMissing):
        load("sherpa-onnx", {"en": str(tmp_path)})
