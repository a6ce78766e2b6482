"""System checks of what is seen from outside: metrics and errors go to whom they should, or nowhere."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LEAST_TOKEN_LETTERS = 20


def has_sentry() -> bool:
    """Whether what sends errors is installed."""
    return find_spec("sentry_sdk") is not None


@register(Tags.security)
def check_metrics_token(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E016: a token that can be guessed."""
    if not 0 < len(settings.MITALK_METRICS_TOKEN) < LEAST_TOKEN_LETTERS:
        return []
    hint = "Set it to 20 random letters or more: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
    return [Error("MITALK_METRICS_TOKEN is short.", hint=hint, id="mitalk.E016")]


@register(Tags.compatibility)
def check_sentry(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E017: errors would go nowhere, and nobody would know."""
    if not settings.MITALK_SENTRY_DSN or has_sentry():
        return []
    hint = "pip install sentry-sdk==2.*, or leave MITALK_SENTRY_DSN out."
    return [Error("MITALK_SENTRY_DSN is set, and sentry-sdk is not installed.", hint=hint, id="mitalk.E017")]
