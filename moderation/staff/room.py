"""What happened in a room, in order: stage, hands, flags, reports, and what staff and moderators did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.audit.reading import about_room
from accounts.models import User
from moderation.models import Evidence, Flag, Report, RoomRisk
from moderation.risk.words import in_words
from rooms.domain.snapshot import Confidentiality, Visibility
from rooms.models import Ban, Participant, Room
from rooms.wording import CONFIDENTIALITY, VISIBILITY

MOST = 500
_PHASES = {"scheduled": _("to come"), "live": _("live now"), "ended": _("ended")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `kind` is stable: stage, flag, report, audit."""

    at: datetime
    kind: str
    what: str
    who: str = ""
    by: str = ""
    words: str = ""


def name_of(person: Participant | None) -> str:
    """How staff tell people in a room apart."""
    if person is None:
        return ""
    if person.user is None:
        return f"Guest {person.guest_number}"
    return person.user.name or person.user.email


def timeline(room: Room, viewer: User) -> list[Entry]:
    """What the viewer may know of it, the first before; of what happened on the stage the last part, when it is very long."""
    entries = _stage(room)
    if viewer.has_perm("moderation.view_flag"):
        entries += _flags(room)
    if viewer.has_perm("moderation.view_report"):
        entries += _reports(room)
    if viewer.has_perm("accounts.view_auditentry"):
        entries += _audit(room)
    return sorted(entries, key=lambda entry: entry.at)


def _stage(room: Room) -> list[Entry]:
    moments = room.moments.select_related("person__user__profile", "by__user__profile").order_by("-at", "-pk")[:MOST]
    return [
        Entry(moment.at, "stage", moment.get_kind_display(), name_of(moment.person), name_of(moment.by))
        for moment in reversed(moments)
    ]


def _flags(room: Room) -> list[Entry]:
    flags = Flag.objects.filter(room=room).select_related("participant__user__profile", "user__profile")[:MOST]
    return [
        Entry(
            flag.at,
            "flag",
            f"{flag.get_source_display()}: {flag.because}",
            name_of(flag.participant) or (flag.user.name if flag.user else ""),
            words=flag.excerpt,
        )
        for flag in flags
    ]


def _reports(room: Room) -> list[Entry]:
    reports = Report.objects.filter(room=room).select_related("target__user__profile", "reporter__user__profile")[:MOST]
    return [
        Entry(
            report.at,
            "report",
            report.get_category_display(),
            name_of(report.target),
            name_of(report.reporter),
            report.line,
        )
        for report in reports
    ]


# What the stage tells already; with a reason it says more than that.
_TOLD_BY_THE_STAGE = {
    *("room.mute_other", "room.move_to_audience", "room.lock_stage", "room.freeze", "room.unfreeze", "room.end_room"),
    *("room.invite", "room.name_moderator", "room.dismiss_moderator", "room.hand_over"),
}


def _audit(room: Room) -> list[Entry]:
    acts = [act for act in about_room(room.public_id, MOST) if act.reason or act.act not in _TOLD_BY_THE_STAGE]
    names = {
        user.public_id: user.name or user.email
        for user in User.objects.filter(public_id__in={act.actor for act in acts}).select_related("profile")
    }
    return [Entry(act.at, "audit", act.act, by=names.get(act.actor, act.actor), words=act.reason) for act in acts]


def summary_of(room: Room) -> dict[str, Any]:
    """What stands at the head of the page."""
    risk = RoomRisk.objects.filter(room=room).first()
    return {
        "phase": _PHASES[room.phase],
        "visibility": VISIBILITY[Visibility(room.visibility)][0],
        "confidentiality": CONFIDENTIALITY[Confidentiality(room.confidentiality)][0],
        "here": room.participants.filter(left_at=None).count(),
        "were_here": room.participants.filter(joins__gt=0).count(),
        "on_stage": [
            (name_of(person), person.muted)
            for person in room.participants.filter(position="stage", left_at=None).select_related("user__profile")
        ],
        "risk": risk,
        "why": [in_words(part) for part in risk.parts] if risk else [],
        "bans": Ban.objects.filter(room=room).select_related("user__profile", "by__profile", "participant"),
        "evidence": Evidence.objects.filter(room=room),
    }
