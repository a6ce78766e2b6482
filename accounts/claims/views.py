"""Your claims: what one shows about oneself, how far it is, and how it is proven, renewed and taken back."""

from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import contacts
from accounts.claim_models import OPEN_STATES, Claim, ClaimKind, ClaimState
from accounts.claims import requesting, selectors
from accounts.claims.forms import REFUSALS, AnswerForm, CodeForm, DocumentForm, LicenceForm, WorkAddressForm
from accounts.claims.moving import ClaimRefused
from accounts.claims.work_domains import work_address
from accounts.contact_forms import CODE_ERRORS
from accounts.one_time_codes import Answer
from accounts.proving import Proof
from accounts.requests import MemberRequest
from accounts.sealing import CLAIM, Unreadable, unseal

_PURPOSE = "claim"
_FORMS: dict[str, type[DocumentForm] | type[LicenceForm]] = {
    ClaimKind.DOCUMENT: DocumentForm,
    ClaimKind.LICENCE: LicenceForm,
}


@login_required
@require_safe
@never_cache
def mine(request: MemberRequest) -> HttpResponse:
    """All of one's claims."""
    return render(request, "accounts/claims/mine.html", {"claims": selectors.own_claims(request.user)})


# --- Work addresses ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def work_email(request: MemberRequest) -> HttpResponse:
    """Say where one works. Whoever else has proven the address, one is answered alike."""
    form = WorkAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = _send_code(request, form.cleaned_data["address"], form)
        if sent is not None:
            return sent
    days = settings.CLAIM_DAYS[ClaimKind.WORK_EMAIL]
    return render(request, "accounts/claims/work_email.html", {"form": form, "days": days})


def _send_code(request: MemberRequest, address: str, form: Form | None = None) -> HttpResponse | None:
    if not requesting.may_claim(request.user, work_address(address)[1]):
        if form is None:
            messages.warning(request, REFUSALS[requesting.WAS_REVOKED])
            return redirect("accounts:claims")
        form.add_error("address", REFUSALS[requesting.WAS_REVOKED])
        return None
    if not _may(request, "claim_code"):
        return ratelimit.respond_429(request)
    Proof(request, _PURPOSE).begin(contacts.email(address))
    return redirect("accounts:claim_code")


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def code(request: MemberRequest) -> HttpResponse:
    """Type the code that went to the address."""
    proof = Proof(request, _PURPOSE)
    contact = proof.contact
    if contact is None:
        return redirect("accounts:claim_work_email")
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        if not _may(request, "claim_code"):
            return ratelimit.respond_429(request)
        proof.send_again()
        messages.info(request, _("A new code is on its way, unless too many were sent in the last hour."))
        return redirect("accounts:claim_code")
    if request.method == "POST" and form.is_valid():
        answer = proof.answer(form.cleaned_data["code"]) if _may(request, "claim_try") else Answer.OVER
        if answer is Answer.RIGHT:
            return _proven(request, proof, contact.value)
        form.add_error("code", CODE_ERRORS[answer])
    return render(request, "accounts/claims/code.html", {"form": form, "contact": contact})


def _proven(request: MemberRequest, proof: Proof, address: str) -> HttpResponse:
    proof.end()
    try:
        requesting.prove_work_address(request.user, address, language=get_language() or "en")
    except ClaimRefused as refusal:
        messages.warning(request, REFUSALS[refusal.code])
    else:
        messages.success(request, _("Proven. Others see where you work."))
    return redirect("accounts:claims")


# --- What staff decide ---------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def ask_for(request: MemberRequest, kind: str) -> HttpResponse:
    """Claim a licence, or what a document shows; `renews` names an earlier one."""
    earlier = _renewable(request, kind)
    form = _FORMS[kind](request.POST or None, request.FILES or None, initial=_known(earlier))
    if request.method == "POST" and form.is_valid():
        if not _may(request, "claim"):
            return ratelimit.respond_429(request)
        try:
            requesting.request(
                request.user,
                kind=ClaimKind(kind),
                language=get_language() or "en",
                replaces=earlier,
                **form.cleaned_data,
            )
        except ClaimRefused as refusal:
            form.add_error(None, REFUSALS[refusal.code])
        else:
            messages.success(request, _("Thank you. Staff look at it within some days."))
            return redirect("accounts:claims")
    context = {"form": form, "kind": kind, "earlier": earlier, "days": settings.CLAIM_DECIDED_WITHIN_DAYS}
    return render(request, "accounts/claims/ask_for.html", context)


def _renewable(request: MemberRequest, kind: str) -> Claim | None:
    wanted = (request.POST.get("renews", "") or request.GET.get("renews", "")).replace("\0", "")
    if not wanted:
        return None
    return get_object_or_404(Claim, user=request.user, kind=kind, state=ClaimState.VERIFIED, public_id=wanted)


def _known(earlier: Claim | None) -> dict[str, Any]:
    if earlier is None:
        return {}
    return {
        "about": earlier.about,
        "document_kind": earlier.document_kind,
        "jurisdiction": earlier.jurisdiction,
        "number": _unsealed(earlier),
    }


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def answer(request: MemberRequest, public_id: str) -> HttpResponse:
    """Answer what staff asked."""
    claim = get_object_or_404(Claim, user=request.user, public_id=public_id, state=ClaimState.ASKED)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if not _may(request, "claim"):
            return ratelimit.respond_429(request)
        requesting.answer(claim, form.cleaned_data["answer"], form.cleaned_data["document"])
        messages.success(request, _("Thank you. Staff go on with it."))
        return redirect("accounts:claims")
    return render(request, "accounts/claims/answer.html", {"form": form, "claim": claim})


# --- Both ----------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def renew(request: MemberRequest, public_id: str) -> HttpResponse:
    """Prove a work address once more, before it expires or after."""
    claim = get_object_or_404(
        Claim, user=request.user, public_id=public_id, kind=ClaimKind.WORK_EMAIL, state=ClaimState.VERIFIED
    )
    address = _unsealed(claim)
    if not address:
        return redirect("accounts:claim_work_email")  # expired so long ago that the address is forgotten
    return _send_code(request, address) or redirect("accounts:claims")


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def withdraw(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take a claim back, after being asked once."""
    claim = get_object_or_404(
        Claim, user=request.user, public_id=public_id, state__in=[*OPEN_STATES, ClaimState.VERIFIED]
    )
    if request.method == "POST":
        requesting.withdraw(claim)
        messages.success(request, _("Withdrawn. Nobody sees it any more."))
        return redirect("accounts:claims")
    return render(request, "accounts/claims/withdraw.html", {"claim": claim})


def _unsealed(claim: Claim) -> str:
    try:
        return unseal(claim.sealed, purpose=CLAIM) if claim.sealed else ""
    except Unreadable:
        return ""


def _may(request: MemberRequest, action: str) -> bool:
    return bool(ratelimit.consume(request, app="allauth.account", action=action, user=request.user))
