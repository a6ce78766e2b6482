"""Words that people wrote, as pages show them: as they are, with their addresses as links."""

import re

from django import template
from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.links import link_host

register = template.Library()

REL = "nofollow noopener ugc"
_ADDRESS = re.compile(r"https://[^\s<>\"'`\\]+")
_AFTER_ADDRESS = ".,;:!?)]}。，；：！？）】」』"


@register.filter
def prose(words: str) -> SafeString:
    """Lines as lines, whole https addresses as links; everything else is only read."""
    return mark_safe("<br>".join(_line(line) for line in words.splitlines()))  # noqa: S308 - each part is escaped


def _line(line: str) -> str:
    parts, at = [], 0
    for match in _ADDRESS.finditer(line):
        address = match[0].rstrip(_AFTER_ADDRESS)
        parts += [escape(line[at : match.start()]), _link(address)]
        at = match.start() + len(address)
    return "".join([*parts, escape(line[at:])])


def _link(address: str) -> str:
    try:
        link_host(address)
    except ValidationError:
        return escape(address)
    return format_html('<a href="{}" rel="{}" target="_blank">{}</a>', address, REL, address)
