"""The waitlist: to ask to be let in, to answer, and to vouch for somebody who asked."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.code_pages import code_page
from accounts.contacts import Contact
from accounts.middleware import profile_optional
from accounts.proving import Proof
from accounts.requests import MemberRequest
from accounts.written import TextRefused, refusal
from invites import words
from invites.apply_forms import AnswerForm, ApplicationForm, VouchForm
from invites.models import OPEN_STATES, Application, ApplicationState, Vouch
from invites.services import waitlist

_PURPOSE = "application"
_SAID = ("name", "occupation", "why", "vouchers")


@require_http_methods(["GET", "POST"])
@never_cache
@profile_optional
def apply(request: HttpRequest) -> HttpResponse:
    """Ask to be let in. Whoever is in already, or has asked before, is answered like anybody else until they have proven who
    they are."""
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="apply"):
            return ratelimit.respond_429(request)
        data = form.cleaned_data
        said = {name: data[name] for name in _SAID}
        language = get_language() or "en"
        try:
            made = waitlist.apply(data["contact"], industry=data["industry"], language=language, **said)
        except TextRefused as refused:  # by a list that changed at this moment
            form.add_error(None, refusal(refused.verdict))
            return render(request, "invites/apply.html", {"form": form})
        Proof(request, _PURPOSE).begin(data["contact"], subject=made.public_id)
        return redirect("invites:apply_code")
    return render(request, "invites/apply.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@profile_optional
def code(request: HttpRequest) -> HttpResponse:
    """Prove the contact by the code that was sent there."""
    return code_page(request, Proof(request, _PURPOSE), right=_proven, start="invites:apply", title=_("Ask to join"))


def _proven(proof: Proof, contact: Contact) -> HttpResponse:
    found = Application.objects.filter(public_id=proof.subject, state=ApplicationState.UNPROVEN).first()
    proof.end()
    if found is None:
        return redirect("invites:apply")
    outcome, kept = waitlist.prove(found)
    if outcome is waitlist.Proven.HAS_ACCOUNT:
        messages.info(proof.request, _("You have an account already: sign in."))
        return redirect("account_login")
    return redirect("invites:application", token=words.token_for(kept))


@require_http_methods(["GET", "POST"])
@never_cache
@profile_optional
def application(request: HttpRequest, token: str) -> HttpResponse:
    """How far it is: for whoever has the link that went to the applicant."""
    public_id = words.application_of(token)
    if public_id is None:
        raise Http404
    found = get_object_or_404(Application.objects.exclude(state=ApplicationState.UNPROVEN), public_id=public_id)
    form = AnswerForm(request.POST if "answer" in request.POST else None)
    if request.method == "POST":
        if request.POST.get("act") == "withdraw":
            waitlist.withdraw(found)
            messages.success(request, _("Your application is withdrawn."))
            return redirect("invites:application", token=token)
        if form.is_valid():
            waitlist.answer(found, form.cleaned_data["answer"])
            messages.success(request, _("Thank you. We go on with your application."))
            return redirect("invites:application", token=token)
    context: dict[str, Any] = {
        "application": found,
        "token": token,
        "form": form,
        "vouch_link": words.vouch_link(found),
        "vouched": found.vouches.count(),
    }
    return render(request, "invites/application.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def vouch(request: MemberRequest, public_id: str) -> HttpResponse:
    """A member answers for an applicant who gave them this link."""
    found = get_object_or_404(Application, public_id=public_id, state__in=OPEN_STATES)
    said = Vouch.objects.filter(application=found, member=request.user).first()
    form = VouchForm(request.POST or None, instance=said)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="vouch", user=request.user):
            return ratelimit.respond_429(request)
        waitlist.vouch(found, request.user, form.cleaned_data["words"])
        messages.success(request, _("Thank you. Staff read it when they decide."))
        return redirect("invites:vouch", public_id=public_id)
    return render(request, "invites/vouch.html", {"application": found, "form": form, "said": said})
