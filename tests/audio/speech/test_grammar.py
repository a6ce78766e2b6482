"""pocketsphinx on synthetic speech: planted phrases are spotted, and nothing where nobody said them."""

import pytest

from rooms.audio.speech.engines import Engine, load
from tests.audio.speech.saying import CLEAN, OTHER, PHRASE, PLANTED, VOICES, as_pcm


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = load("pocketsphinx", {"en": ""})
    assert made.prepare({"en": [PHRASE, OTHER, "buy my zorblax"]}) == ["buy my zorblax"]
    return made


@pytest.mark.parametrize("voice", VOICES)
def test_a_planted_phrase_is_spotted_where_it_is_said(engine: Engine, voice: str) -> None:
    (found,) = engine.spot(as_pcm(PLANTED, voice), "en")
    assert found.phrase == PHRASE
    assert 3.5 < found.from_seconds < found.until_seconds < 8
    assert found.words == "", "what stands around it would be guessed"


@pytest.mark.parametrize("voice", VOICES)
def test_nothing_is_spotted_where_nobody_said_it(engine: Engine, voice: str) -> None:
    assert [found for text in CLEAN for found in engine.spot(as_pcm(text, voice), "en")] == []


def test_it_understands_no_other_language(engine: Engine) -> None:
    assert engine.spot(as_pcm(PLANTED), "ko") == []


def test_what_it_listens_for_can_change(engine: Engine) -> None:
    engine.prepare({"en": [OTHER]})
    assert engine.spot(as_pcm(PLANTED), "en") == []
    engine.prepare({})
    assert engine.spot(as_pcm(PLANTED), "en") == []
