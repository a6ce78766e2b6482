"""The only writer of sanctions: imposed, shortened, lifted, ended on time. Each takes hold in the transaction that makes it:
rooms lose whoever may not be there, the sound with them.

Whoever enters a room holds their account's row while they do (rooms.services.entering); so does everything here.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts import clock, suspending
from accounts.hooks import sanctioned
from accounts.models import User
from accounts.own_data import documents
from accounts.services import record
from accounts.text import tidy_prose
from invites.services import quota
from moderation import notices
from moderation.limits import limits_by
from moderation.models import KEEPS_OUT, Decider, Flag, Report, Sanction, SanctionKind
from moderation.models.sanctions import MOST_FACTS, MOST_REASON
from moderation.partiality import has_part_in_report
from rooms import services as rooms
from rooms.models import Room

MIN_FACTS = 10
LONGEST_BY_MACHINE = timedelta(days=1)


class SanctionRefused(Exception):
    """It cannot be imposed or changed so; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def impose(
    user: User,
    kind: str,
    *,
    rule: int,
    facts: str,
    until: datetime | None = None,
    room: Room | None = None,
    seconds_in: int | None = None,
    report: Report | None = None,
    flag: Flag | None = None,
    by: User | None = None,
    by_machine: bool = False,
) -> Sanction:
    """Sanction somebody, from now on. `by` nobody is an operator's command. A report or a flag says room and moment, where
    those are not given.

    Raises:
        SanctionRefused: `rule_unknown`; `facts_missing`; `until_past`; `until_needless` of a warning; `yourself`; `partial`:
            who imposes it made the report, or is who it is about; `staff`: members of staff give up their rights before they
            are kept out; `machine`: machines keep nobody out, and silence nobody for long.
    """
    user = _locked(user)
    now = clock.now()
    words = tidy_prose(facts)[:MOST_FACTS]
    rules = documents.find(documents.RULES)
    _check(user, kind, words, until, now, by, report)
    if rules is None or not any(each.number == rule for each in rules.rules()):
        raise SanctionRefused("rule_unknown")
    if by_machine and (by is not None or kind in KEEPS_OUT or not _is_short(kind, until, now)):
        raise SanctionRefused("machine")
    source = report or flag
    sanction = Sanction.objects.create(
        kind=kind,
        user=user,
        rule=rule,
        rules_version=rules.version,
        facts=words,
        room=room or (source.room if source else None),
        seconds_in=seconds_in if seconds_in is not None else (source.seconds_in if source else None),
        report=report,
        flag=flag,
        at=now,
        until=until,
        decider=Decider.MACHINE if by_machine else Decider.STAFF if by else Decider.OPERATOR,
        by=by,
        appeal_until=now + timedelta(days=settings.APPEAL_DAYS),
    )
    record("sanction.imposed", _target(sanction), actor=by, reason=_because(sanction))
    _take_hold(sanction, user, by)
    notices.imposed(sanction, user)
    return sanction


def _check(
    user: User, kind: str, words: str, until: datetime | None, now: datetime, by: User | None, report: Report | None
) -> None:
    if len(words) < MIN_FACTS:
        raise SanctionRefused("facts_missing")
    if until is not None and until <= now:
        raise SanctionRefused("until_past")
    if until is not None and kind == SanctionKind.WARN:
        raise SanctionRefused("until_needless")
    if by is not None and by.pk == user.pk:
        raise SanctionRefused("yourself")
    if by is not None and has_part_in_report(report, by):
        raise SanctionRefused("partial")
    if kind in KEEPS_OUT and user.is_staff:
        raise SanctionRefused("staff")


def _is_short(kind: str, until: datetime | None, now: datetime) -> bool:
    return kind == SanctionKind.WARN or (until is not None and until - now <= LONGEST_BY_MACHINE)


def _take_hold(sanction: Sanction, user: User, by: User | None) -> None:
    if sanction.kind in KEEPS_OUT:
        suspending.suspend(user, by=by, reason=_because(sanction), occasion=sanction.public_id)
    elif not sanction.is_instant:
        rooms.take_from(user, limits_by(sanction.kind))
        sanctioned(user, _cause(sanction))


def _because(sanction: Sanction) -> str:
    """For the log, which is kept for ever: not the facts, which go with the account."""
    return f"rule {sanction.rule} of {sanction.rules_version}"


def _cause(sanction: Sanction) -> str:
    return suspending.cause_of(sanction.public_id)


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _reread(sanction: Sanction) -> Sanction:
    """It as it is once the person's row is locked: of two who change it, the second sees what the first did."""
    if sanction.user is not None:
        _locked(sanction.user)
    return Sanction.objects.select_related("user").select_for_update(of=("self",), no_key=True).get(pk=sanction.pk)


@transaction.atomic
def lift(sanction: Sanction, *, by: User | None, reason: str, as_mistake: bool = False) -> Sanction:
    """Take a sanction back before its time; as a mistake, with the strike and what it cost the sponsor.

    Raises:
        SanctionRefused: `reason_missing`; `yourself`; `over`: it holds no more, and is no mistake either, or was lifted so.
    """
    sanction = _reread(sanction)
    words = " ".join(reason.split())[:MOST_REASON]
    if not words:
        raise SanctionRefused("reason_missing")
    if by is not None and by.pk == sanction.user_id:
        raise SanctionRefused("yourself")
    held = sanction.holds()
    if sanction.overturned or not (held or as_mistake):
        raise SanctionRefused("over")
    sanction.lifted_at = sanction.lifted_at or clock.now()
    sanction.lifted_by, sanction.lift_reason, sanction.overturned = by, words, as_mistake
    sanction.save(update_fields=["lifted_at", "lifted_by", "lift_reason", "overturned"])
    record("sanction.overturned" if as_mistake else "sanction.lifted", _target(sanction), actor=by, reason=words)
    if sanction.user is not None:
        if sanction.kind in KEEPS_OUT and held:
            suspending.restore(sanction.user, by=by, reason=words, occasion=sanction.public_id)
        if as_mistake:
            quota.sanction_lifted(sanction.user, _cause(sanction))
        notices.lifted(sanction, sanction.user)
    return sanction


@transaction.atomic
def shorten(sanction: Sanction, until: datetime, *, by: User, reason: str) -> Sanction:
    """Let a sanction end sooner; now, if that is past.

    Raises:
        SanctionRefused: `over`; `until_later` than it ends anyway.
    """
    sanction = _reread(sanction)
    if not sanction.holds():
        raise SanctionRefused("over")
    if sanction.until is not None and until >= sanction.until:
        raise SanctionRefused("until_later")
    sanction.until = max(until, sanction.at)
    sanction.save(update_fields=["until"])
    record("sanction.shortened", _target(sanction), actor=by, reason=reason)
    if sanction.until <= clock.now():
        _end(sanction.pk, clock.now())
    return sanction


def _target(sanction: Sanction) -> str:
    person = sanction.user.public_id if sanction.user else "-"
    return f"{person} {sanction.kind} {sanction.public_id}"


def end_due(now: datetime | None = None) -> int:
    """End the sanctions whose time is over. Run twice, or by two at once, each ends once.

    Returns:
        How many.
    """
    now = now or clock.now()
    due = Sanction.objects.filter(ended_at=None, lifted_at=None, until__lte=now).exclude(kind=SanctionKind.WARN)
    return sum(_end(pk, now) for pk in list(due.order_by("until", "pk").values_list("pk", flat=True)))


@transaction.atomic
def _end(pk: int, now: datetime) -> bool:
    sanction = _reread(Sanction.objects.select_related("user").get(pk=pk))
    still_due = Sanction.objects.filter(pk=pk, ended_at=None, lifted_at=None, until__lte=now)
    if not still_due.update(ended_at=now):
        return False
    record("sanction.ended", _target(sanction))
    if sanction.user is not None:
        if sanction.kind in KEEPS_OUT:
            suspending.restore(sanction.user, by=None, reason="its time is over", occasion=sanction.public_id)
        notices.ended(sanction, sanction.user)
    return True


def all_suspensions_lifted(user: User, by: User | None, reason: str) -> None:
    """Staff let somebody back in by the account's own page: what kept them out is over (accounts.hooks)."""
    held = Sanction.objects.filter(user=user, kind__in=KEEPS_OUT, lifted_at=None, ended_at=None)
    held.update(lifted_at=clock.now(), lifted_by=by, lift_reason=reason[:MOST_REASON])


def seen_by(user: User) -> None:
    """Somebody has looked at their standing: nothing of it is news any more."""
    Sanction.objects.filter(user=user, seen_at=None).update(seen_at=clock.now())
