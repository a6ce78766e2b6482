"""The live protocol, written out: docs/protocol.md for people, static/js/room/protocol.js for pages.

Both are made from rooms.domain.messages by `manage.py protocol`; a test fails when they are not what it would write.
"""

import dataclasses
import inspect
import json
import typing
from pathlib import Path
from typing import Any

from django.conf import settings

from rooms.domain import messages
from rooms.domain.errors import Code
from rooms.signalling.consumer import CLOSE_CODES, CLOSE_REFUSED, FATAL
from rooms.wording import SENTENCES

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "protocol.md"
MODULE = Path(settings.BASE_DIR) / "static" / "js" / "room" / "protocol.js"

_PARTS = (messages.RoomSnapshot, messages.PersonCard, messages.Face)
_JAVASCRIPT = {str: "string", int: "number", bool: "boolean"}


def files() -> dict[Path, str]:
    """What each generated file should hold."""
    return {DOCUMENT: document(), MODULE: module()}


def document() -> str:
    """The protocol page."""
    lines = [
        "# The live protocol",
        "",
        f"Version {messages.PROTOCOL}. Written by `manage.py protocol` from `rooms/domain/messages.py`; do not edit.",
        "",
        "One WebSocket a page and room at `/ws/rooms/<room>/`, from a page of our own origin, with the session's cookie.",
        f"Frames are JSON objects in text messages of at most {messages.MAX_FRAME_BYTES} bytes.",
        "",
        '- → a command: `{"type": …, "id": 1…2147483647, "data": {…}}`, answered by exactly one of',
        '- ← `{"type": "ok", "re": id, "data": {…}}` or `{"type": "error", "re": id, "code": …, "message": …, "fatal": …}`.',
        '- ← an event: `{"type": …, "data": {…}}`; with `seq` when it belongs to the ordered history of the stage. A page',
        "  that sees a gap in `seq` asks for the snapshot (`room.sync`); an event with a lower `seq` than it has, it drops.",
        "",
        "## Commands →",
        "",
        *_section(messages.COMMANDS),
        "## Events ←",
        "",
        *_section(messages.EVENTS),
        "## What they carry",
        "",
        *[line for part in _PARTS for line in (f"### {part.__name__}", "", *_described(part))],
        "## Errors ←",
        "",
        "`fatal` ones close the socket, and coming back with the same would be refused again.",
        f"The close code is {CLOSE_REFUSED} unless named.",
        "",
        "| code | says | fatal | closes with |",
        "|---|---|---|---|",
        *[
            f"| `{code.value}` | {_english(code)} | {'yes' if code in FATAL else ''} | {CLOSE_CODES.get(code, '')} |"
            for code in Code
        ],
        "",
    ]
    return "\n".join(lines)


def _english(code: Code) -> str:
    from django.utils import translation

    with translation.override("en"):
        return str(SENTENCES[code])


def _section(declared: dict[str, Any]) -> list[str]:
    lines = []
    for name, message in declared.items():
        ordered = " (ordered, has `seq`)" if getattr(message, "ordered", False) else ""
        lines += [f"### `{name}`{ordered}", "", *_described(message)]
    return lines


def _described(message: Any) -> list[str]:
    lines = [" ".join((inspect.getdoc(message) or "").split()), ""]
    fields = _fields(message)
    if fields:
        lines += [
            "| field | type |",
            "|---|---|",
            *[f"| `{name}` | {_words(kind)} |" for name, kind in fields.items()],
            "",
        ]
    return lines


def _fields(message: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(message)
    return {field.name: hints[field.name] for field in dataclasses.fields(message)}


def _words(kind: Any) -> str:
    if typing.get_origin(kind) is list:
        return f"list of {_words(typing.get_args(kind)[0])}"
    return {str: "text", int: "whole number", bool: "true or false"}.get(kind, kind.__name__)


def _javascript(kind: Any) -> str:
    if typing.get_origin(kind) is list:
        return f"{_javascript(typing.get_args(kind)[0])}[]"
    return _JAVASCRIPT.get(kind, kind.__name__)


def module() -> str:
    """The page's copy of the protocol: constants, and JSDoc types that the editor and the type checker read."""
    lines = [
        "// The live protocol. Written by `manage.py protocol` from rooms/domain/messages.py; do not edit.",
        "",
    ]
    for part in (*reversed(_PARTS), *messages.COMMANDS.values(), *messages.EVENTS.values()):
        summary = " ".join((inspect.getdoc(part) or "").split())
        lines += ["/**", f" * {summary}", f" * @typedef {{object}} {part.__name__}"]
        lines += [f" * @property {{{_javascript(kind)}}} {name}" for name, kind in _fields(part).items()]
        lines += [" */", ""]
    lines += [
        f"export const PROTOCOL = {messages.PROTOCOL};",
        f"export const HEARTBEAT_SECONDS = {messages.HEARTBEAT_SECONDS};",
        f"export const MAX_FRAME_BYTES = {messages.MAX_FRAME_BYTES};",
        "",
        "/** Command type → its fields. */",
        f"export const COMMANDS = Object.freeze({_shape(messages.COMMANDS)});",
        "",
        "/** Event type → its fields. */",
        f"export const EVENTS = Object.freeze({_shape(messages.EVENTS)});",
        "",
        "/** Events that belong to the ordered history of the stage and carry `seq`. */",
        f"export const ORDERED = Object.freeze({json.dumps(_ordered())});",
        "",
        "/** Stable error codes. */",
        f"export const CODES = Object.freeze({json.dumps({code.name: code.value for code in Code}, indent=2)});",
        "",
    ]
    return "\n".join(lines)


def _ordered() -> list[str]:
    return [name for name, event in messages.EVENTS.items() if getattr(event, "ordered", False)]


def _shape(declared: dict[str, Any]) -> str:
    return json.dumps({name: list(_fields(message)) for name, message in declared.items()}, indent=2)
