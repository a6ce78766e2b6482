"""Every cell of the permission table at the services, in one's own room and in another's."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from rooms import services
from rooms.domain.errors import Code, Refused
from rooms.domain.roles import Role
from rooms.domain.snapshot import Visibility
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member
from tests.permissions.cast import SERVICES, Cast, Player, State, a_cast, answer_of, taken_back
from tests.permissions.effects import check, nothing_happened
from tests.permissions.statement import (
    ACTORS,
    ACTORS_ON_OTHERS,
    ON_ONESELF_OR_THE_ROOM,
    ON_OTHERS,
    ONE_A_COLUMN,
    WISHES,
    Standing,
    expected_on_a_stranger,
)

pytestmark = pytest.mark.django_db
BY_CONNECTION = tuple(command for command in SERVICES if command not in ("room.join", "room.leave"))
PRIVATE = (Visibility.FOLLOWERS, Visibility.CLOSED)
OWN_ACTS = tuple(command for command in ON_ONESELF_OR_THE_ROOM if command in SERVICES)


@pytest.mark.parametrize("actor", ACTORS)
def test_what_one_does_in_ones_own_room(actor: Standing, subtests: pytest.Subtests) -> None:
    cast = a_cast()
    was = State.of(cast.room)
    for command in OWN_ACTS:
        with subtests.test(command), taken_back():
            walk(was, cast, command, actor)
    for command in ON_OTHERS if actor not in WISHES else ():
        for name, standing, target in cast.targets_of(actor):
            with subtests.test(f"{command} → {name}"), taken_back():
                walk(was, cast, command, actor, (standing, target))


def walk(was: State, cast: Cast, command: str, actor: Standing, on: tuple[Standing, Player] | None = None) -> None:
    me, (whom, target) = cast.actors[actor], on or (None, None)
    if cast.ready_for(command, actor, whom):
        was = State.of(cast.room)
    answer = answer_of(command, cast.room, me, target.id if target else "")
    now = State.of(cast.room)
    check(command, answer, was, now, actor=(actor, me.id), target=(whom, target.id) if whom and target else None)


def test_what_one_does_in_and_from_another_room(subtests: pytest.Subtests) -> None:
    here, elsewhere = a_cast(), a_cast()
    was = State.of(here.room), State.of(elsewhere.room)
    for actor in ACTORS_ON_OTHERS:
        me = elsewhere.actors[actor]
        for command in BY_CONNECTION:
            with subtests.test(f"{actor}: {command}"), taken_back():
                for standing, target in here.others.items():
                    assert answer_of(command, here.room, me, target.id) == "not_joined", standing
                    if command not in ON_OTHERS:
                        break
                    answer = answer_of(command, elsewhere.room, me, target.id)
                    assert answer == expected_on_a_stranger(command, actor), standing
                assert all(map(nothing_happened, was, (State.of(here.room), State.of(elsewhere.room))))
        services.leave(here.room, me.connection)  # no harm, and no effect
    assert all(map(nothing_happened, was, (State.of(here.room), State.of(elsewhere.room))))


def test_those_who_run_the_room_find_everybody_who_is_or_was_there() -> None:
    cast = a_cast()
    found = services.find_people(cast.room, cast.actors[Standing.STAFF].connection, "")
    assert {visitor.person.id for visitor in found} == State.of(cast.room).people.keys()


def test_everybody_but_staff_reports_the_room() -> None:
    cast = a_cast()
    for actor, player in cast.actors.items():
        if actor is not Standing.STAFF:
            with taken_back():
                services.report(cast.room, player.connection, "", category="fraud", line="")
                (report,) = State.of(cast.room).reports
                assert (report["reporter_id"], report["target_id"], report["category"]) == (
                    State.of(cast.room).people[player.id]["id"],
                    None,
                    "fraud",
                )


@pytest.mark.parametrize("actor", [Standing.LISTENER, Standing.MODERATOR_ON_STAGE])
def test_an_account_of_staff_that_is_not_there_as_staff_may_what_others_may(
    actor: Standing, subtests: pytest.Subtests
) -> None:
    cast = a_cast()
    user = cast.actors[actor].entrant.user
    assert user is not None
    User.objects.filter(pk=user.pk).update(is_staff=True)
    was = State.of(cast.room)
    for command in OWN_ACTS:
        with subtests.test(command), taken_back():
            walk(was, cast, command, actor)
    for command in ON_OTHERS:
        with subtests.test(command), taken_back():
            walk(was, cast, command, actor, (Standing.SPEAKER, cast.others[Standing.SPEAKER]))


# --- By a connection that is one's own no more ----------------------------------------------------------------------


def leaves(cast: Cast, me: Player) -> None:
    services.leave(cast.room, me.connection)


def is_removed(cast: Cast, me: Player) -> None:
    services.remove(cast.room, cast.others[Standing.STAFF].connection, me.id)


def is_banned(cast: Cast, me: Player) -> None:
    services.ban(cast.room, cast.others[Standing.STAFF].connection, me.id)


def opens_a_second_tab(cast: Cast, me: Player) -> None:
    services.join(cast.room, me.entrant, muted=True, as_staff=me.standing is Standing.STAFF)


def enters_another_room(cast: Cast, me: Player) -> None:
    other = a_live_room()
    Room.objects.filter(pk=other.pk).update(visibility=Visibility.PUBLIC)
    services.join(other.public_id, me.entrant, muted=True, leave_other=True)


def is_silent(cast: Cast, me: Player) -> None:
    Participant.objects.filter(public_id=me.id).update(last_seen_at=timezone.now() - timedelta(minutes=1))
    services.sweep_absent()


def is_suspended(cast: Cast, me: Player) -> None:
    User.objects.filter(participations__public_id=me.id).update(is_active=False)


def is_staff_no_more(cast: Cast, me: Player) -> None:
    User.objects.filter(participations__public_id=me.id).update(is_staff=False)


WAYS = [
    *itertools.product(
        (leaves, is_removed, is_banned, opens_a_second_tab, enters_another_room, is_silent), ONE_A_COLUMN
    ),
    *((is_suspended, actor) for actor in ONE_A_COLUMN if actor is not Standing.GUEST),
    (is_staff_no_more, Standing.STAFF),
]


def test_a_connection_that_is_ones_own_no_more_does_nothing(subtests: pytest.Subtests) -> None:
    cast = a_cast()
    for way, actor in WAYS:
        with subtests.test(f"{actor} {way.__name__}"), taken_back():
            me = cast.actors[actor]
            way(cast, me)
            was = State.of(cast.room)
            for command in BY_CONNECTION:
                answer = answer_of(command, cast.room, me, cast.others[Standing.LISTENER].id)
                assert answer == "not_joined", command
            if way not in (is_suspended, is_staff_no_more):  # those are swept soon, and may leave before
                services.leave(cast.room, me.connection)
            assert nothing_happened(was, State.of(cast.room))


def test_without_a_connection_nobody_does_anything() -> None:
    cast = a_cast()
    was = State.of(cast.room)
    for connection in ("", "a-guess"):
        nobody = replace(cast.actors[Standing.STAFF], connection=connection)
        for command in BY_CONNECTION:
            assert answer_of(command, cast.room, nobody, cast.others[Standing.LISTENER].id) == "not_joined", command
    assert nothing_happened(was, State.of(cast.room))


def test_in_a_room_that_is_over_nobody_does_anything() -> None:
    cast = a_cast()
    services.end(cast.room, cast.others[Standing.STAFF].connection)
    was = State.of(cast.room)
    for actor in ONE_A_COLUMN:
        for command in (*BY_CONNECTION, "room.join"):
            answer = answer_of(command, cast.room, cast.actors[actor], cast.others[Standing.LISTENER].id)
            assert answer == "room_ended", (actor, command)
    assert nothing_happened(was, State.of(cast.room))


# --- Coming in ------------------------------------------------------------------------------------------------------


def a_newcomer(who: str) -> services.Entrant:
    if who == "guest":
        return services.guest("a cookie", "192.0.2.7")
    return services.Entrant(user=a_member(is_staff=who == "staff"))


@pytest.mark.parametrize(
    ("who", "visibility", "as_staff", "outcome"),
    [
        ("guest", Visibility.PUBLIC, False, Role.GUEST),
        ("guest", Visibility.MEMBERS, False, Code.SIGNED_OUT),
        ("guest", Visibility.PUBLIC, True, Code.NOT_ALLOWED),
        ("member", Visibility.PUBLIC, False, Role.MEMBER),
        ("member", Visibility.MEMBERS, False, Role.MEMBER),
        ("member", Visibility.PUBLIC, True, Code.NOT_ALLOWED),
        ("member", Visibility.MEMBERS, True, Code.NOT_ALLOWED),
        ("staff", Visibility.PUBLIC, False, Role.MEMBER),
        ("staff", Visibility.PUBLIC, True, Role.STAFF),
        ("staff", Visibility.MEMBERS, True, Role.STAFF),
        *((who, private, False, Code.ROOM_PRIVATE) for who in ("member", "staff") for private in PRIVATE),
        *(("guest", private, False, Code.SIGNED_OUT) for private in PRIVATE),
        *(("member", private, True, Code.NOT_ALLOWED) for private in PRIVATE),
        *(("staff", private, True, Role.STAFF) for private in PRIVATE),
    ],
)
def test_who_listens_and_as_what(who: str, visibility: Visibility, as_staff: bool, outcome: Role | Code) -> None:
    room = a_live_room().public_id
    Room.objects.filter(public_id=room).update(visibility=visibility)
    was = State.of(room)
    if isinstance(outcome, Code):
        with pytest.raises(Refused, match=outcome):
            services.join(room, a_newcomer(who), muted=False, as_staff=as_staff)
        assert nothing_happened(was, State.of(room))
    else:
        joined = services.join(room, a_newcomer(who), muted=False, as_staff=as_staff)
        row = State.of(room).people[joined.person]
        assert (row["role"], row["position"], row["left_at"]) == (outcome, "audience", None)


def test_a_host_who_is_of_the_staff_is_not_the_staff_of_their_own_room() -> None:
    room = a_live_room(a_member("Ji-woo Han", is_staff=True))
    was = State.of(room.public_id)
    with pytest.raises(Refused, match=Code.NOT_ALLOWED):
        services.join(room.public_id, room.host, muted=True, as_staff=True)
    assert nothing_happened(was, State.of(room.public_id))


@pytest.mark.parametrize(("network", "stays_out"), [("192.0.2.1", True), ("192.0.2.2", False), ("", False)])
def test_a_guests_ban_keeps_out_their_network_but_not_everybody_of_an_unknown_one(
    network: str, stays_out: bool
) -> None:
    cast = a_cast()
    banned = services.join(cast.room, services.guest("first", network and "192.0.2.1"), muted=True)
    services.ban(cast.room, cast.actors[Standing.STAFF].connection, banned.person)
    assert services.is_banned(Room.objects.get(public_id=cast.room), services.guest("first", "198.51.100.9"))
    assert services.is_banned(Room.objects.get(public_id=cast.room), services.guest("second", network)) == stays_out
