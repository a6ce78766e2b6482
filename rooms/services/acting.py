"""What people in a room do: to themselves, to others, to the room. Each takes the room's lock and asks the domain.

`connection` is always that of whoever acts; `person` the public id of whom it is done to. All raise Refused: `not_joined`,
`room_ended`, `not_allowed`, and what the rules say beside.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from accounts import clock, muting
from accounts import hooks as accounts_hooks
from accounts import services as accounts
from accounts.models import User
from accounts.text import tidy
from rooms import events, hooks, passing, selectors
from rooms.domain import commands
from rooms.domain.errors import Code, Refused
from rooms.domain.links import Link
from rooms.domain.messages import Face, ReportCategory, Visitor
from rooms.domain.roles import Act, Role
from rooms.domain.snapshot import HandPolicy, Person
from rooms.models import Ban, Participant, Room
from rooms.services.actors import demand, first, present, readable, record
from rooms.services.carrying_out import change, locked, locked_participant
from rooms.services.departing import give_up_place, take_off_roster
from rooms.services.entering import email_key
from rooms.services.limiting import demand_act, demand_act_on
from rooms.services.succession import succeed_if_host_is_gone
from rooms.services.words import keep_hand_line_waiting, place_of, settle

GUEST_BAN = timedelta(hours=24)

OnSelf = Callable[[Person], commands.Command]
OnOther = Callable[[Person, Person], commands.Command]


# --- To oneself ---------------------------------------------------------------------------------------------------


def set_muted(room_public_id: str, connection: str, *, muted: bool) -> None:
    """Mute or unmute oneself."""
    act = Act.MUTE_SELF if muted else Act.UNMUTE_SELF
    _act(room_public_id, connection, lambda me: commands.SetMuted(me, muted), act=act)


@transaction.atomic
def raise_hand(room_public_id: str, connection: str, *, line: str) -> None:
    """Raise one's hand, with a line of why. While that waits for staff, the line is what it was.

    Raises:
        Refused: `text_refused` with the reason.
    """
    room = locked(room_public_id)
    me = present(room, connection)
    demand_act(me, Act.RAISE_HAND)
    followed = me.user is not None and selectors.followed_by_speakers(room, me.user)
    wanted, place = readable(line), place_of(room, me, "hand.line", me.public_id)
    if wanted == me.hand_line:
        accounts_hooks.text_gate().drop(place.where, place.target)  # what waited was of another hand
    words = settle(place, wanted, me.hand_line)
    change(room, commands.RaiseHand(selectors.as_person(me), words, followed=followed))
    waiting = wanted if words != wanted else ""
    if waiting != me.hand_line_waiting:
        keep_hand_line_waiting(room, me, waiting)


def lower_hand(room_public_id: str, connection: str) -> None:
    """Lower one's hand."""
    _act(room_public_id, connection, commands.LowerHand)


def join_stage(room_public_id: str, connection: str) -> None:
    """Accept the invitation; as moderator or host, take a seat."""
    _act(room_public_id, connection, commands.JoinStage, act=Act.JOIN_STAGE)


def decline(room_public_id: str, connection: str) -> None:
    """Decline the invitation."""
    _act(room_public_id, connection, commands.Decline)


def leave_stage(room_public_id: str, connection: str) -> None:
    """Go back to the audience."""
    _act(room_public_id, connection, commands.LeaveStage)


# --- To others ----------------------------------------------------------------------------------------------------


def invite(room_public_id: str, connection: str, person: str) -> None:
    """Invite somebody onto the stage."""
    _act_on(room_public_id, connection, person, Act.INVITE, commands.Invite)


def withdraw(room_public_id: str, connection: str, person: str) -> None:
    """Take an invitation back."""
    _act_on(room_public_id, connection, person, Act.INVITE, commands.Withdraw, log="withdraw", takes=True)


def lower_other_hand(room_public_id: str, connection: str, person: str) -> None:
    """Lower somebody's hand."""
    _act_on(room_public_id, connection, person, Act.LOWER_OTHER_HAND, commands.LowerOtherHand)


def mute_other(room_public_id: str, connection: str, person: str) -> None:
    """Mute somebody on stage."""
    _act_on(room_public_id, connection, person, Act.MUTE_OTHER, commands.MuteOther)


def move_to_audience(room_public_id: str, connection: str, person: str) -> None:
    """Take somebody off the stage."""
    _act_on(room_public_id, connection, person, Act.MOVE_TO_AUDIENCE, commands.MoveToAudience)


def name_moderator(room_public_id: str, connection: str, person: str) -> None:
    """Make somebody a moderator."""
    _act_on(room_public_id, connection, person, Act.NAME_MODERATOR, commands.NameModerator)


def dismiss_moderator(room_public_id: str, connection: str, person: str) -> None:
    """Make a moderator a member again."""
    _act_on(room_public_id, connection, person, Act.DISMISS_MODERATOR, commands.DismissModerator, may_be_gone=True)


def hand_over(room_public_id: str, connection: str, person: str) -> None:
    """Make somebody else the host."""
    _act_on(room_public_id, connection, person, Act.HAND_OVER, commands.HandOver)


@transaction.atomic
def remove(room_public_id: str, connection: str, person: str) -> None:
    """Put somebody out of the room; of one who dropped, take the place that waits for them."""
    room = locked(room_public_id)
    me, target = _two(room, connection, person, Act.REMOVE)
    change(room, commands.Remove(selectors.as_person(me), selectors.as_person(target)))
    _put_out(room, target, Code.REMOVED, by=me)
    record(room, me, Act.REMOVE.value, target.public_id)


@transaction.atomic
def ban(room_public_id: str, connection: str, person: str, *, reason: str = "") -> None:
    """Put somebody out of the room, or keep somebody out who has left. A member is known by account and address, a guest by
    cookie and network for a while."""
    room = locked(room_public_id)
    me, target = _two(room, connection, person, Act.BAN)
    change(room, commands.Ban(selectors.as_person(me), selectors.as_person(target)))
    reason = tidy(reason)[:200]
    keeps = {"reason": reason, "by": me.user, "at": clock.now(), "until": None}
    if target.user is not None:
        keeps |= {"user": target.user, "email_key": email_key(target.user.email)}
    else:
        keeps |= {"guest_key": target.guest_key, "network": target.network, "until": clock.now() + GUEST_BAN}
    Ban.objects.update_or_create(room=room, participant=target, defaults=keeps)
    _put_out(room, target, Code.BANNED, by=me)
    record(room, me, Act.BAN.value, target.public_id, reason=reason)


@transaction.atomic
def lift_ban(banned: Ban, *, by: User) -> None:
    """Let somebody come back, as staff."""
    whom = banned.participant.public_id if banned.participant else ""
    banned.delete()
    accounts.record("room.lift_ban", f"{banned.room.public_id} {whom}".strip(), actor=by)


def _put_out(room: Room, target: Participant, code: Code, *, by: Participant) -> None:
    target = locked_participant(target.pk)
    if target.left_at is None:
        take_off_roster(room, target, keeps_place=False, code=code, by=by.name)
    give_up_place(target, sent_down=True)
    if target.role == Role.HOST:
        succeed_if_host_is_gone(room)
    # Being put out is no bad luck with one's network: nobody comes back from it to run the room.
    runs_it = Participant.objects.filter(pk=target.pk, role__in=(Role.MODERATOR, Role.HOST))
    runs_it.update(role=Role.MEMBER, moderator_since=None)


@transaction.atomic
def report(room_public_id: str, connection: str, person: str, *, category: str, line: str, message: str = "") -> None:
    """Report somebody, or a message of the chat or a question, or with both empty the room."""
    room = Room.objects.get(public_id=room_public_id)
    me = present(room, connection)
    demand(me, Act.REPORT)
    written, author = _written(room, message) if message else (None, "")
    target = _target(room, author or person) if author or person else None
    if target is not None and target.pk == me.pk:
        raise Refused(Code.NOT_ALLOWED)
    hooks.report(
        room=room,
        reporter=me,
        target=target,
        category=ReportCategory(category),
        line=readable(line),
        written=written,
    )


def _written(room: Room, written: str) -> tuple[hooks.Written, str]:
    """What a message or a question says, and who wrote it, by public id; both empty where they are not kept. Nobody is
    reported for what another wrote: the page is not asked."""
    for is_question, kept in ((False, room.messages), (True, room.questions)):
        stored = kept.select_related("author").filter(public_id=written).first()
        if stored is not None:
            author = stored.author.public_id if stored.author else passing.author_of(written)
            return hooks.Written(written, stored.text, is_question=is_question), author
    passed = passing.questions(room.public_id).get(written)
    author = passed.author if passed else passing.author_of(written)
    if not author:
        raise Refused(Code.MESSAGE_NOT_FOUND)
    return hooks.Written(written, "", is_question=passed is not None), author


@transaction.atomic
def block(room_public_id: str, connection: str, person: str) -> None:
    """Block somebody, in this room and elsewhere."""
    room = Room.objects.get(public_id=room_public_id)
    me = present(room, connection)
    demand(me, Act.BLOCK)
    target = _target(room, person)
    if target.pk == me.pk or target.user is None or me.user is None or target.role == Role.STAFF:
        raise Refused(Code.NOT_ALLOWED)
    accounts.block(me.user, target.user)
    events.publish_conflicts(room, me.user)


@transaction.atomic
def mute_for_oneself(room_public_id: str, connection: str, person: str, *, muted: bool) -> None:
    """Not read what somebody writes any more, in this room and elsewhere; or read it again."""
    room = Room.objects.get(public_id=room_public_id)
    me = present(room, connection)
    demand(me, Act.MUTE_FOR_ONESELF)
    target = _target(room, person)
    if target.pk == me.pk or target.user is None or me.user is None or target.role == Role.STAFF:
        raise Refused(Code.NOT_ALLOWED)
    (muting.mute if muted else muting.unmute)(me.user, target.user)


def tell_mutes_moved(user: User) -> None:
    """Whom somebody mutes is otherwise: the rooms that they are in leave out other words from now on."""
    for room in selectors.rooms_with(user):
        events.publish(room, events.MutesMoved())


@transaction.atomic
def find_people(room_public_id: str, connection: str, query: str) -> list[Visitor]:
    """Who is and was in the room, for those who run it."""
    room = Room.objects.get(public_id=room_public_id)
    demand(present(room, connection), Act.SEARCH_PEOPLE)
    return selectors.find_people(room, query)


@transaction.atomic
def see_audience(room_public_id: str, connection: str, after: str) -> tuple[list[Face], bool]:
    """More of those who listen, for whoever is here."""
    room = Room.objects.get(public_id=room_public_id)
    demand(present(room, connection), Act.LISTEN)
    return selectors.audience_page(room, after)


# --- To the room --------------------------------------------------------------------------------------------------


def lock_stage(room_public_id: str, connection: str, *, is_locked: bool) -> None:
    """Let nobody more onto the stage, or again."""
    log = "lock_stage" if is_locked else "unlock_stage"
    _act(room_public_id, connection, lambda me: commands.LockStage(me, is_locked), log=log)


@transaction.atomic
def reset_stage(room_public_id: str, connection: str) -> None:
    """Seat everybody in the audience but those who run the room; what waits for those who dropped is gone too."""
    room = locked(room_public_id)
    me = present(room, connection)
    change(room, commands.ResetStage(selectors.as_person(me)))
    away = room.participants.filter(left_at__isnull=False, place_until__isnull=False)
    for pk in away.exclude(role__in=(Role.MODERATOR, Role.HOST)).values_list("pk", flat=True):
        give_up_place(locked_participant(pk), sent_down=True)
    record(room, me, Act.RESET_STAGE.value)


def set_hand_policy(room_public_id: str, connection: str, policy: str) -> None:
    """Decide who may raise a hand."""
    chosen = HandPolicy(policy)
    _act(
        room_public_id, connection, lambda me: commands.SetHandPolicy(me, chosen), log="set_hand_policy", reason=policy
    )


def set_slow_mode(room_public_id: str, connection: str, seconds: int) -> None:
    """Decide how many seconds lie between two messages of one person."""
    _act(
        room_public_id,
        connection,
        lambda me: commands.SetSlowMode(me, seconds),
        log="set_slow_mode",
        reason=str(seconds),
    )


def set_turn_limit(room_public_id: str, connection: str, seconds: int) -> None:
    """Decide how many seconds one turn on stage should take at most."""
    _act(
        room_public_id,
        connection,
        lambda me: commands.SetTurnLimit(me, seconds),
        log="set_turn_limit",
        reason=str(seconds),
    )


def pin_link(room_public_id: str, connection: str, *, url: str, title: str) -> None:
    """Pin a link for everybody to see; with an empty address, none.

    Raises:
        Refused: `link_invalid`, `text_unreadable`, `text_refused` with the reason.
    """
    with transaction.atomic():
        room = locked(room_public_id)
        me = present(room, connection)
        demand(me, Act.PIN_LINK)
        link = Link(url.strip(), _link_title(room, me, readable(title))) if url.strip() else None
        if change(room, commands.PinLink(selectors.as_person(me), link)):
            record(room, me, "pin_link" if link else "unpin_link", reason=link.url if link else "")


def _link_title(room: Room, me: Participant, title: str) -> str:
    """The title, or while it waits for staff none: what leads somewhere else has another name."""
    place = replace(place_of(room, me, "link.title", room.public_id), by=me.user, keeps_words=True)
    accounts_hooks.text_gate().drop(place.where, place.target)
    return settle(place, title, "")


def freeze(room_public_id: str, connection: str, *, frozen: bool, reason: str) -> None:
    """Freeze the room, as staff, or let it go on."""
    log = "freeze" if frozen else "unfreeze"
    _act(room_public_id, connection, lambda me: commands.Freeze(me, frozen), log=log, reason=tidy(reason))


def tell_room(room_public_id: str, connection: str, text: str) -> None:
    """Say something to everybody in the room, as staff."""
    words = readable(text)
    _act(room_public_id, connection, lambda me: commands.TellRoom(me, words), log="message_room", reason=words)


def end(room_public_id: str, connection: str) -> None:
    """End the room for everybody."""
    _act(room_public_id, connection, commands.EndRoom, log="end_room")


# --- How ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _act(
    room_public_id: str,
    connection: str,
    command: OnSelf,
    *,
    act: Act | None = None,
    log: str = "",
    reason: str = "",
) -> None:
    room = locked(room_public_id)
    me = present(room, connection)
    if act is not None:
        demand_act(me, act)
    if change(room, command(selectors.as_person(me))) and log:
        record(room, me, log, reason=reason)


@transaction.atomic
def _act_on(
    room_public_id: str,
    connection: str,
    person: str,
    act: Act,
    command: OnOther,
    *,
    may_be_gone: bool = False,
    takes: bool = False,
    log: str = "",
) -> None:
    room = locked(room_public_id)
    me, target = _two(room, connection, person, act)
    if target.left_at is not None and not may_be_gone:
        raise Refused(Code.PERSON_NOT_HERE)
    if not takes:
        demand_act_on(target, act)
    if change(room, command(selectors.as_person(me), selectors.as_person(target))):
        record(room, me, log or act.value, target.public_id)


def _two(room: Room, connection: str, person: str, act: Act) -> tuple[Participant, Participant]:
    """Whoever acts, and on whom. Who may not act at all is told so before anything is looked up."""
    me = present(room, connection)
    demand(me, act)
    return me, _target(room, person)


def _target(room: Room, person: str) -> Participant:
    target = first(room.participants.filter(public_id=person, joins__gt=0))
    if target is None:
        raise Refused(Code.PERSON_NOT_FOUND)
    return target
