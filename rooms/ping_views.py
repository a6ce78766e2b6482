"""Pages to ask a follower into a room, and to put away that one was asked."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.error_pages import error_page
from accounts.models import User
from accounts.requests import MemberRequest
from rooms import selectors, services
from rooms.domain.errors import Refused
from rooms.wording import SENTENCES


@login_required
@require_http_methods(["GET", "POST"])
def ping(request: MemberRequest, public_id: str) -> HttpResponse:
    """Choose whom to ask; for whoever is in the room. To everybody else there is nothing here."""
    room = selectors.find_room(public_id)
    if room is None or not selectors.may_ping_from(room, request.user):
        raise Http404
    if request.method == "POST":
        whom = get_object_or_404(User, public_id=request.POST.get("whom", "").replace("\x00", "")[:24])
        try:
            services.ping(public_id, request.user, whom)
        except Refused as refusal:
            return error_page(
                request,
                status=409,
                code=refusal.code.value,
                title=_("They could not be asked"),
                advice=str(SENTENCES[refusal.code]),
            )
        return redirect("rooms:ping", public_id=public_id)
    query = request.GET.get("q", "")[:60]
    found = [member.profile for member in selectors.pingable(room, request.user, query)]
    return render(request, "rooms/ping.html", {"room": room, "query": query, "found": found})


@login_required
@require_POST
def put_away(request: MemberRequest, public_id: str) -> HttpResponse:
    """Show a ping no more."""
    if not services.put_ping_away(public_id, request.user):
        raise Http404
    return redirect("rooms:hallway")
