"""Nobody of staff decides on what they have a part in: what they wrote, reported, or were reported for, and what was said or
written in a room that they run or ran."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from moderation.models import Case, Flag, HeldText, Report
from rooms import passing
from rooms.domain.roles import RUNS_THE_ROOM
from rooms.models import Participant, Room


class NotYours(Exception):
    """Nobody decides about what is their own."""


def runs(room: Room | None, user: User) -> bool:
    """Whether somebody hosts a room, or ran it as far as that is known."""
    return room is not None and Room.objects.filter(_run_by(user, "pk", "host"), pk=room.pk).exists()


def _run_by(user: User, room: str, host: str) -> Q:
    ran_it = Participant.objects.filter(room=OuterRef(room), user=user, role__in=RUNS_THE_ROOM)
    return Q(**{host: user}) | Q(Exists(ran_it))


def is_partial(case: Case, user: User) -> bool:
    """Whether somebody of staff is part of what was reported: then another decides."""
    if case.target_user_id == user.pk or (case.target is not None and case.target.user_id == user.pk):
        return True
    if case.topic is not None and case.topic.created_by_id == user.pk:
        return True
    return runs(case.room, user) or has_part_in(Report.objects.filter(case=case), user)


def has_part_in(reports: QuerySet[Report], user: User) -> bool:
    """Whether somebody made one of these reports, is who it is about, or runs the room that it is from. By account too:
    who reported from a page has no place in a room, and places are forgotten."""
    made_it = Q(reporter_user=user) | Q(reporter__user=user)
    is_about_them = Q(target_user=user) | Q(target__user=user) | Q(topic__created_by=user)
    return reports.filter(made_it | is_about_them | _run_by(user, "room", "room__host")).exists()


def has_part_in_report(report: Report | None, user: User) -> bool:
    """The same of one report, with those that were gathered with it."""
    if report is None:
        return False
    together = Q(pk=report.pk) | (Q(case=report.case_id) if report.case_id else Q())
    return has_part_in(Report.objects.filter(together), user)


def texts_of(user: User, texts: Collection[HeldText]) -> set[int]:
    """Which of these texts somebody wrote, or which wait in a room that they run, by their keys. Where names are not kept,
    who wrote it the cache knows for a while."""
    authors = {held.pk: author for held in texts if held.user_id is None and (author := passing.author_of(held.target))}
    places = Participant.objects.filter(user=user, public_id__in=set(authors.values()))
    mine = set(places.values_list("public_id", flat=True)) if authors else set()
    run = _rooms_run_by(user, texts)
    return {
        held.pk for held in texts if held.user_id == user.pk or held.room_id in run or authors.get(held.pk, "") in mine
    }


def flags_of(user: User, flags: Collection[Flag]) -> set[int]:
    """Which of these flags are about somebody, or about a room that they run, by their keys."""
    places = Participant.objects.filter(user=user, pk__in={flag.participant_id for flag in flags})
    mine, run = set(places.values_list("pk", flat=True)), _rooms_run_by(user, flags)
    return {flag.pk for flag in flags if flag.user_id == user.pk or flag.participant_id in mine or flag.room_id in run}


def _rooms_run_by(user: User, rows: Collection[HeldText] | Collection[Flag]) -> set[int | None]:
    rooms = Room.objects.filter(_run_by(user, "pk", "host"), pk__in={row.room_id for row in rows})
    return set(rooms.values_list("pk", flat=True))
