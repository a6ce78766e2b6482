"""What ES modules import, for a page to ask for at once: else a browser hears of each only from the one that imports it."""

import functools
import posixpath
import re
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_IMPORTED = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)


@register.simple_tag
def module_preloads(*entries: str) -> SafeString:
    """Links to these modules and to all that they import, however deep."""
    found = dict.fromkeys(path for entry in entries for path in with_imports(entry))
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((static(path),) for path in found))


def with_imports(entry: str) -> tuple[str, ...]:
    """A module, by its path among static files, and what it imports, the nearest first."""
    return _read(entry) if settings.DEBUG else _remembered(entry)


def _read(entry: str) -> tuple[str, ...]:
    found = {entry: None}
    for path in (waiting := [entry]):
        for name in _IMPORTED.findall(_text(path)):
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if imported not in found:
                found[imported] = None
                waiting.append(imported)
    return tuple(found)


_remembered = functools.cache(_read)


def _text(path: str) -> str:
    found = finders.find(path)
    return Path(found).read_text() if isinstance(found, str) else ""
