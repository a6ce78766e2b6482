"""How one signs in, on one page; and where one is signed in."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_open_id_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import own_phones, sessions
from accounts.middleware import consent_optional
from accounts.models import User
from accounts.requests import MemberRequest


@consent_optional
@login_required
@require_safe
@never_cache
def safety(request: MemberRequest) -> HttpResponse:
    """Sign-in and safety: each way in, what guards it, and the page that changes it."""
    user = request.user
    context = {
        "to_come": EmailAddress.objects.get_new(user),
        "has_password": user.has_usable_password(),
        "phone": own_phones.phone_of(user),
        **_second_factors(user),
        "session_count": UserSession.objects.filter(user=user).count(),
        "open_id": _open_id(request),
    }
    return render(request, "accounts/safety.html", context)


def _second_factors(user: User) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for authenticator in Authenticator.objects.filter(user=user):
        found.setdefault(authenticator.type, []).append(authenticator.wrap())
    codes = found.get(Authenticator.Type.RECOVERY_CODES, [])
    return {
        "passkeys": found.get(Authenticator.Type.WEBAUTHN, []),
        "has_app": Authenticator.Type.TOTP in found,
        "has_codes": bool(codes),
        "codes_left": len(codes[0].get_unused_codes()) if codes else 0,
    }


def _open_id(request: MemberRequest) -> dict[str, Any] | None:
    providers = get_open_id_adapter().list_providers(request)
    if not providers:
        return None
    return {"name": providers[0].name, "connected": SocialAccount.objects.filter(user=request.user).exists()}


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def list_sessions(request: MemberRequest) -> HttpResponse:
    """Where one is signed in; POST `session` ends one of them, `others` all but this."""
    if request.method != "POST":
        found = sessions.sessions_of(request, request.user)
        return render(request, "usersessions/usersession_list.html", {"sessions": found})
    if "others" in request.POST:
        sessions.end_sessions(request.user, but=request.session.session_key)
        messages.success(request, _("You are signed out everywhere else."))
    elif sessions.end_session(request.user, request.POST.get("session", "")):
        messages.success(request, _("That session is over."))
    return redirect("usersessions_list")


def to_safety(request: MemberRequest) -> HttpResponse:
    """allauth's own list of second factors is a part of the page."""
    return redirect("accounts:safety")
