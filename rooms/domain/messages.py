"""The live protocol: every frame between a page and the server, declared once.

The consumer decodes by these classes, docs/protocol.md and static/js/room/protocol.js are written from them
(`manage.py protocol`), and a test holds both to them.

A frame is a JSON object. A command is `{"type": …, "id": n, "data": {…}}`; it is answered by exactly one
`{"type": "ok" | "error", "re": n, …}`. An event is `{"type": …, "data": {…}}`, with a `seq` when it belongs to an ordered
history: that of everyone, or that of the moderators.
"""

import dataclasses
import json
import typing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from rooms.domain.links import MAX_LINK
from rooms.domain.roles import Act
from rooms.domain.snapshot import SLOW_MODES, TURN_LIMITS, Audience, HandPolicy
from rooms.domain.talk import MAX_MESSAGE, MAX_QUESTION, Reaction

PROTOCOL = 3  # grows when a page of the old version could misread a frame
MAX_FRAME_BYTES = 16 * 1024
MAX_ID = 2**31 - 1
MAX_LINE = 140  # of why a hand is up
MAX_LINK_TITLE = 80
FACES_AT_A_TIME = 40  # of an audience; the rest is a count
HEARTBEAT_SECONDS = 5  # a page pings this often
ABSENT_AFTER_SECONDS = 10  # and is off the roster, at the next sweep, when nothing came for so long


def text(most: int) -> Any:
    """A field of at most `most` characters."""
    return field(metadata={"most": most})


def one_of(values: type[StrEnum]) -> Any:
    """A field that holds one of these."""
    return field(metadata={"one_of": frozenset(value.value for value in values)})


def one_number_of(values: tuple[int, ...]) -> Any:
    """A field that holds one of these numbers."""
    return field(metadata={"one_of": frozenset(values)})


class ReportCategory(StrEnum):
    """What a report is about."""

    HARASSMENT = "harassment"
    HATE = "hate"
    PRIVACY = "privacy"
    FRAUD = "fraud"
    DANGER = "danger"
    OTHER = "other"


# --- Commands: page to server -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """Enter the room, or come back to it. Must be the first command. `muted` is what the person last wanted: someone who
    comes back muted stays muted, and nobody is ever unmuted by coming back unless they were unmuted here before.
    `resume` is the connection that this page had before its socket was lost, empty for a page that is new: with it, the
    sound goes on as it is. `leave_other`: give up the place in another room, after `in_another_room` asked. `as_staff`: be
    here openly as staff. `accepts`: the confidentiality that the person was shown and agreed to, or empty;
    `terms_not_accepted` asks for it, with the room's in `details.confidentiality`. Answer: `{"you": You, "connection": …,
    "snapshot": RoomSnapshot, "desk": Desk or null, "talk": Talk}`; another connection than the one asked for needs a new peer
    connection. Who then has no sound for some seconds is off the roster (`media_missing`)."""

    type: ClassVar[str] = "room.join"
    act: ClassVar[Act] = Act.LISTEN
    protocol: int
    muted: bool
    leave_other: bool
    as_staff: bool
    resume: str = text(32)
    accepts: str = text(20)


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the room and give up one's place. The room goes on."""

    type: ClassVar[str] = "room.leave"
    act: ClassVar[Act] = Act.LEAVE


@dataclass(frozen=True, slots=True)
class End:
    """End the room for everybody."""

    type: ClassVar[str] = "room.end"
    act: ClassVar[Act] = Act.END_ROOM


@dataclass(frozen=True, slots=True)
class Sync:
    """Ask for everything again, after a gap in a `seq`. Answer: `{"you": You, "snapshot": RoomSnapshot, "desk": Desk or
    null, "talk": Talk}`."""

    type: ClassVar[str] = "room.sync"
    act: ClassVar[Act] = Act.LISTEN


@dataclass(frozen=True, slots=True)
class Mute:
    """Mute oneself."""

    type: ClassVar[str] = "mic.mute"
    act: ClassVar[Act] = Act.MUTE_SELF


@dataclass(frozen=True, slots=True)
class Unmute:
    """Unmute oneself."""

    type: ClassVar[str] = "mic.unmute"
    act: ClassVar[Act] = Act.UNMUTE_SELF


@dataclass(frozen=True, slots=True)
class HandRaise:
    """Raise one's hand, with a line of why (may be empty). Raised again, only the line changes. With an invitation there
    already, one is on stage."""

    type: ClassVar[str] = "hand.raise"
    act: ClassVar[Act] = Act.RAISE_HAND
    line: str = text(MAX_LINE)


@dataclass(frozen=True, slots=True)
class HandLower:
    """Lower one's hand."""

    type: ClassVar[str] = "hand.lower"
    act: ClassVar[Act] = Act.LOWER_HAND


@dataclass(frozen=True, slots=True)
class HandLowerOther:
    """Lower somebody's hand."""

    type: ClassVar[str] = "hand.lower_other"
    act: ClassVar[Act] = Act.LOWER_OTHER_HAND
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class HandsPolicy:
    """Decide who may raise a hand: `everyone`, `followed` (people whom somebody on stage follows), `nobody`."""

    type: ClassVar[str] = "hands.policy"
    act: ClassVar[Act] = Act.SET_HAND_POLICY
    policy: str = one_of(HandPolicy)


@dataclass(frozen=True, slots=True)
class StageInvite:
    """Invite somebody onto the stage. With their hand up they are on stage, muted; else they are asked."""

    type: ClassVar[str] = "stage.invite"
    act: ClassVar[Act] = Act.INVITE
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class StageWithdraw:
    """Take an invitation back."""

    type: ClassVar[str] = "stage.withdraw"
    act: ClassVar[Act] = Act.INVITE
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class StageJoin:
    """Accept the invitation; for moderators and the host: take a seat. One is on stage, muted."""

    type: ClassVar[str] = "stage.join"
    act: ClassVar[Act] = Act.JOIN_STAGE


@dataclass(frozen=True, slots=True)
class StageDecline:
    """Decline the invitation. Nobody is told who did what; the invitation is no more."""

    type: ClassVar[str] = "stage.decline"
    act: ClassVar[Act] = Act.DECLINE


@dataclass(frozen=True, slots=True)
class StageLeave:
    """Go back to the audience."""

    type: ClassVar[str] = "stage.leave"
    act: ClassVar[Act] = Act.LEAVE_STAGE


@dataclass(frozen=True, slots=True)
class StageLock:
    """Lock the stage, so that nobody comes onto it but those who run the room; or unlock it."""

    type: ClassVar[str] = "stage.lock"
    act: ClassVar[Act] = Act.LOCK_STAGE
    locked: bool


@dataclass(frozen=True, slots=True)
class StageReset:
    """Seat everybody in the audience but those who run the room, lower every hand, withdraw every invitation."""

    type: ClassVar[str] = "stage.reset"
    act: ClassVar[Act] = Act.RESET_STAGE


@dataclass(frozen=True, slots=True)
class PersonMute:
    """Mute somebody on stage. Nobody can unmute another."""

    type: ClassVar[str] = "person.mute"
    act: ClassVar[Act] = Act.MUTE_OTHER
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class PersonMove:
    """Take somebody off the stage, into the audience."""

    type: ClassVar[str] = "person.move"
    act: ClassVar[Act] = Act.MOVE_TO_AUDIENCE
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class PersonRemove:
    """Put somebody out of the room. They may come back, as a listener."""

    type: ClassVar[str] = "person.remove"
    act: ClassVar[Act] = Act.REMOVE
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class PersonBan:
    """Put somebody out of the room for good, also somebody who has left: a member by account and address, a guest by cookie
    and network, for a while."""

    type: ClassVar[str] = "person.ban"
    act: ClassVar[Act] = Act.BAN
    person: str = text(32)
    reason: str = text(200)


@dataclass(frozen=True, slots=True)
class PersonReport:
    """Report somebody, or with an empty `person` the room, to MiTalk's staff, with a category and a line. The moment is
    recorded. With a `message` of the chat, or a question, it is that which is reported, and what it says is recorded too,
    where it is kept; then `person` may be empty."""

    type: ClassVar[str] = "person.report"
    act: ClassVar[Act] = Act.REPORT
    person: str = text(32)
    message: str = text(32)
    category: str = one_of(ReportCategory)
    line: str = text(500)


@dataclass(frozen=True, slots=True)
class PersonBlock:
    """Block somebody: neither follows the other any more, and they do not enter rooms that one hosts."""

    type: ClassVar[str] = "person.block"
    act: ClassVar[Act] = Act.BLOCK
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class PersonQuiet:
    """Mute somebody for oneself: what they write is not sent to one any more. They are not told, nobody else notices, and on
    stage they are still heard."""

    type: ClassVar[str] = "person.quiet"
    act: ClassVar[Act] = Act.MUTE_FOR_ONESELF
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class PersonHear:
    """Read again what somebody writes whom one had muted for oneself: `room.sync` gives what was left out."""

    type: ClassVar[str] = "person.hear"
    act: ClassVar[Act] = Act.MUTE_FOR_ONESELF
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class ModeratorName:
    """Make somebody a moderator."""

    type: ClassVar[str] = "moderator.name"
    act: ClassVar[Act] = Act.NAME_MODERATOR
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class ModeratorDismiss:
    """Make a moderator a member again."""

    type: ClassVar[str] = "moderator.dismiss"
    act: ClassVar[Act] = Act.DISMISS_MODERATOR
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class HostHandOver:
    """Make somebody else the host, and be a moderator oneself."""

    type: ClassVar[str] = "host.hand_over"
    act: ClassVar[Act] = Act.HAND_OVER
    person: str = text(32)


@dataclass(frozen=True, slots=True)
class RoomFreeze:
    """Freeze the room: everybody is muted, and nobody can unmute or come on stage until staff let it go on. With the reason,
    for the log."""

    type: ClassVar[str] = "room.freeze"
    act: ClassVar[Act] = Act.FREEZE
    frozen: bool
    reason: str = text(200)


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """Say something to everybody in the room, as staff; empty takes it back."""

    type: ClassVar[str] = "room.message"
    act: ClassVar[Act] = Act.MESSAGE_ROOM
    text: str = text(300)


@dataclass(frozen=True, slots=True)
class RoomPeople:
    """Find people by name: who is here, and who was. Answer: `{"people": list of Visitor}`, at most 50; those who are here
    first."""

    type: ClassVar[str] = "room.people"
    act: ClassVar[Act] = Act.SEARCH_PEOPLE
    query: str = text(60)


@dataclass(frozen=True, slots=True)
class RoomAudience:
    """See more of the audience than the faces that a snapshot has. Answer: `{"faces": list of Face, "more": whether others
    follow}`, at most `FACES_AT_A_TIME`, those who came before the one that `after` names; empty: the first."""

    type: ClassVar[str] = "room.audience"
    act: ClassVar[Act] = Act.LISTEN
    after: str = text(24)


@dataclass(frozen=True, slots=True)
class ChatSay:
    """Write a message. Answer: `{"message": its id, "waits": whether only one sees it
    oneself until staff have decided}`. `slow_mode` says in `details.seconds` how long to wait."""

    type: ClassVar[str] = "chat.say"
    act: ClassVar[Act] = Act.CHAT
    text: str = text(MAX_MESSAGE)


@dataclass(frozen=True, slots=True)
class ChatRemove:
    """Take a message away, for everybody: one's own, or any of those who run the room and staff."""

    type: ClassVar[str] = "chat.remove"
    act: ClassVar[Act] = Act.REMOVE_MESSAGE
    message: str = text(32)


@dataclass(frozen=True, slots=True)
class ChatSlow:
    """Decide how many seconds lie between two messages of one person: 0, 10, 30 or 60. Not of those who run the room."""

    type: ClassVar[str] = "chat.slow"
    act: ClassVar[Act] = Act.SET_SLOW_MODE
    seconds: int = one_number_of(SLOW_MODES)


@dataclass(frozen=True, slots=True)
class TurnLimit:
    """Decide how many seconds one turn on stage should take at most; 0 for no limit. Everybody sees the time run; nobody is
    muted by it."""

    type: ClassVar[str] = "turn.limit"
    act: ClassVar[Act] = Act.SET_TURN_LIMIT
    seconds: int = one_number_of(TURN_LIMITS)


@dataclass(frozen=True, slots=True)
class RoomReact:
    """React with a tap. Everybody is told how many did, at most once a second."""

    type: ClassVar[str] = "room.react"
    act: ClassVar[Act] = Act.REACT
    reaction: str = one_of(Reaction)


@dataclass(frozen=True, slots=True)
class QuestionAsk:
    """Ask a question. Answer: `{"question": its id, "waits": as with `chat.say`}`."""

    type: ClassVar[str] = "question.ask"
    act: ClassVar[Act] = Act.ASK
    text: str = text(MAX_QUESTION)


@dataclass(frozen=True, slots=True)
class QuestionVote:
    """Vote for a question, or take one's vote back. One has one vote for each."""

    type: ClassVar[str] = "question.vote"
    act: ClassVar[Act] = Act.VOTE
    up: bool
    question: str = text(32)


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """Say that a question was answered, at this moment of the room; or that it was not."""

    type: ClassVar[str] = "question.answer"
    act: ClassVar[Act] = Act.MARK_ANSWERED
    answered: bool
    question: str = text(32)


@dataclass(frozen=True, slots=True)
class QuestionRemove:
    """Take a question away: one's own, or any of those who run the room and staff."""

    type: ClassVar[str] = "question.remove"
    act: ClassVar[Act] = Act.REMOVE_QUESTION
    question: str = text(32)


@dataclass(frozen=True, slots=True)
class LinkPin:
    """Pin an https address with a title, for everybody to see; with an empty address, none."""

    type: ClassVar[str] = "link.pin"
    act: ClassVar[Act] = Act.PIN_LINK
    url: str = text(MAX_LINK)
    title: str = text(MAX_LINK_TITLE)


@dataclass(frozen=True, slots=True)
class MediaOffer:
    """Negotiate the sound: an SDP offer with one audio section, `recvonly` in the audience and `sendrecv` on stage.
    Candidates in it are ignored. Answer: `{"sdp": answer, "epoch": of the place that answered, "shared": whether that only
    passes on what is mixed elsewhere, as in large rooms}`. The epoch grows when the room's sound is moved. From a shared
    place one goes on stage by another peer connection, which hears before the first is closed."""

    type: ClassVar[str] = "media.offer"
    act: ClassVar[Act] = Act.LISTEN
    sdp: str = text(MAX_FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Ping:
    """Say that one is still there, every `HEARTBEAT_SECONDS`, and how many frames came on this socket so far: who reads too
    slowly is cut off and comes back to a fresh snapshot. Answer: `{"epoch": of the place of the sound}`; who has an answer by
    an earlier one offers again."""

    type: ClassVar[str] = "ping"
    act: ClassVar[None] = None
    received: int


Command = (
    Join
    | Leave
    | End
    | Sync
    | Mute
    | Unmute
    | HandRaise
    | HandLower
    | HandLowerOther
    | HandsPolicy
    | StageInvite
    | StageWithdraw
    | StageJoin
    | StageDecline
    | StageLeave
    | StageLock
    | StageReset
    | PersonMute
    | PersonMove
    | PersonRemove
    | PersonBan
    | PersonReport
    | PersonBlock
    | PersonQuiet
    | PersonHear
    | ModeratorName
    | ModeratorDismiss
    | HostHandOver
    | RoomFreeze
    | RoomMessage
    | RoomPeople
    | RoomAudience
    | ChatSay
    | ChatRemove
    | ChatSlow
    | TurnLimit
    | RoomReact
    | QuestionAsk
    | QuestionVote
    | QuestionAnswer
    | QuestionRemove
    | LinkPin
    | MediaOffer
    | Ping
)
COMMANDS: dict[str, type[Command]] = {command.type: command for command in typing.get_args(Command)}


# --- Commands of the self-test, on a socket of its own --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckEcho:
    """Be answered, and nothing else: what is measured is the way there and back."""

    type: ClassVar[str] = "check.echo"


@dataclass(frozen=True, slots=True)
class CheckRelay:
    """Ask for the TURN servers. Answer: `{"urls": list of text, "username": text, "credential": text}`; without any, none are
    configured."""

    type: ClassVar[str] = "check.relay"


@dataclass(frozen=True, slots=True)
class CheckOffer:
    """Negotiate one of two peer connections with an audio worker: one that `speaks` (an offer of `sendrecv`), and one that
    hears it (`recvonly`). Both are over after half a minute. Answer: `{"sdp": answer}`."""

    type: ClassVar[str] = "check.offer"
    speaks: bool
    sdp: str = text(MAX_FRAME_BYTES)


CheckCommand = CheckEcho | CheckRelay | CheckOffer
CHECK_COMMANDS: dict[str, type[CheckCommand]] = {each.type: each for each in typing.get_args(CheckCommand)}


# --- What events carry --------------------------------------------------------------------------------------------


MOST_CLAIMS = 3  # of one person; their page has all


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """Something that a member has shown: by its kind (`work_email`, `licence`, `document`), what it is about (a domain, a
    register, a line), since which day, and until when others see it (ISO 8601)."""

    kind: str
    about: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person as the others in the room see them. `number` orders the stage. `guest` is a guest's number; members have 0.
    `member` names the member's page, empty for guests. `portrait` is the address of what is drawn for them, or empty: then
    their initials are. A photo is not given to who has no account. `claims`: what they have shown, the first three."""

    id: str
    name: str
    headline: str
    initials: str
    tint: int
    portrait: str
    member: str
    role: str
    position: str
    muted: bool
    number: int
    guest: int
    demo: bool
    claims: list[ClaimCard]


@dataclass(frozen=True, slots=True)
class Face:
    """A listener, as the audience shows them. Whoever wrote something is shown so too, without `claims`."""

    id: str
    name: str
    initials: str
    tint: int
    portrait: str
    role: str
    claims: list[ClaimCard]


@dataclass(frozen=True, slots=True)
class HandCard:
    """A hand that is up: whose, why, its order in the queue, and when it went up (ISO 8601, UTC)."""

    person: PersonCard
    line: str
    number: int
    raised_at: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is or was in the room, as those who run it find them."""

    person: PersonCard
    here: bool
    banned: bool


@dataclass(frozen=True, slots=True)
class RoomSnapshot:
    """The whole room for everyone, as of `seq`. `notice` is what staff last said, by `notice_by`. Where `confidentiality` is
    `chatham`, nobody in the audience is named to anybody: `faces` is empty. `slow_mode`: the seconds between two messages of
    one person. `turn_limit`: the seconds that one turn on stage should take at most, or 0. `link_title` and `link_host` are
    of the pinned link, or empty; its address is on a page of ours."""

    seq: int
    phase: str
    stage_size: int
    stage: list[PersonCard]
    staff: list[PersonCard]
    confidentiality: str
    hand_policy: str
    locked: bool
    frozen: bool
    slow_mode: int
    turn_limit: int
    link_title: str
    link_host: str
    link_by: str
    notice: str
    notice_by: str
    count: int
    faces: list[Face]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message. `at` is the server's time (ISO 8601, UTC). The author's id and name are empty where they are not told to
    those who come later."""

    id: str
    author: Face
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `seconds_in`: how far into the room it was answered; -1 while it is open."""

    id: str
    author: Face
    text: str
    asked_at: str
    votes: int
    seconds_in: int


@dataclass(frozen=True, slots=True)
class WaitingWords:
    """Something that waits for staff, which only who wrote it sees: of `kind` `chat` or `question`. Said at last, it has this
    id; if not, it is among the removed messages."""

    id: str
    kind: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What is written in a room: the last messages, the oldest first, and the questions. `kept`: whether what was written
    before one came is here. `voted` are the questions that one voted for oneself, `wait` the seconds until one may write;
    `waiting` is what one wrote oneself that nobody else is shown before staff have decided; `quiet` are the people here whom
    one has muted for oneself: what is told with their name is not sent to one."""

    kept: bool
    messages: list[ChatMessage]
    questions: list[Question]
    voted: list[str]
    wait: int
    waiting: list[WaitingWords]
    quiet: list[str]


@dataclass(frozen=True, slots=True)
class RemovedMessage:
    """A message that is no more, and the name of whoever took it away."""

    id: str
    by: str


@dataclass(frozen=True, slots=True)
class Votes:
    """How many voted for a question."""

    question: str
    votes: int


@dataclass(frozen=True, slots=True)
class ReactionCount:
    """How many reacted so."""

    reaction: str
    count: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What only those who run the room see, as of `seq` of the moderators' history: hands in their order, and who is
    invited."""

    seq: int
    hands: list[HandCard]
    invited: list[PersonCard]


@dataclass(frozen=True, slots=True)
class You:
    """How one stands in the room oneself. `place` is one's place in the queue from 1, or 0 without a hand; `line_waiting` is
    what one wrote with it that nobody else is shown before staff have decided; `invited_by` is the name of whoever asks one
    onto the stage, or empty."""

    id: str
    role: str
    position: str
    muted: bool
    place: int
    line: str
    line_waiting: str
    invited_by: str


# --- Events: server to page ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: what the server speaks."""

    type: ClassVar[str] = "hello"
    protocol: int
    heartbeat_seconds: int


@dataclass(frozen=True, slots=True)
class StageSeated:
    """Somebody is on stage, or changed there. `by` names who took them up, if another did."""

    type: ClassVar[str] = "stage.seated"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    person: PersonCard
    by: str


@dataclass(frozen=True, slots=True)
class StageUnseated:
    """Somebody is on stage no more. `by` names who took them down, if another did."""

    type: ClassVar[str] = "stage.unseated"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    person: str
    by: str


@dataclass(frozen=True, slots=True)
class StageMuted:
    """Somebody on stage is muted or unmuted. `by` names who muted them, if another did."""

    type: ClassVar[str] = "stage.muted"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    person: str
    muted: bool
    by: str


@dataclass(frozen=True, slots=True)
class StageLocked:
    """The stage was locked or unlocked."""

    type: ClassVar[str] = "stage.locked"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    locked: bool
    by: str


@dataclass(frozen=True, slots=True)
class PersonRole:
    """Somebody is a member, a moderator or the host from now on. `by` is empty when the rule of succession chose. Under the
    Chatham House rule `name` and `by` are empty for those who sit in the audience, but for the host."""

    type: ClassVar[str] = "person.role"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    person: str
    name: str
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class HandsPolicyChanged:
    """Others may raise a hand from now on."""

    type: ClassVar[str] = "hands.policy"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    policy: str
    by: str


@dataclass(frozen=True, slots=True)
class SlowModeChanged:
    """So many seconds lie between two messages of one person from now on."""

    type: ClassVar[str] = "chat.slow"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    seconds: int
    by: str


@dataclass(frozen=True, slots=True)
class TurnLimitChanged:
    """So many seconds should one turn on stage take at most from now on; 0 for no limit."""

    type: ClassVar[str] = "turn.limit"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    seconds: int
    by: str


@dataclass(frozen=True, slots=True)
class LinkPinned:
    """Another link is pinned; empty: none."""

    type: ClassVar[str] = "link.pinned"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    title: str
    host: str
    by: str


@dataclass(frozen=True, slots=True)
class RoomFrozen:
    """Staff froze the room, which mutes everybody, or let it go on."""

    type: ClassVar[str] = "room.frozen"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    frozen: bool
    by: str


@dataclass(frozen=True, slots=True)
class StaffEntered:
    """Staff are in the room."""

    type: ClassVar[str] = "staff.entered"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    person: PersonCard


@dataclass(frozen=True, slots=True)
class StaffLeft:
    """Staff are in the room no more."""

    type: ClassVar[str] = "staff.left"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    person: str


@dataclass(frozen=True, slots=True)
class RoomTold:
    """Staff say something to everybody; empty: no more."""

    type: ClassVar[str] = "room.told"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class RoomEnded:
    """The room is over. `by` is the name of the person who ended it, empty if it ended by itself."""

    type: ClassVar[str] = "room.ended"
    ordered: ClassVar[Audience] = Audience.EVERYONE
    by: str


@dataclass(frozen=True, slots=True)
class HandRaised:
    """A hand went up, or its line changed."""

    type: ClassVar[str] = "hand.raised"
    ordered: ClassVar[Audience] = Audience.MODERATORS
    hand: HandCard


@dataclass(frozen=True, slots=True)
class HandLowered:
    """A hand came down."""

    type: ClassVar[str] = "hand.lowered"
    ordered: ClassVar[Audience] = Audience.MODERATORS
    person: str
    by: str


@dataclass(frozen=True, slots=True)
class StageInvited:
    """A listener is asked onto the stage."""

    type: ClassVar[str] = "stage.invited"
    ordered: ClassVar[Audience] = Audience.MODERATORS
    person: PersonCard
    by: str


@dataclass(frozen=True, slots=True)
class StageInvitationEnded:
    """An invitation is no more: used, declined or withdrawn."""

    type: ClassVar[str] = "stage.invitation_ended"
    ordered: ClassVar[Audience] = Audience.MODERATORS
    person: str


@dataclass(frozen=True, slots=True)
class StageVersion:
    """How far the history has come for everyone. Said when an event may have been lost: a page that is behind asks for the
    snapshot."""

    type: ClassVar[str] = "stage.version"
    seq: int


@dataclass(frozen=True, slots=True)
class DeskVersion:
    """The same of the moderators' history."""

    type: ClassVar[str] = "desk.version"
    seq: int


@dataclass(frozen=True, slots=True)
class YouChanged:
    """How one stands in the room is otherwise now: the place in the queue, an invitation, a role, a seat. `by` names who did
    it, if another did."""

    type: ClassVar[str] = "you.changed"
    you: You
    by: str


@dataclass(frozen=True, slots=True)
class AudienceCounted:
    """How many listen. At most once a second."""

    type: ClassVar[str] = "audience.counted"
    count: int


@dataclass(frozen=True, slots=True)
class AudienceChanged:
    """How many listen, and a few of their faces. At most once a second, in large rooms once in five."""

    type: ClassVar[str] = "audience.changed"
    count: int
    faces: list[Face]


@dataclass(frozen=True, slots=True)
class ChatSaid:
    """What was written, the oldest first. At most once a second."""

    type: ClassVar[str] = "chat.said"
    messages: list[ChatMessage]


@dataclass(frozen=True, slots=True)
class ChatRemoved:
    """Messages that are no more. At most once a second."""

    type: ClassVar[str] = "chat.removed"
    messages: list[RemovedMessage]


@dataclass(frozen=True, slots=True)
class QuestionsChanged:
    """Questions that are new or otherwise, and the ids of those that are no more. At most once a second."""

    type: ClassVar[str] = "questions.changed"
    questions: list[Question]
    removed: list[str]


@dataclass(frozen=True, slots=True)
class QuestionsVoted:
    """Questions for which more or fewer voted. At most once a second."""

    type: ClassVar[str] = "questions.voted"
    votes: list[Votes]


@dataclass(frozen=True, slots=True)
class TalkQuiet:
    """Told to one alone: the people here whom one has muted for oneself, since one of them came, or one muted or heard
    somebody on another page. Who is none of them any more is read again with `room.sync`."""

    type: ClassVar[str] = "talk.quiet"
    quiet: list[str]


@dataclass(frozen=True, slots=True)
class RoomReacted:
    """How many reacted since this was last said. At most once a second."""

    type: ClassVar[str] = "room.reacted"
    counts: list[ReactionCount]


@dataclass(frozen=True, slots=True)
class StageSpeaking:
    """The people whose voice is heard now, all of them, whoever has the floor first. On change, at most five times a
    second."""

    type: ClassVar[str] = "stage.speaking"
    people: list[str]


@dataclass(frozen=True, slots=True)
class FloorTime:
    """How long somebody has spoken in this room."""

    person: str
    seconds: int


@dataclass(frozen=True, slots=True)
class StageFloor:
    """Who has spoken how long, and whose turn it is: `holder` is nobody if empty, `held` the seconds of the turn so far. When
    the turn passes, and every five seconds while somebody speaks; pages count on in between."""

    type: ClassVar[str] = "stage.floor"
    times: list[FloorTime]
    holder: str
    held: int


@dataclass(frozen=True, slots=True)
class MediaRestart:
    """The sound was lost on our side, or is elsewhere now: make a new peer connection and offer again, at a moment of your
    choice within so many milliseconds. `epoch`: of its new place; whoever has an answer by that already does nothing. 0: it
    is about you alone."""

    type: ClassVar[str] = "media.restart"
    epoch: int
    spread_ms: int


@dataclass(frozen=True, slots=True)
class MediaUnheard:
    """You are unmuted and for two seconds nothing has come from your microphone, not even silence; or something has again."""

    type: ClassVar[str] = "media.unheard"
    unheard: bool


@dataclass(frozen=True, slots=True)
class RoomConflict:
    """Told to the host: these two meet here, one of them on stage, and a block stands between them. Who blocked whom is not
    said. Nobody is kept out by it: the host decides."""

    type: ClassVar[str] = "room.conflict"
    first: str
    first_name: str
    second: str
    second_name: str


Event = (
    Hello
    | StageSeated
    | StageUnseated
    | StageMuted
    | StageLocked
    | PersonRole
    | HandsPolicyChanged
    | SlowModeChanged
    | TurnLimitChanged
    | LinkPinned
    | RoomFrozen
    | StaffEntered
    | StaffLeft
    | RoomTold
    | RoomEnded
    | HandRaised
    | HandLowered
    | StageInvited
    | StageInvitationEnded
    | StageVersion
    | DeskVersion
    | YouChanged
    | AudienceCounted
    | AudienceChanged
    | ChatSaid
    | ChatRemoved
    | QuestionsChanged
    | QuestionsVoted
    | TalkQuiet
    | RoomReacted
    | StageSpeaking
    | StageFloor
    | MediaRestart
    | MediaUnheard
    | RoomConflict
)
EVENTS: dict[str, type[Event]] = {event.type: event for event in typing.get_args(Event)}


# --- Answers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ok:
    """The command `re` was carried out."""

    type: ClassVar[str] = "ok"
    re: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Error:
    """The command `re` was refused (null if it could not be read). `code` is stable, `message` is for the person in
    their language. `fatal`: the socket closes after this frame, and coming back with the same would be refused again.
    `details` say more to the page, by code."""

    type: ClassVar[str] = "error"
    re: int | None
    code: str
    message: str
    fatal: bool
    details: dict[str, str] = field(default_factory=dict)


def encode(frame: Ok | Error | dict[str, Any]) -> str:
    """The text of one frame from the server."""
    if isinstance(frame, Ok | Error):
        frame = {"type": frame.type, **dataclasses.asdict(frame)}
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
