"""Every address of MiTalk, as the urlconf has it: a new one cannot be forgotten here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

_REGEX_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """One address: its parts in words, and which of them vary."""

    template: str  # such as /r/{public_id}/ping/
    name: str  # such as rooms:ping; unnamed ones end with a dash
    converters: Mapping[str, Any] = field(compare=False, hash=False)

    @property
    def parameters(self) -> tuple[str, ...]:
        """What varies."""
        return tuple(self.converters)

    @property
    def of_staff(self) -> bool:
        """Whether it belongs to the staff's site."""
        return self.template.startswith("/staff/")

    def path(self, values: Mapping[str, object]) -> str:
        """The address with these values in it, whatever they are."""
        return self.template.format_map({name: quote(str(values[name]), safe="") for name in self.parameters})

    def takes(self, parameter: str, value: object) -> bool:
        """Whether the address could be written with it: what its converter does not read leads nowhere."""
        converter = self.converters[parameter]
        return bool(value != "" and (converter is None or re.fullmatch(converter.regex, str(value))))


def every_route() -> list[Route]:
    """All of them, in the order of the urlconf."""
    found = {route.template + route.name: route for route in _walk(get_resolver(), "/", (), {})}
    return list(found.values())


def _walk(resolver: URLResolver, prefix: str, namespaces: tuple[str, ...], outer: Mapping[str, Any]) -> Iterator[Route]:
    for part in resolver.url_patterns:
        words, own = _read(part.pattern)
        converters = {**outer, **own}
        if isinstance(part, URLPattern):
            yield Route(prefix + words, ":".join((*namespaces, part.name or "-")), converters)
        else:
            inner = (*namespaces, part.namespace) if part.namespace else namespaces
            yield from _walk(part, prefix + words, inner, converters)


def _read(pattern: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(pattern, RoutePattern):
        words = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern))
        return words, dict(pattern.converters)
    if isinstance(pattern, RegexPattern):
        written = str(pattern).removeprefix("^").removesuffix("$")
        return _REGEX_GROUP.sub(r"{\1}", written), dict.fromkeys(pattern.regex.groupindex)
    return "", {}  # of a language prefix, which there is none of
