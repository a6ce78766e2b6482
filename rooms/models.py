"""Topics, rooms, who is in them, and which audio worker carries them."""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Industry, SpokenLanguage, User, random_id
from accounts.text import validate_words
from rooms.domain.links import MAX_LINK
from rooms.domain.messages import MAX_LINE, MAX_LINK_TITLE
from rooms.domain.programme import MailKind, NotHeld
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import SLOW_MODES, TURN_LIMITS, Confidentiality, HandPolicy, Phase, Visibility
from rooms.domain.talk import MAX_MESSAGE, MAX_QUESTION

MOST_ON_STAGE = 16
MAX_DESCRIPTION = 2000
WORKER_SILENT_AFTER = timedelta(seconds=3)  # a worker beats every half second; its lease is over by then


def choices(enum: type) -> list[tuple[str, str]]:
    """Django's choices of one of the domain's enums."""
    return [(member.value, member.value) for member in enum]  # type: ignore[attr-defined]


class Topic(models.Model):
    """What rooms are about. Made by members, within an industry."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    name = models.CharField(_("topic"), max_length=60, validators=[MinLengthValidator(2), validate_words])
    key = models.CharField(
        max_length=80, editable=False, help_text=_("The name with case folded: one topic, one spelling.")
    )
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, related_name="topics", verbose_name=_("industry"))
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["industry", "key"], name="one_topic_a_name_and_industry"),
        ]

    def __str__(self) -> str:
        return self.name


class AudioWorker(models.Model):
    """The audio worker at one address. A restart keeps the row and changes `worker_id`, so rooms need not move. Its times are
    the database's own: clocks of machines differ."""

    public_ip = models.GenericIPAddressField(_("address"))
    udp_port = models.PositiveIntegerField(_("UDP port"))
    worker_id = models.CharField(_("process"), max_length=24, unique=True)
    epoch = models.PositiveBigIntegerField(
        _("times started"), default=0, help_text=_("How often one began at this address.")
    )
    version = models.PositiveIntegerField(_("wire version"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    beat_at = models.DateTimeField(_("last heard of"), default=timezone.now)
    steady_since = models.DateTimeField(
        _("heard of without a pause since"),
        default=timezone.now,
        help_text=_("Its silence can be told from everybody’s."),
    )
    draining = models.BooleanField(_("draining"), default=False)
    retired = models.BooleanField(_("ended by itself"), default=False)
    people = models.PositiveIntegerField(_("people carried"), default=0)
    most_people = models.PositiveIntegerField(_("people at most"), default=3000)
    late_ms = models.PositiveIntegerField(
        _("ticks late, ms"), default=0, help_text=_("Nineteen in twenty are less late.")
    )
    cpu_percent = models.PositiveIntegerField(_("CPU, percent of a core"), default=0)
    unfed_rooms = models.PositiveIntegerField(
        _("rooms without sound from elsewhere"),
        default=0,
        db_default=0,
        help_text=_("Another worker mixes them, and nothing comes from there."),
    )
    disk = models.CharField(
        _("disk"), max_length=80, blank=True, default="", db_default="", help_text=_("What cannot be written.")
    )
    heard_at = models.DateTimeField(
        _("heard the bus last"),
        null=True,
        blank=True,
        help_text=_("What it sends to itself came back. Empty: an older version, which does not say."),
    )

    class Meta:
        verbose_name = _("audio worker")
        verbose_name_plural = _("audio workers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_ip", "udp_port"], name="one_worker_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.public_ip}:{self.udp_port}"


class WebProcess(models.Model):
    """A process that carries people's sockets. While none of them lives, nobody's silence means anything."""

    name = models.CharField(_("process"), max_length=24, unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    beat_at = models.DateTimeField(_("last heard of"), default=timezone.now)

    class Meta:
        verbose_name = _("web process")
        verbose_name_plural = _("web processes")

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A conversation: to come, live, or over."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    title = models.CharField(_("title"), max_length=120, validators=[MinLengthValidator(4), validate_words])
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("topic"))
    language = models.CharField(_("language"), max_length=2, choices=SpokenLanguage, default=SpokenLanguage.ENGLISH)
    description = models.TextField(_("description"), max_length=MAX_DESCRIPTION, blank=True)
    host = models.ForeignKey(User, on_delete=models.PROTECT, related_name="hosted", verbose_name=_("host"))
    opened_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="opened",
        verbose_name=_("opened by"),
        help_text=_("Whose followers it is for, if it is: another host changes nothing for who may enter."),
    )
    speakers = models.ManyToManyField(User, blank=True, related_name="speaks_in", verbose_name=_("speakers"))
    stage_size = models.PositiveSmallIntegerField(
        _("stage seats"), default=8, validators=[MinValueValidator(1), MaxValueValidator(MOST_ON_STAGE)]
    )
    visibility = models.CharField(
        _("who may enter"), max_length=10, choices=choices(Visibility), default=Visibility.MEMBERS.value
    )
    guest_list = models.ManyToManyField(User, blank=True, related_name="on_guest_lists", verbose_name=_("guest list"))
    confidentiality = models.CharField(
        _("confidentiality"),
        max_length=10,
        choices=choices(Confidentiality),
        default=Confidentiality.ON_RECORD.value,
    )
    slow_mode = models.PositiveSmallIntegerField(
        _("slow mode, seconds"), default=0, choices=[(seconds, str(seconds)) for seconds in SLOW_MODES]
    )
    turn_limit = models.PositiveSmallIntegerField(
        _("turn limit, seconds"), default=0, choices=[(seconds, str(seconds)) for seconds in TURN_LIMITS]
    )
    hand_policy = models.CharField(
        _("who may raise a hand"), max_length=10, choices=choices(HandPolicy), default=HandPolicy.EVERYONE.value
    )
    locked = models.BooleanField(_("stage locked"), default=False)
    frozen = models.BooleanField(_("frozen by staff"), default=False)
    notice = models.CharField(_("staff's words to the room"), max_length=300, blank=True)
    notice_by = models.CharField(max_length=60, blank=True, editable=False)
    link_url = models.URLField(_("pinned link"), max_length=MAX_LINK, blank=True)
    link_title = models.CharField(max_length=MAX_LINK_TITLE, blank=True, editable=False)
    link_by = models.CharField(max_length=60, blank=True, editable=False)
    phase = models.CharField(_("phase"), max_length=10, choices=choices(Phase), default=Phase.SCHEDULED.value)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    moderators_version = models.PositiveBigIntegerField(default=0, editable=False)
    talk_version = models.PositiveBigIntegerField(
        default=0, editable=False, help_text=_("Grows with every change of chat and questions that is stored.")
    )
    worker = models.ForeignKey(
        AudioWorker, on_delete=models.SET_NULL, null=True, blank=True, related_name="rooms", editable=False
    )
    media_epoch = models.PositiveBigIntegerField(
        default=0,
        editable=False,
        help_text=_("Grows each time the sound is placed: what was placed before is not heard."),
    )
    starts_at = models.DateTimeField(_("starts"), default=timezone.now)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", help_text=_("In which its time was chosen.")
    )
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Grows with every change of what was announced.")
    )
    announced_at = models.DateTimeField(_("announced or changed"), default=timezone.now, editable=False)
    not_held = models.CharField(
        _("why it did not happen"), max_length=12, choices=choices(NotHeld), blank=True, editable=False
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    stage_empty_since = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes: ClassVar = [models.Index(fields=["phase", "starts_at"])]

    def __str__(self) -> str:
        return self.title


class RoomShare(models.Model):
    """A worker that carries a part of a room's listeners: the room's own mixes, this one passes its sound on. Its number
    names the placement: an ended one never comes back."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="shares", verbose_name=_("room"))
    worker = models.ForeignKey(
        AudioWorker, on_delete=models.CASCADE, related_name="shares", verbose_name=_("audio worker")
    )
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Why it ended, if so: no sound came from the worker that mixes, though both live.
    unfed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("share of a room")
        verbose_name_plural = _("shares of rooms")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room", "worker"], condition=models.Q(ended_at=None), name="one_share_of_a_room_a_worker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} · {self.worker}"


class Participant(models.Model):
    """One person in one room, for the room's whole life: an account, or a guest by their cookie.

    They are on the roster while `left_at` is empty. `connection` names their one live socket and media peer. Position, hand
    and invitation outlive a drop until `place_until`.
    """

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="participants", verbose_name=_("room"))
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="participations", verbose_name=_("person")
    )
    guest_key = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Keyed hash of their cookie."))
    guest_number = models.PositiveIntegerField(_("guest"), default=0)
    network = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Keyed hash; of guests only."))
    session_key = models.CharField(max_length=40, blank=True, editable=False)
    role = models.CharField(_("role"), max_length=10, choices=choices(Role), default=Role.MEMBER.value)
    moderator_since = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.CharField(
        _("position"), max_length=10, choices=choices(Position), default=Position.AUDIENCE.value
    )
    muted = models.BooleanField(_("muted"), default=True)
    number = models.PositiveIntegerField(_("place on stage"), default=0)
    sent_down = models.BooleanField(
        default=False, help_text=_("Taken off the stage by another: does not sit there again by just entering.")
    )
    hand_number = models.PositiveIntegerField(_("hand's place"), default=0, help_text=_("0: no hand is up."))
    hand_at = models.DateTimeField(_("hand raised"), null=True, blank=True)
    hand_line = models.CharField(_("why"), max_length=MAX_LINE, blank=True)
    hand_line_waiting = models.CharField(_("why, as it waits for staff"), max_length=MAX_LINE, blank=True, default="")
    invited_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    connection = models.CharField(max_length=24, db_index=True)
    share = models.ForeignKey(
        RoomShare,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="participants",
        editable=False,
        help_text=_("Where their sound is, if not where the room is mixed."),
    )
    placed_epoch = models.PositiveBigIntegerField(
        default=0, editable=False, help_text=_("Of the room, when their sound was placed. 0: it was not yet.")
    )
    joins = models.PositiveIntegerField(
        default=0, help_text=_("Counts sockets: a late word of an old one is not believed.")
    )
    accepted = models.CharField(
        _("agreed to"), max_length=10, choices=choices(Confidentiality), blank=True, editable=False
    )
    accepted_at = models.DateTimeField(_("agreed"), null=True, blank=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    dropped_at = models.DateTimeField(null=True, blank=True, editable=False, help_text=_("Their socket was lost then."))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    place_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person in a room")
        verbose_name_plural = _("people in rooms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "user"], name="one_entry_a_person_and_room"),
            models.UniqueConstraint(
                fields=["room", "guest_key"], condition=~models.Q(guest_key=""), name="one_entry_a_guest_and_room"
            ),
            models.UniqueConstraint(
                fields=["room", "guest_number"], condition=models.Q(guest_number__gt=0), name="one_guest_a_number"
            ),
            models.UniqueConstraint(fields=["user"], condition=models.Q(left_at=None), name="one_live_room_an_account"),
            models.UniqueConstraint(
                fields=["guest_key"],
                condition=models.Q(left_at=None) & ~models.Q(guest_key=""),
                name="one_live_room_a_guest",
            ),
            models.CheckConstraint(
                condition=models.Q(user=None) ^ models.Q(guest_key=""), name="an_account_or_a_guest"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["left_at", "last_seen_at"]),
            models.Index(fields=["room", "left_at", "position"]),
            models.Index(fields=["place_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or f'guest {self.guest_number}'} in {self.room_id}"

    @property
    def name(self) -> str:
        """The name others see; empty for guests, who have numbers."""
        return self.user.name if self.user else ""

    @property
    def has_place_or_wish(self) -> bool:
        """Whether they have a seat, a hand up or an invitation: something to lose."""
        return self.position == Position.STAGE or self.hand_number > 0 or self.invited_by_id is not None

    @property
    def matters_to_stage(self) -> bool:
        """Whether the stage notices that they come or go: plain listeners take no lock."""
        return self.has_place_or_wish or self.role in (Role.HOST, Role.STAFF)

    def forget_place(self) -> None:
        """Neither seat nor hand nor invitation, and nothing that waits; not saved. The role stays."""
        self.position, self.muted, self.number = Position.AUDIENCE, True, 0
        self.hand_number, self.hand_at, self.hand_line, self.hand_line_waiting = 0, None, "", ""
        self.invited_by = None
        self.place_until = None


class Ban(models.Model):
    """Somebody who does not enter a room any more: an account and its address, or a guest's cookie and network."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="bans", verbose_name=_("room"))
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    email_key = models.CharField(max_length=64, blank=True, editable=False, help_text=_("Keyed hash."))
    guest_key = models.CharField(max_length=64, blank=True, editable=False)
    network = models.CharField(max_length=64, blank=True, editable=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        indexes: ClassVar = [models.Index(fields=["room", "until"])]

    def __str__(self) -> str:
        return f"{self.participant} until {self.until or 'for good'}"


class Ping(models.Model):
    """Somebody in a room asks one of their followers to come. Seen in the hall until it is put away, or the room is over."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="pings", verbose_name=_("room"))
    sender = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pings_sent", verbose_name=_("who"))
    receiver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pings", verbose_name=_("whom"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    put_away_at = models.DateTimeField(_("put away"), null=True, blank=True)

    class Meta:
        verbose_name = _("ping")
        verbose_name_plural = _("pings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "sender", "receiver"], name="one_ping_a_pair_and_room"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["receiver", "put_away_at"]),
            models.Index(fields=["sender", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} pings {self.receiver_id} into {self.room_id}"


class ChatMessage(models.Model):
    """Something that was written in a room. Those of rooms off the record are never here; those under the Chatham House rule
    have no author. Deleted after some days: see CHAT_DAYS."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages", verbose_name=_("room"))
    author = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="messages", verbose_name=_("author")
    )
    text = models.CharField(_("text"), max_length=MAX_MESSAGE)
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        indexes: ClassVar = [models.Index(fields=["room", "at"])]

    def __str__(self) -> str:
        return self.public_id


class Question(models.Model):
    """A question to those on stage; kept as chat is. Answered, it marks a moment of the room."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="questions", verbose_name=_("room"))
    author = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, related_name="questions", verbose_name=_("author")
    )
    text = models.CharField(_("text"), max_length=MAX_QUESTION)
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    votes = models.PositiveIntegerField(_("votes"), default=0)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    seconds_in = models.PositiveIntegerField(_("seconds into the room"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes: ClassVar = [models.Index(fields=["room", "seconds_in"])]

    def __str__(self) -> str:
        return self.public_id


class Vote(models.Model):
    """Somebody wants a question answered. Under the Chatham House rule it goes when the room ends; the count stays."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="voters")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "participant"], name="one_vote_a_person_and_question"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} for {self.question_id}"


class TopicFollow(models.Model):
    """Somebody wants to know of rooms on a topic."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed_topics", verbose_name=_("who"))
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="followers", verbose_name=_("topic"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("followed topic")
        verbose_name_plural = _("followed topics")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "topic"], name="one_follow_a_person_and_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.topic_id}"


class CoHost(models.Model):
    """Somebody who was asked to run a room to come, and what they answered. Who accepted is a moderator once it starts."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="co_hosts", verbose_name=_("room"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="co_hosted", verbose_name=_("who"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("co-host")
        verbose_name_plural = _("co-hosts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "user"], name="asked_once_a_person_and_room"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} co-hosts {self.room_id}"


class Rsvp(models.Model):
    """Somebody is going to a room to come, and is reminded of it, at times as their clock showed them then."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="rsvps", verbose_name=_("room"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="rsvps", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    time_zone = models.CharField(max_length=64, default="UTC", editable=False)

    class Meta:
        verbose_name = _("RSVP")
        verbose_name_plural = _("RSVPs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "user"], name="one_rsvp_a_person_and_room"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} goes to {self.room_id}"


class ProgrammeMail(models.Model):
    """One e-mail about a room to come. There is one row for each, so there is one mail for each, however often a task runs:
    whoever sends it claims the row first; a claim of a worker that died is taken over after a while."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="mails", verbose_name=_("room"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("to"))
    kind = models.CharField(_("about"), max_length=16, choices=choices(MailKind))
    occasion = models.CharField(max_length=40, editable=False, help_text=_("Which change, or which time, it is about."))
    time_zone = models.CharField(max_length=64, default="UTC", editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, help_text=_("Sent, or no longer worth sending."))
    sent = models.BooleanField(_("sent"), default=False)

    class Meta:
        verbose_name = _("programme mail")
        verbose_name_plural = _("programme mails")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "user", "kind", "occasion"], name="one_mail_an_occasion"),
        ]
        indexes: ClassVar = [models.Index(fields=["made_at"], condition=models.Q(done_at=None), name="mails_to_send")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.room_id} to {self.user_id}"


class CalendarFeed(models.Model):
    """A person's programme at a secret address, of which only the hash is kept: who reads the table cannot open it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed", verbose_name=_("whose"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"


from rooms.moment_models import MomentKind, StageMoment  # noqa: E402, F401 - after what they point at
from rooms.process_models import JobsProcess, WorkerMinute  # noqa: E402, F401
