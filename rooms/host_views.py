"""Pages for whoever hosts a room: who may enter a closed one, and what may be told of it."""

import re

from allauth.core.internal import ratelimit  # the public one counts no GET, and a search is one
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.converters import PUBLIC_ID_PATTERN
from accounts.error_pages import error_page
from accounts.models import User
from accounts.requests import MemberRequest
from rooms import selectors, services
from rooms.domain.errors import Refused
from rooms.domain.snapshot import Phase, Visibility
from rooms.forms import ConfidentialityForm
from rooms.models import Room
from rooms.wording import SENTENCES


@login_required
@require_safe
def choices(request: MemberRequest, public_id: str) -> HttpResponse:
    """What was chosen for a room that its host may still change: its guest list and its confidentiality."""
    room = _hosted(request, public_id)
    query = request.GET.get("q", "")[:60]
    if query and not ratelimit.consume(
        request, app="allauth.account", action="member_search", user=request.user, limit_get=True
    ):
        return ratelimit.respond_429(request)
    context = {
        "room": room,
        "form": ConfidentialityForm(initial={"confidentiality": room.confidentiality}),
        "is_closed": room.visibility == Visibility.CLOSED,
        "listed": [member.profile for member in selectors.guest_list(room)],
        "query": query,
        "found": [member.profile for member in selectors.members_to_list(room, query)],
        "fewest_letters": selectors.FEWEST_LETTERS,
    }
    return render(request, "rooms/choices.html", context)


@login_required
@require_POST
def change_guest_list(request: MemberRequest, public_id: str) -> HttpResponse:
    """Put a member on the guest list, or take one off it."""
    room = _hosted(request, public_id)
    adds = "add" in request.POST
    whom = request.POST.get("add" if adds else "take_off", "")
    if not re.fullmatch(PUBLIC_ID_PATTERN, whom):
        raise Http404
    member = get_object_or_404(User, public_id=whom)
    change = services.put_on_guest_list if adds else services.take_off_guest_list
    try:
        change(room.public_id, request.user, member)
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect("rooms:choices", public_id=public_id)


@login_required
@require_POST
def change_confidentiality(request: MemberRequest, public_id: str) -> HttpResponse:
    """Choose another confidentiality."""
    room = _hosted(request, public_id)
    form = ConfidentialityForm(request.POST)
    if form.is_valid():
        try:
            services.change_confidentiality(room.public_id, request.user, form.cleaned_data["confidentiality"])
        except Refused as refusal:
            return _refused(request, refusal)
    return redirect("rooms:choices", public_id=public_id)


def _hosted(request: MemberRequest, public_id: str) -> Room:
    """The room, for its host; to everybody else there is nothing here."""
    room = selectors.find_room(public_id)
    if room is None or room.host_id != request.user.pk or room.phase == Phase.ENDED:
        raise Http404
    return room


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return error_page(
        request,
        status=409,
        code=refusal.code.value,
        title=_("That could not be changed"),
        advice=str(SENTENCES[refusal.code]),
    )
