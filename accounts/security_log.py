"""Who signs in, who fails to, what is changed of how one signs in, what was refused: events with ids, for whoever watches.

An address that somebody typed is never in them, only its keyed hash: the same for the same address, and of no other use.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import User

logger = structlog.get_logger("accounts.security")
_REFUSALS = (401, 403, 404, 405, 409, 413, 429)


def connect() -> None:
    """Listen to everything that is about signing in."""
    from allauth.account import signals as account
    from allauth.mfa import signals as factors
    from allauth.socialaccount import signals as social

    user_logged_in.connect(_signed_in, dispatch_uid="security_log.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="security_log.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="security_log.failed")
    changes = {
        "password_changed": account.password_changed,
        "password_set": account.password_set,
        "password_reset": account.password_reset,
        "address_changed": account.email_changed,
        "factor_added": factors.authenticator_added,
        "factor_removed": factors.authenticator_removed,
        "recovery_codes_made": factors.authenticator_reset,
        "connected": social.social_account_added,
        "disconnected": social.social_account_removed,
    }
    for event, signal in changes.items():
        signal.connect(_changed(event), weak=False, dispatch_uid=f"security_log.{event}")


def _changed(event: str) -> Callable[..., None]:
    def note(sender: object, user: Any = None, **more: Any) -> None:
        whose = user or getattr(more.get("sociallogin") or more.get("socialaccount"), "user", None)
        factor = more.get("authenticator")
        logger.info(f"security.{event}", account=_id(whose), **({"factor": factor.type} if factor else {}))

    return note


def _signed_in(sender: object, request: HttpRequest | None, user: User, **_more: Any) -> None:
    records = request.session.get("account_authentication_methods", []) if request else []
    logger.info("security.signed_in", account=_id(user), by=[record.get("method", "") for record in records])


def _signed_out(sender: object, user: User | None, **_more: Any) -> None:
    logger.info("security.signed_out", account=_id(user))


def _failed(sender: object, credentials: dict[str, Any], **_more: Any) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    tag = salted_hmac("mitalk.accounts.security_log", typed, algorithm="sha256").hexdigest()[:16] if typed else ""
    logger.warning("security.sign_in_failed", address=tag)


def _id(user: Any) -> str:
    return getattr(user, "public_id", "")


class RefusalLogMiddleware:
    """Notes each refusal: which page, by which code, to whom. What was asked for is not in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code in _REFUSALS and match is not None:
            logger.info(
                "security.refused",
                status=response.status_code,
                code=response.headers.get("X-Error-Code", ""),
                page=match.view_name,
                method=request.method,
                account=_id(getattr(request, "user", None)),
            )
        return response
