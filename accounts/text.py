"""What people may type into names, headlines and titles: words that a reader sees as they are."""

import unicodedata

from confusable_homoglyphs import confusables
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Format characters that change what a reader sees: zero-width, direction marks, tags. The joiners stay out too: no
# language of ours needs them in a name.
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# Letters and marks by their category, and yet nothing is seen of them: fillers, blanks, joiners of graphemes.
_BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_MOST_MARKS_ON_ONE_LETTER = 3
_JOINER = "\u200d"
_SIGNS = {"So", "Sk", "Mn"}  # pictures, their skin tones, and what asks for colour


# Wide Latin letters and digits are the narrow ones in disguise; wide punctuation (，：？) is how Chinese is written.
_NARROW = {
    code: code - 0xFEE0
    for start, end in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))
    for code in range(start, end)
}


def tidy(words: str) -> str:
    """NFC, wide letters and digits narrowed, runs of white space folded to one space, trimmed."""
    return " ".join(unicodedata.normalize("NFC", words).translate(_NARROW).split())


def key(words: str) -> str:
    """One key for all spellings of the same words: NFKC, case folded."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def validate_words(words: str) -> None:
    """Refuse what cannot be read as it stands.

    Raises:
        ValidationError: code `text_blank` without a letter or digit; `text_unprintable` with control, format or private
            characters, or letters buried under marks; `text_mixed_scripts` with look-alike letters of different scripts in
            one word (Unicode TR 39).
    """
    text = unicodedata.normalize("NFKC", words)
    if _is_hidden(text):
        raise ValidationError(
            _("This holds characters that cannot be seen. Type it again without them."), code="text_unprintable"
        )
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise ValidationError(_("Write at least one letter or number."), code="text_blank")
    if any(confusables.is_dangerous(word) for word in text.split()):
        raise ValidationError(
            _("This mixes letters of different alphabets that look alike. Write each word in one alphabet."),
            code="text_mixed_scripts",
        )


def validate_line(words: str) -> None:
    """The same of something that is said rather than a name: signs alone, emoji, and words of mixed alphabets may stand.

    Raises:
        ValidationError: code `text_unprintable`, as `validate_words`.
    """
    text = _without_joints(unicodedata.normalize("NFKC", words))
    if _is_hidden(text):
        raise ValidationError(
            _("This holds characters that cannot be seen. Type it again without them."), code="text_unprintable"
        )


def validate_prose(words: str) -> None:
    """The same of what is said in several lines.

    Raises:
        ValidationError: code `text_unprintable`, as `validate_words`.
    """
    for line in words.splitlines():
        validate_line(line.replace("\t", " "))


def tidy_prose(words: str) -> str:
    """Lines trimmed, at most one empty line between two others."""
    lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", words).splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip()


def _is_hidden(text: str) -> bool:
    """Whether it holds what cannot be seen, or letters buried under marks."""
    unseen = any(unicodedata.category(sign) in _FORBIDDEN_CATEGORIES or sign in _BLANK for sign in text)
    return unseen or _is_buried(text)


def _without_joints(text: str) -> str:
    """A text without the joiners within emoji: they are seen, as one sign instead of two."""
    is_sign = [unicodedata.category(character) in _SIGNS for character in text]
    return "".join(
        character
        for place, character in enumerate(text)
        if not (character == _JOINER and 0 < place < len(text) - 1 and is_sign[place - 1] and is_sign[place + 1])
    )


def _is_buried(text: str) -> bool:
    marks = 0
    for character in unicodedata.normalize("NFD", text):
        marks = marks + 1 if unicodedata.category(character) == "Mn" else 0
        if marks > _MOST_MARKS_ON_ONE_LETTER:
            return True
    return False
