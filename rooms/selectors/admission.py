"""Whom a room lets in: the one rule, as a condition on rows. Lists, pages, entering, and the sound all filter by it.

Public rooms: everybody. Members' rooms: whoever has an account. Followers' rooms: who follows whoever opened it. Closed
rooms: who stands on the guest list. All of them: who hosts it, opened it, moderates it, was asked to host it, or was named to
speak. Staff who come openly as such are let in by entering itself.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Block, Follow, User
from rooms.domain.roles import RUNS_THE_ROOM, Role
from rooms.domain.snapshot import Phase, Visibility
from rooms.models import CoHost, Participant, Room

LISTED_TO_ALL = (Visibility.PUBLIC, Visibility.MEMBERS)
MOST_MEMBERS_FOUND = 20
FEWEST_LETTERS = 2


def open_to(user: User | None) -> Q:
    """The rooms that let this person in; None: somebody without an account."""
    if user is None:
        return Q(visibility=Visibility.PUBLIC)
    moderates = Participant.objects.filter(room=OuterRef("pk"), user=user, role__in=RUNS_THE_ROOM)
    asked_to_host = CoHost.objects.filter(room=OuterRef("pk"), user=user, declined_at=None)
    return _lets_in(user.pk, user.pk, room="pk") | Q(Exists(moderates)) | Q(Exists(asked_to_host))


def still_let_in() -> Q:
    """Those in rooms whom their rooms let in; of guests, all that are in public rooms; staff, wherever they are."""
    runs_it = Q(role__in=(*RUNS_THE_ROOM, Role.STAFF))
    with_account = Q(user__isnull=False) & _lets_in(F("user"), OuterRef("user"), room="room", path="room__")
    return Q(room__visibility=Visibility.PUBLIC) | runs_it | with_account


def shut_out(participants: QuerySet[Participant]) -> QuerySet[Participant]:
    """Those of them who are in a room that does not let them in any more."""
    private = participants.exclude(room__visibility__in=LISTED_TO_ALL)
    return private.exclude(pk__in=private.filter(still_let_in()).values("pk"))


def _lets_in(user: Any, user_outside: Any, *, room: str, path: str = "") -> Q:
    """`user` as a row has it, and as a question within the question refers to it; `path` leads from a row to its room."""

    def of_room(**conditions: Any) -> Q:
        return Q(**{path + name: value for name, value in conditions.items()})

    named = Room.speakers.through.objects.filter(room=OuterRef(room), user=user_outside)
    listed = Room.guest_list.through.objects.filter(room=OuterRef(room), user=user_outside)
    follows = Follow.objects.filter(follower=user_outside, followed=OuterRef(f"{path}opened_by"))
    return (
        of_room(visibility__in=LISTED_TO_ALL)  # first: where it holds, nothing more is asked
        | of_room(host=user)
        | of_room(opened_by=user)
        | of_room(visibility=Visibility.FOLLOWERS) & Q(Exists(follows))
        | of_room(visibility=Visibility.CLOSED) & Q(Exists(listed))
        | Q(Exists(named))
    )


def may_enter(room: Room, user: User | None) -> bool:
    """Whether a room lets this person in, and its page may say what it is."""
    if user is not None and not is_private(room):
        return True  # most rooms: without a question to the database, a crowd comes in sooner
    return Room.objects.filter(open_to(user), pk=room.pk).exists()


def shown_to_guests(room: Room) -> bool:
    """Whether its page is for people without an account too: to listen, to wait, or to read that it does not happen."""
    return room.visibility == Visibility.PUBLIC and (room.phase != Phase.ENDED or bool(room.not_held))


def has_agreed(room: Room, user: User | None) -> bool:
    """Whether a member has agreed to what applies in a room, or chose it as its host. Of guests a page does not know."""
    if user is None:
        return False
    agreed = room.participants.filter(user=user, accepted=room.confidentiality)
    return room.host_id == user.pk or agreed.exists()


def is_private(room: Room) -> bool:
    """Whether its very existence is the business of those whom it lets in."""
    return room.visibility not in LISTED_TO_ALL


def guest_list(room: Room) -> QuerySet[User]:
    """Who stands on a room's guest list, by name."""
    return room.guest_list.select_related("profile").order_by("profile__name", "pk")


def members_to_list(room: Room, query: str) -> list[User]:
    """Members by a part of their name who could be put on a room's guest list: not those who are, nor whom a block parts
    from the host."""
    words = query.replace("\x00", "").strip()
    if len(words) < FEWEST_LETTERS:
        return []
    blocked = Block.objects.filter(
        Q(blocker=room.host_id, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=room.host_id)
    )
    found = User.objects.filter(is_active=True, profile__name__icontains=words).exclude(pk=room.host_id)
    found = found.exclude(on_guest_lists=room).exclude(Exists(blocked))
    return list(found.select_related("profile").order_by("profile__name", "pk")[:MOST_MEMBERS_FOUND])
