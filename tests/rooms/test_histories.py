"""Random histories through the real services: whoever applies the events to an old snapshot has what a fresh one says.

The same frames go through the page's JavaScript, which must come to the same.
"""

import contextlib
import copy
import dataclasses
import json
import random
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from rooms import selectors, services
from rooms.domain.errors import Refused
from rooms.models import Participant, Room
from tests.factories import a_member, a_topic
from tests.fakes import RecordingBus
from tests.rooms.replica import apply_frame

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
NAMES = ("Ji-woo Han", "Lin Wei", "Amara Okafor", "Petra Roth", "Sofia Takács")
STEPS = 40


def a_step(chance: random.Random) -> tuple:
    """One thing that somebody tries, mostly what is not refused: the host runs the room, listeners wish."""
    anybody, wishing = chance.randrange(len(NAMES)), chance.choice([2, 2, 3, 3, 1, 0])
    runs, yes = chance.choice([0, 0, 0, 0, 1, 2]), chance.random() < 0.5
    kinds: list[tuple[int, tuple]] = [
        (2, ("join", anybody, yes)),
        (6, (chance.choice(["raise", "raise", "raise", "lower", "up", "decline", "down"]), wishing)),
        (1, (chance.choice(["leave", "lose", "lose", "reset"]), anybody)),
        (2, (chance.choice(["mute", "mute", "lock"]), runs, yes and chance.random() < 0.5)),
        (5, (chance.choice(["invite", "invite", "invite", "name", "lower_other", "move"]), runs, wishing)),
        (1, (chance.choice(["withdraw", "mute_other", "remove", "dismiss", "hand_over"]), runs, anybody)),
        (1, ("policy", runs, chance.choice(["everyone", "everyone", "nobody"]))),
        (1, ("slow", runs, chance.choice([0, 10, 60]))),
        (1, ("pin", runs, chance.choice(["", "https://example.org/a", "https://例.example/b"]))),
        (1, ("freeze", 4, chance.random() < 0.3)),
        (1, ("tell", 4, "Be kind" if yes else "")),
        (1, ("later", chance.choice([20, 70]))),
    ]
    weights = [weight for weight, _step in kinds]
    return chance.choices([step for _weight, step in kinds], weights)[0]


class History:
    """One room, five people, and what each could do."""

    def __init__(self, people: list[User]) -> None:
        self.people = people
        self.room = services.open_room(
            host=people[0], title="A history", topic=a_topic(people[0]), language="en", speakers=people[1:2]
        )
        self.connections: dict[int, str] = {}

    def step(self, kind: str, *args: Any) -> None:
        """Do one thing; what is refused changes nothing."""
        special = {"join": self._join, "leave": self._leave, "lose": self._lose, "later": self._later}
        with contextlib.suppress(Refused):
            if kind in special:
                special[kind](*args)
            else:
                self._act(kind, *args)

    def _join(self, who: int, muted: bool) -> None:
        joined = services.join(self.room.public_id, self.people[who], muted=muted, as_staff=who == 4)
        self.connections[who] = joined.connection

    def _leave(self, who: int) -> None:
        services.leave(self.room.public_id, self.connections.get(who, ""))

    def _lose(self, who: int) -> None:
        long_ago = timezone.now() - timedelta(seconds=13)
        Participant.objects.filter(connection=self.connections.get(who, "")).update(last_seen_at=long_ago)
        services.sweep_absent()

    def _later(self, seconds: int) -> None:
        services.forget_places(timezone.now() + timedelta(seconds=seconds))
        services.succeed_absent_hosts()

    def _act(self, kind: str, who: int, *args: Any) -> None:
        room, me = self.room.public_id, self.connections.get(who, "")
        acts: dict[str, Callable[..., None]] = {
            "raise": lambda: services.raise_hand(room, me, line="why"),
            "lower": lambda: services.lower_hand(room, me),
            "up": lambda: services.join_stage(room, me),
            "decline": lambda: services.decline(room, me),
            "down": lambda: services.leave_stage(room, me),
            "reset": lambda: services.reset_stage(room, me),
            "mute": lambda muted: services.set_muted(room, me, muted=muted),
            "lock": lambda locked: services.lock_stage(room, me, is_locked=locked),
            "freeze": lambda frozen: services.freeze(room, me, frozen=frozen, reason=""),
            "tell": lambda text: services.tell_room(room, me, text),
            "policy": lambda policy: services.set_hand_policy(room, me, policy),
            "slow": lambda seconds: services.set_slow_mode(room, me, seconds),
            "turn": lambda seconds: services.set_turn_limit(room, me, seconds),
            "pin": lambda url: services.pin_link(room, me, url=url, title=""),
            "invite": lambda on: services.invite(room, me, self._id(on)),
            "withdraw": lambda on: services.withdraw(room, me, self._id(on)),
            "lower_other": lambda on: services.lower_other_hand(room, me, self._id(on)),
            "mute_other": lambda on: services.mute_other(room, me, self._id(on)),
            "move": lambda on: services.move_to_audience(room, me, self._id(on)),
            "remove": lambda on: services.remove(room, me, self._id(on)),
            "name": lambda on: services.name_moderator(room, me, self._id(on)),
            "dismiss": lambda on: services.dismiss_moderator(room, me, self._id(on)),
            "hand_over": lambda on: services.hand_over(room, me, self._id(on)),
        }
        acts[kind](*args)

    def _id(self, who: int) -> str:
        found = self.room.participants.filter(user=self.people[who]).first()
        return found.public_id if found else ""


def whole(room: Room) -> dict[str, Any]:
    """What a fresh page is told of the ordered things."""
    snapshot = dataclasses.asdict(selectors.room_snapshot(room.public_id))
    for counted in ("count", "faces"):
        del snapshot[counted]
    return {"snapshot": snapshot, "desk": dataclasses.asdict(selectors.desk(room.public_id))}


def by_javascript(old: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, Any]:
    given_ = json.dumps([{**old, "events": frames}])
    done = subprocess.run(
        ["node", "tests/javascript/apply.mjs"], cwd=ROOT, input=given_, capture_output=True, text=True, check=True
    )
    (result,) = json.loads(done.stdout)
    return result


# A seed has nothing to shrink to: every history of it is another one.
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_events_on_an_old_snapshot_make_a_fresh_one(recording_bus: RecordingBus, seed: int) -> None:
    chance = random.Random(seed)
    people = [a_member(name, is_staff=name == NAMES[4]) for name in NAMES]
    with transaction.atomic():
        told = History(people)
    for who in (3, 2, 4, 0):
        told.step("join", who, True)
    old = whole(told.room)
    recording_bus.published.clear()
    pages = [(copy.deepcopy(old), 0)]
    for number in range(STEPS):
        kind, *args = a_step(chance)
        told.step(kind, *args)
        if number % 10 == 5:
            pages.append((whole(told.room), len(recording_bus.frames(told.room.public_id))))
    fresh, frames = whole(told.room), recording_bus.frames(told.room.public_id)
    assert by_python(pages[0][0], frames) == fresh
    for page, since in pages[1:]:
        assert by_python(page, frames[since:]) == fresh
    javascript = by_javascript(old, frames)
    for counted in ("count", "faces"):
        javascript["snapshot"].pop(counted, None)
    assert javascript == fresh


def by_python(page: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, Any]:
    page = copy.deepcopy(page)
    for frame in frames:
        apply_frame(page, frame)
    return page
