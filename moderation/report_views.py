"""Pages to report something, and to see what became of what one reported. For guests too."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.error_pages import error_page
from accounts.matching import MOST_LETTERS
from accounts.models import User, random_id
from accounts.requests import where_next
from moderation import cases, reportable
from moderation.report_forms import ReportForm
from moderation.reportable import MOST_PEOPLE, Reportable
from moderation.services import Reporter, make_report
from rooms import guests, selectors
from rooms import services as rooms
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Confidentiality
from rooms.models import Room
from rooms.wording import SENTENCES

_A_PAGE = 20


@require_http_methods(["GET", "POST"])
@never_cache
def report(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """Report something: a category, a line, sent. Whoever may not see it is told no more than that it is not there."""
    identity = "" if request.user.is_authenticated else guests.known(request) or random_id()
    found = reportable.find(kind, public_id, _reporter(request, identity))
    if found is None:
        if not request.user.is_authenticated and request.method == "GET":
            return redirect_to_login(request.get_full_path())
        raise Http404
    form = ReportForm(request.POST or None, asks_moment=found.is_over and found.about.written == "")
    if request.method == "POST" and form.is_valid():
        response = _send(request, found, form)
    else:
        context = {"form": form, "found": found, "kind": kind, "next": where_next(request, found.page)}
        response = render(request, "moderation/report.html", context)
    if identity:
        guests.give(response, identity)
    return response


def _send(request: HttpRequest, found: Reportable, form: ReportForm) -> HttpResponse:
    if not ratelimit.consume(request, app="allauth.account", action="report"):
        return ratelimit.respond_429(request)
    about = found.about
    if form.seconds_in is not None:
        about = replace(about, seconds_in=form.seconds_in)
    try:
        make_report(found.who, about, category=form.cleaned_data["category"], line=form.cleaned_data["line"])
    except Refused as refusal:
        return _refused(request, refusal)
    if found.who.user is None:
        messages.success(request, _("Thank you. MiTalk’s staff have your report."))
        return redirect("moderation:mine")
    messages.success(request, _("Thank you. MiTalk’s staff have your report. You are told when it is decided."))
    return redirect(where_next(request, found.page))


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    too_many = refusal.code is Code.TOO_MANY_MESSAGES
    advice = _("You have reported a lot within an hour. What you sent is with MiTalk’s staff; wait a while for more.")
    return error_page(
        request,
        status=HTTPStatus.TOO_MANY_REQUESTS if too_many else HTTPStatus.FORBIDDEN,
        code=refusal.code.value,
        title=_("It was not sent"),
        advice=advice if too_many else str(SENTENCES[refusal.code]),
    )


@require_safe
@never_cache
def afterwards(request: HttpRequest, public_id: str) -> HttpResponse:
    """A room that is over, for who was there: what of it can still be reported, and until when."""
    room = selectors.find_room(public_id)
    identity = "" if request.user.is_authenticated else guests.known(request)
    who = reportable.placed(room, _reporter(request, identity)) if room else None
    if room is None or who is None or who.place is None:
        if not request.user.is_authenticated and not identity:
            return redirect_to_login(request.get_full_path())
        raise Http404
    until = reportable.open_until(room)
    if until is None:
        return redirect("rooms:room", public_id=public_id)
    if clock.now() > until:
        return error_page(
            request,
            status=HTTPStatus.GONE,
            code="report_too_late",
            title=_("This room ended too long ago"),
            advice=_("What happened in it cannot be reported any more. A profile still can."),
        )
    return render(request, "moderation/afterwards.html", _afterwards(request, room, who))


def _afterwards(request: HttpRequest, room: Room, who: Reporter) -> dict[str, Any]:
    query = request.GET.get("q", "").replace("\0", "")[:MOST_LETTERS].strip()
    people = reportable.people_of(room, who).order_by("user__profile__name", "guest_number", "pk")
    shown = people.filter(user__profile__name__icontains=query) if query else people
    found = reportable.find("room", room.public_id, who)
    return {
        "room": room,
        "until": reportable.open_until(room),
        "holds_sound": found is not None and found.seals_sound,
        "names_are_kept": reportable.names_are_kept(room),
        "people": [selectors.person_card(person) for person in shown[:MOST_PEOPLE]],
        "searches": query or people.count() > MOST_PEOPLE,
        "query": query,
        "chat_is_kept": may_be_kept(Confidentiality(room.confidentiality), Kept.CHAT),
        "messages_said": reportable.messages_of(room, who),
        "questions": reportable.questions_of(room, who),
        "home": reverse("rooms:hallway" if who.user else "rooms:front"),
    }


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What one reported, and what became of it: of members by their account, of guests by this browser."""
    who = _reporter(request, "" if request.user.is_authenticated else guests.known(request))
    page = Paginator(cases.reports_of(who), _A_PAGE).get_page(request.GET.get("page", "1"))
    context = {"page": page, "reports": [cases.shown_to_reporter(each) for each in page], "is_guest": who.user is None}
    return render(request, "moderation/mine.html", context)


def _reporter(request: HttpRequest, identity: str) -> Reporter:
    if isinstance(request.user, User):
        return Reporter(user=request.user)
    if not identity:
        return Reporter()
    entrant = rooms.guest(identity, guests.network_of(request))
    return Reporter(guest_key=entrant.guest_key, network=entrant.network, former_guest_keys=entrant.former_guest_keys)
