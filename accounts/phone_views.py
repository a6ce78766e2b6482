"""A member's own phone: to add, change and remove it. Each step asks first whether it is them."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import own_phones
from accounts.code_pages import code_page
from accounts.contact_forms import PhoneForm
from accounts.contacts import Contact
from accounts.proving import Proof
from accounts.requests import MemberRequest

_PURPOSE = "phone"


@login_required
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "POST"])
@never_cache
def phone(request: MemberRequest) -> HttpResponse:
    """The number, and another in its place. One that is somebody else's is answered like any other; they are told."""
    own = own_phones.phone_of(request.user)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["contact"] == own:
            form.add_error("contact", get_adapter().validation_error("same_as_current"))
        elif not ratelimit.consume(request, app="allauth.account", action="own_phone", user=request.user):
            return ratelimit.respond_429(request)
        else:
            _proof(request).begin(form.cleaned_data["contact"])
            return redirect("accounts:phone_code")
    return render(request, "accounts/phone.html", {"form": form, "own": own})


def _proof(request: MemberRequest) -> Proof:
    def how(contact: Contact) -> Mapping[str, str]:
        return own_phones.how_to_prove(request.user, contact)

    return Proof(request, _PURPOSE, how)


@login_required
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "POST"])
@never_cache
def code(request: MemberRequest) -> HttpResponse:
    """The code that came to it."""
    return code_page(request, _proof(request), right=_proven, start="accounts:phone", title=_("Your phone"))


def _proven(proof: Proof, contact: Contact) -> HttpResponse:
    request: Any = proof.request
    had = own_phones.phone_of(request.user)
    proof.end()
    try:
        own_phones.own_phone(request.user, contact.value)
    except own_phones.PhoneTaken:
        messages.error(request, _("This phone belongs to an account already."))
        return redirect("accounts:phone")
    get_adapter(request).send_notification_mail(
        "account/phone/changed" if had else "account/phone/added", request.user, {"phone": contact.hint}
    )
    messages.success(request, _("%(phone)s is your phone now: you can sign in by it.") % {"phone": contact.readable})
    return redirect("accounts:safety")


@login_required
@reauthentication_required(app="allauth.account")
@require_POST
def remove(request: MemberRequest) -> HttpResponse:
    """Have no phone here any more."""
    had = own_phones.phone_of(request.user)
    if had is not None:
        own_phones.forget_phone(request.user)
        get_adapter(request).send_notification_mail("account/phone/removed", request.user, {"phone": had.hint})
        messages.success(request, _("Your phone is removed."))
    return redirect("accounts:safety")
