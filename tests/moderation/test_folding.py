"""Folding: what is written in disguise is the same as what is written plainly, and everything knows where it stood."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderation.text.finding import Lists, Outcome, Term, TermKind, strongest
from moderation.text.folding import fold

WORD, PHRASE, PART = TermKind.WORD, TermKind.PHRASE, TermKind.PART

# Letters of all kinds that disguises are made of, often side by side.
_TRICKY = st.sampled_from(
    list(
        "aAiIl1|!o0s$5 bB.-_\t\n\u200b\u0301\u3000①ﬁ㎏ｂаіøʙ🅱🇧ßİ시발ㅅㅂㅏㅣㄹ이알ㄳ\u1109\u1175\u11af加微信徽號号が゛〇１½"
    )
)
_TEXTS = st.one_of(st.text(max_size=60), st.text(_TRICKY, max_size=40))


def lists(*patterns: str, kind: TermKind = WORD, allow: tuple[str, ...] = ()) -> Lists:
    terms = [Term(place, pattern, kind, Outcome.HOLD) for place, pattern in enumerate(patterns)]
    exceptions = [Term(100 + place, pattern, WORD, Outcome.ALLOW) for place, pattern in enumerate(allow)]
    return Lists([*terms, *exceptions])


def found(pattern: str, text: str, kind: TermKind = WORD, allow: tuple[str, ...] = ()) -> list[str]:
    return [text[match.start : match.end] for match in lists(pattern, kind=kind, allow=allow).find(text)]


@pytest.mark.parametrize(
    "disguised",
    [
        "badword",
        "BadWord",
        "ｂａｄｗｏｒｄ",
        "bàdwörd",
        "b\u0301a\u0301dword",
        "bad\u200bword",
        "bad\u00adword",
        "bаdwоrd",  # Cyrillic а and о
        "ʙᴀᴅᴡᴏʀᴅ",
        "ⓑⓐⓓⓦⓞⓡⓓ",
        "🅱🅰🅳🆆🅾🆁🅳",
        "𝖇𝖆𝖉𝖜𝖔𝖗𝖉",
        "b4dw0rd",
        "b@dw0rd",
        "b a d w o r d",
        "b.a.d.w.o.r.d",
        "b - a - d - w - o - r - d",
        "b_a_d_w_o_r_d",
        "b\na\nd\nw\no\nr\nd",
        "b\u3164a\u3164d\u3164w\u3164o\u3164r\u3164d",
        "baaaaadwoooord",
        "b 4 d w 0 r d",
    ],
)
def test_latin_letters_in_disguise(disguised: str) -> None:
    assert found("badword", f"such a {disguised}, really") == [disguised]


@pytest.mark.parametrize(
    ("disguised", "pattern"),
    [
        ("시발", "시발"),
        ("ㅅㅣㅂㅏㄹ", "시발"),
        ("시ㅂㅏㄹ", "시발"),
        ("\u1109\u1175\u1107\u1161\u11af", "시발"),  # decomposed, as some systems write file names
        ("시이발", "시발"),
        ("시바알", "시발"),
        ("시시발발", "시발"),
        ("시 발", "시발"),
        ("시.발", "시발"),
        ("시1발", "시발"),
        ("시12발", "시발"),
        ("ㅅㅂ", "ㅅㅂ"),
        ("ㅅ ㅂ", "ㅅㅂ"),
        ("ㅅㅅㅂㅂ", "ㅅㅂ"),
        ("ㅅ1ㅂ", "ㅅㅂ"),
        ("ﾵﾷ".replace("ﾷ", "ﾲ"), "ㅅㅂ"),  # half width
    ],
)
def test_korean_in_disguise(disguised: str, pattern: str) -> None:
    assert found(pattern, f"아 {disguised}!") == [disguised]


@pytest.mark.parametrize(
    "disguised", ["加微信", "加 微 信", "加·微·信", "加1微2信", "加\u200b微信", "加加微微信信", "加　微　信"]
)
def test_chinese_in_disguise(disguised: str) -> None:
    assert found("加微信", f"请{disguised}吧") == [disguised] or found("加微信", f"请 {disguised} ") == [disguised]


def test_traditional_and_simplified_characters_are_one() -> None:
    assert found("微信号", "我的微信號碼") == ["微信號"]
    assert found("微信號", "我的微信号码") == ["微信号"]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("ass", "assess the class, pass the glass"),
        ("ass", "as set by us"),
        ("ass", "455 and 45 5"),
        ("god", "good"),
        ("cop", "coop"),
        ("shit", "push it"),
        ("as set", "asset"),
        ("시발", "아저씨 발표"),
        ("씨발", "아저씨 발표"),
        ("시발", "다시바르다"),
        ("ㅅㅂ", "옷방"),
        ("加微信", "增加 微信用户"),
    ],
)
def test_what_only_has_the_same_letters_is_not_found(pattern: str, text: str) -> None:
    assert found(pattern, text) == []


@pytest.mark.parametrize(
    ("text", "matched"),
    [("you ass!", "ass"), ("a$$", "a$$"), ("4ss", "4ss"), ("ass1", "ass"), ("你ass啊", "ass"), ("kick-ass", "ass")],
)
def test_a_word_has_boundaries_where_signs_and_other_scripts_are(text: str, matched: str) -> None:
    assert found("ass", text) == [matched]


def test_a_part_is_found_within_words_and_an_exception_covers_it() -> None:
    assert found("cunt", "xcuntx", PART) == ["cunt"]
    assert found("cunt", "I live in Scunthorpe.", PART, allow=("Scunthorpe",)) == []
    assert found("cunt", "SCUNTHORPE, cunt", PART, allow=("Scunthorpe",)) == ["cunt"]
    assert found("cunt", "Scunth0rpe", PART, allow=("Scunthorpe",)) == ["cunt"], "no exception for what is in disguise"
    assert found("slit", "silt and sl1t", allow=("silt",)) == ["sl1t"]
    assert found("시발", "시발점 시발", allow=("시발점",)) == ["시발"]


def test_phrases_stand_however_they_are_spaced() -> None:
    for text in ("guaranteed returns", "GUARANTEED\n  returns", "guaranteedreturns", "guar4nteed, returns!"):
        assert found("guaranteed returns", text, PHRASE), text
    assert found("guaranteed returns", "guaranteed no returns", PHRASE) == []


def test_the_strongest_outcome_counts() -> None:
    terms = Lists(
        [Term(1, "one", WORD, Outcome.FLAG), Term(2, "two", WORD, Outcome.REFUSE), Term(3, "six", WORD, Outcome.HOLD)]
    )
    assert strongest(terms.find("one six")) == Outcome.HOLD
    assert strongest(terms.find("one six two")) == Outcome.REFUSE
    assert strongest(terms.find("none")) == Outcome.ALLOW


def test_a_list_without_terms_or_letters_finds_nothing() -> None:
    assert Lists([]).find("anything") == []
    assert Lists([Term(1, "…", WORD, Outcome.HOLD)]).find("… anything") == []


@given(_TEXTS)
@example("ㅅ ㅣ 발")
@example("ㅋㅋ ㅏㅏ")
@example("b 4 d 1")
@settings(deadline=None, max_examples=200)
def test_folding_twice_is_folding_once(text: str) -> None:
    for reads_signs in (True, False):
        once = fold(text, reads_signs=reads_signs).words
        assert fold(once, reads_signs=reads_signs).words == once


@given(_TEXTS)
@settings(deadline=None, max_examples=200)
def test_letters_know_where_they_stood(text: str) -> None:
    folded = fold(text)
    length = len(folded.letters)
    assert len(folded.counts) == len(folded.starts) == len(folded.ends) == length == len(folded.edges) - 1
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert folded.starts == sorted(folded.starts)
    assert folded.ends == sorted(folded.ends)
    for letter, start, end in zip(folded.letters, folded.starts, folded.ends, strict=True):
        assert letter in fold(text[start:end]).letters or not text[start:end].isalpha()


@given(_TEXTS, _TEXTS)
@settings(deadline=None, max_examples=100)
def test_a_term_is_found_where_it_was_put(before: str, after: str) -> None:
    text = f"{before} badword {after}"
    spans = [(match.start, match.end) for match in lists("badword", kind=PART).find(text)]
    assert any(start <= len(before) + 1 and end >= len(before) + 8 for start, end in spans)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "a " * 50_000,
        "시발" * 50_000,
        "1!" * 50_000,
        "ㅅㅣ" * 50_000,
        "\u0301" * 100_000,
        "sh1t$ " * 16_000,
    ],
)
def test_long_texts_take_time_by_their_length(text: str) -> None:
    terms = lists(*("a" * length for length in range(1, 40)), "시발", "ㅅㅂ", "shit", "aab", kind=PART)

    def seconds(words: str) -> float:
        began = time.process_time()
        terms.find(words)
        return time.process_time() - began

    seconds(text[:1000])  # the tables are read
    short, whole = min(seconds(text[:10_000]) for _ in range(3)), seconds(text)
    assert whole < 40 * short + 0.5, "ten times as long, about ten times the time"
