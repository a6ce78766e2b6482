"""For people who want no invitation, without an account: by the link of a message, or by proving an address or phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.error_pages import error_page
from accounts.middleware import profile_optional
from accounts.one_time_codes import Answer
from accounts.proving import CODE_ERRORS, Proof
from invites.contact_forms import CodeForm, ContactForm
from invites.services import refusing

_PURPOSE = "never"


@csrf_exempt  # the token is the authority; mail programs post it in one tap (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@profile_optional
def never(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind "never invite me". Opening it changes nothing."""
    contact_key = refusing.key_of(token)
    if contact_key is None:
        return error_page(
            request,
            status=404,
            code="never_unknown",
            title=_("We do not know this link"),
            advice=_("Open it from the original message, or copy it whole."),
        )
    if request.method == "POST":
        refusing.never_invite(contact_key)
        return render(request, "invites/never_done.html")
    return render(request, "invites/never.html", {"token": token})


@require_http_methods(["GET", "POST"])
@never_cache
@profile_optional
def ask(request: HttpRequest) -> HttpResponse:
    """The same for somebody who has no message at hand: which address or phone?"""
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        Proof(request, _PURPOSE).begin(form.cleaned_data["contact"])
        return redirect("invites:never_code")
    return render(request, "invites/never_ask.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@profile_optional
def code(request: HttpRequest) -> HttpResponse:
    """Type the code that was sent there."""
    proof = Proof(request, _PURPOSE)
    contact = proof.contact
    if contact is None:
        return redirect("invites:never_ask")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = proof.answer(form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            refusing.never_invite(contact.key)
            proof.end()
            return render(request, "invites/never_done.html")
        form.add_error("code", CODE_ERRORS[answer])
    return render(request, "invites/never_code.html", {"form": form, "contact": contact})
