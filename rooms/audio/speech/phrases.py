"""Phrases found in words that an engine heard. Pure."""

import unicodedata
from dataclasses import dataclass

_AROUND = 6  # words on each side of what is quoted
_WITHOUT_SPACES = {"zh", "ko"}  # Korean has some, where each writer likes them


@dataclass(frozen=True, slots=True)
class Word:
    """One word and when it was said, in seconds from the beginning of the sound."""

    text: str
    from_seconds: float
    until_seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that was said, when, and the words around it, if they are known."""

    phrase: str
    from_seconds: float
    until_seconds: float
    words: str = ""


def fold(text: str) -> str:
    """A text as it is compared: without punctuation, width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(letter if unicodedata.category(letter)[0] in "LNM" or letter == "'" else " " for letter in folded)
    return " ".join(kept.split())


def find(words: list[Word], phrases: list[str], language: str) -> list[Found]:
    """Every place where a phrase stands among words. Chinese and Korean are compared without spaces."""
    joint = "" if language in _WITHOUT_SPACES else " "
    text = ""
    owners: list[int] = []  # of each letter, the number of its word
    for number, word in enumerate(words):
        part = fold(word.text).replace(" ", joint)
        if not part:
            continue
        if text and joint:
            text, owners = text + joint, [*owners, number]
        text, owners = text + part, owners + [number] * len(part)
    found = []
    for phrase in phrases:
        wanted = fold(phrase).replace(" ", joint)
        place = text.find(wanted) if wanted else -1
        while place >= 0:
            end = place + len(wanted)
            if not joint or (text[place - 1 : place] in ("", " ") and text[end : end + 1] in ("", " ")):
                first, last = owners[place], owners[end - 1]
                around = words[max(0, first - _AROUND) : last + 1 + _AROUND]
                quoted = (" " if language != "zh" else "").join(word.text.strip() for word in around)
                found.append(Found(phrase, words[first].from_seconds, words[last].until_seconds, quoted))
            place = text.find(wanted, place + 1)
    return sorted(found, key=lambda each: each.from_seconds)
