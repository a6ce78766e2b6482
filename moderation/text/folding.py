"""A text as a reader takes it who looks past disguises: one letter for all that look alike, words that were spread by
spaces or signs put together, repeated letters counted. Each letter knows where in the text it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from moderation.text.letters import (
    DIGITS,
    SIGNS,
    Kind,
    drawn_out,
    final_of,
    is_character,
    is_jamo,
    is_vowel,
    sign,
    syllable,
)

_FEWEST_SPELLED_OUT = 3  # "b a d" is a word, "a b" are two
_FEWEST_CHARACTERS_SPREAD = 2
_Sign = tuple[Kind, str, int, int]  # what it is, its letters, and where it is
_MOST_SHOWN = 3  # of a repeated letter
_FIRST_SYLLABLE = "가"
_SIGNS_AND_DIGITS = {*SIGNS, *DIGITS}
_CLINGING = "@$€¢"  # these are letters at an end of a word too


class Edge(IntEnum):
    """What lies between two letters."""

    NONE = 0
    SOFT = 1  # a sign, or a letter alone among others that are alone
    HARD = 2  # white space


@dataclass(slots=True)
class _Letter:
    letter: str
    start: int
    end: int
    edge: Edge = Edge.NONE  # before it
    count: int = 1


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. `letters` has each run of equal letters once; the lists have an entry for each of them, `edges` one
    more: what lies before it, and behind the last."""

    letters: str
    counts: list[int]
    starts: list[int]
    ends: list[int]
    edges: list[Edge]

    @property
    def words(self) -> str:
        """To be read by people: repeated letters thrice at most, spaces between words. Folded again, it is the same."""
        parts: list[str] = []
        for place, letter in enumerate(self.letters):
            if place and self.edges[place] == Edge.HARD:
                parts.append(" ")
            parts.append(letter * min(self.counts[place], _MOST_SHOWN))
        return "".join(parts)


def has_signs(text: str) -> bool:
    """Whether it holds digits or signs that may stand for letters: then it has two readings."""
    return any(character in _SIGNS_AND_DIGITS or not character.isascii() for character in text)


def fold(text: str, *, reads_signs: bool = True) -> Folded:
    """Fold a text.

    Args:
        reads_signs: digits and signs within words are the letters that they look like (b4d, $ell); else they only separate.
    """
    tokens = [letters for token in _tokens(text) if (letters := _composed(_collapsed(_read(token, reads_signs))))]
    letters = [letter for word in _words(tokens) for letter in word]
    edges = [letter.edge for letter in letters]
    scripts = [is_character(letter.letter) for letter in letters]
    if True in scripts and False in scripts:
        for place in range(1, len(letters)):
            if edges[place] is Edge.NONE and scripts[place] != scripts[place - 1]:
                edges[place] = Edge.SOFT
    return Folded(
        "".join(letter.letter for letter in letters),
        [letter.count for letter in letters],
        [letter.start for letter in letters],
        [letter.end for letter in letters],
        [*edges, Edge.HARD],
    )


def _tokens(text: str) -> Iterator[list[_Sign]]:
    """What lies between white space."""
    token: list[_Sign] = []
    for place, character in enumerate(text):
        kind, letters = sign(character)
        if kind == Kind.SPACE:
            if token:
                yield token
            token = []
        elif kind != Kind.NOTHING:
            token.append((kind, letters, place, place + 1))
        elif token:  # an accent belongs to its letter
            kind, letters, start, _end = token[-1]
            token[-1] = (kind, letters, start, place + 1)
    if token:
        yield token


def _read(signs: list[_Sign], reads_signs: bool) -> list[_Letter]:
    kinds = {kind for kind, *_ in signs}
    has_letters = Kind.LETTER in kinds
    keeps_digits = reads_signs and not has_letters and Kind.CHARACTER not in kinds
    reads_signs = reads_signs and has_letters
    found: list[_Letter] = []
    edge = Edge.HARD
    for place, (kind, letters, start, end) in enumerate(signs):
        if kind is Kind.DIGIT and not keeps_digits:
            letters = "".join([DIGITS[digit] for digit in letters]) if reads_signs else ""
        elif kind is Kind.SIGN:
            letters = SIGNS[letters] if reads_signs and _is_letter(signs, place) else ""
        for letter in letters:
            found.append(_Letter(letter, start, end, edge))
            edge = Edge.NONE
        if not letters and edge is Edge.NONE:
            edge = Edge.SOFT
    return found


def _is_letter(signs: list[_Sign], place: int) -> bool:
    """Whether a sign stands for a letter here: within a word, or some of them at its ends."""
    before = place > 0 and signs[place - 1][0] in (Kind.LETTER, Kind.DIGIT, Kind.SIGN)
    after = place + 1 < len(signs) and signs[place + 1][0] in (Kind.LETTER, Kind.DIGIT, Kind.SIGN)
    return before or after if signs[place][1] in _CLINGING else before and after


def _collapsed(letters: list[_Letter]) -> list[_Letter]:
    """Each run of equal letters once. Nothing is joined over white space."""
    found: list[_Letter] = []
    for letter in letters:
        last = found[-1] if found and letter.edge is not Edge.HARD else None
        if last is None:
            found.append(letter)
        elif last.letter == letter.letter:
            last.count += letter.count
            last.end = letter.end
        elif letter.letter >= _FIRST_SYLLABLE and (longer := drawn_out(last.letter, letter.letter)):
            last.letter, last.end = longer, letter.end
        else:
            found.append(letter)
    return found


def _composed(letters: list[_Letter]) -> list[_Letter]:
    """Korean letters that were written one by one, as syllables."""
    if not any(is_jamo(each.letter) for each in letters):
        return letters
    found: list[_Letter] = []
    place = 0
    while place < len(letters):
        letter = letters[place]
        following = letters[place + 1] if place + 1 < len(letters) else None
        whole = syllable(letter.letter, following.letter) if following and is_vowel(following.letter) else ""
        if not whole or following is None or following.edge == Edge.HARD:
            found.append(letter)
            place += 1
            continue
        end, place = following.end, place + 2
        if place < len(letters) and letters[place].edge != Edge.HARD and (final := final_of(letters[place].letter)):
            begins_another = place + 1 < len(letters) and is_vowel(letters[place + 1].letter)
            if not begins_another:
                whole, end, place = chr(ord(whole) + final), letters[place].end, place + 1
        found.append(_Letter(whole, letter.start, end, letter.edge))
    return _collapsed(found)


def _words(tokens: list[list[_Letter]]) -> Iterator[list[_Letter]]:
    """The letters of each word. Tokens of one letter, several in a row, are one word that was spelled out."""
    alone: list[_Letter] = []
    for token in tokens:
        if len(token) == 1 and token[0].count == 1:
            alone.append(token[0])
            continue
        yield from _put_together(alone)
        alone = []
        yield token
    yield from _put_together(alone)


def _put_together(alone: list[_Letter]) -> Iterator[list[_Letter]]:
    are_characters = all(is_character(each.letter) for each in alone)
    if len(alone) >= (_FEWEST_CHARACTERS_SPREAD if are_characters else _FEWEST_SPELLED_OUT):
        yield _spelled_out(alone)
    else:
        yield from ([letter] for letter in alone)


def _spelled_out(letters: list[_Letter]) -> list[_Letter]:
    is_word = any(not is_character(each.letter) and each.letter not in DIGITS for each in letters)
    for place, each in enumerate(letters):
        if place:
            each.edge = Edge.SOFT
        if is_word:
            each.letter = DIGITS.get(each.letter, each.letter)
    return _composed(_collapsed(letters))
