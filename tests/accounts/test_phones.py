"""A phone number as people type it, and what is never guessed."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import phones


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("+82 010-1234-5678", "", "+821012345678"),
        ("+82 (0)10 1234 5678", "", "+821012345678"),
        ("+821012345678", "", "+821012345678"),
        ("010-1234-5678", "KR", "+821012345678"),
        ("01012345678", "KR", "+821012345678"),
        ("+86 138 0013 8000", "", "+8613800138000"),
        ("+86-138-0013-8000", "KR", "+8613800138000"),  # a + says more than what was chosen
        ("13800138000", "CN", "+8613800138000"),
        ("0086 138 0013 8000", "CN", "+8613800138000"),
        ("８６ 138 0013 8000", "CN", "+8613800138000"),
        ("＋82 10 1234 5678", "", "+821012345678"),
        ("(415) 555-2671", "US", "+14155552671"),
    ],
)
def test_one_spelling(typed: str, region: str, expected: str) -> None:
    assert phones.parse(typed, region) == expected


@pytest.mark.parametrize(
    ("typed", "region", "code"),
    [
        ("010-1234-5678", "", "phone_needs_region"),
        ("13800138000", "", "phone_needs_region"),
        ("8613800138000", "", "phone_needs_region"),
        ("010-1234-5678", "CN", "phone_takes_no_messages"),  # in China this is a landline in Beijing
        ("13800138000", "KR", "phone_invalid"),
        ("010-1234-5678", "XX", "phone_invalid"),
        ("+82 10 1234", "", "phone_invalid"),
        ("+999 123456789", "", "phone_invalid"),
        ("", "KR", "phone_invalid"),
        ("+", "", "phone_invalid"),
        ("1-800-FLOWERS", "US", "phone_invalid"),
        ("+82 10 1234 5678 ext 9", "", "phone_invalid"),
        ("+82 10 1234 5678;DROP", "", "phone_invalid"),
        ("+82" + "1" * 60, "", "phone_invalid"),
        ("+82 2 312 3456", "", "phone_takes_no_messages"),
        ("+1 800 555 0199", "", "phone_takes_no_messages"),
        ("+44 909 879 0000", "", "phone_takes_no_messages"),
    ],
)
def test_what_is_refused_and_why(typed: str, region: str, code: str) -> None:
    with pytest.raises(phones.PhoneRefused) as refusal:
        phones.parse(typed, region)
    assert refusal.value.code == code


@given(st.text(max_size=50), st.sampled_from(["", "KR", "CN", "US"]))
def test_whatever_is_typed_is_a_number_or_refused(typed: str, region: str) -> None:
    try:
        e164 = phones.parse(typed, region)
    except phones.PhoneRefused:
        return
    assert phones.parse(e164) == e164


@pytest.mark.parametrize(
    ("language", "korea"), [("en", "South Korea (+82)"), ("zh-hans", "韩国 (+82)"), ("ko", "대한민국 (+82)")]
)
def test_regions_have_names_in_three_languages(language: str, korea: str) -> None:
    choices = phones.region_choices(language)
    assert choices[0] == ("KR", korea)
    assert len(choices) == len(dict(choices)) > 200


def test_the_examples_hold() -> None:
    assert doctest.testmod(phones).failed == 0
