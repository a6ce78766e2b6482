"""What stands for a person's face: their photo, a drawn face that they chose, else their initials on their tint."""

import zlib
from dataclasses import dataclass
from functools import cache

from django.templatetags.static import static
from django.urls import reverse

PORTRAITS = tuple(f"face-{number}" for number in range(1, 13))  # static/img/faces/face-N.svg
PHOTO_SIZES = (192, 512)  # in pixels, square: beside a name, and on its own page
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


@cache
def drawn(portrait: str) -> str:
    """The address of a drawn face by its name; empty for none."""
    return static(f"img/faces/{portrait}.svg") if portrait else ""


def photo_address(name: str, size: int = PHOTO_SIZES[0]) -> str:
    """Where the photo of this name is."""
    return reverse("accounts:photo", args=[name, size])


@cache
def photos_prefix() -> str:
    """What every photo's address begins with."""
    return photo_address("x" * 16).split("x" * 16)[0]


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn for a person: a picture by its address, else their initials on their tint."""

    name: str
    initials: str
    tint: int
    portrait: str


def look(name: str, public_id: str, picture: str) -> Look:
    """The look of a person by name, public id and the address of a picture (may be empty)."""
    return Look(name, initials(name), tint(public_id), picture)
