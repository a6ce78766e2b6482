"""Sanctions and rooms from the terminal, for the night the web is down."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from moderation.models import Decider, Sanction
from rooms import services as rooms
from rooms.domain.snapshot import Phase
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = "Shouted at Lin Wei."


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_a_sanction_is_imposed_listed_and_lifted_with_no_bus_to_reach():
    member = a_member("Petra Roth")
    room = a_live_room(member)
    me = rooms.join(room.public_id, member, muted=True)
    rooms.set_muted(room.public_id, me.connection, muted=False)
    run(
        "sanction",
        "impose",
        member.email,
        "mute",
        "--rule=2",
        f"--facts={FACTS}",
        "--for=12h",
        f"--room={room.public_id}",
    )
    made = Sanction.objects.get()
    assert (made.decider, made.by, made.room) == (Decider.OPERATOR, None, room)
    assert Participant.objects.get(user=member).muted
    listed = run("sanction", "list")
    assert made.public_id in listed
    assert "mute holds" in listed
    run("sanction", "lift", made.public_id, "--reason=Enough")
    assert run("sanction", "list") == ""
    assert "mute lifted" in run("sanction", "list", member.public_id)
    acts = AuditEntry.objects.filter(act__startswith="sanction.").order_by("pk").values_list("act", "actor")
    assert list(acts) == [("sanction.imposed", ""), ("sanction.lifted", "")]


@pytest.mark.parametrize(
    "words",
    [
        ["impose", "nobody@example.org", "mute", "--rule=2", f"--facts={FACTS}"],
        ["impose", "petra@example.org", "mute", "--rule=99", f"--facts={FACTS}"],
        ["impose", "petra@example.org", "mute", "--rule=2", f"--facts={FACTS}", "--for=soon"],
        ["impose", "petra@example.org", "mute", "--rule=2", f"--facts={FACTS}", "--room=nowhere"],
        ["lift", "nothing", "--reason=Enough"],
    ],
)
def test_what_is_wrong_is_said_and_not_done(words):
    a_member("Petra Roth", email="petra@example.org")
    with pytest.raises(CommandError):
        run("sanction", *words)
    assert not Sanction.objects.exists()


def test_a_room_is_frozen_told_thawed_and_ended():
    host = a_member("Ji-woo Han")
    room = a_live_room(host)
    me = rooms.join(room.public_id, host, muted=True)
    rooms.set_muted(room.public_id, me.connection, muted=False)
    assert room.public_id in run("room", "list")
    assert "done" in run("room", "freeze", room.public_id, "--reason=A report")
    room.refresh_from_db()
    assert room.frozen
    assert Participant.objects.get(user=host).muted
    assert "was so already" in run("room", "freeze", room.public_id)
    run("room", "message", room.public_id, "We are looking into it.")
    run("room", "thaw", room.public_id)
    room.refresh_from_db()
    assert (room.frozen, room.notice, room.notice_by) == (False, "We are looking into it.", "")
    run("room", "end", room.public_id)
    room.refresh_from_db()
    assert room.phase == Phase.ENDED
    acts = AuditEntry.objects.filter(target=room.public_id).order_by("pk").values_list("act", "actor", "reason")
    assert list(acts) == [
        ("room.freeze", "", "A report"),
        ("room.message_room", "", "We are looking into it."),
        ("room.unfreeze", "", ""),
        ("room.end_room", "", ""),
    ]
    with pytest.raises(CommandError):
        run("room", "freeze", room.public_id)


def test_everybody_everywhere_is_told_at_once():
    one, other = a_live_room(), a_live_room()
    run("room", "message", "all", "MiTalk restarts in five minutes.")
    assert set(Room.objects.values_list("notice", flat=True)) == {"MiTalk restarts in five minutes."}
    assert {one.pk, other.pk} == set(Room.objects.values_list("pk", flat=True))
    with pytest.raises(CommandError):
        run("room", "freeze", "nowhere")
    with pytest.raises(CommandError):
        run("room", "freeze")
