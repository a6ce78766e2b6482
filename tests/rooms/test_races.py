"""Two things at the same moment, held where they could harm each other. On PostgreSQL; SQLite has one writer at a time."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from rooms import selectors, services
from rooms.domain.errors import Code, Refused
from rooms.models import Participant, Room
from rooms.services import acting, departing, entering
from rooms.services.carrying_out import locked
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)
WAITS_SECONDS = 10


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> Iterator[RecordingBus]:
    yield recording_bus
    for thread in threading.enumerate():
        if thread.name == "beside":
            thread.join(WAITS_SECONDS)


class Beside:
    """Something that happens in another thread, with a database connection of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.refused: Code | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), name="beside")
        self._thread.start()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Refused as refusal:
            self.refused = refusal.code
        finally:
            connections.close_all()

    def is_done(self, within: float = WAITS_SECONDS) -> bool:
        """Whether it came to an end in time."""
        self._thread.join(within)
        return not self._thread.is_alive()


def between(monkeypatch: pytest.MonkeyPatch, module: object, name: str, work: Callable[[], object]) -> None:
    """The first time `name` is called, `work` happens before it."""
    original, done = getattr(module, name), []

    def instead(*args: object, **kwargs: object) -> object:
        if not done:
            done.append(True)
            work()
        return original(*args, **kwargs)

    monkeypatch.setattr(module, name, instead)


def test_coming_and_going_as_a_listener_waits_for_no_lock_of_the_room() -> None:
    if connection.vendor == "sqlite":
        return
    room = a_live_room()
    members = [a_member(f"Listener {number}") for number in range(3)]
    services.register_worker(worker_id="one", public_ip="127.0.0.1", udp_port=7001)
    here = [services.join(room.public_id, member, muted=True) for member in members[:2]]
    with transaction.atomic():
        locked(room.public_id)
        comes = Beside(lambda: services.join(room.public_id, members[2], muted=True))
        leaves = Beside(lambda: services.leave(room.public_id, here[0].connection))
        dies = Beside(lambda: services.depart_without_media({here[1].connection: 1}, worker_id="one"))
        assert all(one.is_done(within=3) for one in (comes, leaves, dies))
    assert selectors.audience(room)[0] == 1


@pytest.mark.parametrize("act", ["invite", "raise", "seat"])
def test_who_enters_another_room_meanwhile_is_no_ghost_here(monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    if connection.vendor == "sqlite":
        return
    room, other, member = a_live_room(), a_live_room(), a_member("Lin Wei")
    host = services.join(room.public_id, room.host, muted=True)
    lin = services.join(room.public_id, member, muted=True)
    if act == "seat":
        services.name_moderator(room.public_id, host.connection, lin.person)
    beside: list[Beside] = []

    def goes() -> None:
        beside.append(Beside(lambda: services.join(other.public_id, member, muted=True, leave_other=True)))
        beside[0].is_done(within=0.3)  # it waits for the row that is in use, or has gone already

    between(monkeypatch, acting, "change", goes)
    acts = {
        "invite": lambda: services.invite(room.public_id, host.connection, lin.person),
        "raise": lambda: services.raise_hand(room.public_id, lin.connection, line=""),
        "seat": lambda: services.join_stage(room.public_id, lin.connection),
    }
    acts[act]()
    assert beside[0].is_done()
    desk = selectors.desk(room.public_id)
    assert (desk.hands, desk.invited) == ([], [])
    assert [person.name for person in selectors.room_snapshot(room.public_id).stage] == [room.host.name]
    entry = Participant.objects.get(public_id=lin.person)
    assert (entry.left_at is None, entry.position, entry.hand_number, entry.invited_by) == (False, "audience", 0, None)


def test_a_listener_who_is_invited_while_they_leave_leaves_no_invitation(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        return
    room, member = a_live_room(), a_member("Lin Wei")
    host = services.join(room.public_id, room.host, muted=True)
    lin = services.join(room.public_id, member, muted=True)

    def invited() -> None:
        assert Beside(lambda: services.invite(room.public_id, host.connection, lin.person)).is_done()

    between(monkeypatch, departing, "locked_participant", invited)
    before = Room.objects.get(pk=room.pk).moderators_version
    services.leave(room.public_id, lin.connection)
    assert selectors.desk(room.public_id).invited == []
    assert Room.objects.get(pk=room.pk).moderators_version == before + 2  # invited, and not any more


@pytest.mark.parametrize("what", ["banned", "blocked", "ended"])
def test_what_is_decided_while_somebody_enters_holds(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    room, member = a_live_room(), a_member("Lin Wei")
    host = services.join(room.public_id, room.host, muted=True)
    lin = services.join(room.public_id, member, muted=True)
    services.leave(room.public_id, lin.connection)
    decisions: dict[str, Callable[[], object]] = {
        "banned": lambda: services.ban(room.public_id, host.connection, lin.person),
        "blocked": lambda: services.block(room.public_id, host.connection, lin.person),
        "ended": lambda: services.end(room.public_id, host.connection),
    }
    between(monkeypatch, entering, "_enter", decisions[what])
    with pytest.raises(Refused) as refusal:
        services.join(room.public_id, member, muted=True)
    assert refusal.value.code == {"banned": "banned", "blocked": "not_admitted", "ended": "room_ended"}[what]
    assert Participant.objects.get(public_id=lin.person).left_at is not None


def test_who_is_left_in_an_ended_room_is_swept_and_can_enter_another() -> None:
    room, other, member = a_live_room(), a_live_room(), a_member("Lin Wei")
    services.join(room.public_id, member, muted=True)
    Room.objects.filter(pk=room.pk).update(phase="ended")
    services.join(other.public_id, member, muted=True)
    assert [p.room for p in selectors.on_roster(Participant.objects.filter(user=member))] == [other]
    services.join(room2 := a_live_room().public_id, a_member("Amara"), muted=True)
    Room.objects.filter(public_id=room2).update(phase="ended")
    assert services.sweep_absent(timezone.now()) == 1
