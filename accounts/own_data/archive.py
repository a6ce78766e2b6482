"""An export as a file: JSON for machines, and one page for people that needs neither scripts nor a network."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.own_data import registry
from accounts.own_data.registry import Link, Subject

FORMAT = "mitalk-export-1"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of rows."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]  # names, and what they are called
    rows: list[dict[str, Any]]

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """The rows for people: what it is called, and what it says."""
        return [[(label, _in_words(row.get(name))) for name, label in self.columns] for row in self.rows]


def part_of(link: Link, subject: Subject) -> Part:
    """A person's rows of one link."""
    if link.as_rows is not None:
        rows = list(link.as_rows(subject))
        return Part(
            link.name, str(link.title), tuple((name, _own_label(name)) for name in (rows[0] if rows else {})), rows
        )
    columns = [_split(column) for column in link.columns]
    found = link.queryset(subject).values_list(*(path for _name, path in columns))
    rows = [dict(zip((name for name, _path in columns), row, strict=True)) for row in found]
    labels = tuple((name, _label(link.model_class, name, path)) for name, path in columns)
    return Part(link.name, str(link.title), labels, rows)


def build(subject: Subject, language: str, progress: Callable[[int, int], None] = lambda done, of: None) -> bytes:
    """The file. `progress` is told how many parts are done, of how many."""
    with translation.override(language):
        made_at = timezone.now()
        exported = [link for link in registry.links() if link.is_exported]
        parts = []
        for number, link in enumerate(exported, 1):
            parts.append(part_of(link, subject))
            progress(number, len(exported))
        files = {name: data for link in exported for name, data in link.files(subject).items()}
        return _zipped(subject, parts, files, made_at)


def _zipped(subject: Subject, parts: list[Part], files: dict[str, bytes], made_at: datetime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _page(subject, parts, list(files), made_at))
        archive.writestr("export.json", _as_json(_contents(subject, parts, list(files), made_at)))
        for part in parts:
            archive.writestr(f"data/{part.name}.json", _as_json(part.rows))
        for name, content in files.items():
            archive.writestr(f"files/{name}", content)
    return buffer.getvalue()


def _contents(subject: Subject, parts: list[Part], files: list[str], made_at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": made_at,
        "person": subject.public_id,
        "parts": [{"file": f"data/{part.name}.json", "title": part.title, "rows": len(part.rows)} for part in parts],
        "files": [f"files/{name}" for name in files],
    }


def _page(subject: Subject, parts: list[Part], files: list[str], made_at: datetime) -> str:
    withheld = {str(link.withheld): None for link in registry.links() if link.withheld}
    context = {
        "name": subject.user.name or subject.user.email,
        "made_at": made_at,
        "parts": [part for part in parts if part.rows],
        "files": files,
        "empty": [part for part in parts if not part.rows],
        "withheld": list(withheld),
        "kept": registry.kept(),
        "language_code": translation.get_language(),
    }
    return render_to_string("accounts/own_data/export.html", context)


def _as_json(data: Any) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _split(column: str) -> tuple[str, str]:
    name, is_named, path = column.partition("=")
    return name, path if is_named else name


def _label(model: type[Model], name: str, path: str) -> str:
    """What the models call it: the first field of the path, and the last if that says more."""
    steps = path.split("__")
    fields = []
    current: Any = model
    for step in steps:
        field = current._meta.get_field(step)
        fields.append(field)
        current = field.related_model or current
    first = fields[0]
    words = str(getattr(first, "verbose_name", "") or name)
    return words[:1].upper() + words[1:]


def _own_label(name: str) -> str:
    words = {
        "phone": _("Phone"),
        "proven": _("Proven"),
        "browser": _("Browser"),
        "address": _("Address on the network"),
        "since": _("Since"),
        "last_seen": _("Last seen"),
        "at": _("When"),
        "act": _("Act"),
    }
    return words.get(name, name)


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
