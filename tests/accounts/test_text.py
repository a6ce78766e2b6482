"""Names and titles: what a reader sees is what is there."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.portraits import TINTS, initials, tint
from accounts.text import key, tidy, validate_words


@pytest.mark.parametrize(
    "words",
    [
        "Amara Okafor",
        "林薇",
        "한지우",
        "Lin Wei 林薇",
        "Sofia Takács",
        "O'Neill-Smith, Jr.",
        "C++ & Rust: 2027?",
        "Łukasz",
        "Нина",
        "5G",
        "Nguyễn",
    ],
)
def test_names_of_the_world_stand(words: str) -> None:
    validate_words(words)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "text_blank"),
        ("   ", "text_blank"),
        ("…!?", "text_blank"),
        ("Ama\u200bra", "text_unprintable"),
        ("\u202eadmin", "text_unprintable"),
        ("a\x00b", "text_unprintable"),
        ("a\nb", "text_unprintable"),
        ("a\x1b[31mb", "text_unprintable"),
        ("\ue000 private", "text_unprintable"),
        ("tag\U000e0041", "text_unprintable"),
        ("z" + "\u0300" * 8, "text_unprintable"),
        ("\u2028 line", "text_unprintable"),
        ("Аdmin", "text_mixed_scripts"),  # the first letter is Cyrillic
        ("pаypal talk", "text_mixed_scripts"),
    ],
)
def test_what_cannot_be_read_as_it_stands_is_refused(words: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_words(words)
    assert refusal.value.code == code


@given(st.text(max_size=80))
def test_any_text_is_refused_or_stands_and_tidying_twice_changes_nothing(words: str) -> None:
    assert tidy(tidy(words)) == tidy(words)
    try:
        validate_words(words)
    except ValidationError as refusal:
        stable = refusal.code in {"text_blank", "text_unprintable", "text_mixed_scripts"}
        assert stable


def test_wide_letters_and_runs_of_spaces_become_plain_and_chinese_punctuation_stays() -> None:
    assert tidy("  Ａmara \u3000 Okafor ２ ") == "Amara Okafor 2"
    assert tidy("第一次裁员：我们做错了什么？") == "第一次裁员：我们做错了什么？"


def test_one_key_for_all_spellings() -> None:
    assert key(" ＣＨＩＰ  packaging：A") == key("chip PACKAGING:a")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amara Okafor", "AO"),
        ("林薇", "林"),
        ("Ji-woo Han 한지우", "JH"),
        ("Cher", "C"),
        ("", "?"),
        ("ana de la cruz", "AC"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text())
def test_everybody_has_a_tint(public_id: str) -> None:
    assert 0 <= tint(public_id) < TINTS
