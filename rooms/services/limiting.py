"""What a member may not do in any room (rooms.domain.limits): asked before they do it, taken from them where they have it."""

from django.db import transaction
from django.db.models import Q

from accounts import clock
from accounts.models import User
from rooms import events, limits, selectors
from rooms.domain import commands
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import OF_WHO_ACTS, OF_WHOM_IT_IS_DONE_TO, Ability, Limits
from rooms.domain.roles import RUNS_THE_ROOM, Act, Role
from rooms.domain.snapshot import Phase
from rooms.models import CoHost, Participant, Room
from rooms.services.carrying_out import change, locked, locked_participant
from rooms.services.departing import give_up_place
from rooms.services.succession import succeed_if_host_is_gone


def demand_able(user: User | None, ability: Ability) -> None:
    """Refuse who may not do this in any room.

    Raises:
        Refused: with the code that says why.
    """
    lost = limits.limits_of(user.pk if user else None)
    if ability in lost:
        raise Refused(lost[ability])


def demand_act(me: Participant, act: Act) -> None:
    """Refuse an act that is taken from whoever does it.

    Raises:
        Refused: with the code that says why.
    """
    if act in OF_WHO_ACTS:
        demand_able(me.user, OF_WHO_ACTS[act])


def demand_act_on(target: Participant, act: Act) -> None:
    """Refuse to put somebody where they may not be. Why is between them and staff.

    Raises:
        Refused: `person_limited`.
    """
    if act in OF_WHOM_IT_IS_DONE_TO and OF_WHOM_IT_IS_DONE_TO[act] in limits.limits_of(target.user_id):
        raise Refused(Code.PERSON_LIMITED)


def take_from(user: User, lost: Limits) -> int:
    """Wherever somebody is, or has a place waiting, they lose what they may not do: at once, sound included. They are told
    why. Whoever enters holds their account's row, which the caller must hold too.

    Returns:
        In how many rooms.
    """
    somewhere = Q(left_at=None) | Q(place_until__isnull=False) | Q(role__in=RUNS_THE_ROOM)
    places = Participant.objects.filter(somewhere, user=user, room__phase=Phase.LIVE)
    found = list(places.values_list("room__public_id", "pk"))
    for public_id, pk in found:
        _take(public_id, pk, lost)
    if Ability.HOST in lost:
        _run_nothing_to_come(user)
        _end_what_waits_for(user)
    return len(found)


@transaction.atomic
def _take(room_public_id: str, pk: int, lost: Limits) -> None:
    room = locked(room_public_id)
    me = locked_participant(pk)
    if room.phase != Phase.LIVE:
        return
    if me.left_at is None:
        change(room, commands.Limit(selectors.as_person(me), frozenset(lost)))
        me = locked_participant(pk)
        _tell(room, me, lost)
    else:
        _take_what_waits(me, lost)
    if Ability.HOST in lost:
        Participant.objects.filter(pk=pk, role__in=RUNS_THE_ROOM).update(role=Role.MEMBER, moderator_since=None)
        if not succeed_if_host_is_gone(room) and room.host_id == me.user_id and not _is_run(room):
            change(room, commands.EndRoom(None))  # nobody is left who could run it


def _take_what_waits(me: Participant, lost: Limits) -> None:
    if Ability.STAGE in lost:
        give_up_place(me)
    elif Ability.SPEAK in lost:
        Participant.objects.filter(pk=me.pk).update(muted=True)


def _is_run(room: Room) -> bool:
    waits = Q(left_at=None) | Q(place_until__gt=clock.now())
    return room.participants.filter(waits, role__in=RUNS_THE_ROOM).exists()


def _tell(room: Room, me: Participant, lost: Limits) -> None:
    for ability, code in lost.items():
        if not (ability is Ability.SPEAK and Ability.STAGE in lost):
            events.publish(room.public_id, events.Warned(me.connection, code.value))


@transaction.atomic
def _end_what_waits_for(user: User) -> None:
    """Rooms that they opened and did not enter yet are over, but where another came, or is to come, to run it."""
    unentered = Room.objects.filter(host=user, phase=Phase.LIVE).exclude(participants__user=user)
    for public_id in list(unentered.values_list("public_id", flat=True)):
        room = locked(public_id)
        if room.phase == Phase.LIVE and not room.participants.filter(role__in=RUNS_THE_ROOM).exists():
            change(room, commands.EndRoom(None))


def _run_nothing_to_come(user: User) -> None:
    """Who may not host runs no room that another announced."""
    CoHost.objects.filter(user=user, room__phase=Phase.SCHEDULED).delete()
