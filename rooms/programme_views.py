"""Pages of rooms to come: announced, changed, waited for; who goes; calendars."""

from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.error_pages import error_page
from accounts.middleware import profile_optional
from accounts.models import SpokenLanguage, User
from accounts.requests import MemberRequest, where_next
from accounts.text import tidy
from accounts.written import TextRefused
from accounts.written import refusal as refusal_of
from accounts.zones import zone_of
from rooms import ics, selectors, services
from rooms.domain.errors import Code, Refused
from rooms.domain.programme import START_EARLY
from rooms.domain.snapshot import Phase
from rooms.forms import RoomForm
from rooms.hosting import for_hosts
from rooms.models import Room
from rooms.programme_forms import ScheduleForm
from rooms.programme_words import language_of
from rooms.wording import SENTENCES

EVENTS_A_PAGE = 30
# A waiting page asks again after so many seconds: so that all of them together ask at most 25 times a second.
_SOONEST, _LATEST = 8, 90
_ASKS_A_SECOND = 25
_ENTRIES_A_SECOND = 50  # and spread so when the room opens


@login_required
@require_safe
def programme(request: MemberRequest) -> HttpResponse:
    """Every room to come, by day, in the viewer's time zone."""
    language = request.GET.get("language", "")
    language = language if language in SpokenLanguage.values else ""
    topic = selectors.topic_card(request.GET.get("topic", ""), request.user)
    rooms = selectors.programme_for(request.user, topic=topic.public_id if topic else "", language=language)
    page = Paginator(rooms, EVENTS_A_PAGE).get_page(request.GET.get("page", "1"))
    days: dict[Any, list[selectors.EventCard]] = {}
    for card in selectors.event_cards(page, request.user):
        days.setdefault(timezone.localdate(card.starts_at), []).append(card)
    context = {
        "days": list(days.items()),
        "page": page,
        "topic": topic,
        "language": language,
        "languages": SpokenLanguage.choices,
    }
    return render(request, "rooms/programme.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@for_hosts
def schedule(request: MemberRequest) -> HttpResponse:
    """Announce a room."""
    initial = {
        "topic": selectors.find_topic(request.GET.get("topic", "")),
        "language": request.user.profile.language,
    }
    form = ScheduleForm(request.POST or None, initial=initial, host=request.user, zone=zone_of(request))
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="schedule"):
            return ratelimit.respond_429(request)
        try:
            room = services.schedule_room(host=request.user, **form.announced())
        except services.TooManyRooms:
            form.add_error(None, _("You have announced as many rooms as one may. Hold one, or call one off, first."))
        except TextRefused as refused:  # by a list that changed at this moment
            form.add_error(None, refusal_of(refused.verdict))
        else:
            say_what_waits(request, room, form)
            messages.success(request, _("Your room is in the programme."))
            return redirect("rooms:room", public_id=room.public_id)
    return render(request, "rooms/schedule_form.html", {"form": form, "room": None})


@login_required
@require_http_methods(["GET", "POST"])
@for_hosts
def edit(request: MemberRequest, public_id: str) -> HttpResponse:
    """Change what was announced, as its host."""
    room = _hosted(request, public_id)
    zone = room.time_zone if request.method == "POST" else zone_of(request)
    form = ScheduleForm(request.POST or None, instance=room, host=request.user, zone=zone)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="schedule"):
            return ratelimit.respond_429(request)
        try:
            changed = services.change_scheduled(public_id, request.user, **form.announced())
        except Refused as refusal:
            return _refused(request, refusal)
        except TextRefused as refused:
            form.add_error(None, refusal_of(refused.verdict))
            return render(request, "rooms/schedule_form.html", {"form": form, "room": room})
        say_what_waits(request, changed, form)
        messages.success(request, _("Saved. If time or title changed, those who are going are told."))
        return redirect("rooms:room", public_id=public_id)
    return render(request, "rooms/schedule_form.html", {"form": form, "room": room})


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: MemberRequest, public_id: str) -> HttpResponse:
    """Call a room off, as its host; asked once more before."""
    room = _hosted(request, public_id)
    if request.method == "POST":
        try:
            services.cancel_scheduled(public_id, request.user)
        except Refused as refusal:
            return _refused(request, refusal)
        return redirect("rooms:room", public_id=public_id)
    return render(request, "rooms/cancel.html", {"card": selectors.event_card(room, request.user)})


def say_what_waits(request: HttpRequest, room: Room, form: RoomForm) -> None:
    """Tell a host if what they wrote about their room is not shown yet."""
    if any(tidy(form.cleaned_data[field]) != tidy(getattr(room, field)) for field in ("title", "description")):
        messages.info(request, _("MiTalk’s staff look at some of its words first. You hear from us by mail."))


def _found(request: MemberRequest, public_id: str) -> Room:
    """The room of an address that lets this member in."""
    room = selectors.find_room(public_id)
    if room is None or not selectors.may_enter(room, request.user):
        raise Http404
    return room


def _shown(request: HttpRequest, public_id: str) -> Room:
    """The same for anybody: people without an account are shown public rooms."""
    if isinstance(request.user, User):
        return _found(request, public_id)  # type: ignore[arg-type]
    room = selectors.find_room(public_id)
    if room is None or not selectors.shown_to_guests(room):
        raise Http404
    return room


def _hosted(request: MemberRequest, public_id: str) -> Room:
    return get_object_or_404(Room, public_id=public_id, host=request.user, phase=Phase.SCHEDULED)


@login_required
@require_POST
def start(request: MemberRequest, public_id: str) -> HttpResponse:
    """Start a room that was announced, as its host or a co-host."""
    _found(request, public_id)
    try:
        services.open_scheduled(public_id, request.user)
    except Refused as refusal:
        return _refused(request, refusal, title=_("It could not be opened"))
    return redirect("rooms:room", public_id=public_id)


# --- Waiting ----------------------------------------------------------------------------------------------------------


def waiting_room(request: HttpRequest, room: Room, viewer: User | None) -> HttpResponse:
    """The page of a room to come, or of one that did not happen: what, when, who; it turns into the room by itself. People
    without an account are not shown who goes there."""
    if viewer is None:
        return render(request, "rooms/waiting.html", _waiting_for(room, None))
    i_am_host = room.host_id == viewer.pk
    query = request.GET.get("find", "")
    context = {
        **_waiting_for(room, viewer),
        "going": selectors.who_goes(room, viewer),
        "i_am_host": i_am_host,
        "may_edit": i_am_host and room.phase == Phase.SCHEDULED,
        "answer": selectors.my_answer(room, viewer),
        "co_hosts": selectors.co_hosts(room) if i_am_host else [],
        "query": query,
        "found": selectors.find_members_to_ask(room, viewer, query) if i_am_host and query.strip() else [],
    }
    return render(request, "rooms/waiting.html", context)


def _waiting_for(room: Room, viewer: User | None) -> dict[str, Any]:
    return {
        "card": selectors.event_card(room, viewer),
        "is_guest": viewer is None,
        "opens_at": room.starts_at - START_EARLY,
        "early_minutes": int(START_EARLY.total_seconds() // 60),
        "phase_path": reverse("rooms:phase", args=[room.public_id]),
    }


@require_safe
@never_cache
def phase(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whether a room began, for pages that wait for it; and when to ask again, so that many do not ask at once."""
    room = _shown(request, public_id)
    going = room.rsvps.filter(user__is_active=True).count()
    answer = {
        "phase": room.phase,
        "going": going,
        "again_in": min(_LATEST, max(_SOONEST, going // _ASKS_A_SECOND)),
        "enter_within": max(1, going // _ENTRIES_A_SECOND),
    }
    return JsonResponse(answer)


@login_required
@require_POST
def going(request: MemberRequest, public_id: str) -> HttpResponse:
    """Be going, or not any more."""
    room = _found(request, public_id)
    if request.POST.get("going") == "no":
        services.do_not_go(room, request.user)
    else:
        try:
            services.go(room, request.user, zone_of(request))
        except Refused as refusal:
            return _refused(request, refusal)
    return redirect(where_next(request, reverse("rooms:room", args=[public_id])))


# --- Co-hosts ---------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def co_hosts(request: MemberRequest, public_id: str) -> HttpResponse:
    """The host asks a member to host with them, or takes it back."""
    room = _found(request, public_id)
    member = get_object_or_404(User, public_id=request.POST.get("member", "").replace("\0", "")[:24])
    try:
        if request.POST.get("act") == "withdraw":
            services.withdraw_co_host(room, request.user, member)
        elif not ratelimit.consume(request, app="allauth.account", action="ask_co_host"):
            return ratelimit.respond_429(request)
        else:
            services.ask_co_host(public_id, request.user, member)
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect(reverse("rooms:room", args=[public_id]) + "#co-hosts")


@login_required
@require_POST
def answer_co_host(request: MemberRequest, public_id: str) -> HttpResponse:
    """Somebody who was asked accepts, or declines."""
    room = _found(request, public_id)
    accept = request.POST.get("answer") == "accept"
    try:
        services.answer_co_host(room, request.user, accept=accept, time_zone=zone_of(request))
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect(where_next(request, reverse("rooms:room", args=[public_id])))


# --- Calendars --------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def event_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """One room to come, for a calendar."""
    room = _shown(request, public_id)
    return _calendar(ics.calendar_of([room], site=_site(request)), f"mitalk-{public_id}.ics")


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def calendar(request: MemberRequest) -> HttpResponse:
    """One's own programme as a feed: its secret address is made here, shown once, and revoked here."""
    address = ""
    if request.POST.get("act") == "revoke":
        services.revoke_calendar_address(request.user)
        messages.success(request, _("The address is good no more."))
        return redirect("rooms:calendar")
    if request.method == "POST":
        token = services.make_calendar_address(request.user)
        address = _site(request) + reverse("rooms:calendar_feed", args=[token])
    return render(
        request, "rooms/calendar.html", {"address": address, "has_address": selectors.has_calendar(request.user)}
    )


@require_safe
@never_cache
@profile_optional
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The programme of whoever's secret this is. Calendars have no session: the address is all they show."""
    owner = selectors.owner_of_calendar(token)
    if owner is None:
        if not ratelimit.consume(request, app="allauth.account", action="calendar_guess", limit_get=True):
            return ratelimit.respond_429(request)
        raise Http404
    with translation.override(language_of(owner)):
        rooms = selectors.rooms_of_calendar(owner)
        return _calendar(ics.calendar_of(rooms, site=_site(request), name="MiTalk"), "mitalk.ics")


def _calendar(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=ics.CONTENT_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _refused(request: HttpRequest, refusal: Refused, *, title: str = "") -> HttpResponse:
    advice = str(SENTENCES[refusal.code])
    if refusal.code is Code.ROOM_NOT_OPEN:
        minutes = int(START_EARLY.total_seconds() // 60)
        advice = _("It can be started from %(minutes)d minutes before its time.") % {"minutes": minutes}
    return error_page(
        request,
        status=HTTPStatus.FORBIDDEN,
        code=refusal.code.value,
        title=title or _("That cannot be done now"),
        advice=advice,
    )
