"""One room as it stands: for the rules, for its pages, and for each person in it."""

from collections.abc import Iterable
from datetime import timedelta
from types import MappingProxyType

from django.db.models import Max, Q, QuerySet

from accounts import clock
from rooms.domain.confidentiality import shows_audience
from rooms.domain.links import Link, host_of
from rooms.domain.messages import FACES_AT_A_TIME, Desk, Face, RoomSnapshot, You
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Confidentiality, HandPolicy, Phase, Snapshot
from rooms.models import Participant, Room
from rooms.selectors.people import as_hand, as_person, hand_card, listener, on_roster, person_card, with_claims

_WISHING = Q(hand_number__gt=0) | Q(invited_by__isnull=False)


def on_stage(room: Room) -> QuerySet[Participant]:
    """The people on stage, first come first, with their profiles."""
    return (
        on_roster(room.participants.all())
        .filter(position=Position.STAGE)
        .select_related("user__profile")
        .order_by("number", "public_id")
    )


def _wishing(room: Room) -> QuerySet[Participant]:
    """Those in the audience with a hand up or an invitation."""
    return on_roster(room.participants.filter(_WISHING))


def stage_snapshot(room: Room) -> Snapshot:
    """The stage for the rules. Take the room's lock first when something is decided on it."""
    matters = Q(position=Position.STAGE) | _WISHING | Q(role=Role.STAFF)
    here = list(on_roster(room.participants.filter(matters)).select_related("invited_by"))
    kept = room.participants.filter(position=Position.STAGE, left_at__isnull=False, place_until__gt=clock.now()).count()
    numbers = room.participants.aggregate(stage=Max("number"), hands=Max("hand_number"))
    return Snapshot(
        room=room.public_id,
        phase=Phase(room.phase),
        stage_size=room.stage_size,
        version=room.version,
        moderators_version=room.moderators_version,
        stage=MappingProxyType({p.public_id: as_person(p) for p in here if p.position == Position.STAGE}),
        staff=MappingProxyType({p.public_id: as_person(p) for p in here if p.role == Role.STAFF}),
        hands=MappingProxyType({p.public_id: hand for p in here if (hand := as_hand(p))}),
        invited=MappingProxyType({p.public_id: p.invited_by.public_id for p in here if p.invited_by}),
        hand_policy=HandPolicy(room.hand_policy),
        locked=room.locked,
        frozen=room.frozen,
        slow_mode=room.slow_mode,
        turn_limit=room.turn_limit,
        link=Link(room.link_url, room.link_title) if room.link_url else None,
        notice=room.notice,
        away=kept,
        last_number=max(numbers["stage"] or 0, numbers["hands"] or 0),
    )


def audience(room: Room) -> tuple[int, list[Face]]:
    """How many listen, and the faces of the last members to arrive. Guests are counted; staff are shown elsewhere. Under the
    Chatham House rule there are no faces: whatever is told of an audience comes from here."""
    faces, _more = audience_page(room)
    return _listeners(room).count(), faces


def audience_page(room: Room, after: str = "") -> tuple[list[Face], bool]:
    """The faces of those members of the audience who came before the one with this public id, the last to arrive first; and
    whether others follow. The first of them if it is empty, or nobody's."""
    found, more = _members_listening(room, after)
    return [listener(each) for each in with_claims(found)], more


def _members_listening(room: Room, after: str = "") -> tuple[list[Participant], bool]:
    if not shows_audience(Confidentiality(room.confidentiality)):
        return [], False
    members = _listeners(room).exclude(user=None).select_related("user__profile").order_by("-arrived_at", "-id")
    last = room.participants.filter(public_id=after).values_list("arrived_at", "id").first() if after else None
    if last is not None:
        arrived_at, pk = last
        members = members.filter(Q(arrived_at__lt=arrived_at) | Q(arrived_at=arrived_at, id__lt=pk))
    found = list(members[: FACES_AT_A_TIME + 1])
    return found[:FACES_AT_A_TIME], len(found) > FACES_AT_A_TIME


def _staff(room: Room) -> QuerySet[Participant]:
    return on_roster(room.participants.filter(role=Role.STAFF)).select_related("user__profile").order_by("arrived_at")


def _listeners(room: Room) -> QuerySet[Participant]:
    return on_roster(room.participants.all()).filter(position=Position.AUDIENCE).exclude(role=Role.STAFF)


def audience_of(public_id: str) -> tuple[int, list[Face]]:
    """The same, by the room's public id."""
    return audience(Room.objects.get(public_id=public_id))


def room_snapshot(public_id: str) -> RoomSnapshot:
    """The whole room as every page needs it. The version is read before the stage could have moved on: a reader in between
    sees an older `seq` and heals by the events that follow."""
    room = Room.objects.get(public_id=public_id)
    listeners, _more = _members_listening(room)
    stage, staff = list(on_stage(room)), list(_staff(room))
    with_claims([*stage, *staff, *listeners])
    return RoomSnapshot(
        seq=room.version,
        phase=room.phase,
        stage_size=room.stage_size,
        stage=[person_card(each) for each in stage],
        staff=[person_card(each) for each in staff],
        confidentiality=room.confidentiality,
        hand_policy=room.hand_policy,
        locked=room.locked,
        frozen=room.frozen,
        slow_mode=room.slow_mode,
        turn_limit=room.turn_limit,
        link_title=room.link_title,
        link_host=host_of(room.link_url) if room.link_url else "",
        link_by=room.link_by,
        notice=room.notice,
        notice_by=room.notice_by,
        count=_listeners(room).count(),
        faces=[listener(each) for each in listeners],
    )


def desk(public_id: str) -> Desk:
    """What those who run a room see beside that."""
    room = Room.objects.get(public_id=public_id)
    wishing = with_claims(_wishing(room).select_related("user__profile").order_by("hand_number", "public_id"))
    return Desk(
        seq=room.moderators_version,
        hands=[hand_card(participant) for participant in wishing if participant.hand_number],
        invited=sorted(
            (person_card(participant) for participant in wishing if participant.invited_by_id),
            key=lambda card: card.id,
        ),
    )


def standings(public_id: str, connections: Iterable[str]) -> dict[str, You]:
    """How the people by these connections stand in their room."""
    connections = list(connections)
    room = Room.objects.get(public_id=public_id)
    hands = on_roster(room.participants.filter(hand_number__gt=0)).order_by("hand_number", "public_id")
    places = {person: place for place, person in enumerate(hands.values_list("public_id", flat=True), start=1)}
    people = on_roster(room.participants.filter(connection__in=connections))
    return {
        person.connection: You(
            id=person.public_id,
            role=person.role,
            position=person.position,
            muted=person.muted,
            place=places.get(person.public_id, 0),
            line=person.hand_line,
            line_waiting=person.hand_line_waiting,
            invited_by=person.invited_by.name if person.invited_by else "",
        )
        for person in people  # few are invited: joining the inviter to everybody costs more than asking for theirs
    }


def versions(rooms: Iterable[str]) -> dict[str, tuple[int, int, int, int]]:
    """How far the histories of these rooms have come, for everyone and for the moderators, their talk, and the placing of
    their sound; in one query."""
    rows = Room.objects.filter(public_id__in=list(rooms))
    return {
        name: (version, moderators, talk, epoch)
        for name, version, moderators, talk, epoch in rows.values_list(
            "public_id", "version", "moderators_version", "talk_version", "media_epoch"
        )
    }


def gone_lately(rooms: Iterable[str], seconds: float) -> set[str]:
    """The connections of those who left these rooms in the last so many seconds."""
    since = clock.now() - timedelta(seconds=seconds)
    left = Participant.objects.filter(room__public_id__in=list(rooms), left_at__gte=since)
    return set(left.values_list("connection", flat=True))


def people_here(people: Iterable[str]) -> set[str]:
    """Those of these people, by public id, who are on a roster."""
    here = on_roster(Participant.objects.filter(public_id__in=list(people)))
    return set(here.values_list("public_id", flat=True))
