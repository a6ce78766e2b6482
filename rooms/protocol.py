"""The live protocol, written out: docs/protocol.md and docs/permissions.md for people, static/js/room/protocol.js for pages.

All are made from rooms.domain by `manage.py protocol`; a test fails when they are not what it would write.
"""

import dataclasses
import inspect
import json
import typing
from pathlib import Path
from typing import Any

from django.conf import settings

from rooms import permission_table
from rooms.domain import messages
from rooms.domain.errors import Code
from rooms.signalling.consumer import CLOSE_CODES, CLOSE_COME_BACK, CLOSE_GO_ELSEWHERE, CLOSE_REFUSED, FATAL
from rooms.wording import SENTENCES

PERMISSIONS_PAGE = Path(settings.BASE_DIR) / "docs" / "permissions.md"
DOCUMENT = Path(settings.BASE_DIR) / "docs" / "protocol.md"
MODULE = Path(settings.BASE_DIR) / "static" / "js" / "room" / "protocol.js"

_PARTS = (
    messages.RoomSnapshot,
    messages.Talk,
    messages.Desk,
    messages.You,
    messages.PersonCard,
    messages.Face,
    messages.ClaimCard,
    messages.HandCard,
    messages.ChatMessage,
    messages.Question,
    messages.WaitingWords,
    messages.RemovedMessage,
    messages.Votes,
    messages.ReactionCount,
    messages.FloorTime,
    messages.Visitor,
)
_JAVASCRIPT = {str: "string", int: "number", bool: "boolean"}
# What a page is answered, where that is more than that it was done.
_WHOLE = "{you: You, snapshot: RoomSnapshot, desk: Desk | null, talk: Talk}"
_ANSWERS = {
    messages.Join.type: f"{_WHOLE} & {{connection: string}}",
    messages.Sync.type: _WHOLE,
    messages.ChatSay.type: "{message: string, waits: boolean}",
    messages.QuestionAsk.type: "{question: string, waits: boolean}",
    messages.RoomPeople.type: "{people: Visitor[]}",
    messages.RoomAudience.type: "{faces: Face[], more: boolean}",
    messages.MediaOffer.type: "{sdp: string, epoch: number, shared: boolean}",
    messages.Ping.type: "{epoch: number}",
    messages.CheckRelay.type: "{urls: string[], username: string, credential: string}",
    messages.CheckOffer.type: "{sdp: string}",
}


def files() -> dict[Path, str]:
    """What each generated file should hold."""
    return {DOCUMENT: document(), MODULE: module(), PERMISSIONS_PAGE: permission_table.page()}


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
        '- ← `{"type": "ok", "re": id, "data": {…}}` or',
        '  `{"type": "error", "re": id, "code": …, "message": …, "fatal": …, "details": {…}}`.',
        '- ← an event: `{"type": …, "data": {…}}`; with `seq` when it belongs to an ordered history. There are two, each',
        "  with its own numbers: that of everyone (`seq` of the snapshot) and that of the moderators (`seq` of the desk). A",
        "  page that sees a gap asks for both (`room.sync`); an event with a lower `seq` than it has, it drops.",
        "",
        "Who may send which command: [permissions.md](permissions.md). A page that does not ping, or not read, is let go;",
        "one whose sound does not connect within some seconds is taken off the roster (`media_missing`) and may come back.",
        "",
        "## Commands →",
        "",
        *_section(messages.COMMANDS),
        "## Commands of the self-test →",
        "",
        "On a socket of its own, `/ws/check/`, which anybody may open, seldom, and which ends after a while. It says `hello`",
        "first and answers as a room does.",
        "",
        *_section(messages.CHECK_COMMANDS),
        "## Events ←",
        "",
        *_section(messages.EVENTS),
        "## What they carry",
        "",
        *[line for part in _PARTS for line in (f"### {part.__name__}", "", *_described(part))],
        "## Errors ←",
        "",
        "`fatal` ones close the socket, and coming back with the same would be refused again.",
        f"The close code is {CLOSE_REFUSED} unless named; 1000 after `room.leave`; {CLOSE_COME_BACK}, without an error, when",
        "a crowd waits at the door for too long: come back in a moment;",
        f"{CLOSE_GO_ELSEWHERE}, without an error, when this process ends: come back at once, to another.",
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
        history = getattr(message, "ordered", None)
        ordered = f" (in the history of {history.value})" if history else ""
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


def _javascript_fields(message: Any) -> dict[str, str]:
    """The type of each field; one that holds one of a few words is these words."""
    kinds = {name: _javascript(kind) for name, kind in _fields(message).items()}
    for field in dataclasses.fields(message):
        if "one_of" in field.metadata:
            kinds[field.name] = " | ".join(json.dumps(word) for word in sorted(field.metadata["one_of"]))
    return kinds


def _frames() -> list[str]:
    """The types that tie a frame's `type` to what it carries."""
    commands = {name: command.__name__ for name, command in messages.COMMANDS.items()}
    checks = {name: command.__name__ for name, command in messages.CHECK_COMMANDS.items()}
    events = {name: event.__name__ for name, event in messages.EVENTS.items()}
    return [
        *_typedef("Command type → what it carries.", "Commands", commands),
        *_typedef(
            "Command type → what the answer carries.", "Answers", {n: _ANSWERS.get(n, "object") for n in commands}
        ),
        *_typedef("The self-test's command type → what it carries.", "CheckCommands", checks),
        *_typedef(
            "The same → what the answer carries.", "CheckAnswers", {n: _ANSWERS.get(n, "object") for n in checks}
        ),
        *_typedef("Event type → what it carries.", "Events", events),
        "/**",
        " * An event as it comes. `seq` is of the history it belongs to.",
        " * @typedef {{[T in keyof Events]: {type: T, seq?: number, data: Events[T]}}[keyof Events]} Frame",
        " */",
        "",
    ]


def _typedef(says: str, name: str, properties: dict[str, str]) -> list[str]:
    lines = [f'"{key}": {value}' for key, value in properties.items()]
    return ["/**", f" * {says}", " * @typedef {{", *[f" *   {line}," for line in lines], f" * }}}} {name}", " */", ""]


def module() -> str:
    """The page's copy of the protocol: constants, and JSDoc types that the editor and the type checker read."""
    lines = [
        "// The live protocol. Written by `manage.py protocol` from rooms/domain/messages.py; do not edit.",
        "",
    ]
    declared = (messages.COMMANDS, messages.CHECK_COMMANDS, messages.EVENTS)
    for part in (*reversed(_PARTS), *(message for kind in declared for message in kind.values())):
        summary = " ".join((inspect.getdoc(part) or "").split())
        lines += ["/**", f" * {summary}", f" * @typedef {{object}} {part.__name__}"]
        lines += [f" * @property {{{kind}}} {name}" for name, kind in _javascript_fields(part).items()]
        lines += [" */", ""]
    lines += [
        *_frames(),
        f"export const PROTOCOL = {messages.PROTOCOL};",
        f"export const HEARTBEAT_SECONDS = {messages.HEARTBEAT_SECONDS};",
        f"export const FACES_AT_A_TIME = {messages.FACES_AT_A_TIME};",
        f"export const MAX_FRAME_BYTES = {messages.MAX_FRAME_BYTES};",
        f"export const CLOSE_GO_ELSEWHERE = {CLOSE_GO_ELSEWHERE};",
        "",
        "/** Command type → its fields. */",
        f"export const COMMANDS = Object.freeze({_shape(messages.COMMANDS)});",
        "",
        "/** Event type → its fields. */",
        f"export const EVENTS = Object.freeze({_shape(messages.EVENTS)});",
        "",
        "/** Events that carry `seq` → the history they belong to.",
        ' * @type {Readonly<Record<string, "everyone" | "moderators">>} */',
        f"export const ORDERED = Object.freeze({json.dumps(_ordered(), indent=2)});",
        "",
        "/** Command type → the act it is. @type {Readonly<Record<string, string>>} */",
        f"export const ACTS = Object.freeze({json.dumps(_acts(), indent=2)});",
        "",
        "/** By act and role. @typedef {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>} Table */",
        "",
        "/** Act → role → the positions from which it is allowed. @type {Table} */",
        f"export const PERMISSIONS = Object.freeze({json.dumps(permission_table.allowed())});",
        "",
        "/** Act on another → role → the roles it may be done to. @type {Table} */",
        f"export const ON_WHOM = Object.freeze({json.dumps(permission_table.on_whom())});",
        "",
        "/** Stable error codes. */",
        f"export const CODES = Object.freeze({json.dumps({code.name: code.value for code in Code}, indent=2)});",
        "",
    ]
    return "\n".join(lines)


def _ordered() -> dict[str, str]:
    histories = {name: getattr(event, "ordered", None) for name, event in messages.EVENTS.items()}
    return {name: history.value for name, history in histories.items() if history}


def _acts() -> dict[str, str]:
    return {name: command.act.value for name, command in messages.COMMANDS.items() if command.act}


def _shape(declared: dict[str, Any]) -> str:
    return json.dumps({name: list(_fields(message)) for name, message in declared.items()}, indent=2)
