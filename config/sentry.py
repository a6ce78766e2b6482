"""Errors may go to a Sentry of the operator's: off unless MITALK_SENTRY_DSN is set, and nothing of anybody's goes along.

What leaves is built anew from what is known to be ours: the kind of the exception, the lines of code it came by, our own ids.
Nothing that Sentry's own code gathers beside that is passed on, so that no later version of it can gather more.
"""

from collections.abc import Mapping
from typing import Any

from structlog.contextvars import get_contextvars

from rooms.seeing.logs import process_ids

_FRAME = ("filename", "abs_path", "function", "module", "lineno", "colno", "in_app")
_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk")
_OWN_IDS = ("request_id", "room", "connection", "task", "task_id")


def start(dsn: str, *, environment: str) -> bool:
    """Begin to send, if there is a DSN.

    Returns:
        Whether errors are sent from now on.
    """
    if not dsn:
        return False
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration
    from sentry_sdk.integrations.django import DjangoIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn,
        environment=environment or None,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        profiles_sample_rate=None,
        auto_session_tracking=False,
        server_name="",
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False, cache_spans=False),
            CeleryIntegration(),
            LoggingIntegration(level=None),
        ],
        before_send=stripped,
        before_send_transaction=lambda event, hint: None,
        before_breadcrumb=lambda crumb, hint: None,
    )
    return True


def stripped(event: Mapping[str, Any], hint: Mapping[str, Any]) -> Any:
    """What may leave of an event."""
    kept = {name: event[name] for name in _EVENT if name in event}
    values = (event.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_exception(value) for value in values]}
    if not values:
        kept["message"] = event.get("logger") or "event"
    kept["logger"] = event.get("logger")
    kept["tags"] = process_ids() | {name: value for name, value in get_contextvars().items() if name in _OWN_IDS}
    return kept


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"type": value.get("type"), "module": value.get("module")}
    frames = (value.get("stacktrace") or {}).get("frames") or []
    kept["stacktrace"] = {"frames": [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]}
    return kept
