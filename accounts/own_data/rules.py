"""The community rules, one by one: so that whoever broke one can be told which, in the words of the version that held.

As staff write them: parts with an empty line between; one that begins with `1.`, `2.` … is a rule, whose first line is its
title and whose others are what it says. Everything else is a paragraph. As an operator's file: a list of `<li><b>Title.</b>
what it says</li>`.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_NUMBERED = re.compile(r"^(\d{1,2})[.．、]\s*(.+)$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one version."""

    number: int
    title: str
    text: str


class Unreadable(ValueError):
    """A text in which the rules are not numbered one after the other; the message says which is missing."""


@dataclass(frozen=True, slots=True)
class _Part:
    rule: Rule | None
    words: str


def written(text: str) -> list[Rule]:
    """The rules of a text as staff write it.

    Raises:
        Unreadable: there are none, or their numbers do not follow each other.
    """
    rules = [part.rule for part in _parts(text) if part.rule is not None]
    for wanted, rule in enumerate(rules, start=1):
        if rule.number != wanted or not rule.text:
            raise Unreadable(str(wanted))
    if not rules:
        raise Unreadable("1")
    return rules


def as_page(text: str) -> SafeString:
    """A text as staff write it, as HTML in which nothing of it runs."""
    pages, in_list = [], False
    for part in _parts(text):
        if (part.rule is not None) is not in_list:
            in_list = part.rule is not None
            pages.append("<ol>" if in_list else "</ol>")
        if part.rule is not None:
            words = f"<b>{escape(part.rule.title)}</b> {escape(part.rule.text)}"
            pages.append(f'<li id="rule-{part.rule.number}">{words}</li>')
        else:
            pages.append(f"<p>{escape(part.words)}</p>")
    return mark_safe("\n".join([*pages, "</ol>"] if in_list else pages))  # noqa: S308 - every word is escaped


def _parts(text: str) -> list[_Part]:
    found = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        first, _, rest = block.strip().partition("\n")
        numbered = _NUMBERED.match(first.strip())
        words = " ".join(rest.split())
        if numbered:
            found.append(_Part(Rule(int(numbered[1]), numbered[2].strip(), words), ""))
        elif block.strip():
            found.append(_Part(None, " ".join(block.split())))
    return found


class _Items(HTMLParser):
    """Reads the items of the first list."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[tuple[str, str]] = []
        self.rest: list[str] = []
        self._title, self._text = "", ""
        self._in_item = self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self._in_item, self._title, self._text = True, "", ""
        elif tag in ("b", "strong") and self._in_item and not self._text.strip():
            self._in_title = True
        elif tag == "p":
            self.rest.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "li" and self._in_item:
            self._in_item = False
            self.items.append((" ".join(self._title.split()), " ".join(self._text.split())))
        elif tag in ("b", "strong"):
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title += data
        elif self._in_item:
            self._text += data
        elif self.rest:
            self.rest[-1] += data


def of_page(html: str) -> list[Rule]:
    """The rules of an operator's file."""
    items = _read(html).items
    return [Rule(number, title or text, text if title else "") for number, (title, text) in enumerate(items, start=1)]


def as_written(html: str) -> str:
    """An operator's file as staff would have written it: where they begin."""
    read = _read(html)
    rules = [f"{number}. {title}\n{text}" for number, (title, text) in enumerate(read.items, start=1)]
    return "\n\n".join([*rules, *(" ".join(words.split()) for words in read.rest if words.strip())])


def _read(html: str) -> _Items:
    items = _Items()
    items.feed(html)
    return items
