"""The drawn faces that a person may choose, and the initials and tint of one who has not."""

import zlib
from dataclasses import dataclass

PORTRAITS = tuple(f"face-{number}" for number in range(1, 13))  # static/img/faces/face-N.svg
TINTS = 12  # .tint-0 … .tint-11 in the style sheet


def initials(name: str) -> str:
    """One or two letters that stand for a name: first and last word, or one character of a Chinese or Korean name.

    >>> initials("Amara Okafor"), initials("林薇"), initials("Ji-woo Han 한지우")
    ('AO', '林', 'JH')
    """
    words = name.split()
    if not words:
        return "?"
    if not words[0][0].isascii():
        return words[0][0].upper()
    plain = [word for word in words if word[0].isascii()]
    return (plain[0][0] + (plain[-1][0] if len(plain) > 1 else "")).upper()


def tint(public_id: str) -> int:
    """The colour that always goes with a person, in [0, TINTS)."""
    return zlib.crc32(public_id.encode()) % TINTS


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn for a person: the portrait they chose, else their initials on their tint."""

    name: str
    initials: str
    tint: int
    portrait: str


def look(name: str, public_id: str, portrait: str) -> Look:
    """The look of a person by name, public id and chosen portrait (may be empty)."""
    return Look(name, initials(name), tint(public_id), portrait)
