"""Evidence: wanted by a report, sealed by every audio worker that carried the room, opened by staff with a reason, destroyed
in time.

Everything due is a row, so that nothing is lost with a process: workers ask for their orders every other second, and jobs
look for what is overdue.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import clock
from accounts.models import User
from accounts.services import record
from moderation.models import Evidence, EvidenceOpening, EvidenceState
from moderation.partiality import has_part_in
from moderation.services.evidence_space import GRAVEST, complain, space
from rooms.audio.evidence.orders import Orders, Sealed, SealOrder
from rooms.audio.evidence.ring import Span
from rooms.domain.snapshot import Phase
from rooms.evidence import sealed_folder
from rooms.models import Room

KEPT_AFTER_END = timedelta(minutes=10)
SETTLED_AFTER = timedelta(seconds=3)  # the end of a window: what was said last has been handed over by then
SILENT_AFTER = timedelta(minutes=1)  # a room may have been on another machine, whose worker answers too
GIVEN_UP_AFTER = timedelta(minutes=15)
OPEN_FOR = timedelta(hours=1)
MIN_REASON = 10
_MAY_GROW = (EvidenceState.SEALED, EvidenceState.SILENT)  # another machine may have had more


def want(room: Room, now: datetime, category: str) -> Evidence:
    """Have what is said around this moment sealed: with what is already to be sealed, if that goes on until then. Where there
    is no space for what is reported for this reason, that is said instead.

    Call it in a transaction.
    """
    before, after = settings.MITALK_EVIDENCE_BEFORE_SECONDS, settings.MITALK_EVIDENCE_AFTER_SECONDS
    first, last = now - timedelta(seconds=before), now + timedelta(seconds=after)
    if room.ended_at is not None:
        last = min(last, max(room.ended_at, first))
    going_on = Evidence.objects.select_for_update().filter(room=room, state=EvidenceState.WANTED, until_at__gte=now)
    evidence = going_on.order_by("-until_at").first()
    longest = timedelta(seconds=settings.MITALK_RING_SECONDS - after)
    if evidence is None or last - evidence.from_at > longest:
        return _begin(room, first, last, now, category)
    evidence.until_at = max(evidence.until_at, last)
    evidence.save(update_fields=["until_at"])
    return evidence


def _begin(room: Room, first: datetime, last: datetime, now: datetime, category: str) -> Evidence:
    left = space()
    if left.takes(category):
        return Evidence.objects.create(room=room, from_at=first, until_at=last, wanted_at=now)
    refused = Evidence.objects.filter(room=room, state=EvidenceState.FULL, until_at__gte=now).first()
    if refused is None:
        refused = Evidence.objects.create(
            room=room, from_at=first, until_at=last, wanted_at=now, state=EvidenceState.FULL
        )
        record("evidence.no_space", refused.public_id)
        complain(left)
    return refused


def orders_for(rings: Mapping[str, str]) -> Orders:
    """What a worker does now with what its machine keeps: the mark of its ring by the public id of each room. Whatever
    another machine has sealed, this one is asked for its part."""
    now, rooms = clock.now(), set(rings)
    waiting = Evidence.objects.filter(
        Q(state=EvidenceState.WANTED) | Q(state__in=_MAY_GROW, until_at__gt=now - GIVEN_UP_AFTER),
        room__public_id__in=rooms,
    )
    wanted = [
        (name, room, first, last)
        for name, room, first, last, sealed in waiting.values_list(
            "public_id", "room__public_id", "from_at", "until_at", "rings"
        )
        if rings[room] not in sealed
    ]
    ahead_ms = round(clock.ahead() / timedelta(milliseconds=1))
    known = Room.objects.filter(public_id__in=rooms)
    live = set(known.filter(phase=Phase.LIVE).values_list("public_id", flat=True))
    lately = set(known.filter(ended_at__gte=now - KEPT_AFTER_END).values_list("public_id", flat=True))
    return Orders(
        seal=tuple(
            SealOrder(name, room, Span(_milliseconds(first), _milliseconds(last)), ahead_ms)
            for name, room, first, last in wanted
            if last <= now - SETTLED_AFTER
        ),
        destroy=frozenset(rooms - live - lately - {room for _name, room, _first, _last in wanted}),
        ended=frozenset(rooms - live),
    )


@transaction.atomic
def take_sealed(sealed: Sealed) -> None:
    """A worker has sealed what its machine had. Told twice, it is one; what another machine had is added."""
    evidence = Evidence.objects.select_for_update().filter(public_id=sealed.name).first()
    if evidence is None or evidence.state not in (EvidenceState.WANTED, *_MAY_GROW):
        sealed_folder().destroy(sealed.name)  # too late: no row would say when
        return
    now, kept = clock.now(), sealed.kept
    if evidence.until_at > now:
        return  # another report made it longer meanwhile: it is sealed again
    if sealed.ring in evidence.rings:
        return
    if not kept.voices and evidence.until_at > now - SILENT_AFTER:
        return  # nobody spoke here; it is asked again
    is_first = evidence.state == EvidenceState.WANTED
    evidence.rings[sealed.ring] = {"first_ms": kept.first_ms, "last_ms": kept.last_ms}
    evidence.voices = dict(Counter(evidence.voices) + Counter(kept.voices))
    evidence.bytes += kept.bytes
    evidence.state = EvidenceState.SEALED if evidence.voices else EvidenceState.SILENT
    if is_first:
        evidence.sealed_at, evidence.keep_until = now, now + timedelta(days=settings.MITALK_EVIDENCE_DAYS)
    evidence.save(update_fields=["state", "voices", "rings", "bytes", "sealed_at", "keep_until"])
    if is_first or kept.voices:
        record("evidence.sealed" if is_first else "evidence.added", evidence.public_id)


def give_up() -> int:
    """Mark what no worker has sealed in time: nobody had spoken, or what was kept is lost. How many. What a worker sealed
    and could not tell of is destroyed: no row would say when."""
    overdue = Evidence.objects.filter(state=EvidenceState.WANTED, until_at__lt=clock.now() - GIVEN_UP_AFTER)
    given_up = 0
    for evidence in overdue:
        with transaction.atomic():
            changed = Evidence.objects.filter(pk=evidence.pk, state=EvidenceState.WANTED).update(
                state=EvidenceState.LOST
            )
            if changed:
                record("evidence.lost", evidence.public_id)
                given_up += 1
        if changed:
            sealed_folder().destroy(evidence.public_id)
    return given_up


def destroy_due() -> int:
    """Destroy what was kept long enough: first the sound, then the row says so. How many."""
    due = Evidence.objects.filter(state=EvidenceState.SEALED, keep_until__lt=clock.now())
    destroyed = 0
    for evidence in due:
        sealed_folder().destroy(evidence.public_id)
        with transaction.atomic():
            now = clock.now()
            still = Evidence.objects.filter(pk=evidence.pk, state=EvidenceState.SEALED)
            if still.update(state=EvidenceState.DESTROYED, destroyed_at=now):
                record("evidence.destroyed", evidence.public_id)
                destroyed += 1
    return destroyed


class OpeningRefused(Exception):
    """It cannot be opened; the message is for staff."""


@transaction.atomic
def ask_to_open(evidence: Evidence, by: User, reason: str) -> EvidenceOpening:
    """Open evidence for an hour; for the gravest reports, ask somebody else to agree first.

    Raises:
        OpeningRefused: `reason`: none is given; `state`: there is nothing to hear; `partial`: they reported or were reported.
    """
    words = reason.strip()
    if len(words) < MIN_REASON:
        raise OpeningRefused("reason")
    if evidence.state != EvidenceState.SEALED:
        raise OpeningRefused("state")
    if has_part_in(evidence.reports.all(), by):
        raise OpeningRefused("partial")
    needs_another = evidence.reports.filter(category__in=GRAVEST).exists()
    now = clock.now()
    opening = EvidenceOpening.objects.create(
        evidence=evidence, by=by, reason=words[:300], at=now, open_until=None if needs_another else now + OPEN_FOR
    )
    record("evidence.asked" if needs_another else "evidence.opened", evidence.public_id, actor=by, reason=words)
    return opening


@transaction.atomic
def approve_opening(opening: EvidenceOpening, by: User) -> None:
    """Agree that somebody else hears this, for an hour from now.

    Raises:
        OpeningRefused: it is one's own, was agreed to already, or they reported or were reported.
    """
    opening = EvidenceOpening.objects.select_for_update().get(pk=opening.pk)
    if opening.by_id is None or opening.by_id == by.pk or opening.open_until is not None:
        raise OpeningRefused("another")
    if has_part_in(opening.evidence.reports.all(), by):
        raise OpeningRefused("partial")
    opening.agreed_by, opening.open_until = by, clock.now() + OPEN_FOR
    opening.save(update_fields=["agreed_by", "open_until"])
    record("evidence.opened", opening.evidence.public_id, actor=by, reason=opening.reason)


def hear(evidence: Evidence, by: User, person: str) -> None:
    """Note that somebody of staff hears a voice, before they do.

    Raises:
        OpeningRefused: it is not open to them.
    """
    open_to_them = evidence.openings.filter(by=by, open_until__gt=clock.now())
    if evidence.state != EvidenceState.SEALED or not open_to_them.exists():
        raise OpeningRefused("closed")
    record("evidence.heard", evidence.public_id, actor=by, reason=person)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
