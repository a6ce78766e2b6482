"""Terms, privacy notice and community rules: files `<document>/<version>/<language>.html`. A version is a day; the one that
holds is the latest whose day has come. Nobody changes a version: a new text is a new folder."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Promise] = {
    "terms": _("Terms of use"),
    "privacy": _("Privacy notice"),
    "rules": _("Community rules"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document."""

    name: str
    version: str

    @property
    def title(self) -> str:
        """What it is called."""
        return str(TITLES[self.name])

    @property
    def text(self) -> SafeString:
        """In the reader's language, else in English. The files are the operator's own."""
        folder = _folder() / self.name / self.version
        path = folder / f"{get_language() or 'en'}.html"
        return mark_safe((path if path.exists() else folder / "en.html").read_text())  # noqa: S308 - our own files


def current() -> tuple[Document, ...]:
    """What holds today."""
    return _current(_folder(), f"{timezone.now():%Y-%m-%d}")


def find(name: str, version: str = "") -> Document | None:
    """A document, as it holds today or in an earlier version."""
    if name not in TITLES:
        return None
    versions = _versions(_folder(), name)
    if not version:
        return next((document for document in current() if document.name == name), None)
    return Document(name, version) if version in versions else None


def fingerprint() -> str:
    """All that holds today, in one word: it changes with each of them."""
    words = " ".join(f"{document.name}:{document.version}" for document in current())
    return hashlib.sha256(words.encode()).hexdigest()[:32]


@functools.lru_cache(maxsize=8)
def _current(folder: Path, today: str) -> tuple[Document, ...]:
    found = []
    for name in TITLES:
        in_force = [version for version in _versions(folder, name) if version <= today]
        if in_force:
            found.append(Document(name, in_force[-1]))
    return tuple(found)


def _versions(folder: Path, name: str) -> list[str]:
    where = folder / name
    return sorted(path.name for path in where.iterdir() if (path / "en.html").exists()) if where.is_dir() else []


def _folder() -> Path:
    return Path(settings.DOCUMENTS_DIR)
