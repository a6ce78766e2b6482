"""The audit log in a real database: nobody changes it, and whoever could anyhow is found out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.audit import append_only, sealing
from accounts.models import AuditEntry, AuditSeal
from accounts.services import record
from accounts.tasks import seal_audit_entries
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)
ENTRIES, SEALS = "accounts_auditentry", "accounts_auditseal"


def soon() -> None:
    """What was written so far is a minute old."""
    sealing.seal_entries(now=timezone.now() + timedelta(minutes=2))


def written(count: int = 5) -> None:
    actor = a_member(is_staff=True)
    for number in range(count):
        record("room.ban", f"room {number}", actor=actor, reason="because")


def by_hand(statement: str) -> None:
    """As whoever owns the database could."""
    append_only.unprotect()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    append_only.protect()


def verify(head: str = "") -> str:
    out = StringIO()
    try:
        call_command("audit", "verify", head=head, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {ENTRIES} SET reason = 'another'",
        f"DELETE FROM {ENTRIES}",
        f"UPDATE {SEALS} SET digest = 'x'",
        f"DELETE FROM {SEALS}",
    ],
)
def test_the_database_refuses_to_change_it(statement: str) -> None:
    written()
    soon()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (AuditEntry.objects.filter(reason="because").count(), AuditSeal.objects.count()) == (5, 1)
    assert "5 entries, 1 seals, 0 not yet sealed" in verify()


def test_nor_is_it_emptied_at_once() -> None:
    written()
    empty = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{empty} {ENTRIES}")


def test_whoever_acted_is_still_named_when_their_account_is_gone() -> None:
    actor = a_member(is_staff=True)
    record("room.ban", "a room", actor=actor)
    soon()
    actor.delete()
    assert AuditEntry.objects.get().actor == actor.public_id
    assert "not as it was written" not in verify()


def test_what_was_just_written_waits_for_those_who_began_before() -> None:
    written()
    seal_audit_entries()
    assert not AuditSeal.objects.exists()
    assert "5 entries, 0 seals, 5 not yet sealed" in verify()
    soon()
    written(2)
    soon()
    assert list(AuditSeal.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (f"UPDATE {ENTRIES} SET reason = 'another' WHERE target = 'room 3'", "changed: entry"),
        (f"DELETE FROM {ENTRIES} WHERE target = 'room 3'", "deleted: entry"),
        (f"DELETE FROM {SEALS} WHERE number = 1", "gap: seal 1 to 1"),
        (f"UPDATE {SEALS} SET previous = 'x' WHERE number = 2", "forged: seal 2"),
    ],
)
def test_what_was_done_by_hand_is_found(statement: str, says: str) -> None:
    written()
    soon()
    written()
    soon()
    assert "10 entries, 2 seals" in verify()
    by_hand(statement)
    answer = verify()
    assert says in answer
    assert "not as it was written" in answer


def test_a_cut_off_end_is_found_by_a_head_that_was_noted() -> None:
    written()
    soon()
    written()
    soon()
    head = next(line.split()[1] for line in verify().splitlines() if line.startswith("head"))
    assert "not as it was written" not in verify(head)
    by_hand(f"DELETE FROM {SEALS} WHERE number = 2")
    by_hand(f"DELETE FROM {ENTRIES} WHERE id > (SELECT last_entry FROM {SEALS})")
    assert "not as it was written" not in verify()
    assert f"deleted: seal {head}" in verify(head)


def test_missing_triggers_and_a_job_that_does_not_run_are_told() -> None:
    written()
    append_only.unprotect()
    assert f"unprotected: table {ENTRIES}: run migrate" in verify()
    append_only.protect()
    findings = sealing.examine(now=timezone.now() + timedelta(hours=1)).findings
    assert [finding.what for finding in findings] == ["unsealed"]


def test_two_at_once_make_one_seal() -> None:
    written()

    def seal() -> int:
        try:
            return sealing.seal_entries(now=timezone.now() + timedelta(minutes=2))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(lambda _: seal(), range(4)))
    assert sum(sealed) == 5
    assert AuditSeal.objects.count() == 1
