"""The page behind an invite link. Opening it consumes nothing: link scanners open it too."""

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal import ratelimit  # the public one counts no GET, and a link is opened by one
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.error_pages import error_page
from accounts.middleware import profile_optional
from accounts.models import User
from invites import services
from invites.errors import ADVICE, MISTYPED, TITLES, TOO_MANY_GUESSES, InviteRefused
from invites.gate import SESSION_KEY, unproven_newcomer
from invites.models import Invite
from rooms import selectors
from rooms.models import Room

STATUS = {MISTYPED: 404, TOO_MANY_GUESSES: 429}


def _good_invites_only(
    view: Callable[[HttpRequest, str, Invite], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Give the view the invite of the code; a bad one is answered with a page that says why."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str) -> HttpResponse:
        try:
            invite = _find(request, code)
        except InviteRefused as refusal:
            return _refused(request, refusal)
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
    }
    return render(request, "invites/preview.html", context)


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
    request.session[SESSION_KEY] = code
    return redirect("account_signup")


@require_POST
@profile_optional
def start_again(request: HttpRequest) -> HttpResponse:
    """Sign up with another address, or have another code sent. Whether the one that was typed is taken is not told: what is
    done for an account that was made is seen by nobody."""
    if not ratelimit.consume(request, app="allauth.account", action="start_again"):
        return ratelimit.respond_429(request)
    newcomer = unproven_newcomer(request)
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


def _refused(request: HttpRequest, refusal: InviteRefused) -> HttpResponse:
    return error_page(
        request,
        status=STATUS.get(refusal.code, 410),
        code=refusal.code,
        title=str(TITLES[refusal.code]),
        advice=str(ADVICE[refusal.code]),
    )
