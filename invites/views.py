"""The page behind an invite link. Opening it consumes nothing: link scanners open it too."""

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal import ratelimit  # the public one counts no GET, and a link is opened by one
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import profile_optional
from accounts.models import User
from accounts.one_time_codes import Answer
from accounts.proving import CODE_ERRORS, Proof
from invites import gate, services, words
from invites.contact_forms import CodeForm
from invites.errors import MISTYPED, TOO_MANY_GUESSES, InviteRefused
from invites.models import Invite
from invites.pages import refusal_page
from rooms import selectors
from rooms.models import Room

_PURPOSE = "invite"


def _good_invites_only(
    view: Callable[[HttpRequest, str, Invite], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Give the view the invite of the code; a bad one is answered with a page that says why."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str) -> HttpResponse:
        try:
            invite = _find(request, code)
        except InviteRefused as refusal:
            return refusal_page(request, refusal)
        return view(request, code, invite)

    return guarded


@require_safe
@never_cache
@profile_optional
@_good_invites_only
def preview(request: HttpRequest, code: str, invite: Invite) -> HttpResponse:
    """Who invites me, into what, until when."""
    context = {
        "invite": invite,
        "sponsor": getattr(invite.sponsor, "profile", None),
        "room": selectors.room_card(invite.room) if invite.room and _may_be_named(request, invite.room) else None,
        "code": code,
        "never": words.never_link(contact) if (contact := invite.contact) else reverse("invites:never_ask"),
    }
    response = render(request, "invites/preview.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _may_be_named(request: HttpRequest, room: Room) -> bool:
    """A private room says what it is only to those whom it lets in, whatever link leads to it."""
    user = request.user if isinstance(request.user, User) else None
    return not selectors.is_private(room) or selectors.may_enter(room, user)


@require_safe
def how_to_get_in(request: HttpRequest) -> HttpResponse:
    """What a stranger can do who would like to be in MiTalk."""
    return render(request, "invites/how_to_get_in.html")


@require_POST
@profile_optional
@_good_invites_only
def accept(request: HttpRequest, code: str, invite: Invite) -> HttpResponse:
    """Go on to sign-up with this invite."""
    if request.user.is_authenticated:
        return redirect("rooms:room", public_id=invite.room.public_id) if invite.room else redirect("rooms:hallway")
    gate.accept(request, code)
    return redirect("invites:prove" if invite.phone_key else "account_signup")


@require_http_methods(["GET", "POST"])
@never_cache
@profile_optional
def prove(request: HttpRequest) -> HttpResponse:
    """An invite for a phone: whoever accepted it types the code that goes to that phone, and signs up."""
    try:
        invite = gate.chosen_invite(request)
    except InviteRefused as refusal:
        return refusal_page(request, refusal)
    contact = invite.contact
    if not invite.phone_key or contact is None or gate.phone_is_proven(request, invite):
        return redirect("account_signup")
    proof = Proof(request, _PURPOSE)
    is_under_way = proof.subject == invite.public_id
    form = CodeForm(request.POST if "code" in request.POST else None)
    was_sent = True
    if request.method == "POST" and not form.is_bound:
        was_sent = proof.begin(contact, subject=invite.public_id)
        is_under_way = True
    elif request.method == "POST" and is_under_way and form.is_valid():
        answer = proof.answer(form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            proof.end()
            request.session[gate.PROVEN_KEY] = invite.public_id
            return redirect("account_signup")
        form.add_error("code", CODE_ERRORS[answer])
    context = {"form": form, "contact": contact, "is_under_way": is_under_way, "was_sent": was_sent}
    return render(request, "invites/prove.html", context)


@require_POST
@profile_optional
def start_again(request: HttpRequest) -> HttpResponse:
    """Sign up with another address, or have another code sent. Whether the one that was typed is taken is not told: what is
    done for an account that was made is seen by nobody."""
    if not ratelimit.consume(request, app="allauth.account", action="start_again"):
        return ratelimit.respond_429(request)
    newcomer = gate.unproven_newcomer(request)
    if newcomer is not None:
        services.give_back(newcomer)
    clear_login(request)
    request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)
    return redirect("account_signup")


def _find(request: HttpRequest, code: str) -> Invite:
    try:
        return services.find_redeemable(code)
    except InviteRefused as refusal:
        if refusal.code == MISTYPED and not ratelimit.consume(
            request, app="allauth.account", action="invite_guess", limit_get=True
        ):
            raise InviteRefused(TOO_MANY_GUESSES) from refusal
        raise
