"""The page's rules and the server's lead to the same stage, whatever happens in whatever order."""

import dataclasses
import json
import random
import subprocess
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rooms.domain import state
from rooms.domain.errors import Refused
from rooms.domain.messages import PersonCard
from rooms.domain.roles import Position, Role
from rooms.domain.snapshot import Person, Phase, Snapshot

ROOT = Path(__file__).resolve().parents[2]
HISTORIES, COMMANDS = 200, 30


def card(person: Person) -> dict[str, Any]:
    looks = {"name": person.id, "headline": "", "initials": "?", "tint": 0, "portrait": "", "demo": False}
    made = PersonCard(
        id=person.id,
        role=person.role.value,
        position=person.position.value,
        muted=person.muted,
        number=person.number,
        **looks,
    )
    return dataclasses.asdict(made)


def as_page_has_it(snapshot: Snapshot) -> dict[str, Any]:
    stage = [card(person) for person in snapshot.in_order()]
    return {
        "seq": snapshot.version,
        "phase": snapshot.phase.value,
        "stage_size": 4,
        "stage": stage,
        "count": 0,
        "faces": [],
    }


def frame(event: state.Event, seq: int) -> dict[str, Any]:
    match event:
        case state.Seated(person):
            return {"type": "stage.seated", "seq": seq, "data": {"person": card(person)}}
        case state.Unseated(person):
            return {"type": "stage.unseated", "seq": seq, "data": {"person": person}}
        case state.MuteChanged(person, muted):
            return {"type": "stage.muted", "seq": seq, "data": {"person": person, "muted": muted}}
        case state.Ended(by):
            return {"type": "room.ended", "seq": seq, "data": {"by": by or ""}}


def a_command(chance: random.Random) -> state.Command:
    person = Person(
        chance.choice(["ana", "bo", "chen", "dana", "eun"]),
        chance.choice(list(Role)),
        Position.STAGE,
        muted=chance.random() < 0.5,
        number=chance.randrange(4),
    )
    roll = chance.random()
    if roll < 0.4:
        return state.TakeSeat(person)
    if roll < 0.7:
        return state.SetMuted(person, chance.random() < 0.5)
    return state.GiveUpSeat(person) if roll < 0.97 else state.EndRoom(person)


def a_history(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a page is given, and what it should come to."""
    chance = random.Random(seed)
    snapshot = Snapshot("room", Phase.LIVE, 4, stage=MappingProxyType({}))
    given = {"snapshot": as_page_has_it(snapshot), "events": []}
    for _ in range(COMMANDS):
        try:
            decided = state.decide(snapshot, a_command(chance))
        except Refused:
            continue
        for event in decided:
            snapshot = state.apply(snapshot, event)
            given["events"].append(frame(event, snapshot.version))
    return given, as_page_has_it(snapshot)


def test_two_hundred_random_histories_end_alike() -> None:
    histories = [a_history(seed) for seed in range(HISTORIES)]
    given = json.dumps([history for history, _expected in histories])
    done = subprocess.run(
        ["node", "tests/javascript/apply.mjs"], cwd=ROOT, input=given, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [expected for _history, expected in histories]
