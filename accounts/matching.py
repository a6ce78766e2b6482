"""Rows whose words hold what somebody typed, in any case and any spelling of the same letters."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.text import key, tidy

Row = TypeVar("Row", bound=Model)
MOST_LETTERS = 100
_MOST_WORDS = 6


def words_of(query: str) -> list[str]:
    """What is looked for: a few words, in one spelling. Empty if nothing was asked."""
    return tidy(key(query[:MOST_LETTERS].replace("\0", ""))).split()[:_MOST_WORDS]


def matches(rows: QuerySet[Row], query: str, *fields: str) -> QuerySet[Row]:
    """Those that hold every word in one of these fields. A word is any part of the text: Chinese and Korean have no
    boundaries to look for."""
    for word in words_of(query):
        rows = rows.filter(contains(word, *fields))
    return rows


def contains(word: str, *fields: str) -> Q:
    """Those that hold a word of `words_of` in one of these fields."""
    found = Q()
    for field in fields:
        for spelling in _spellings(word):
            found |= Q(**{f"{field}__icontains": spelling})
    return found


def _spellings(word: str) -> set[str]:
    """SQLite folds the case of ASCII letters only."""
    return {word} if word.isascii() else {word, word.upper(), word.title()}
