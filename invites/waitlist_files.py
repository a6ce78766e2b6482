"""Applications as CSV."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.contact_forms import contact_of
from accounts.models import Industry, User
from accounts.services import record
from invites.csv_files import read, written
from invites.models import Application
from invites.services import waitlist

COLUMNS = ("name", "contact", "region", "occupation", "industry", "why", "vouchers", "language")
_REQUIRED = ("name", "contact", "occupation", "industry", "why")
_HEAD = (*COLUMNS, "state", "since", "vouches", "answer")

MISTAKES = {
    "csv_too_large": _("The file is too large: at most 2,000 rows and 2 MB."),
    "csv_not_utf8": _("The file is not UTF-8. Save it as “CSV UTF-8”."),
    "csv_unreadable": _("The file cannot be read as CSV."),
    "csv_no_column": _("Columns are missing:"),
}


class RowErrors(ValueError):
    """Rows that cannot be taken, each in words with its line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def application_rows(content: bytes) -> list[Application]:
    """The applications of a file, valid and not saved.

    Raises:
        BadFile: it is no such file.
        RowErrors: some rows cannot be taken; then none is.
    """
    industries = {industry.slug: industry for industry in Industry.objects.all()}
    found, wrong = [], []
    for line, row in read(content, required=_REQUIRED):
        try:
            found.append(_application(row, industries))
        except ValidationError as error:
            wrong.append(gettext("Line %(line)d: %(what)s") % {"line": line, "what": " ".join(error.messages)})
    if wrong:
        raise RowErrors(wrong)
    return found


def _application(row: dict[str, str], industries: dict[str, Industry]) -> Application:
    industry = industries.get(row["industry"])
    if industry is None:
        raise ValidationError(_("There is no industry “%(slug)s”."), params={"slug": row["industry"]})
    return waitlist.make(
        contact_of(row["contact"], row.get("region", "").upper()),
        industry=industry,
        is_imported=True,
        name=row["name"],
        occupation=row["occupation"],
        why=row["why"],
        vouchers=row.get("vouchers", ""),
        language=row.get("language") or settings.LANGUAGE_CODE,
    )


def as_csv(applications: Iterable[Application], *, by: User) -> str:
    """A file of applications. That it was made is in the audit log, for it holds addresses."""
    rows = [_row(application) for application in applications]
    record("application.exported", f"{len(rows)} applications", actor=by)
    return written(_HEAD, rows)


def _row(application: Application) -> list[Any]:
    contact = application.contact
    return [
        application.name,
        contact.value if contact else "",
        "",
        application.occupation,
        application.industry.slug,
        application.why,
        application.vouchers,
        application.language,
        application.state,
        application.state_at.isoformat(),
        application.vouches.count(),
        application.answer,
    ]
