"""Pages of topics and rooms."""

import json
from dataclasses import asdict
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.converters import PUBLIC_ID_LENGTH
from accounts.cookies import named
from accounts.error_pages import error_page
from accounts.matching import MOST_LETTERS
from accounts.middleware import profile_optional
from accounts.models import SpokenLanguage, User, random_id
from accounts.portraits import PORTRAITS, photos_prefix
from accounts.requests import MemberRequest, where_next
from accounts.second_factor import staff_may_work
from accounts.written import TextRefused, refusal
from rooms import guests, selectors, services, speech, turn
from rooms.domain.confidentiality import must_be_accepted, shows_audience
from rooms.domain.errors import Code
from rooms.domain.links import host_of
from rooms.domain.snapshot import Confidentiality, Phase, Visibility
from rooms.forms import RoomForm, TopicForm
from rooms.hosting import for_hosts
from rooms.models import Room
from rooms.programme_views import say_what_waits, waiting_room
from rooms.sharing import qr_code as qr_code_of
from rooms.wording import CONFIDENTIALITY, VISIBILITY


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What MiTalk is, for strangers; members go on to the hallway."""
    if request.user.is_authenticated:
        return redirect("rooms:hallway")
    return render(request, "rooms/front.html", {"portraits": PORTRAITS})


@login_required
@require_safe
def hallway(request: MemberRequest) -> HttpResponse:
    """Who talks now, what is to come, whom and what to follow."""
    asked = {name: request.GET[name] for name in ("topic", "language", "following_page", "page") if name in request.GET}
    hall = selectors.hall_for(request.user, selectors.Wanted(**asked))
    context = {"hall": hall, "languages": SpokenLanguage.choices, "pings": selectors.pings_of(request.user)}
    return render(request, "rooms/hallway.html", context)


@login_required
@require_safe
def search(request: MemberRequest) -> HttpResponse:
    """Rooms, topics and people that hold what was typed."""
    query = request.GET.get("q", "")[:MOST_LETTERS]
    if query and not ratelimit.consume(request, app="allauth.account", action="search", limit_get=True):
        return ratelimit.respond_429(request)
    return render(request, "rooms/search.html", {"query": query, "found": selectors.search_for(request.user, query)})


@login_required
@require_POST
def follow_topic(request: MemberRequest, public_id: str, follow: bool) -> HttpResponse:
    """Follow a topic, or no more."""
    topic = selectors.find_topic(public_id)
    if topic is None:
        raise Http404
    (services.follow_topic if follow else services.unfollow_topic)(request.user, topic)
    return redirect(where_next(request, reverse("rooms:hallway")))


@login_required
@require_http_methods(["GET", "POST"])
def new_topic(request: MemberRequest) -> HttpResponse:
    """Make a topic, then open a room in it."""
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            topic = services.create_topic(**form.cleaned_data, by=request.user)
        except services.TopicWaits:
            messages.info(request, _("MiTalk’s staff look at this topic first. You hear from us by mail."))
            return redirect("rooms:hallway")
        except TextRefused as refused:  # by a list that changed at this moment
            form.add_error("name", refusal(refused.verdict))
            return render(request, "rooms/topic_form.html", {"form": form})
        response = redirect("rooms:new_room")
        response["Location"] += f"?topic={topic.public_id}"
        return response
    return render(request, "rooms/topic_form.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
@for_hosts
def new_room(request: MemberRequest) -> HttpResponse:
    """Open a room and go in as its host; for a closed one, say first who may enter."""
    initial = {
        "topic": selectors.find_topic(request.GET.get("topic", "")),
        "language": request.user.profile.language,
    }
    form = RoomForm(request.POST or None, initial=initial, host=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            room = services.open_room(host=request.user, **form.cleaned_data)
        except TextRefused as refused:  # by a list that changed at this moment
            form.add_error(None, refusal(refused.verdict))
            return render(request, "rooms/room_form.html", {"form": form})
        say_what_waits(request, room, form)
        is_closed = room.visibility == Visibility.CLOSED
        return redirect("rooms:choices" if is_closed else "rooms:room", public_id=room.public_id)
    return render(request, "rooms/room_form.html", {"form": form})


@profile_optional
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Whether browser, network and sound are fit for a room, tried with the real worker. For everybody: whoever cannot hear a
    public room may not be a member."""
    return render(request, "rooms/check.html", {"socket_path": "/ws/check/"})


@require_safe
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    """One room. The first paint comes from here; then the page's modules take over by the live protocol. Guests see public
    rooms that are live or to come; whoever else is not signed in is asked to sign in. Whom the room does not let in is told
    no more than that."""
    found = selectors.find_room(public_id)
    is_guest = not request.user.is_authenticated
    if is_guest and (found is None or not selectors.shown_to_guests(found)):
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    if not _may_be_shown(request, found):
        return _closed(request)
    if found.phase == Phase.SCHEDULED or found.not_held:
        return waiting_room(request, found, _member(request))
    response = render(request, "rooms/room.html", _room_context(request, found))
    if is_guest:
        guests.remember(request, response)
    return response


def _may_be_shown(request: HttpRequest, room: Room) -> bool:
    """Staff are shown what a room is, so that they can enter it openly; who is in it they see then."""
    user = _member(request)
    return selectors.may_enter(room, user) or (user is not None and user.is_staff and staff_may_work(request))


def _member(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _closed(request: HttpRequest) -> HttpResponse:
    response = render(request, "rooms/closed.html", status=403)
    response["X-Error-Code"] = Code.ROOM_PRIVATE.value
    return response


def _room_context(request: HttpRequest, room: Room) -> dict[str, Any]:
    user = _member(request)
    mode = Confidentiality(room.confidentiality)
    asks = room.phase == Phase.LIVE and must_be_accepted(mode) and not selectors.has_agreed(room, user)
    # Who is there is for those who could be there too, under the same terms.
    hides_people = asks or not selectors.may_enter(room, user)
    count, faces = selectors.audience(room)
    stage = (
        []
        if hides_people
        else [selectors.person_card(each) for each in selectors.with_claims(selectors.on_stage(room))]
    )
    return {
        "card": selectors.room_card(room),
        "stage": stage,
        "audience": [] if hides_people else faces,
        "audience_count": count,
        "hides_people": hides_people,
        "shows_audience": shows_audience(mode),
        "asks": asks,
        "speech_watched": speech.is_watched(room.language),
        "confidentiality": {mode.value: words for mode, words in CONFIDENTIALITY.items()},
        "visibility": VISIBILITY[Visibility(room.visibility)],
        "is_private": selectors.is_private(room),
        "address": request.build_absolute_uri(reverse("rooms:room", args=[room.public_id])),
        "phase": room.phase,
        "is_public": room.visibility == Visibility.PUBLIC,
        "i_am_host": user is not None and room.host_id == user.pk,
        "was_there": user is not None and selectors.stay_of(room, user=user, guest_keys=()) is not None,
        "i_am_on_stage": user is not None and selectors.has_place_on_stage(room, user),
        "may_be_staff": user is not None and user.is_staff and room.host_id != user.pk,
        "programme": reverse("rooms:hallway") + "#coming" if user else "",
        "home": reverse("rooms:hallway" if user else "rooms:front"),
        "what_is_kept": _what_is_kept(room),
        "empty_minutes": int(services.EMPTY_STAGE_CLOSES_AFTER.total_seconds() // 60),
        "socket_path": f"/ws/rooms/{room.public_id}/",
        "relay": json.dumps(asdict(turn.relay_for(random_id(), clock.now().timestamp(), turn.ROOM_LASTS_SECONDS))),
        "room_path": _with_placeholder("rooms:room", "ROOM"),
        "profiles": _with_placeholder("accounts:profile", "MEMBER") if user else "",
        "photos_unseen": "" if user else photos_prefix(),  # guests are told that there is a photo, and not given it
    }


def _what_is_kept(room: Room) -> str:
    match Confidentiality(room.confidentiality):
        case Confidentiality.OFF_RECORD:
            return _("Off the record: only those who are here now read it. It is not kept.")
        case Confidentiality.CHATHAM_HOUSE:
            kept = ngettext(
                "Chatham House rule: kept for %(days)d day, without names.",
                "Chatham House rule: kept for %(days)d days, without names.",
                settings.CHAT_DAYS,
            )
        case Confidentiality.ON_RECORD:
            kept = ngettext("Kept for %(days)d day.", "Kept for %(days)d days.", settings.CHAT_DAYS)
    return kept % {"days": settings.CHAT_DAYS}


@require_safe
def pinned_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the room's pinned link leads, before one goes there: for those who are in the room. No other address than that
    one is ever on this page."""
    found = selectors.find_room(public_id)
    if found is None or not _is_in(request, found):
        return redirect("rooms:room", public_id=public_id)
    if not found.link_url:
        return error_page(
            request,
            status=404,
            code="link_gone",
            title=_("No link is pinned any more"),
            advice=_("Somebody who runs the room took it down. Close this page to go back."),
        )
    context = {
        "public_id": public_id,
        "url": found.link_url,
        "host": host_of(found.link_url),
        "title": found.link_title,
        "by": found.link_by,
    }
    return render(request, "rooms/link.html", context)


def _is_in(request: HttpRequest, room: Room) -> bool:
    if isinstance(request.user, User):
        return selectors.is_here(room, user_pk=request.user.pk, guest_keys=())
    try:
        cookie = guests.cookie_value(request.COOKIES.get(named(guests.COOKIE), ""))
    except BadSignature:
        return False
    return selectors.is_here(room, user_pk=None, guest_keys=services.guest(cookie, "").guest_keys)


def _with_placeholder(name: str, placeholder: str) -> str:
    """An address whose public id the page fills in."""
    stand_in = "x" * PUBLIC_ID_LENGTH
    return reverse(name, args=[stand_in]).replace(stand_in, placeholder)


@require_safe
def qr_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """A room's address to be read by a phone, for whoever sees the room's page."""
    found = selectors.find_room(public_id)
    if found is None or not _may_be_shown(request, found):
        raise Http404
    address = request.build_absolute_uri(reverse("rooms:room", args=[public_id]))
    response = HttpResponse(qr_code_of(address), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=86400"
    return response
