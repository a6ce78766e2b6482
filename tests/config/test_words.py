"""One thing has one word: the translations use none of those that docs/words.md rules out."""

from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = {"ko": ["당신"], "zh_Hans": ["你"]}
LETTERS = {"ko": ("가", "힣"), "zh_Hans": ("一", "鿿")}


def ruled_out(locale: str) -> list[str]:
    """The last column of the table, as far as it is of this language."""
    rows = [line.split("|") for line in (ROOT / "docs" / "words.md").read_text().splitlines() if line.startswith("| ")]
    words = [word.strip() for row in rows[1:] for word in row[4].split(",")]
    least, most = LETTERS[locale]
    return [word for word in words if word and least <= word[0] <= most] + ADDRESSES[locale]


@pytest.mark.parametrize("locale", LETTERS)
def test_translations_use_the_words_of_the_table(locale: str) -> None:
    words = ruled_out(locale)
    assert len(words) > 4
    entries = polib.pofile(str(ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"))
    found = [
        (word, entry.msgid)
        for entry in entries
        for word in words
        if any(word in text for text in (entry.msgstr, *entry.msgstr_plural.values()))
    ]
    assert found == []
