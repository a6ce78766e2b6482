"""Structured logs: events with codes and ids, never a person's words, name, address or voice.

What others log – Django, Celery, daphne, asyncio – goes through the same processors: of an exception its kind and its way are
told; its message only where that is never made of what people wrote. Knows no Django, so that every process can log alike.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]

_SECRET_PATH = re.compile(r"/(i|calendar|never|application|notices|standing|download)/[^/\s?\"']+")
_QUERY = re.compile(r"(/[^\s?\"']*)\?[^\s\"']+")
_ADDRESS = re.compile(r"[^\s@<>\"'=(,:]+@[^\s@<>\"'),:]+")
_TRACEBACK = "Traceback (most recent call last)"

# Their messages are made by code, of names in code, files and hosts.
_TELLING = (OSError, ImportError, NameError, AttributeError, RecursionError)
_TELLING_NAMES = frozenset({"django.db.utils.OperationalError", "django.db.utils.InterfaceError"})
_TELLING_MODULES = ("redis.", "kombu.", "amqp.", "billiard.", "celery.")

# What may be said of an event beside its name: ids and codes.
_EXTRAS = (
    *(
        "command",
        "kind",
        "order",
        "room",
        "connection",
        "worker",
        "task",
        "task_id",
        "code",
        "status_code",
        "part",
        "error",
    ),
    *("head", "entries", "reason"),
    *("case", "number", "action", "state", "engine", "seconds", "reason_code"),
)


def _without_secrets(logger: Any, method: str, event: Event) -> Event:
    """Django logs the path of a request that failed; an invite's path holds its code, a calendar's its token."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _ADDRESS.sub("…@…", _QUERY.sub(r"\1?…", _SECRET_PATH.sub(r"/\1/…", value)))
    return event


class WithoutWords(logging.Filter):
    """Drops what libraries put of an exception's message into their own. A filter: the formatter forgets arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, some of them with another message."""
        if record.name == "celery.app.trace" and isinstance(record.args, dict):
            record.task, record.task_id = record.args.get("name"), record.args.get("id")
            self._say(record, "job.failed" if record.levelno >= logging.ERROR else "job.ended")
        elif record.name in ("asyncio", "twisted"):
            self._say(record, record.getMessage().partition("\n")[0])
        elif not isinstance(record.msg, str | dict):  # a dict is one of structlog's own
            self._say(record, f"{record.name}: {type(record.msg).__name__}")
        elif isinstance(record.args, tuple):
            record.args = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in record.args)
        if isinstance(record.msg, str) and _TRACEBACK in record.msg:
            self._say(record, _frames_only(record.msg))
        return True

    @staticmethod
    def _say(record: logging.LogRecord, message: str) -> None:
        record.msg, record.args = message, ()


def _frames_only(text: str) -> str:
    """Of a traceback that somebody made a text of: where, not what."""
    kept = [line.strip() for line in text.splitlines() if line.startswith(("Traceback", "  File "))]
    return " | ".join(kept)


def way_of(error: BaseException) -> str:
    """An exception's kind and the lines it came by, of its causes too. Its message only if nobody's words are in it."""
    parts, seen = [], set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines = "".join(
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}\n'
            for frame in traceback.extract_tb(cause.__traceback__)
        )
        parts.append(f"{_TRACEBACK}:\n{lines}{called(cause)}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n\nwhich came of:\n\n".join(parts)


def called(error: BaseException) -> str:
    """An exception's kind, and its message if nobody's words are in it."""
    kind = type(error)
    name = _name_of(kind)
    is_telling = (
        isinstance(error, _TELLING)
        or f"{kind.__module__}.".startswith(_TELLING_MODULES)
        or any(_name_of(base) in _TELLING_NAMES for base in kind.__mro__)
    )
    message = str(error).strip() if is_telling else ""
    return f"{name}: {message}" if message else name


def _name_of(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _exception(logger: Any, method: str, event: Event) -> Event:
    """As text, by `way_of`."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["exception"] = way_of(error)
    return event


_process: dict[str, str] = {}


def name_process(process: str, *, worker: str = "") -> None:
    """From now on each event says which process of MiTalk it is of, and of which audio worker."""
    _process.clear()
    _process.update({"process": process, **({"worker": worker} if worker else {})})


def process_ids() -> dict[str, str]:
    """What each event says of that."""
    return dict(_process)


def _whose(logger: Any, method: str, event: Event) -> Event:
    for name, value in _process.items():
        event.setdefault(name, value)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    _whose,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(allow=_EXTRAS),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_settings(*, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: one line an event on standard error, as JSON for machines or plain for a terminal."""
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _exception,
                    _without_secrets,
                    renderer,
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "filters": {"without_words": {"()": WithoutWords}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["without_words"]}
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {name: {"level": "INFO"} for name in ("config", "accounts", "invites", "rooms", "moderation")}
        | {"django.channels.server": {"level": "WARNING"}}
        # Django gives its own loggers handlers of their own: through ours, like everything else.
        | {name: {"handlers": [], "propagate": True} for name in ("django", "django.server", "py.warnings")},
    }
