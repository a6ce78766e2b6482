"""What the log says of one person or one room is found by an index, on both engines; the log stays append-only."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit.append_only import protect, unprotected
from accounts.audit.reading import about_person, about_room
from accounts.models import AuditEntry, random_id

pytestmark = pytest.mark.django_db
PERSON, ROOM, OTHER = random_id(), random_id(), random_id()


def entry(target: str, *, actor: str = "", ago: int = 0) -> AuditEntry:
    at = timezone.now() - timedelta(seconds=ago)
    return AuditEntry.objects.create(at=at, act="room.ban", target=target, actor=actor)


def test_of_a_person_what_they_did_and_what_was_done_about_them_the_last_first() -> None:
    found = [
        entry(OTHER, actor=PERSON, ago=1),
        entry(PERSON, ago=2),
        entry(f"{PERSON} mute s-1", actor=OTHER, ago=3),
        entry(f"{ROOM} {PERSON}", actor=PERSON, ago=4),
    ]
    entry(f"{ROOM} {OTHER}", actor=OTHER)
    entry(f"{PERSON[:-1]}!", actor=OTHER)
    assert about_person(PERSON, 20) == found
    assert about_person(PERSON, 2) == found[:2]


def test_of_a_room_what_was_done_in_it() -> None:
    found = [entry(f"{ROOM} {PERSON}", ago=1), entry(ROOM, ago=2)]
    entry(f"{OTHER} {ROOM}")
    assert about_room(ROOM, 20) == found
    assert about_room(ROOM, 1) == found[:1]


def test_each_question_is_answered_by_an_index() -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(act="room.ban", actor=random_id(), target=f"{random_id()} {random_id()}") for _ in range(5_000)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE accounts_auditentry")
    with CaptureQueriesContext(connection) as asked:
        about_person(PERSON, 20)
        about_room(ROOM, 500)
    assert len(asked) == 4
    for query in asked:
        assert any(name in plan(query["sql"]) for name in ("audit_by_actor", "audit_by_head", "audit_by_tail"))


def plan(sql: str) -> str:
    words = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())


def test_it_is_append_only_as_before() -> None:
    protect()
    assert unprotected() == []
    made = entry(ROOM)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.filter(pk=made.pk).update(target=OTHER)
