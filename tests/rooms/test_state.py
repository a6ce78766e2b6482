"""The rules of a stage, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain import changes
from rooms.domain import commands as c
from rooms.domain.errors import Code, Refused
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import HandPolicy, Person, Phase, Snapshot
from rooms.domain.state import decide
from rooms.domain.succession import Candidate, successor

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOST = Person("host", Role.HOST, Position.STAGE, number=1)
MODERATOR = Person("moderator", Role.MODERATOR, Position.AUDIENCE)
SPEAKER = Person("speaker", Role.MEMBER, Position.STAGE, number=2)
LISTENER = Person("listener", Role.MEMBER, Position.AUDIENCE)
ANOTHER = Person("another", Role.MEMBER, Position.AUDIENCE)
STAFF = Person("staff", Role.STAFF, Position.AUDIENCE)


def a_stage(*people: Person, phase: Phase = Phase.LIVE, size: int = 8, **more: Any) -> Snapshot:
    stage = MappingProxyType({person.id: person for person in people})
    last = max((person.number for person in people), default=0)
    return Snapshot("room", phase, size, stage=stage, last_number=last, **more)


def after(snapshot: Snapshot, *commands: c.Command) -> Snapshot:
    for command in commands:
        for event in decide(snapshot, command, NOW):
            snapshot = changes.apply(snapshot, event)
    return snapshot


def refusal(snapshot: Snapshot, command: c.Command) -> Code:
    with pytest.raises(Refused) as raised:
        decide(snapshot, command, NOW)
    return raised.value.code


class TestComingAndGoing:
    def test_who_arrives_with_a_seat_is_on_stage(self) -> None:
        stage = after(a_stage(), c.Arrive(HOST))
        assert stage.stage["host"].muted
        assert stage.may_be_heard() == frozenset()

    def test_a_full_stage_refuses_speakers_and_never_the_host(self) -> None:
        assert refusal(a_stage(SPEAKER, size=1), c.Arrive(replace(SPEAKER, id="another"))) is Code.STAGE_FULL
        assert "host" in after(a_stage(SPEAKER, size=1), c.Arrive(HOST)).stage

    def test_coming_back_to_the_same_seat_changes_nothing(self) -> None:
        assert decide(a_stage(SPEAKER), c.Arrive(SPEAKER), NOW) == ()

    def test_a_kept_seat_counts_and_is_found_again(self) -> None:
        gone = after(a_stage(SPEAKER, size=1), c.Depart(SPEAKER, kept=True))
        assert gone.stage == {}
        assert refusal(gone, c.Arrive(replace(SPEAKER, id="another"))) is Code.STAGE_FULL
        assert "speaker" in after(gone, c.Arrive(SPEAKER, was_away=True)).stage

    def test_a_seat_given_up_is_free(self) -> None:
        gone = after(a_stage(SPEAKER, size=1), c.Depart(SPEAKER))
        assert "another" in after(gone, c.Arrive(replace(SPEAKER, id="another"))).stage

    def test_a_hand_that_was_kept_stands_where_it_stood(self) -> None:
        stage = after(a_stage(), c.RaiseHand(LISTENER), c.RaiseHand(ANOTHER))
        hand = stage.hands["listener"]
        stage = after(stage, c.Depart(LISTENER, kept=True))
        assert [hand.person for hand in stage.queue()] == ["another"]
        stage = after(stage, c.Arrive(LISTENER, hand=hand))
        assert [hand.person for hand in stage.queue()] == ["listener", "another"]

    def test_staff_are_seen_to_come_and_go(self) -> None:
        stage = after(a_stage(HOST), c.Arrive(STAFF))
        assert list(stage.staff) == ["staff"]
        assert list(after(stage, c.Depart(STAFF)).staff) == []


class TestTwoKeys:
    def test_a_hand_and_then_an_invitation(self) -> None:
        stage = after(a_stage(HOST), c.RaiseHand(LISTENER, "why"), c.Invite(HOST, LISTENER))
        assert stage.stage["listener"].muted
        assert (dict(stage.hands), dict(stage.invited)) == ({}, {})

    def test_an_invitation_and_then_a_hand(self) -> None:
        stage = after(a_stage(HOST), c.Invite(HOST, LISTENER))
        assert dict(stage.invited) == {"listener": "host"}
        stage = after(stage, c.RaiseHand(LISTENER))
        assert stage.stage["listener"].muted
        assert dict(stage.invited) == {}

    def test_an_invitation_accepted_or_declined(self) -> None:
        stage = after(a_stage(HOST), c.Invite(HOST, LISTENER))
        assert "listener" in after(stage, c.JoinStage(LISTENER)).stage
        declined = after(stage, c.Decline(LISTENER))
        assert (list(declined.stage), dict(declined.invited)) == (["host"], {})

    def test_neither_key_alone_opens(self) -> None:
        assert refusal(a_stage(HOST), c.JoinStage(LISTENER)) is Code.NOT_INVITED
        raised = after(a_stage(HOST), c.RaiseHand(LISTENER))
        assert refusal(raised, c.JoinStage(LISTENER)) is Code.NOT_INVITED

    def test_those_who_run_the_room_take_a_seat(self) -> None:
        assert "moderator" in after(a_stage(HOST, locked=True), c.JoinStage(MODERATOR)).stage

    def test_a_withdrawn_invitation_opens_nothing(self) -> None:
        stage = after(a_stage(HOST), c.Invite(HOST, LISTENER), c.Withdraw(MODERATOR, LISTENER))
        assert refusal(stage, c.JoinStage(LISTENER)) is Code.NOT_INVITED

    @pytest.mark.parametrize(
        ("stage", "code"),
        [
            (a_stage(HOST, locked=True), Code.STAGE_LOCKED),
            (a_stage(HOST, size=1), Code.STAGE_FULL),
            (a_stage(HOST, frozen=True), Code.ROOM_FROZEN),
        ],
    )
    def test_nobody_comes_up_when_the_stage_is_shut(self, stage: Snapshot, code: Code) -> None:
        assert refusal(stage, c.Invite(HOST, LISTENER)) is code
        invited = replace(stage, invited=MappingProxyType({"listener": "host"}))
        assert refusal(invited, c.JoinStage(LISTENER)) is code
        assert refusal(invited, c.RaiseHand(LISTENER)) is code


class TestHands:
    def test_first_come(self) -> None:
        stage = after(a_stage(HOST), c.RaiseHand(ANOTHER), c.RaiseHand(LISTENER))
        assert [hand.person for hand in stage.queue()] == ["another", "listener"]

    def test_raised_again_the_line_changes_and_the_place_stays(self) -> None:
        stage = after(a_stage(HOST), c.RaiseHand(LISTENER, "a"), c.RaiseHand(ANOTHER), c.RaiseHand(LISTENER, "b"))
        assert [(hand.person, hand.line) for hand in stage.queue()] == [("listener", "b"), ("another", "")]
        assert decide(stage, c.RaiseHand(LISTENER, "b"), NOW) == ()

    def test_a_hand_carries_the_servers_time(self) -> None:
        assert after(a_stage(), c.RaiseHand(LISTENER)).hands["listener"].at == NOW

    def test_lowered_by_oneself_or_by_another_who_is_named(self) -> None:
        stage = after(a_stage(HOST), c.RaiseHand(LISTENER))
        assert decide(stage, c.LowerHand(LISTENER), NOW) == (changes.HandLowered("listener"),)
        assert decide(stage, c.LowerOtherHand(HOST, LISTENER), NOW) == (changes.HandLowered("listener", by="host"),)
        assert decide(a_stage(HOST), c.LowerHand(LISTENER), NOW) == ()

    def test_down_after_speaking(self) -> None:
        stage = after(a_stage(HOST), c.RaiseHand(LISTENER), c.Invite(HOST, LISTENER))
        stage = after(stage, c.MoveToAudience(HOST, stage.stage["listener"]))
        assert dict(stage.hands) == {}

    def test_the_policy_decides_who_may(self) -> None:
        closed = a_stage(HOST, hand_policy=HandPolicy.NOBODY)
        assert refusal(closed, c.RaiseHand(LISTENER)) is Code.HANDS_CLOSED
        some = a_stage(HOST, hand_policy=HandPolicy.FOLLOWED)
        assert refusal(some, c.RaiseHand(LISTENER)) is Code.HANDS_FOR_FOLLOWED
        assert "listener" in after(some, c.RaiseHand(LISTENER, followed=True)).hands

    def test_who_is_invited_may_whatever_the_policy(self) -> None:
        stage = after(a_stage(HOST, hand_policy=HandPolicy.NOBODY), c.Invite(HOST, LISTENER), c.RaiseHand(LISTENER))
        assert "listener" in stage.stage


class TestTheSound:
    def test_unmuting_oneself_makes_one_heard_and_muting_ends_it(self) -> None:
        stage = after(a_stage(HOST), c.SetMuted(HOST, muted=False))
        assert stage.may_be_heard() == {"host"}
        assert after(stage, c.SetMuted(HOST, muted=True)).may_be_heard() == frozenset()

    def test_a_listener_cannot_unmute(self) -> None:
        assert refusal(a_stage(HOST), c.SetMuted(LISTENER, muted=False)) is Code.NOT_ON_STAGE

    def test_a_person_who_claims_a_seat_without_having_one_is_refused(self) -> None:
        pretender = replace(LISTENER, position=Position.STAGE)
        assert refusal(a_stage(HOST), c.SetMuted(pretender, muted=False)) is Code.NOT_ON_STAGE

    def test_muted_by_another_one_may_unmute_oneself(self) -> None:
        stage = after(a_stage(HOST, replace(SPEAKER, muted=False)), c.MuteOther(HOST, SPEAKER))
        assert stage.may_be_heard() == frozenset()
        assert after(stage, c.SetMuted(SPEAKER, muted=False)).may_be_heard() == {"speaker"}

    def test_a_frozen_room_is_silent_and_stays_so_until_each_unmutes(self) -> None:
        stage = after(a_stage(replace(HOST, muted=False)), c.Freeze(STAFF, frozen=True))
        assert stage.may_be_heard() == frozenset()
        assert refusal(stage, c.SetMuted(HOST, muted=False)) is Code.ROOM_FROZEN
        stage = after(stage, c.Freeze(STAFF, frozen=False))
        assert stage.may_be_heard() == frozenset()
        assert after(stage, c.SetMuted(HOST, muted=False)).may_be_heard() == {"host"}

    @pytest.mark.parametrize("phase", [Phase.SCHEDULED, Phase.ENDED])
    def test_nobody_is_heard_in_a_room_that_is_not_live(self, phase: Phase) -> None:
        assert a_stage(replace(HOST, muted=False), phase=phase).may_be_heard() == frozenset()


class TestRunningTheRoom:
    def test_reset_leaves_those_who_run_it(self) -> None:
        seated = replace(MODERATOR, position=Position.STAGE, number=3)
        stage = after(a_stage(HOST, SPEAKER, seated), c.RaiseHand(LISTENER), c.Invite(HOST, ANOTHER))
        stage = after(stage, c.ResetStage(HOST))
        assert list(stage.stage) == ["host", "moderator"]
        assert (dict(stage.hands), dict(stage.invited)) == ({}, {})

    def test_a_named_moderator_has_no_hand_up(self) -> None:
        stage = after(a_stage(HOST, SPEAKER), c.RaiseHand(LISTENER), c.NameModerator(HOST, LISTENER))
        assert dict(stage.hands) == {}
        assert after(stage, c.NameModerator(HOST, SPEAKER)).stage["speaker"].role is Role.MODERATOR

    def test_handing_over_makes_a_host_and_a_moderator(self) -> None:
        stage = after(a_stage(HOST, SPEAKER), c.HandOver(HOST, SPEAKER)).stage
        assert (stage["host"].role, stage["speaker"].role) == (Role.MODERATOR, Role.HOST)

    def test_who_is_removed_has_nothing_left(self) -> None:
        stage = after(a_stage(HOST, SPEAKER), c.RaiseHand(LISTENER), c.Remove(HOST, LISTENER), c.Ban(HOST, SPEAKER))
        assert (list(stage.stage), dict(stage.hands)) == (["host"], {})

    def test_nobody_does_it_to_themselves(self) -> None:
        for command in (c.Remove(HOST, HOST), c.MuteOther(HOST, HOST), c.HandOver(HOST, HOST)):
            assert refusal(a_stage(HOST), command) is Code.NOT_ALLOWED

    def test_what_already_is_so_changes_nothing(self) -> None:
        for command in (
            c.LockStage(HOST, locked=False),
            c.SetHandPolicy(HOST, HandPolicy.EVERYONE),
            c.Freeze(STAFF, frozen=False),
            c.TellRoom(STAFF, ""),
            c.SetMuted(HOST, muted=True),
            c.MuteOther(HOST, SPEAKER),
        ):
            assert decide(a_stage(HOST, SPEAKER), command, NOW) == ()

    def test_an_ended_room_has_nobody_on_stage_and_nobody_heard(self) -> None:
        ended = after(a_stage(replace(HOST, muted=False)), c.EndRoom(HOST))
        assert (ended.phase, dict(ended.stage), ended.may_be_heard()) == (Phase.ENDED, {}, frozenset())

    @pytest.mark.parametrize(("phase", "code"), [(Phase.ENDED, Code.ROOM_ENDED), (Phase.SCHEDULED, Code.ROOM_NOT_OPEN)])
    def test_nothing_can_be_done_in_a_room_that_is_not_live(self, phase: Phase, code: Code) -> None:
        for command in (c.Arrive(HOST), c.SetMuted(HOST, muted=False), c.EndRoom(HOST), c.Depart(HOST)):
            assert refusal(a_stage(HOST, phase=phase), command) is code

    def test_the_stage_is_in_order_of_coming(self) -> None:
        late, early = replace(HOST, number=9), replace(SPEAKER, number=3)
        assert [person.id for person in a_stage(late, early).in_order()] == ["speaker", "host"]


class TestSuccession:
    def test_the_longest_serving_moderator_before_any_speaker(self) -> None:
        long = Candidate(MODERATOR, NOW - timedelta(hours=1))
        lately = Candidate(replace(MODERATOR, id="lately", number=1, position=Position.STAGE), NOW)
        assert successor([Candidate(SPEAKER), lately, long]) == MODERATOR

    def test_else_who_has_been_on_stage_longest(self) -> None:
        later = Candidate(replace(SPEAKER, id="later", number=7))
        assert successor([later, Candidate(SPEAKER), Candidate(LISTENER), Candidate(STAFF)]) == SPEAKER

    def test_else_nobody(self) -> None:
        assert successor([Candidate(LISTENER), Candidate(STAFF)]) is None


people = st.builds(
    Person,
    id=st.sampled_from(["ana", "bo", "chen", "dana"]),
    role=st.sampled_from(Role),
    position=st.sampled_from(Position),
    muted=st.booleans(),
    number=st.integers(0, 9),
)
one = [c.Depart, c.LowerHand, c.JoinStage, c.Decline, c.LeaveStage, c.ResetStage, c.EndRoom, c.RaiseHand, c.Arrive]
two = [c.Invite, c.Withdraw, c.LowerOtherHand, c.MuteOther, c.MoveToAudience, c.Remove, c.Ban, c.NameModerator]
two += [c.DismissModerator, c.HandOver]
commands = st.one_of(
    *[st.builds(kind, people) for kind in one],
    *[st.builds(kind, people, people) for kind in two],
    st.builds(c.SetMuted, people, muted=st.booleans()),
    st.builds(c.LockStage, people, locked=st.booleans()),
    st.builds(c.Freeze, people, frozen=st.booleans()),
    st.builds(c.SetHandPolicy, people, st.sampled_from(HandPolicy)),
)


@given(st.lists(commands, max_size=40))
def test_whatever_happens_the_stage_stays_sound(history: list[c.Command]) -> None:
    snapshot = a_stage(size=2)
    for command in history:
        before = snapshot
        try:
            decided = decide(snapshot, command, NOW)
        except Refused:
            continue
        for event in decided:
            snapshot = changes.apply(snapshot, event)
        told = (snapshot.version - before.version) + (snapshot.moderators_version - before.moderators_version)
        assert told == len(decided)
        assert all(person.position is Position.STAGE for person in snapshot.stage.values())
        assert snapshot.may_be_heard() <= set(snapshot.stage)
        assert not snapshot.may_be_heard() or not snapshot.frozen
        assert snapshot.may_be_heard() <= before.may_be_heard() or isinstance(command, c.SetMuted | c.Arrive)
        if snapshot.phase is Phase.ENDED:
            assert not snapshot.stage
            assert not snapshot.hands
