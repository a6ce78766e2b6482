"""People in rooms: who counts as there, and what others see of them."""

import dataclasses
from collections.abc import Collection, Iterable

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import clock
from accounts.claims import selectors as claims_selectors
from accounts.claims import words as claims_words
from accounts.models import Follow, User, normalised_email
from accounts.portraits import look
from rooms.domain.confidentiality import shows_audience
from rooms.domain.messages import MOST_CLAIMS, ClaimCard, Face, HandCard, PersonCard, Visitor
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Confidentiality, Hand, Person
from rooms.models import Ban, Participant, Room
from rooms.selectors.admission import still_let_in

MOST_FOUND = 50


def on_roster(participants: QuerySet[Participant]) -> QuerySet[Participant]:
    """Those of them who are in their room now."""
    return participants.filter(left_at=None)


def admitted(participants: QuerySet[Participant]) -> QuerySet[Participant]:
    """Those on the roster who still may be there: their account is active, they are signed in as they were when they came,
    whoever is there as staff is still of the staff, and the room still lets them in."""
    signed_in = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    return on_roster(participants).filter(
        Q(user=None) | Q(user__is_active=True),
        Q(session_key="") | Exists(signed_in),
        ~Q(role=Role.STAFF) | Q(user__is_staff=True),
        still_let_in(),
    )


def is_signed_in(session_key: str) -> bool:
    """Whether this session is still there."""
    return Session.objects.filter(session_key=session_key, expire_date__gt=clock.now()).exists()


def person_card(participant: Participant) -> PersonCard:
    """A participant as the others see them. Needs `user__profile`."""
    user = participant.user
    return PersonCard(
        id=participant.public_id,
        **_looks(participant),
        headline=headline(user) if user else "",
        member=user.public_id if user else "",
        role=participant.role,
        position=participant.position,
        muted=participant.muted,
        number=participant.number,
        guest=participant.guest_number,
        demo=bool(user and user.is_demo),
        claims=claims(user),
    )


def face(participant: Participant) -> Face:
    """Whoever wrote something. Needs `user__profile`."""
    return Face(id=participant.public_id, role=participant.role, claims=[], **_looks(participant))


def listener(participant: Participant) -> Face:
    """A face in the audience. Needs `user__profile`."""
    return dataclasses.replace(face(participant), claims=claims(participant.user))


def with_claims(participants: Iterable[Participant]) -> list[Participant]:
    """Participants with what they have shown, in one query: cards of many."""
    people = list(participants)
    claims_selectors.with_claims(participant.user for participant in people)
    return people


def claims(user: User | None) -> list[ClaimCard]:
    """What a member has shown, as rooms show it."""
    if user is None:
        return []
    shown = claims_words.shown(claims_selectors.claims_of(user)[:MOST_CLAIMS])
    return [ClaimCard(claim.kind, claim.about, claim.since, claim.until) for claim in shown]


def hand_card(participant: Participant) -> HandCard:
    """A participant's hand that is up. Needs `user__profile`."""
    assert participant.hand_at is not None
    return HandCard(
        person=person_card(participant),
        line=participant.hand_line,
        number=participant.hand_number,
        raised_at=participant.hand_at.isoformat(timespec="milliseconds"),
    )


def _looks(participant: Participant) -> dict:
    if participant.user is None:
        return dataclasses.asdict(look("", participant.public_id, ""))
    return looks_of(participant.user)


def looks_of(user: User) -> dict:
    """Name, initials, tint and portrait of a member."""
    profile = getattr(user, "profile", None)
    return dataclasses.asdict(profile.face if profile else look("", user.public_id, ""))


def stay_of(room: Room, *, user: User | None, guest_keys: Collection[str]) -> Participant | None:
    """Where somebody, by account or as a guest, is or was in a room, other than as staff; None, if they never were."""
    stays = room.participants.filter(joins__gt=0).exclude(role=Role.STAFF).select_related("user__profile")
    if user is not None:
        return stays.filter(user=user).first()
    return stays.filter(user=None, guest_key__in=guest_keys).first()


def headline(user: User) -> str:
    """What a member does, in a line."""
    profile = getattr(user, "profile", None)
    return profile.shown_headline if profile else ""


def as_person(participant: Participant) -> Person:
    """A participant as the rules see them."""
    return Person(
        id=participant.public_id,
        role=Role(participant.role),
        position=Position(participant.position),
        muted=participant.muted,
        number=participant.number,
    )


def as_hand(participant: Participant) -> Hand | None:
    """A participant's hand as the rules see it; None if it is down."""
    if not participant.hand_number or participant.hand_at is None:
        return None
    return Hand(participant.public_id, participant.hand_number, participant.hand_at, participant.hand_line)


def person_of(room_public_id: str, connection: str) -> str | None:
    """The public id of whoever is in a room by this connection, or None."""
    people = admitted(Participant.objects.filter(room__public_id=room_public_id, connection=connection))
    return people.values_list("public_id", flat=True).first()


def has_place_on_stage(room: Room, user: User) -> bool:
    """Whether a person who enters this room sits on stage at once: its host and the speakers named with it."""
    return room.host_id == user.pk or room.speakers.filter(pk=user.pk).exists()


def followed_by_speakers(room: Room, user: User) -> bool:
    """Whether somebody on this room's stage follows this person."""
    speakers = on_roster(room.participants.filter(position=Position.STAGE)).values("user")
    return Follow.objects.filter(follower__in=speakers, followed=user).exists()


def members_by_email(addresses: list[str], *, but: User) -> list[User]:
    """The active members with these addresses, except one."""
    wanted = {normalised_email(address) for address in addresses}
    return list(User.objects.filter(email__in=wanted, is_active=True, profile__isnull=False).exclude(pk=but.pk))


def banned_now(room: Room) -> QuerySet[Ban]:
    """The bans of a room that hold now."""
    return room.bans.filter(Q(until=None) | Q(until__gt=clock.now()))


def find_people(room: Room, query: str) -> list[Visitor]:
    """Those who are or were in a room, by a part of their name or a guest's number; those who are here first. Where the
    audience is not shown there is no list of it either: without a name, only whom those who run the room see anyway."""
    people = room.participants.filter(joins__gt=0).select_related("user__profile")
    words = query.strip()
    if words:
        number = int(words) if words.isascii() and words.isdigit() and len(words) < 9 else 0
        named = Q(user__profile__name__icontains=words)
        people = people.filter(named | Q(guest_number=number, user=None) if number else named)
    elif not shows_audience(Confidentiality(room.confidentiality)):
        seen = Q(position=Position.STAGE) | Q(hand_number__gt=0) | Q(invited_by__isnull=False)
        people = people.filter(seen | Q(user=None) | ~Q(role=Role.MEMBER))
    found = people.order_by("-arrived_at")
    here = list(on_roster(found)[:MOST_FOUND])
    gone = list(found.exclude(left_at=None)[: MOST_FOUND - len(here)]) if len(here) < MOST_FOUND else []
    banned = set(banned_now(room).values_list("participant", flat=True))
    return [
        Visitor(person=person_card(person), here=person.left_at is None, banned=person.pk in banned)
        for person in with_claims((*here, *gone))
    ]
