"""All that staff may have to know of one person, on one page."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Q

from accounts.audit.reading import about_person
from accounts.models import User
from invites.models import Redemption
from moderation.models import Case, Flag, HeldText, Report, Sanction
from moderation.strikes import strikes_of
from moderation.trust import trust_of
from rooms.models import Participant

MOST = 20


def parts_of(person: User, viewer: User) -> dict[str, list[Any]]:
    """By name, what the viewer may see: the last of each first."""
    parts = {
        "sanctions": (
            "moderation.view_sanction",
            lambda: Sanction.objects.filter(user=person).select_related("by__profile", "appeal", "room"),
        ),
        "cases": (
            "moderation.view_case",
            lambda: Case.objects.filter(target_user=person).select_related("room").order_by("-opened_at"),
        ),
        "reports": (
            "moderation.view_report",
            lambda: (
                Report.objects.filter(Q(reporter__user=person) | Q(reporter_user=person))
                .select_related("room", "case")
                .order_by("-at")
                .distinct()
            ),
        ),
        "flags": (
            "moderation.view_flag",
            lambda: Flag.objects.filter(Q(user=person) | Q(participant__user=person)).select_related("room").distinct(),
        ),
        "texts": ("moderation.view_heldtext", lambda: HeldText.objects.filter(user=person).order_by("-at")),
        "rooms": (
            "rooms.view_room",
            lambda: Participant.objects.filter(user=person).select_related("room").order_by("-arrived_at"),
        ),
        "invited": (
            "invites.view_branch",
            lambda: User.objects.filter(branch_of=person).select_related("profile").order_by("-date_joined"),
        ),
        "sessions": (
            "accounts.view_user",
            lambda: UserSession.objects.filter(user=person).order_by("-last_seen_at"),
        ),
        "audit": (
            "accounts.view_auditentry",
            lambda: about_person(person.public_id, MOST),
        ),
    }
    return {name: list(rows()[:MOST]) for name, (permission, rows) in parts.items() if viewer.has_perm(permission)}


def summary_of(person: User, viewer: User) -> dict[str, Any]:
    """What stands at the head of the page, as far as the viewer may see it."""
    weighed = {"strikes": strikes_of(person), "trust": trust_of(person)}
    here = Participant.objects.filter(user=person, left_at=None).select_related("room")
    return {
        **(weighed if viewer.has_perm("moderation.view_sanction") else {}),
        "here": here.first() if viewer.has_perm("rooms.view_room") else None,
        "redemption": Redemption.objects.select_related("invite").filter(user=person).first(),
        "above": _above(person),
    }


def _above(person: User) -> list[User]:
    """The way up the invite tree, the root first."""
    found: list[User] = []
    current = person.branch_of
    while current is not None and current not in found:
        found.append(current)
        current = current.branch_of
    return found[::-1]
