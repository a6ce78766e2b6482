"""The text of a WebSocket becomes one of the live protocol's commands, or is refused."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rooms.domain.errors import Code, Refused
from rooms.domain.messages import COMMANDS, MAX_FRAME_BYTES, MAX_ID, Command

AnyCommand = TypeVar("AnyCommand")


@dataclass(frozen=True, slots=True)
class Incoming(Generic[AnyCommand]):
    """A command and the id to answer it by."""

    id: int
    command: AnyCommand


class Unreadable(Refused):
    """A frame that is no command of ours. `re` is its id when at least that could be read."""

    def __init__(self, code: Code, re: int | None = None) -> None:
        super().__init__(code)
        self.re = re


def decode(text: str) -> Incoming[Command]:
    """The command of one frame in a room.

    Raises:
        Unreadable: as `decode_one_of`.
    """
    return decode_one_of(COMMANDS, text)


def decode_one_of(commands: Mapping[str, type[AnyCommand]], text: str) -> Incoming[AnyCommand]:
    """The command of one frame, of those that are known here.

    Raises:
        Unreadable: `message_too_large`, `message_malformed`, `message_unknown`.
    """
    if len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise Unreadable(Code.MESSAGE_TOO_LARGE)
    try:
        frame = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(Code.MESSAGE_MALFORMED) from error
    if not isinstance(frame, dict):
        raise Unreadable(Code.MESSAGE_MALFORMED)
    number = frame.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MAX_ID:
        raise Unreadable(Code.MESSAGE_MALFORMED)
    kind = frame.get("type")
    command = commands.get(kind) if isinstance(kind, str) else None
    if command is None:
        raise Unreadable(Code.MESSAGE_UNKNOWN, re=number)
    return Incoming(number, _command(command, frame, number))


def _command(command: type[AnyCommand], frame: dict[str, Any], number: int) -> AnyCommand:
    data = frame.get("data", {})
    fields = {field.name: field for field in dataclasses.fields(command)}  # type: ignore[arg-type]
    if not isinstance(data, dict) or data.keys() != fields.keys() or not frame.keys() <= {"id", "type", "data"}:
        raise Unreadable(Code.MESSAGE_MALFORMED, re=number)
    if not all(_fits(data[name], field) for name, field in fields.items()):
        raise Unreadable(Code.MESSAGE_MALFORMED, re=number)
    return command(**data)


def _fits(value: Any, field: dataclasses.Field) -> bool:
    if type(value) is not field.type:
        return False
    if "one_of" in field.metadata:
        return value in field.metadata["one_of"]
    if isinstance(value, str):
        # A lone surrogate is legal JSON and illegal everywhere after it, a NUL in databases.
        return len(value) <= field.metadata["most"] and not any(
            "\ud800" <= character <= "\udfff" or character == "\x00" for character in value
        )
    return not isinstance(value, int) or abs(value) <= MAX_ID


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
