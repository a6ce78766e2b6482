"""Pages of topics and rooms."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.converters import PUBLIC_ID_LENGTH
from accounts.models import SpokenLanguage, User
from accounts.portraits import PORTRAITS
from accounts.requests import MemberRequest, where_next
from rooms import guests, selectors, services
from rooms.domain.snapshot import Phase, Visibility
from rooms.forms import RoomForm, TopicForm
from rooms.models import Room
from rooms.programme_views import waiting_room
from rooms.selectors.matching import MOST_LETTERS


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
    return render(request, "rooms/hallway.html", {"hall": hall, "languages": SpokenLanguage.choices})


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
        topic = services.create_topic(**form.cleaned_data, by=request.user)
        response = redirect("rooms:new_room")
        response["Location"] += f"?topic={topic.public_id}"
        return response
    return render(request, "rooms/topic_form.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def new_room(request: MemberRequest) -> HttpResponse:
    """Open a room and go in as its host."""
    initial = {
        "topic": selectors.find_topic(request.GET.get("topic", "")),
        "language": request.user.profile.language,
    }
    form = RoomForm(request.POST or None, initial=initial, host=request.user)
    if request.method == "POST" and form.is_valid():
        room = services.open_room(host=request.user, **form.cleaned_data)
        return redirect("rooms:room", public_id=room.public_id)
    return render(request, "rooms/room_form.html", {"form": form})


@require_safe
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    """One room. The first paint comes from here; then the page's modules take over by the live protocol. Guests see public
    rooms that are live; whoever else is not signed in is asked to sign in."""
    found = selectors.find_room(public_id)
    is_guest = not request.user.is_authenticated
    if is_guest and (found is None or found.visibility != Visibility.PUBLIC or found.phase != Phase.LIVE):
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    if found.phase == Phase.SCHEDULED or found.not_held:
        assert isinstance(request.user, User)
        return waiting_room(request, found)  # type: ignore[arg-type]
    response = render(request, "rooms/room.html", _room_context(request, found))
    if is_guest:
        guests.remember(request, response)
    return response


def _room_context(request: HttpRequest, room: Room) -> dict[str, Any]:
    count, faces = selectors.audience(room)
    user = request.user if isinstance(request.user, User) else None
    return {
        "card": selectors.room_card(room),
        "stage": [selectors.person_card(participant) for participant in selectors.on_stage(room)],
        "audience": faces,
        "audience_count": count,
        "phase": room.phase,
        "is_public": room.visibility == Visibility.PUBLIC,
        "i_am_host": user is not None and room.host_id == user.pk,
        "i_am_on_stage": user is not None and selectors.has_place_on_stage(room, user),
        "may_be_staff": user is not None and user.is_staff and room.host_id != user.pk,
        "home": reverse("rooms:hallway" if user else "rooms:front"),
        "empty_minutes": int(services.EMPTY_STAGE_CLOSES_AFTER.total_seconds() // 60),
        "socket_path": f"/ws/rooms/{room.public_id}/",
        "room_path": _with_placeholder("rooms:room", "ROOM"),
        "profiles": _with_placeholder("accounts:profile", "MEMBER") if user else "",
    }


def _with_placeholder(name: str, placeholder: str) -> str:
    """An address whose public id the page fills in."""
    stand_in = "x" * PUBLIC_ID_LENGTH
    return reverse(name, args=[stand_in]).replace(stand_in, placeholder)
