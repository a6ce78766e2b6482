"""The page on which somebody types the code that was sent to a contact: the same wherever one is proven."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.contact_forms import CODE_ERRORS, CodeForm
from accounts.contacts import Contact
from accounts.one_time_codes import Answer
from accounts.proving import Proof

Right = Callable[[Proof, Contact], HttpResponse | None]


def code_page(
    request: HttpRequest, proof: Proof, *, right: Right, start: str, title: str, button: str = ""
) -> HttpResponse:
    """Take a code, or send another. `right` does what was asked for, and answers; None: the code is good for nothing.
    `start` names the page on which the contact is typed."""
    contact = proof.contact
    if contact is None:
        return redirect(start)
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        proof.send_again()
        messages.info(request, _("A new code is on its way, unless too many were sent in the last hour."))
        return redirect(request.get_full_path())
    if request.method == "POST" and form.is_valid():
        answer = proof.answer(form.cleaned_data["code"])
        response = right(proof, contact) if answer is Answer.RIGHT else None
        if response is not None:
            return response
        form.add_error("code", CODE_ERRORS[Answer.OVER if answer is Answer.RIGHT else answer])
    context = {
        "form": form,
        "contact": contact,
        "title": title,
        "button": button or _("Go on"),
        "start_url": reverse(start),
    }
    return render(request, "accounts/code.html", context)
