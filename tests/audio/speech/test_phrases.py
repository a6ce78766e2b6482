"""Phrases in what an engine wrote down, in each language."""

import pytest

from rooms.audio.speech.phrases import Word, find, fold


def words(*texts: str) -> list[Word]:
    return [Word(text, float(number), number + 0.5) for number, text in enumerate(texts)]


def test_a_phrase_is_found_with_its_time_and_the_words_around_it() -> None:
    before, after = ["one", "two", "three", "four", "five", "six", "seven"], ["a", "b", "c", "d", "e", "f", "g"]
    text = [*before, "Please,", "SEND", "me", "your", "passport!", *after]
    (found,) = find(words(*text), ["send me your passport"], "en")
    assert (found.phrase, found.from_seconds, found.until_seconds) == ("send me your passport", 8.0, 11.5)
    assert found.words == "three four five six seven Please, SEND me your passport! a b c d e f"


@pytest.mark.parametrize("text", ["resend me your passports", "send me passport", "", "…"])
def test_parts_of_other_words_are_none(text: str) -> None:
    assert find(words(*text.split()), ["send me your passport"], "en") == []


def test_chinese_and_korean_need_no_word_boundaries() -> None:
    (chinese,) = find(words("请", "把护", "照发", "给我"), ["护照发给我"], "zh")
    assert chinese.from_seconds == 1.0
    assert chinese.words == "请把护照发给我"
    (korean,) = find(words("여권을", "보내", "주세요"), ["여권을 보내주세요"], "ko")
    assert korean.until_seconds == 2.5


def test_folding() -> None:
    assert fold("  ＳＥＮＤ — it’s, me! ") == "send it s me"
    assert fold("!?") == ""
