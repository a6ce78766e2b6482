"""Names, folded to what a reader could take them for: two that look alike have one key (Unicode TR 39)."""

import unicodedata
from functools import cache

from confusable_homoglyphs.confusables import confusables_data

_LETTERS_AND_DIGITS = "LN"
_ALSO_ALIKE = str.maketrans({"i": "l"})  # the capital I is an l already, and case is folded
_PAIRS = (("rn", "m"), ("vv", "w"))


@cache
def _skeletons() -> dict[str, str]:
    """Each letter that looks like another, and the one that stands for all of them: ASCII where there is one."""
    stands_for: dict[str, str] = {}

    def find(letter: str) -> str:
        while (above := stands_for.get(letter, letter)) != letter:
            letter = above
        return letter

    for letter, others in confusables_data.items():
        for other in (_bare(entry["c"]) for entry in others):
            if len(letter) == len(other) == 1:
                first, second = sorted((find(letter), find(other)), key=_plainness)
                if first != second:
                    stands_for[second] = first
    return {letter: find(letter) for letter in stands_for}


def _bare(letters: str) -> str:
    """Without strokes, accents and direction marks: ø is written as an o with a stroke."""
    return "".join(sign for sign in letters if unicodedata.category(sign) not in ("Mn", "Cf"))


def _plainness(letter: str) -> tuple[bool, bool, str]:
    return (not (letter.isascii() and letter.islower()), not (letter.isascii() and letter.isalpha()), letter)


def _skeleton(words: str) -> str:
    alike = _skeletons()
    return "".join(alike.get(letter, letter) for letter in words)


def name_key(name: str) -> str:
    """One key for all names that a reader could mix up: case, accents, spacing, punctuation and what cannot be seen are gone,
    and letters that look alike are one.

    >>> name_key("Amara Okafor") == name_key("АМАRА  0kаfоr") == name_key("amara.okafor")
    True
    """
    plain = unicodedata.normalize("NFKC", _skeleton(unicodedata.normalize("NFKC", name)))
    # Once more with case folded: some letters look alike as capitals only, others as small ones only.
    folded = _skeleton(_skeleton(plain.casefold()).casefold())
    letters = (
        letter
        for letter in unicodedata.normalize("NFD", folded)
        if unicodedata.category(letter)[0] in _LETTERS_AND_DIGITS
    )
    key = unicodedata.normalize("NFC", "".join(letters)).translate(_ALSO_ALIKE)
    for pair, letter in _PAIRS:
        key = key.replace(pair, letter)
    return key[:120]


def look_alike(letter: str) -> str:
    """The letter that stands for all that look like this one: itself, if there is none plainer."""
    return _skeletons().get(letter, letter)
