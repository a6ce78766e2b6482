"""Who in a room has muted whom for themselves."""

from collections.abc import Collection

from django.db.models import Q

from accounts.models import Mute, User
from rooms.domain.confidentiality import shows_audience
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant
from rooms.selectors.people import on_roster


def quiet_for(room_public_id: str, person: str) -> list[str]:
    """The people of a room whom one of them has muted, by public id, as `quiet_in` tells them. Staff read everything."""
    muters = Participant.objects.exclude(role=Role.STAFF).filter(public_id=person, room__public_id=room_public_id)
    quiet = Participant.objects.filter(
        _is_seen(), room__public_id=room_public_id, user__muted_by__muter__in=muters.values("user")
    )
    return list(quiet.values_list("public_id", flat=True))


def quiet_in(room_public_id: str) -> dict[str, set[str]]:
    """By connection of who is in a room: the people of it whom they have muted, as far as they see them there, or it would
    tell that somebody is there. Of who has muted nobody there, nothing."""
    pairs = Mute.objects.filter(
        _is_seen("muted__participations__"),
        muter__participations__room__public_id=room_public_id,
        muter__participations__left_at=None,
        muter__participations__role__in=set(Role) - {Role.STAFF},
        muted__participations__room__public_id=room_public_id,
    )
    found: dict[str, set[str]] = {}
    for connection, person in pairs.values_list(
        "muter__participations__connection", "muted__participations__public_id"
    ):
        found.setdefault(connection, set()).add(person)
    return found


def _is_seen(person: str = "") -> Q:
    modes = [mode for mode in Confidentiality if shows_audience(mode)]
    return Q(**{f"{person}room__confidentiality__in": modes}) | Q(**{f"{person}position": Position.STAGE})


def connections_without(room_public_id: str, authors: Collection[str]) -> dict[str, set[str]]:
    """By author: the connections of those in a room who have muted them."""
    authors_here = Participant.objects.filter(room__public_id=room_public_id, public_id__in=authors)
    accounts = dict(authors_here.exclude(user=None).values_list("user", "public_id"))
    muters = Participant.objects.filter(room__public_id=room_public_id).exclude(role=Role.STAFF)
    pairs = muters.filter(user__mutes__muted__in=accounts).values_list("user__mutes__muted", "connection")
    found: dict[str, set[str]] = {author: set() for author in authors}
    for muted, connection in pairs:
        found[accounts[muted]].add(connection)
    return found


def rooms_with(user: User) -> list[str]:
    """The rooms that somebody is in now."""
    here = on_roster(Participant.objects.filter(user=user))
    return list(here.values_list("room__public_id", flat=True))
