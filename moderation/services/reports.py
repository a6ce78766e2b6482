"""Reports, as they are made: from within a room, and by the pages of what can be reported."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import clock
from accounts.models import User
from moderation.models import Evidence, Report, ReportKind
from moderation.services.cases import gather
from moderation.services.evidence import KEPT_AFTER_END, want
from moderation.snapshots import of_person, of_room
from rooms import selectors
from rooms.domain.errors import Code, Refused
from rooms.domain.messages import ReportCategory
from rooms.domain.snapshot import Phase
from rooms.hooks import Written
from rooms.models import Participant, Room, Topic

MOST_REPORTS_AN_HOUR = 20  # by one person, wherever they are: each may have sound sealed
MOST_REPORTS_AN_HOUR_OF_A_NETWORK = 40  # by guests, who can come as another: an office shares one
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports: an account, or a guest by keyed hashes of cookie and network; and their place in the room."""

    user: User | None = None
    guest_key: str = ""
    network: str = ""
    place: Participant | None = None
    former_guest_keys: tuple[str, ...] = ()

    @property
    def guest_keys(self) -> tuple[str, ...]:
        """All by which a guest may be known: also by former secrets."""
        return (self.guest_key, *self.former_guest_keys) if self.guest_key else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is reported, with its words as they are now."""

    kind: ReportKind
    room: Room | None = None
    topic: Topic | None = None
    target: Participant | None = None
    target_user: User | None = None
    written: str = ""
    message: str = ""
    snapshot: dict[str, Any] = field(default_factory=dict)
    seconds_in: int | None = None


def take_report(
    *,
    room: Room,
    reporter: Participant,
    target: Participant | None,
    category: ReportCategory,
    line: str,
    written: Written | None = None,
) -> None:
    """Keep a report of somebody in a room, with the moment it was made: how far into the room, and who was on stage, muted or
    not, and what the message or question says that it is about.

    Raises:
        Refused: `too_many_messages` for who reports without end.
    """
    if written is not None:
        kind = ReportKind.QUESTION if written.is_question else ReportKind.MESSAGE
    else:
        kind = ReportKind.PERSON if target else ReportKind.ROOM
    about = About(
        kind=kind,
        room=room,
        target=target,
        target_user=target.user if target else None,
        written=written.id if written else "",
        message=written.text if written else "",
        snapshot=of_person(target) if target else of_room(room) if written is None else {},
        seconds_in=_seconds_in(room, clock.now()),
    )
    who = Reporter(reporter.user, reporter.guest_key, reporter.network, reporter)
    make_report(who, about, category=category, line=line)


@transaction.atomic
def make_report(who: Reporter, about: About, *, category: ReportCategory, line: str) -> Report:
    """Keep a report, seal what was said around its moment if that is still held, and gather it with others about the same.

    Raises:
        Refused: `too_many_messages` for who reports without end; `not_allowed`: it is about themselves.
    """
    now = clock.now()
    if about.target_user is not None and about.target_user == who.user:
        raise Refused(Code.NOT_ALLOWED)
    if about.target is not None and about.target == who.place:
        raise Refused(Code.NOT_ALLOWED)
    _demand_measure(who, now)
    report = Report.objects.create(
        at=now,
        kind=about.kind,
        room=about.room,
        topic=about.topic,
        reporter=who.place,
        reporter_user=who.user,
        guest_key="" if who.user else who.guest_key,
        network="" if who.user else who.network,
        target=about.target,
        target_user=about.target_user,
        category=category.value,
        line=line,
        message=about.message,
        written=about.written,
        snapshot=about.snapshot,
        seconds_in=about.seconds_in,
        stage=_stage(about.room),
        evidence=_evidence(who, about, now, category),
    )
    gather(report)
    return report


def _demand_measure(who: Reporter, now: datetime) -> None:
    lately = Report.objects.filter(at__gt=now - _AN_HOUR)
    if who.user is not None:
        theirs = Q(reporter_user=who.user) | Q(reporter__user=who.user)
    elif who.guest_key:
        theirs = Q(guest_key__in=who.guest_keys)
    else:
        theirs = Q(reporter=who.place)
    if lately.filter(theirs).count() >= MOST_REPORTS_AN_HOUR:
        raise Refused(Code.TOO_MANY_MESSAGES)
    is_guest = who.user is None and bool(who.network)
    if is_guest and lately.filter(network=who.network).count() >= MOST_REPORTS_AN_HOUR_OF_A_NETWORK:
        raise Refused(Code.TOO_MANY_MESSAGES)


def _stage(room: Room | None) -> list[dict[str, Any]]:
    if room is None or room.phase != Phase.LIVE:
        return []
    return [{"person": person.public_id, "muted": person.muted} for person in selectors.on_stage(room)]


def _evidence(who: Reporter, about: About, now: datetime, category: ReportCategory) -> Evidence | None:
    room = about.room
    if room is None or who.place is None:
        return None  # who was not there has nothing sealed
    moment = moment_held(room, who.place, about.seconds_in, now)
    return want(room, moment, category.value) if moment else None


def moment_held(room: Room, place: Participant, seconds_in: int | None, now: datetime) -> datetime | None:
    """Around which moment what was said is sealed when somebody who was there reports now: this one, while they are there;
    later the one they name, else when they left, or the room was over. None, if the ring does not hold it any more."""
    if room.phase == Phase.LIVE and place.left_at is None:
        return now
    end = now if room.phase == Phase.LIVE else room.ended_at
    if end is None or now > end + KEPT_AFTER_END:
        return None
    moment = min(end, place.left_at or end)  # of what came after they had left they know nothing
    if seconds_in is not None and room.started_at is not None:
        moment = min(moment, room.started_at + timedelta(seconds=seconds_in))
    return moment if moment >= end - timedelta(seconds=settings.MITALK_RING_SECONDS) else None


def _seconds_in(room: Room, now: datetime) -> int | None:
    if room.started_at is None:
        return None
    return max(0, int((min(now, room.ended_at or now) - room.started_at).total_seconds()))
