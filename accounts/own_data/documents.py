"""Terms, privacy notice and community rules: files `<document>/<version>/<language>.html`, and versions that staff published.
A version is a day; the one that holds is the latest whose day has come. Nobody changes a version: a new text is a new one."""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.document_models import DocumentVersion
from accounts.own_data import figures, rules
from accounts.own_data.rules import Rule

RULES = "rules"
_PUBLISHED = "accounts.documents"  # in the cache: asked for with every page
_KNOWN_SECONDS = 10
_DAY = len("2026-11-01")
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
        """In the reader's language, else in English. Files are the operator's own."""
        published = self._published()
        if published is not None:
            return rules.as_page(published.text(get_language() or "en"))
        return mark_safe(self._file(get_language() or "en"))  # noqa: S308 - our own files

    def rules(self, language: str = "") -> list[Rule]:
        """What it says, rule by rule, in the reader's language or another."""
        language = language or get_language() or "en"
        published = self._published()
        if published is not None:
            return rules.written(published.text(language))
        return rules.of_page(self._file(language))

    def as_written(self, language: str) -> str:
        """Its words as staff write them in the admin."""
        published = self._published()
        return published.text(language) if published is not None else rules.as_written(self._file(language))

    def _published(self) -> DocumentVersion | None:
        return DocumentVersion.objects.filter(name=self.name, version=self.version).first()

    def _file(self, language: str) -> str:
        folder = _folder() / self.name / self.version
        path = folder / f"{language}.html"
        return figures.filled((path if path.exists() else folder / "en.html").read_text())


def current() -> tuple[Document, ...]:
    """What holds today."""
    return _current(_folder(), published(), f"{timezone.now():%Y-%m-%d}")


def find(name: str, version: str = "") -> Document | None:
    """A document, as it holds today or in an earlier version."""
    if name not in TITLES:
        return None
    if not version:
        return next((document for document in current() if document.name == name), None)
    return Document(name, version) if version in _versions(_folder(), published(), name) else None


def published() -> tuple[tuple[str, str], ...]:
    """Name and version of what staff published. Known for a few seconds: it is asked for with every page."""
    known: tuple[tuple[str, str], ...] | None = cache.get(_PUBLISHED)
    if known is None:
        known = tuple(DocumentVersion.objects.order_by("name", "version").values_list("name", "version"))
        cache.set(_PUBLISHED, known, _KNOWN_SECONDS)
    return known


def forget() -> None:
    """Something was published: this process knows it at once, the others within seconds."""
    cache.delete(_PUBLISHED)
    transaction.on_commit(lambda: cache.delete(_PUBLISHED))


def fingerprint() -> str:
    """All that holds today, in one word: it changes with each of them."""
    words = " ".join(f"{document.name}:{document.version}" for document in current())
    return hashlib.sha256(words.encode()).hexdigest()[:32]


@functools.lru_cache(maxsize=8)
def _current(folder: Path, added: tuple[tuple[str, str], ...], today: str) -> tuple[Document, ...]:
    found = []
    for name in TITLES:
        in_force = [version for version in _versions(folder, added, name) if version[:_DAY] <= today]
        if in_force:
            found.append(Document(name, in_force[-1]))
    return tuple(found)


def _versions(folder: Path, added: tuple[tuple[str, str], ...], name: str) -> list[str]:
    where = folder / name
    files = [path.name for path in where.iterdir() if (path / "en.html").exists()] if where.is_dir() else []
    return sorted({*files, *(version for document, version in added if document == name)})


def versions(name: str) -> list[str]:
    """Every version of a document, also those to come, the oldest first."""
    return _versions(_folder(), published(), name)


def _folder() -> Path:
    return Path(settings.DOCUMENTS_DIR)
