"""What the audit log says of one person or one room: each question by an index, whatever the log has grown to."""

import heapq

from django.db.models import QuerySet
from django.db.models.functions import Left, Right

from accounts.models import PUBLIC_ID_LETTERS, AuditEntry


def about_person(public_id: str, most: int) -> list[AuditEntry]:
    """What somebody did, and what was done about them, the last first. A target that is about somebody begins with them
    (sanctions, appeals) or ends with them (acts in a room)."""
    found = (
        AuditEntry.objects.filter(actor=public_id),
        _begins_with(public_id),
        _ends_with(public_id),
    )
    each = [list(rows.order_by("-at", "-pk")[:most]) for rows in found]  # an "or" would read all of all three
    merged = heapq.merge(*each, key=lambda entry: (entry.at, entry.pk), reverse=True)
    return list(dict.fromkeys(merged))[:most]


def about_room(public_id: str, most: int) -> list[AuditEntry]:
    """What was done in a room or to it, the last first."""
    return list(_begins_with(public_id).order_by("-at", "-pk")[:most])


def _begins_with(public_id: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.annotate(head=Left("target", PUBLIC_ID_LETTERS)).filter(head=public_id)


def _ends_with(public_id: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.annotate(tail=Right("target", PUBLIC_ID_LETTERS)).filter(tail=public_id)
