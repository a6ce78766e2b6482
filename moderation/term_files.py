"""Lists of terms as CSV."""

from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from accounts.services import record
from invites.csv_files import read, written
from moderation.models import Category, Term
from moderation.text.finding import Outcome, TermKind

STARTER = Path(__file__).parent / "term_lists" / "starter.csv"
COLUMNS = ("language", "pattern", "kind", "outcome", "category", "reason", "note", "active")
_REQUIRED = ("pattern",)


class RowErrors(ValueError):
    """Rows that cannot be taken, each in words with its line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def as_csv(terms: Iterable[Term], *, by: User) -> str:
    """A file of terms, to be changed and brought back."""
    rows = [[*(getattr(term, name) for name in COLUMNS[:-1]), "yes" if term.is_active else "no"] for term in terms]
    record("term.exported", f"{len(rows)} terms", actor=by)
    return written(COLUMNS, rows)


@transaction.atomic
def take(content: bytes, *, by: User | None, replaces: bool = True) -> tuple[int, int]:
    """Take a file in, whole or not at all.

    Args:
        replaces: an entry that is there becomes what the file says; else it stays as it is.

    Returns:
        How many are new, and how many are otherwise now.

    Raises:
        BadFile: it is no such file. RowErrors: some rows cannot be taken.
    """
    there = {(term.language, term.pattern): term for term in Term.objects.all()}
    wrong: list[str] = []
    new = changed = 0
    for line, row in read(content, required=_REQUIRED):
        try:
            term = _term(row)
        except ValidationError as error:
            wrong.append(gettext("Line %(line)d: %(what)s") % {"line": line, "what": " ".join(error.messages)})
            continue
        known = there.get((term.language, term.pattern))
        if known is None:
            new += 1
        elif replaces and any(getattr(known, field) != getattr(term, field) for field in _FIELDS):
            term.pk, changed = known.pk, changed + 1
        else:
            continue
        term.changed_by, term.changed_at = by, timezone.now()
        term.save()
        there[term.language, term.pattern] = term
    if wrong:
        raise RowErrors(wrong)
    if new or changed:
        record("term.imported", f"{new} new, {changed} changed", actor=by)
    return new, changed


_FIELDS = ("kind", "outcome", "category", "reason", "note", "is_active")


def _term(row: dict[str, str]) -> Term:
    term = Term(
        language=row.get("language", ""),
        pattern=row["pattern"],
        kind=row.get("kind") or TermKind.WORD.value,
        outcome=row.get("outcome") or Outcome.FLAG.value,
        category=row.get("category") or Category.OTHER.value,
        reason=row.get("reason", ""),
        note=row.get("note", ""),
        is_active=row.get("active", "").lower() not in ("no", "false", "0"),
    )
    term.full_clean(validate_unique=False, validate_constraints=False)
    return term
