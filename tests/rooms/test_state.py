"""The rules of a stage, without a database."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain import state
from rooms.domain.errors import Code, Refused
from rooms.domain.roles import PERMISSIONS, Act, Position, Role, may
from rooms.domain.snapshot import Person, Phase, Snapshot

HOST = Person("host", Role.HOST, Position.STAGE, number=1)
SPEAKER = Person("speaker", Role.MEMBER, Position.STAGE, number=2)
LISTENER = Person("listener", Role.MEMBER, Position.AUDIENCE)


def a_stage(*people: Person, phase: Phase = Phase.LIVE, size: int = 8) -> Snapshot:
    return Snapshot("room", phase, size, stage=MappingProxyType({person.id: person for person in people}))


def after(snapshot: Snapshot, command: state.Command) -> Snapshot:
    for event in state.decide(snapshot, command):
        snapshot = state.apply(snapshot, event)
    return snapshot


def refusal(snapshot: Snapshot, command: state.Command) -> Code:
    with pytest.raises(Refused) as raised:
        state.decide(snapshot, command)
    return raised.value.code


def test_who_takes_a_seat_is_on_stage_and_muted() -> None:
    stage = after(a_stage(), state.TakeSeat(HOST))
    assert stage.stage["host"].muted
    assert stage.may_be_heard() == frozenset()


def test_unmuting_oneself_makes_one_heard_and_muting_ends_it() -> None:
    stage = after(a_stage(HOST), state.SetMuted(HOST, muted=False))
    assert stage.may_be_heard() == {"host"}
    assert after(stage, state.SetMuted(HOST, muted=True)).may_be_heard() == frozenset()


def test_muting_twice_changes_nothing() -> None:
    assert state.decide(a_stage(HOST), state.SetMuted(HOST, muted=True)) == ()


def test_a_listener_cannot_unmute() -> None:
    assert refusal(a_stage(HOST), state.SetMuted(LISTENER, muted=False)) is Code.NOT_ON_STAGE


def test_a_person_who_claims_a_seat_without_having_one_is_refused() -> None:
    pretender = replace(LISTENER, position=Position.STAGE)
    assert refusal(a_stage(HOST), state.SetMuted(pretender, muted=False)) is Code.NOT_ON_STAGE


def test_a_full_stage_refuses_speakers_and_never_the_host() -> None:
    assert refusal(a_stage(SPEAKER, size=1), state.TakeSeat(replace(SPEAKER, id="another"))) is Code.STAGE_FULL
    assert "host" in after(a_stage(SPEAKER, size=1), state.TakeSeat(HOST)).stage


def test_coming_back_to_the_same_seat_changes_nothing() -> None:
    assert state.decide(a_stage(SPEAKER), state.TakeSeat(SPEAKER)) == ()


@pytest.mark.parametrize("person", [SPEAKER, LISTENER])
def test_only_the_host_ends_the_room(person: Person) -> None:
    assert refusal(a_stage(HOST, SPEAKER), state.EndRoom(person)) is Code.NOT_ALLOWED


def test_an_ended_room_has_nobody_on_stage_and_nobody_heard() -> None:
    ended = after(a_stage(replace(HOST, muted=False)), state.EndRoom(HOST))
    assert (ended.phase, dict(ended.stage), ended.may_be_heard()) == (Phase.ENDED, {}, frozenset())


@pytest.mark.parametrize(("phase", "code"), [(Phase.ENDED, Code.ROOM_ENDED), (Phase.SCHEDULED, Code.ROOM_NOT_OPEN)])
def test_nothing_can_be_done_in_a_room_that_is_not_live(phase: Phase, code: Code) -> None:
    for command in (
        state.TakeSeat(HOST),
        state.SetMuted(HOST, muted=False),
        state.EndRoom(HOST),
        state.GiveUpSeat(HOST),
    ):
        assert refusal(a_stage(HOST, phase=phase), command) is code


def test_nobody_is_heard_in_a_room_that_is_not_live() -> None:
    unmuted = replace(HOST, muted=False)
    assert a_stage(unmuted, phase=Phase.SCHEDULED).may_be_heard() == frozenset()
    assert a_stage(unmuted, phase=Phase.ENDED).may_be_heard() == frozenset()


def test_the_stage_is_in_order_of_coming() -> None:
    late, early = replace(HOST, number=9), replace(SPEAKER, number=3)
    assert [person.id for person in a_stage(late, early).in_order()] == ["speaker", "host"]


def test_every_act_has_every_role() -> None:
    assert set(PERMISSIONS) == set(Act)
    assert all(set(row) == set(Role) for row in PERMISSIONS.values())


def test_nobody_speaks_from_the_audience() -> None:
    assert not any(may(role, Position.AUDIENCE, Act.UNMUTE_SELF) for role in Role)


people = st.builds(
    Person,
    id=st.sampled_from(["ana", "bo", "chen", "dana"]),
    role=st.sampled_from(Role),
    position=st.just(Position.STAGE),
    muted=st.booleans(),
    number=st.integers(0, 9),
)
commands = st.one_of(
    st.builds(state.TakeSeat, people),
    st.builds(state.GiveUpSeat, people),
    st.builds(state.SetMuted, people, muted=st.booleans()),
    st.builds(state.EndRoom, st.one_of(st.none(), people)),
)


@given(st.lists(commands, max_size=40))
def test_whatever_happens_the_stage_stays_sound(history: list[state.Command]) -> None:
    snapshot = a_stage(size=2)
    for command in history:
        before = snapshot
        try:
            snapshot = after(snapshot, command)
        except Refused:
            assert snapshot is before
        assert all(person.position is Position.STAGE for person in snapshot.stage.values())
        assert snapshot.may_be_heard() <= set(snapshot.stage)
        assert len([person for person in snapshot.stage.values() if person.role is not Role.HOST]) <= 4
        assert snapshot.version >= before.version
        if snapshot.phase is Phase.ENDED:
            assert not snapshot.stage
