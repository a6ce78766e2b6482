"""Who in a room has muted whom for themselves."""

from collections.abc import Collection

from accounts.models import User
from rooms.domain.roles import Role
from rooms.models import Participant
from rooms.selectors.people import on_roster


def quiet_for(room_public_id: str, person: str) -> list[str]:
    """The people of a room whom one of them has muted, by public id. Staff read everything."""
    muters = Participant.objects.exclude(role=Role.STAFF).filter(public_id=person, room__public_id=room_public_id)
    quiet = Participant.objects.filter(room__public_id=room_public_id, user__muted_by__muter__in=muters.values("user"))
    return list(quiet.values_list("public_id", flat=True))


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
