"""Into a room: members, guests and staff, new or back within their minute. A plain listener takes no lock on the room."""

import contextlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.crypto import salted_hmac

from accounts import clock, renaming
from accounts.models import Block, User
from accounts.own_data import consents
from rooms import events, limits, media, selectors
from rooms.domain import commands
from rooms.domain.confidentiality import must_be_accepted
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import NONE, Ability, Limits
from rooms.domain.roles import RUNS_THE_ROOM, Position, Role
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.domain.state import decide
from rooms.models import Ban, Participant, Room
from rooms.services.carrying_out import carry_out, locked, locked_participant
from rooms.services.departing import depart, give_up_place, leave_for_another
from rooms.services.placing import place_room

_GUEST_TRIES = 30
_TRIES = 4  # of entering while the same account enters elsewhere at the same moment


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who wants in: an account by a session, or a guest by a cookie and a network (both as keyed hashes, by former keys too).
    `may_be_staff`: the session is good enough for what staff do (accounts.second_factor)."""

    user: User | None = None
    session_key: str = ""
    may_be_staff: bool = True
    guest_key: str = ""
    network: str = ""
    former_guest_keys: tuple[str, ...] = ()
    former_networks: tuple[str, ...] = ()

    @property
    def guest_keys(self) -> tuple[str, ...]:
        """All by which a guest may be known; nobody is a newcomer, or rid of a ban, because our secret is another."""
        return (self.guest_key, *self.former_guest_keys) if self.guest_key else ()

    @property
    def networks(self) -> tuple[str, ...]:
        """The same of the network."""
        return (self.network, *self.former_networks) if self.network else ()


@dataclass(frozen=True, slots=True)
class Joined:
    """What a page needs after entering."""

    person: str
    connection: str
    number: int  # of this person's sockets in this room: names the one that joined now


def guest(cookie: str, network: str) -> Entrant:
    """Somebody without an account, by their cookie and the network they come from (empty: not known, and nobody's)."""
    guest_key, *former_guest_keys = _keyed("guest", cookie)
    known, *former_networks = _keyed("network", network) if network else [""]
    return Entrant(
        guest_key=guest_key,
        network=known,
        former_guest_keys=tuple(former_guest_keys),
        former_networks=tuple(former_networks),
    )


def email_key(email: str) -> str:
    """What a ban keeps of an address."""
    return email_keys(email)[0]


def email_keys(email: str) -> list[str]:
    """All that a ban may have kept of it, by the secret of today and by former ones."""
    return _keyed("email", email)


def _keyed(what: str, value: str) -> list[str]:
    secrets_of_ours = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(f"mitalk.rooms.{what}", value, secret=secret, algorithm="sha256").hexdigest()
        for secret in secrets_of_ours
    ]


def join(
    room_public_id: str,
    who: User | Entrant,
    *,
    muted: bool,
    resume: str = "",
    leave_other: bool = False,
    as_staff: bool = False,
    accepts: str = "",
) -> Joined:
    """Enter a room, or come back to one's place in it.

    `muted` is what the person's page last wanted; nobody comes back louder than they left. `resume` is the connection that
    the page had: if it is still the person's own, it stays, and the sound with it. When the stage is full, one listens. One
    is in one live room at a time: entering here leaves the other, if `leave_other` or if nothing is given up there.
    `accepts` is the confidentiality that the person was shown and agreed to; agreed to once, it is remembered.

    Raises:
        Refused: `room_not_found`, `room_not_open`, `room_ended`; `signed_out` for a suspended account or a guest where there
            are none; `room_private` for whom the room is not open to; `banned`; `not_admitted` by a host who blocked them;
            `agreement_needed` for who has not agreed to MiTalk's terms as they are now, and is not inside already;
            `room_full`; `terms_not_accepted` with the room's confidentiality; `in_another_room` with that room's details;
            `not_allowed` as staff who are none; `second_factor_missing` as staff by a session that showed none.
    """
    entrant = Entrant(user=who) if isinstance(who, User) else who
    room = Room.objects.filter(public_id=room_public_id).first()
    if room is None:
        raise Refused(Code.ROOM_NOT_FOUND)
    _demand_admission(room, entrant, as_staff=as_staff)
    _demand_terms(room, entrant)
    _demand_agreement(room, entrant, accepts)
    _demand_space(room, entrant, as_staff=as_staff)
    for _ in range(_TRIES):
        _leave_others(room, entrant, leave_other=leave_other)
        try:
            joined = _enter(room, entrant, muted=muted, resume=resume, as_staff=as_staff, accepts=accepts)
        except IntegrityError:
            continue  # this account entered another room meanwhile: it leaves that one
        _give_a_worker(room)
        if entrant.user is not None and not as_staff:
            events.publish_conflicts(room, entrant.user)
        return joined
    raise Refused(Code.SERVER_ERROR)


def _give_a_worker(room: Room) -> None:
    """From the first person on a room has a worker, which looks whether everybody here has sound."""
    if room.worker_id is None:
        with contextlib.suppress(Refused):  # while none lives; whoever offers tries again
            place_room(room.public_id)


def _demand_open(room: Room) -> None:
    if room.phase == Phase.ENDED:
        raise Refused(Code.ROOM_ENDED)
    if room.phase == Phase.SCHEDULED:
        raise Refused(Code.ROOM_NOT_OPEN)


def _demand_admission(room: Room, entrant: Entrant, *, as_staff: bool) -> None:
    user = entrant.user
    if user is None:
        if not entrant.guest_key or not selectors.may_enter(room, None):
            raise Refused(Code.SIGNED_OUT)
        if as_staff:
            raise Refused(Code.NOT_ALLOWED)
    else:
        if entrant.session_key and not selectors.is_signed_in(entrant.session_key):
            raise Refused(Code.SIGNED_OUT)  # the socket was opened before
        current = User.objects.filter(pk=user.pk, is_active=True).values_list("is_staff", flat=True).first()
        if current is None:
            raise Refused(Code.SIGNED_OUT)
        if as_staff and (not current or room.host_id == user.pk):
            raise Refused(Code.NOT_ALLOWED)
        if as_staff and not entrant.may_be_staff:
            raise Refused(Code.SECOND_FACTOR_MISSING)
    if not as_staff:
        _demand_let_in(room, entrant)  # before anything is said of the room
    _demand_open(room)
    if not as_staff:
        _demand_welcome(room, entrant)


def _demand_let_in(room: Room, entrant: Entrant) -> None:
    if not selectors.may_enter(room, entrant.user):
        raise Refused(Code.ROOM_PRIVATE if entrant.user else Code.SIGNED_OUT)


def _demand_welcome(room: Room, entrant: Entrant) -> None:
    _demand_let_in(room, entrant)
    if is_banned(room, entrant):
        raise Refused(Code.BANNED)
    if entrant.user is not None and Block.objects.filter(blocker=room.host_id, blocked=entrant.user).exists():
        raise Refused(Code.NOT_ADMITTED)


def _demand_still_admitted(room: Room, entrant: Entrant) -> None:
    """Once their row is locked: what was committed before is seen now, and what comes after sees them inside."""
    room.refresh_from_db(fields=["phase", "confidentiality"])
    _demand_open(room)
    _demand_welcome(room, entrant)


def is_banned(room: Room, entrant: Entrant) -> bool:
    """Whether a ban that holds now keeps them out."""
    bans: QuerySet[Ban] = selectors.banned_now(room)
    if entrant.user is not None:
        return bans.filter(Q(user=entrant.user) | Q(email_key__in=email_keys(entrant.user.email))).exists()
    return bans.filter(Q(guest_key__in=entrant.guest_keys) | Q(network__in=entrant.networks)).exists()


# --- Agreed to, and not full ---------------------------------------------------------------------------------------


def _demand_terms(room: Room, entrant: Entrant) -> None:
    """A member agrees to MiTalk's terms at a page. Who is inside when they change stays, also when the connection drops."""
    user = entrant.user
    if user is None or not consents.must_be_asked(User.objects.only("agreed_to").get(pk=user.pk)):
        return
    if not room.participants.filter(_mine(entrant), left_at=None, joins__gt=0).exists():
        raise Refused(Code.AGREEMENT_NEEDED)


def _demand_agreement(room: Room, entrant: Entrant, accepts: str) -> None:
    """What applies was shown and agreed to, now or before. Whoever hosts the room chose it."""
    mode = Confidentiality(room.confidentiality)
    if not must_be_accepted(mode) or accepts == mode:
        return
    if entrant.user:
        has_agreed = selectors.has_agreed(room, entrant.user)
    else:
        has_agreed = room.participants.filter(_mine(entrant), accepted=mode).exists()
    if not has_agreed:
        raise Refused(Code.TERMS_NOT_ACCEPTED, confidentiality=mode.value)


def _demand_space(room: Room, entrant: Entrant, *, as_staff: bool) -> None:
    """Counted without a lock: of those who come at the same moment a few more may get in. Whoever is here, has a place here,
    runs the room or was named to speak, and staff, come in always. Cookies cost nothing: guests of one network do not fill a
    room that others want into."""
    here = selectors.on_roster(room.participants.all())
    is_crowded = here.count() >= settings.MITALK_MOST_IN_A_ROOM
    if entrant.user is None and entrant.network and not is_crowded:
        is_crowded = here.filter(network__in=entrant.networks).count() >= settings.MITALK_GUESTS_OF_A_NETWORK
    if as_staff or not is_crowded:
        return
    mine = room.participants.filter(_mine(entrant))
    has_place = Q(left_at=None, joins__gt=0) | Q(place_until__gt=clock.now()) | Q(role__in=RUNS_THE_ROOM)
    if mine.filter(has_place).exists() or (entrant.user and selectors.has_place_on_stage(room, entrant.user)):
        return
    raise Refused(Code.ROOM_FULL)


# --- One live room an account --------------------------------------------------------------------------------------


def _mine(entrant: Entrant) -> Q:
    return Q(user=entrant.user) if entrant.user else Q(guest_key__in=entrant.guest_keys)


def _leave_others(room: Room, entrant: Entrant, *, leave_other: bool) -> None:
    somewhere = Q(left_at=None) | Q(place_until__gt=clock.now(), room__phase=Phase.LIVE)
    others = Participant.objects.filter(_mine(entrant), somewhere).exclude(room=room)
    others = others.select_related("room")
    for other in others:
        gives_up = other.has_place_or_wish or other.role == Role.HOST
        if gives_up and other.room.phase == Phase.LIVE and not leave_other:
            raise Refused(Code.IN_ANOTHER_ROOM, room=other.room.public_id, title=other.room.title)
    for other in others:
        leave_for_another(other.pk)


# --- Entering -----------------------------------------------------------------------------------------------------


@transaction.atomic
def _enter(room: Room, entrant: Entrant, *, muted: bool, resume: str, as_staff: bool, accepts: str) -> Joined:
    if entrant.user is not None:
        renaming.lock(entrant.user)  # nobody enters by a name that changes meanwhile
    if entrant.user is None:
        entry = room.participants.filter(_mine(entrant)).first() or _new_guest(room, entrant)
        is_ours = False
    else:
        is_host = room.host_id == entrant.user.pk and Ability.HOST not in limits.limits_of(entrant.user.pk)
        role = Role.HOST if is_host else Role.MEMBER
        defaults = {"role": role, "connection": ""}
        entry, is_ours = Participant.objects.get_or_create(room=room, user=entrant.user, defaults=defaults)
    if _changes_the_stage(room, entrant, entry, as_staff=as_staff):
        return _enter_under_lock(room, entrant, entry, muted=muted, resume=resume, as_staff=as_staff, accepts=accepts)
    # A row that was made just now nobody else has seen.
    participant = entry if is_ours else locked_participant(entry.pk)
    _demand_still_admitted(room, entrant)
    _demand_agreement(room, entrant, accepts)
    joined = _connect(room, participant, entrant, resume)
    events.publish(room.public_id, events.AudienceMoved())
    return joined


def _new_guest(room: Room, entrant: Entrant) -> Participant:
    """A guest who was never here, with the next number. Two who come at once want the same: one of them tries again, which
    needs no lock on the room."""
    for tries_left in reversed(range(_GUEST_TRIES)):
        last = room.participants.aggregate(last=Max("guest_number"))["last"] or 0
        numbered = {"role": Role.GUEST, "guest_number": last + 1}
        try:
            with transaction.atomic():
                return Participant.objects.get_or_create(room=room, guest_key=entrant.guest_key, defaults=numbered)[0]
        except IntegrityError:
            if not tries_left:
                raise
    raise AssertionError


def _changes_the_stage(room: Room, entrant: Entrant, entry: Participant, *, as_staff: bool) -> bool:
    if entrant.user is None:
        return False
    has_seat = not entry.sent_down and selectors.has_place_on_stage(room, entrant.user)
    return as_staff or entry.matters_to_stage or has_seat


def _enter_under_lock(
    room: Room, entrant: Entrant, entry: Participant, *, muted: bool, resume: str, as_staff: bool, accepts: str
) -> Joined:
    assert entrant.user is not None
    room = locked(room.public_id)
    participant = locked_participant(entry.pk)
    _demand_open(room)
    if not as_staff:
        _demand_welcome(room, entrant)
    _demand_agreement(room, entrant, accepts)
    if as_staff != (participant.role == Role.STAFF):
        if participant.left_at is None and participant.joins:
            here = Participant.objects.filter(left_at=None)
            depart(participant.pk, here, keeps_place=False, code=Code.SUPERSEDED)
            room, participant = locked(room.public_id), locked_participant(entry.pk)
        give_up_place(participant)  # nobody takes a seat or a hand over into the other role
        participant.role = Role.STAFF if as_staff else Role.MEMBER
        participant.moderator_since = None
    lost = NONE if as_staff else limits.limits_of(entrant.user.pk)
    if room.host_id == entrant.user.pk and not participant.sent_down and Ability.HOST not in lost:
        participant.role = Role.HOST
    was_away = _recall_place(participant)
    if not was_away and not _is_here(participant) and Ability.STAGE not in lost:
        _take_named_seat(room, entrant.user, participant)
    _hold_to(lost, participant)
    snapshot = selectors.stage_snapshot(room)
    if participant.position == Position.STAGE:
        participant.number = participant.number or snapshot.last_number + 1
        participant.muted = participant.muted or muted or room.frozen
    arrival = commands.Arrive(
        selectors.as_person(participant),
        hand=selectors.as_hand(participant),
        invited_by=participant.invited_by.public_id if participant.invited_by else "",
        was_away=was_away and participant.position == Position.STAGE,
    )
    try:
        decided = decide(snapshot, arrival, clock.now())
    except Refused as refusal:
        if refusal.code not in (Code.STAGE_FULL, Code.STAGE_LOCKED):
            raise
        decided = ()
        participant.position, participant.muted, participant.number = Position.AUDIENCE, True, 0
    joined = _connect(room, participant, entrant, resume)
    carry_out(room, snapshot, decided)
    events.publish(room.public_id, events.AudienceMoved())
    return joined


def _recall_place(participant: Participant) -> bool:
    """Whether they were away and their place waited; a place that waited too long is forgotten here too."""
    if participant.left_at is None or not participant.joins:
        return False
    if participant.place_until is not None and participant.place_until > clock.now():
        return True
    participant.forget_place()
    return False


def _hold_to(lost: Limits, participant: Participant) -> None:
    """Nobody comes back to what was taken from them meanwhile."""
    if Ability.STAGE in lost and not _is_here(participant):
        participant.forget_place()
    if Ability.SPEAK in lost:
        participant.muted = True
    if Ability.HOST in lost and participant.role in RUNS_THE_ROOM:
        participant.role, participant.moderator_since = Role.MEMBER, None


def _is_here(participant: Participant) -> bool:
    return participant.left_at is None and participant.joins > 0


def _take_named_seat(room: Room, user: User, participant: Participant) -> None:
    """Whoever comes in anew and has a place on stage sits there, muted. Who is here already sits where they sat: going down
    to listen is not undone by a reload."""
    may_sit = participant.role != Role.STAFF and not participant.sent_down
    if participant.position == Position.AUDIENCE and may_sit and selectors.has_place_on_stage(room, user):
        participant.position, participant.muted = Position.STAGE, True


def _connect(room: Room, participant: Participant, entrant: Entrant, resume: str) -> Joined:
    """Give the person's one place in the room to a connection: the same, if the page resumes it; else a new one, and the
    one before loses socket and sound."""
    former = participant.connection
    if not resume or resume != participant.connection or participant.left_at is not None:
        if former:
            media.hang_up(participant.room, former, participant.share)
        participant.connection = secrets.token_urlsafe(12)
        participant.share, participant.placed_epoch = None, 0
    now = clock.now()
    if participant.left_at is not None:
        participant.arrived_at = now
    participant.left_at = participant.dropped_at = participant.place_until = None
    participant.last_seen_at = now
    if participant.accepted != room.confidentiality:
        participant.accepted, participant.accepted_at = room.confidentiality, now
    participant.session_key = entrant.session_key
    participant.network = entrant.network
    participant.joins += 1
    participant.save()
    if former:
        events.publish(participant.room.public_id, events.Superseded(former, participant.joins))
    return Joined(participant.public_id, participant.connection, participant.joins)
