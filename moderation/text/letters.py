"""What each sign of a text is taken for, whatever stands around it."""

import re
import unicodedata
from enum import IntEnum
from functools import cache

from opencc import OpenCC

from accounts.names import look_alike


class Kind(IntEnum):
    """What a sign is for whoever reads words."""

    NOTHING = 0  # not seen, or only beside another: accents, joiners, direction marks
    SPACE = 1
    SEPARATOR = 2
    SIGN = 3  # a separator that is also written for a letter: $ for s
    DIGIT = 4
    LETTER = 5  # of an alphabet, in which words have boundaries
    CHARACTER = 6  # of Chinese, Japanese, Korean, in which they have none


# Blank, although by their category letters or symbols.
_BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")

# For i and l there is one letter, as for all that look alike.
SIGNS = {"@": "a", "$": "s", "€": "e", "¢": "c", "!": "l", "¡": "l", "|": "l", "+": "t"}
DIGITS = {"0": "o", "1": "l", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}

# Letters in squares, circles and flags that have no simpler form in Unicode.
_ENCLOSED = {first + place: chr(97 + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)}
_LATIN = re.compile(r"LATIN (?:SMALL LETTER|CAPITAL LETTER|LETTER SMALL CAPITAL) (?:DOTLESS )?([A-Z])(?: WITH .*)?$")
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_JAMO = {
    first + place: jamo
    for first, row in ((0x1100, _INITIALS), (0x1161, _VOWELS), (0x11A8, _FINALS))
    for place, jamo in enumerate(row)
}
_CHARACTERS = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3130, 0x318F),
    (0x1100, 0x11FF),
    (0xAC00, 0xD7FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def sign(character: str) -> tuple[Kind, str]:
    """What a character is, and which folded letters it stands for: none for a separator, several for a ligature. Folding one
    of them again changes nothing."""
    if character.isspace() or character in _BLANKS:
        return Kind.SPACE, ""
    plain = unicodedata.normalize("NFKC", character)
    if plain in SIGNS:
        return Kind.SIGN, plain
    letters = [letter for part in plain for letter in _folded(part)]
    if not letters:
        return (Kind.NOTHING if unicodedata.category(character)[0] in "MC" else Kind.SEPARATOR), ""
    if all(letter in DIGITS for letter in letters):
        return Kind.DIGIT, "".join(letters)
    words = "".join(letter for letter in letters if letter not in DIGITS)
    return (Kind.CHARACTER if is_character(words[0]) else Kind.LETTER), words


@cache
def is_character(letter: str) -> bool:
    """Whether it is of a script that has no boundaries between words."""
    code = ord(letter)
    return any(first <= code <= last for first, last in _CHARACTERS)


def _folded(part: str) -> str:
    if unicodedata.category(part) == "Nd":
        return str(unicodedata.decimal(part))
    if ord(part) in _JAMO:
        return _JAMO[ord(part)]
    if is_character(part):
        return _folded_character(part)
    return _folded_letter(part)


def _folded_character(part: str) -> str:
    if 0xAC00 <= ord(part) <= 0xD7A3:
        return part
    bare = "".join(each for each in unicodedata.normalize("NFKD", part) if unicodedata.category(each)[0] in "LN")
    if len(bare) == 1 and ord(bare) not in _JAMO:
        simple = _simplified().convert(bare)
        return simple if len(simple) == 1 else bare
    return part if unicodedata.category(part)[0] in "LN" else ""


def _folded_letter(part: str) -> str:
    """Without accents and case, and in the plainest of all letters that look like it; i and l are one."""
    before, letters = "", _ENCLOSED.get(ord(part), part)
    while before != letters:
        before = letters
        letters = "".join(_plainer(each) for each in unicodedata.normalize("NFKD", letters))
    return letters.replace("i", "l")


def _plainer(letter: str) -> str:
    if unicodedata.category(letter)[0] not in "LN":
        return ""
    if letter in DIGITS:
        return letter
    named = None if letter.isascii() else _LATIN.match(unicodedata.name(letter, ""))
    return (named[1] if named else look_alike(letter)).casefold()


def final_of(jamo: str) -> int:
    """Which final of a Korean syllable a consonant is, from 1; 0 for none."""
    return _FINALS.find(jamo) + 1


def syllable(initial: str, vowel: str) -> str:
    """The Korean syllable of a consonant and a vowel; empty, if it is none."""
    first, second = _INITIALS.find(initial), _VOWELS.find(vowel)
    return chr(0xAC00 + (first * 21 + second) * 28) if min(first, second) >= 0 else ""


def is_jamo(letter: str) -> bool:
    """Whether it is a Korean letter by itself, not a syllable."""
    return "\u3131" <= letter <= "\u3163"


def is_vowel(jamo: str) -> bool:
    """Whether it is a Korean vowel by itself."""
    return jamo in _VOWELS


def drawn_out(before: str, after: str) -> str:
    """One syllable for two of which the second only draws out the vowel of the first (시이 for 시, 바알 for 발); or empty."""
    one, other = ord(before) - 0xAC00, ord(after) - 0xAC00
    if one < 0 or other < 0 or one >= 11172 or other >= 11172 or one % 28 or other // 588 != 11:
        return ""
    return chr(0xAC00 + one + other % 28) if one // 28 % 21 == other // 28 % 21 else ""
