"""Flags: a machine raises them, staff decide, once."""

import pytest

from accounts.models import AuditEntry
from moderation.models import Flag, FlagSource, FlagState
from moderation.services import NotYours, decide_flag, raise_flag
from rooms import services as rooms
from rooms.models import Participant
from tests.factories import a_live_room, a_member

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


def test_nobody_decides_on_a_flag_about_themselves_nor_on_the_signals_of_their_room(recording_bus):
    room, staff = a_live_room(a_member(is_staff=True)), a_member(is_staff=True)
    rooms.join(room.public_id, staff, muted=True)
    place = Participant.objects.get(user=staff)
    for by, fields in (
        (staff, {"source": FlagSource.TEXT, "user": staff}),
        (staff, {"source": FlagSource.SPEECH, "participant": place, "room": room}),
        (room.host, {"source": FlagSource.SIGNAL, "room": room}),
    ):
        flag = raise_flag(where="stage", because="a phrase", **fields)
        Flag.objects.filter(pk=flag.pk, participant=place).update(user=None)
        flag.refresh_from_db()
        with pytest.raises(NotYours):
            decide_flag(flag, by=by, upheld=False)
        assert decide_flag(flag, by=a_member(is_staff=True), upheld=False)
