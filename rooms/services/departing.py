"""Out of a room: by oneself, by another, by silence. Who is gone has no row on the roster, no seat, no socket, no sound."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import clock
from accounts.models import User
from rooms import events, media, selectors
from rooms.domain import commands
from rooms.domain.errors import Code
from rooms.domain.messages import ABSENT_AFTER_SECONDS
from rooms.domain.roles import Role
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room
from rooms.services.carrying_out import change, locked, locked_participant
from rooms.services.succession import succeed_if_host_is_gone
from rooms.services.webs import silence_counts

PLACE_KEPT = timedelta(seconds=60)
DROPPED_AFTER = timedelta(seconds=ABSENT_AFTER_SECONDS / 2)  # a page whose socket was lost comes back sooner than that


def leave(room_public_id: str, connection: str) -> None:
    """Leave a room for good: the place is given up. Nothing happens if the connection is not the person's own any more."""
    here = Participant.objects.filter(room__public_id=room_public_id, connection=connection, left_at=None)
    for pk in here.values_list("pk", flat=True):
        depart(pk, here, keeps_place=False)


def leave_for_another(pk: int) -> None:
    """Leave a room because the person entered another; a place that was kept is given up too."""
    somewhere = Participant.objects.filter(Q(left_at=None) | Q(place_until__isnull=False))
    depart(pk, somewhere, keeps_place=False, code=Code.MOVED_TO_ANOTHER_ROOM)


def drop(room_public_id: str, connection: str, number: int) -> None:
    """A socket was lost: its person stays on the roster for a while and is then swept, unless they came or come back."""
    mine = Participant.objects.filter(room__public_id=room_public_id, connection=connection, joins=number, left_at=None)
    mine.filter(dropped_at=None).update(dropped_at=clock.now())


def seen(connections: Iterable[str]) -> None:
    """These connections' pages said that they are still there."""
    Participant.objects.filter(connection__in=list(connections), left_at=None).update(last_seen_at=clock.now())


def sweep_absent(now: datetime | None = None) -> int:
    """Take those off the roster of whom nothing was heard; seat, hand and invitation wait for them.

    Returns:
        How many.
    """
    now = now or clock.now()
    silent = Q(last_seen_at__lt=now - timedelta(seconds=ABSENT_AFTER_SECONDS)) | Q(dropped_at__lt=now - DROPPED_AFTER)
    if not silence_counts(now):
        silent = Q(pk=None)
    # Who entered in the moment in which the room ended is in it still.
    absent = Participant.objects.filter(silent | ~Q(room__phase=Phase.LIVE), left_at=None)
    return _depart_all(absent, keeps_place=True)


def sweep_revoked() -> int:
    """Take those off the roster who may not be there any more: not let in by the room, suspended, signed out, no longer
    staff.

    Returns:
        How many.
    """
    here = Participant.objects.filter(left_at=None)
    gone = _depart_all(selectors.shut_out(here), keeps_place=False, code=Code.ROOM_PRIVATE)
    return gone + _depart_all(
        here.exclude(pk__in=selectors.admitted(here).values("pk")), keeps_place=False, code=Code.SIGNED_OUT
    )


def sign_out(session_key: str) -> int:
    """Whoever is anywhere by this session is so no more.

    Returns:
        How many.
    """
    if not session_key:
        return 0
    here = Participant.objects.filter(session_key=session_key, left_at=None)
    return _depart_all(here, keeps_place=False, code=Code.SIGNED_OUT)


def go_on_by_session(old: str, new: str) -> None:
    """Whoever is anywhere by one session is so by another from now on, as when they change their password."""
    Participant.objects.filter(session_key=old, left_at=None).update(session_key=new)


def suspend(user: User) -> int:
    """An account may be nowhere any more.

    Returns:
        How many rooms it was in.
    """
    here = Participant.objects.filter(user=user, left_at=None)
    return _depart_all(here, keeps_place=False, code=Code.SIGNED_OUT)


def depart_without_media(silent: Mapping[str, int], *, worker_id: str) -> int:
    """Take those off the roster who have no sound: nobody is listed who cannot hear. They come back when they can.

    Args:
        silent: their connections, and the epoch by which the worker had the room of each: of one that was placed anew since,
            it knows nothing.

    Returns:
        How many.
    """
    by_epoch: dict[int, list[str]] = defaultdict(list)
    for connection, epoch in silent.items():
        by_epoch[epoch].append(connection)
    departed = 0
    for epoch, connections in by_epoch.items():
        at_home = Q(share=None, room__worker__worker_id=worker_id)
        shared = Q(share__ended_at=None, share__worker__worker_id=worker_id)
        here = Participant.objects.filter(
            at_home | shared,
            connection__in=connections,
            left_at=None,
            room__phase=Phase.LIVE,
            room__media_epoch=epoch,
        )
        departed += _depart_all(here, keeps_place=True, code=Code.MEDIA_MISSING)
    return departed


def forget_places(now: datetime | None = None) -> int:
    """The minute of those who dropped is over: seats, hands and invitations that waited for them are free.

    Returns:
        How many.
    """
    over = Participant.objects.filter(place_until__lte=now or clock.now(), left_at__isnull=False)
    forgotten = 0
    for pk, room_public_id in list(over.values_list("pk", "room__public_id")):
        with transaction.atomic():
            room = locked(room_public_id)
            if over.filter(pk=pk).exists():
                give_up_place(locked_participant(pk))
                forgotten += 1
                succeed_if_host_is_gone(room)
    return forgotten


def give_up_place(participant: Participant, *, sent_down: bool = False) -> None:
    """Nothing waits for somebody who is not there. Their role stays."""
    participant.forget_place()
    participant.sent_down = sent_down or participant.sent_down
    participant.save()


def _depart_all(people: QuerySet[Participant], *, keeps_place: bool, code: Code = Code.NOT_JOINED) -> int:
    return sum(
        depart(pk, people, keeps_place=keeps_place, code=code) for pk in list(people.values_list("pk", flat=True))
    )


class _RoomLockNeeded(Exception):
    """Meanwhile they were seated or invited: their going changes the stage."""


def depart(
    pk: int, still: QuerySet[Participant], *, keeps_place: bool, code: Code = Code.NOT_JOINED, by: str = ""
) -> bool:
    """Take one participant off the roster, if the row is still among `still` once it is locked. `code` is what their page is
    told, `by` the name of whoever did it."""
    changes_stage = Participant.objects.select_related("room").get(pk=pk).matters_to_stage
    try:
        with transaction.atomic():
            return _depart(pk, still, keeps_place, code, by, changes_stage=changes_stage)
    except _RoomLockNeeded:
        with transaction.atomic():
            return _depart(pk, still, keeps_place, code, by, changes_stage=True)


def _depart(
    pk: int, still: QuerySet[Participant], keeps_place: bool, code: Code, by: str, *, changes_stage: bool
) -> bool:
    room = Participant.objects.select_related("room").get(pk=pk).room
    if changes_stage:
        room = locked(room.public_id)  # always before the participant
    participant = locked_participant(pk)
    if not still.filter(pk=pk).exists():
        return False
    if participant.matters_to_stage and not changes_stage:
        raise _RoomLockNeeded
    if participant.matters_to_stage and room.phase == Phase.LIVE and participant.left_at is None:
        change(room, commands.Depart(selectors.as_person(participant), kept=keeps_place))
        participant = locked_participant(pk)
    take_off_roster(room, participant, keeps_place=keeps_place, code=code, by=by)
    if participant.role == Role.HOST and not keeps_place:
        succeed_if_host_is_gone(room)
    return True


def take_off_roster(room: Room, participant: Participant, *, keeps_place: bool, code: Code, by: str = "") -> None:
    """Off the roster, without socket and sound. The stage knows already."""
    last_word = participant.dropped_at or participant.last_seen_at
    if participant.left_at is None:
        participant.left_at = clock.now()
    if keeps_place:
        participant.place_until = last_word + PLACE_KEPT
        participant.save()
    else:
        give_up_place(participant)
    events.publish(room.public_id, events.AudienceMoved())
    events.publish(room.public_id, events.Dismissed(participant.connection, code.value, by))
    media.hang_up(participant.room, participant.connection, participant.share)
