"""What people write in and about rooms, past the lists of terms: see accounts.written. What a room's confidentiality forbids
to keep is kept for staff neither: off the record nothing waits (it is refused), and a flag has the term and the moment only;
under the Chatham House rule nothing has a name."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import hooks as accounts
from accounts.models import User
from accounts.written import FLAG, HOLD, REFUSE, Place, TextRefused, Verdict, check_text, hold, judged, settled
from rooms import events
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.errors import Code, Refused
from rooms.domain.programme import MailKind
from rooms.domain.snapshot import Confidentiality, Phase
from rooms.models import Participant, Room
from rooms.services.carrying_out import locked, locked_participant
from rooms.services.programme_mail import tell_those_who_are_going

_WORDS = ("title", "description")
_OF_SOMEBODY = ("hand.line",)  # belongs to a person in the room, and to nothing else


@dataclass(frozen=True, slots=True)
class Written:
    """Something was written in a room. `waits`: for staff; nobody else is shown it yet."""

    id: str
    waits: bool = False


def place_of(room: Room, me: Participant, where: str, target: str) -> Place:
    """Where somebody in a room writes, with no more of who it is than the room may keep."""
    mode = Confidentiality(room.confidentiality)
    keeps_words, keeps_names = may_be_kept(mode, Kept.CHAT), may_be_kept(mode, Kept.NAMES)
    named = {"by": me.user, "participant": me} if keeps_words and keeps_names else {}
    if where in _OF_SOMEBODY:
        keeps_words = keeps_words and keeps_names  # it could not wait without a name
    return Place(where, target, room.language, room=room, keeps_words=keeps_words, **named)  # type: ignore[arg-type]


def demand(place: Place, text: str) -> Verdict:
    """The verdict on what is said in a room.

    Raises:
        Refused: `text_refused`, with a reason for whoever wrote it.
    """
    try:
        return judged(place, text)
    except TextRefused as refused:
        raise Refused(Code.TEXT_REFUSED, reason=refused.verdict.reason) from refused


def settle(place: Place, text: str, before: str) -> str:
    """What stands: the text, or while it waits what was there before.

    Raises:
        Refused: `text_refused`.
    """
    try:
        return settled(place, text, before)
    except TextRefused as refused:
        raise Refused(Code.TEXT_REFUSED, reason=refused.verdict.reason) from refused


def save_new(room: Room) -> None:
    """Save a new room. What of its words has to wait is not in it until then: its title is that of its topic.

    Raises:
        TextRefused: a list of terms refuses them.
    """
    wanted = {field: getattr(room, field) for field in _WORDS}
    verdicts = {
        field: check_text(f"room.{field}", text, room.language, room.host, room) for field, text in wanted.items()
    }
    for verdict in verdicts.values():
        if verdict.outcome == REFUSE:
            raise TextRefused(verdict)
    for field in _WORDS:
        if verdicts[field].outcome == HOLD:
            setattr(room, field, _title_meanwhile(room) if field == "title" else "")
    room.save()
    for field, verdict in verdicts.items():
        place = Place(f"room.{field}", room.public_id, room.language, by=room.host, room=room)
        if verdict.outcome == FLAG:
            accounts.text_gate().flag(place, wanted[field], verdict)
        elif verdict.outcome == HOLD:
            hold(place, wanted[field], getattr(room, field), verdict)


def _title_meanwhile(room: Room) -> str:
    return _("A room on %(topic)s") % {"topic": room.topic.name}


def settle_room(room: Room, field: str, text: str, by: User) -> str:
    """What title or description stand in a room that is there.

    Raises:
        TextRefused: a list of terms refuses it.
    """
    return settled(Place(f"room.{field}", room.public_id, room.language, by=by, room=room), text, getattr(room, field))


# --- Once staff have approved ---------------------------------------------------------------------------------------


@transaction.atomic
def set_room_words(room_public_id: str, field: str, text: str) -> None:
    """What waited stands from now on: `title`, `description`, or the title of the link that is pinned, if one is."""
    room = locked(room_public_id)
    if field == "link_title" and not room.link_url:
        return
    setattr(room, field, text)
    changed = [field]
    if room.phase == Phase.SCHEDULED:
        room.revision += 1
        changed.append("revision")
    else:
        room.version += 1  # without an event: every page sees that it is behind, and asks for the room as it is now
        changed.append("version")
    room.save(update_fields=changed)
    if field == "title" and room.phase == Phase.SCHEDULED:
        tell_those_who_are_going(room, MailKind.CHANGED, str(room.revision), but=room.host)


@transaction.atomic
def set_hand_line(room_public_id: str, participant: Participant, line: str) -> None:
    """A hand has its line from now on, if it is still up."""
    room = locked(room_public_id)
    me = locked_participant(participant.pk)
    if me.hand_number == 0 or me.left_at is not None:
        return
    me.hand_line, me.hand_line_waiting = line, ""
    me.save(update_fields=["hand_line", "hand_line_waiting"])
    room.moderators_version += 1
    room.save(update_fields=["moderators_version"])
    events.publish(room.public_id, events.StandingsMoved({me.public_id: ""}))


def keep_hand_line_waiting(room: Room, me: Participant, line: str) -> None:
    """The line of a hand that is up waits for staff; empty: none does. Whose hand it is sees it. Call it locked."""
    people = Participant.objects.filter(pk=me.pk, hand_number__gt=0).exclude(hand_line_waiting=line)
    if people.update(hand_line_waiting=line):
        events.publish(room.public_id, events.StandingsMoved({me.public_id: ""}))


@transaction.atomic
def drop_hand_line(room_public_id: str, participant: Participant) -> None:
    """The line that waited is not shown. Nobody but whose hand it is knows of it."""
    keep_hand_line_waiting(locked(room_public_id), participant, "")
