"""A professional first: nobody enters the hall without a name and a headline."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts import sessions
from accounts.own_data import consents
from accounts.zones import zone_of


def profile_optional(view: Callable) -> Callable:
    """Mark a view that a signed-in person may see before their profile is filled in."""
    view.profile_optional = True  # type: ignore[attr-defined]
    return view


class ProfileFirstMiddleware:
    """Sends a signed-in person without a profile to fill it in, and back to where they were going."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Redirect, or None to go on."""
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if not {"rooms", "invites"} & set(namespaces) or getattr(view, "profile_optional", False):
            return None
        if not request.user.is_authenticated or hasattr(request.user, "profile"):
            return None
        where = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        response = redirect("accounts:welcome")
        if where:
            response["Location"] += f"?{where}"
        return response


def consent_optional(view: Callable) -> Callable:
    """Mark a view that a signed-in person may see before they agree to what holds now."""
    view.consent_optional = True  # type: ignore[attr-defined]
    return view


class ConsentMiddleware:
    """When terms, privacy notice or rules change, members are asked at their next page, and before they enter a room
    (rooms.services). What they are doing goes on: the room they are in and forms that are sent are left alone, and so are the
    pages by which one leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Redirect, or None to go on."""
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if not {"rooms", "invites", "accounts"} & set(namespaces) or getattr(view, "consent_optional", False):
            return None
        if (
            not _asks_for_a_page(request)
            or not request.user.is_authenticated
            or not consents.must_be_asked(request.user)
        ):
            return None
        where = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('accounts:agreements')}?{where}")


def _asks_for_a_page(request: HttpRequest) -> bool:
    """Whether somebody goes there: not what a page that is open fetches by itself. Programs that say nothing go there."""
    accepted = request.headers.get("Accept", "*/*")
    if request.method != "GET" or not ("text/html" in accepted or "*/*" in accepted):
        return False
    return "text/html" in accepted or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


class ListedSessionMiddleware:
    """Every session by which somebody is signed in is in their list of sessions, whatever it began with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sessions.note(request)
        return self.get_response(request)


# Each lets whoever does it stay in the account for good, take everything along, or end it.
_DANGEROUS = {
    "account_set_password",
    "account_email",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "socialaccount_connections",
    "openid_connect_login",  # of who is signed in: connects
    "phone",
    "phone_code",
    "phone_remove",
    "data",
    "download",
    "delete",
}


class FreshSignInMiddleware:
    """Who has neither a password nor a second factor, as after OpenID Connect, cannot be asked for them before something
    dangerous: they must have signed in a moment ago. allauth would ask nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """The page that asks to sign in again, or None to go on."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name not in _DANGEROUS or not request.user.is_authenticated:
            return None
        if sessions.is_fresh(request) or get_adapter().get_reauthentication_methods(request.user):
            return None
        return render(request, "account/sign_in_again.html", {"next": request.get_full_path()}, status=403)


class TimeZoneMiddleware:
    """Shows times in the person's own zone (accounts.zones)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(request)):
            return self.get_response(request)
