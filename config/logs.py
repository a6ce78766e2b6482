"""Structured logs: events with codes and ids, never a person's words, name, address or voice."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_PATH = re.compile(r"/(i|calendar|never|application|notices)/[^/\s?]+")


def _without_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Django logs the path of a request that failed; an invite's path holds its code, a calendar's its token."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET_PATH.sub(r"/\1/…", value)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_secrets,
]


def logging_settings(*, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: one line an event on standard error, as JSON for machines or plain for a terminal."""
    # Plain tracebacks: the rich ones print local variables, which hold what people wrote.
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer: Any = structlog.processors.JSONRenderer() if as_json else console
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        last.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
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
                "processors": [*last, renderer],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {name: {"level": "INFO"} for name in ("config", "accounts", "invites", "rooms", "moderation")}
        # The request line of django-structlog would carry an invite's code, or a calendar's token, in its path.
        | {"django_structlog": {"level": "WARNING"}, "django.channels.server": {"level": "WARNING"}},
    }
