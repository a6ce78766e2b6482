"""Flags: a machine raises them, staff decide, once."""

import pytest

from accounts.models import AuditEntry
from moderation.models import Flag, FlagSource, FlagState
from moderation.services import decide_flag, raise_flag
from tests.factories import a_member

pytestmark = pytest.mark.django_db


def test_a_flag_waits_for_staff_and_changes_nothing_else():
    member = a_member()
    flag = raise_flag(source=FlagSource.TEXT, where="chat", because="b" * 300, user=member, excerpt="e" * 600)
    assert (flag.state, len(flag.because), len(flag.excerpt)) == (FlagState.OPEN, 200, 500)
    member.refresh_from_db()
    assert member.is_active


def test_it_is_decided_once_and_the_log_says_by_whom():
    flag = raise_flag(source=FlagSource.SPEECH, where="stage", because="a phrase")
    one, other = a_member(is_staff=True), a_member(is_staff=True)
    assert decide_flag(flag, by=one, upheld=True, reason="It was said")
    assert not decide_flag(flag, by=other, upheld=False)
    kept = Flag.objects.get()
    assert (kept.state, kept.decided_by) == (FlagState.UPHELD, one)
    entry = AuditEntry.objects.get(act="flag.upheld")
    assert (entry.actor, entry.target, entry.reason) == (one.public_id, flag.public_id, "It was said")
