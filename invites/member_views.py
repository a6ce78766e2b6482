"""A member's own invites: to make, to send again, to withdraw, and to see who came."""

import base64
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import MemberRequest
from invites import selectors, services
from invites.errors import ADVICE, TITLES, InviteRefused
from invites.member_forms import InviteForm
from invites.models import Invite
from invites.services import quota
from invites.words import link_of
from rooms.sharing import qr_code


@login_required
@require_safe
@never_cache
def mine(request: MemberRequest) -> HttpResponse:
    """My invites, how many are left, and why."""
    context = {
        "left": max(quota.balance(request.user), 0),
        "invites": selectors.invites_of(request.user),
        "ledger": quota.ledger(request.user),
        "rule": _rule(),
    }
    return render(request, "invites/mine.html", context)


def _rule() -> dict[str, int]:
    return {
        "rooms": quota.ROOMS_A_WEEK,
        "minutes": quota.MINUTES_IN_ONE,
        "others": quota.LEAST_MEMBERS_THERE - 1,
        "refill": quota.A_REFILL,
        "most": quota.HELD_AT_MOST,
        "less": -quota.A_SANCTION,
    }


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def make(request: MemberRequest) -> HttpResponse:
    """Invite somebody. Whoever is invited already, or wants no invitation, is answered for like anybody else."""
    form = InviteForm(request.POST or None, member=request.user)
    if request.method == "POST" and form.is_valid():
        if _asks_too_often(request):
            return ratelimit.respond_429(request)
        made = _make(request, form)
        if made is not None:
            return made
    return render(request, "invites/make.html", {"form": form, "left": max(quota.balance(request.user), 0)})


def _asks_too_often(request: MemberRequest) -> bool:
    return not ratelimit.consume(request, app="allauth.account", action="invite", user=request.user)


def _make(request: MemberRequest, form: InviteForm) -> HttpResponse | None:
    data = form.cleaned_data
    chosen: dict[str, Any] = {name: data[name] for name in ("seats", "note", "room", "language")}
    try:
        invite, code = services.invite_somebody(request.user, data["contact"], **chosen)
    except quota.NoneLeft as refusal:
        words = _("You have no invite left.") if not refusal.left else _("You have not so many invites left.")
        form.add_error(None if not refusal.left else "seats", words)
        return None
    except InviteRefused as refusal:
        form.add_error("contact", f"{TITLES[refusal.code]}. {ADVICE[refusal.code]}")
        return None
    if invite.is_bound:
        messages.success(request, _("The invitation to %(whom)s is on its way.") % {"whom": invite.whom_for})
        return redirect("invites:mine")
    return show_link(request, invite, code)


def show_link(request: HttpRequest, invite: Invite, code: str) -> HttpResponse:
    """The link of an invite, once, to copy or to be read by a phone."""
    link = link_of(code)
    picture = base64.b64encode(qr_code(link)).decode()
    return render(
        request,
        "invites/link.html",
        {"invite": invite, "link": link, "qr_code": f"data:image/svg+xml;base64,{picture}"},
    )


@login_required
@require_POST
@never_cache
def renew(request: MemberRequest, public_id: str) -> HttpResponse:
    """A new code: sent again, or shown to be copied. The old one is dead."""
    invite = _my_invite(request, public_id)
    if _asks_too_often(request):
        return ratelimit.respond_429(request)
    try:
        code = services.renew(invite, by=request.user)
    except InviteRefused as refusal:
        messages.warning(request, f"{TITLES[refusal.code]}. {ADVICE[refusal.code]}")
        return redirect("invites:mine")
    if not invite.is_bound:
        return show_link(request, invite, code)
    messages.success(
        request,
        _("The invitation to %(whom)s was sent again; the old link is good for nothing.") % {"whom": invite.whom_for},
    )
    return redirect("invites:mine")


@login_required
@require_POST
def revoke(request: MemberRequest, public_id: str) -> HttpResponse:
    """Withdraw an invite. Who came by it stays."""
    services.revoke(_my_invite(request, public_id), by=request.user)
    messages.success(request, _("The invite is withdrawn."))
    return redirect("invites:mine")


def _my_invite(request: MemberRequest, public_id: str) -> Invite:
    return get_object_or_404(Invite.objects.select_related("sponsor"), public_id=public_id, sponsor=request.user)
