"""Signing in by a code that goes to one's phone.

Built on `accounts.proving`, not on allauth's own phone login (65.21): that keeps number and code in the clear in the session,
which is a row here; sends a text message to strangers' numbers or does less work for them; counts codes by session and not by
phone; and has its pages only if sign-up asks for a number. What comes after the code is allauth's: the second factor of
whoever has one, the list of sessions, limits, signals.
"""

from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.code_pages import code_page
from accounts.contact_forms import PhoneForm
from accounts.contacts import Contact
from accounts.own_phones import SIGN_IN, holder_of
from accounts.proving import Proof
from accounts.requests import where_next

_PURPOSE = "sign_in"


@require_http_methods(["GET", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Which phone? Whether it is somebody's is looked up only when the code goes out."""
    where = where_next(request, "")
    if request.user.is_authenticated:
        return redirect(where or reverse("rooms:hallway"))
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        if ratelimit.consume(request, app="allauth.account", action="phone_sign_in", key=contact.key):
            Proof(request, _PURPOSE, _how).begin(contact)
            return redirect(
                reverse("accounts:phone_sign_in_code") + (f"?{urlencode({'next': where})}" if where else "")
            )
        form.add_error("contact", get_adapter(request).validation_error("rate_limited"))
    return render(request, "accounts/phone_sign_in.html", {"form": form, "next": where})


def _how(contact: Contact) -> Mapping[str, str]:
    return {"kind": SIGN_IN}


@require_http_methods(["GET", "POST"])
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The code that came to it."""
    proof = Proof(request, _PURPOSE, _how)
    return code_page(
        request, proof, right=_sign_in, start="accounts:phone_sign_in", title=_("Sign in"), button=_("Sign in")
    )


def _sign_in(proof: Proof, contact: Contact) -> HttpResponse | None:
    user, request = holder_of(contact), proof.request
    if user is None:  # a code that went nowhere was guessed
        return None
    where = where_next(request, "") or None
    proof.end()
    record_authentication(request, user, method="code")
    return perform_login(request, Login(user=user, redirect_url=where))
