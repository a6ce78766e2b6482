"""A page's memory of a room, in Python: a snapshot and a desk, and the events that came after them."""

import copy
from typing import Any

from rooms.domain.messages import EVENTS


def apply_frame(room: dict[str, Any], frame: dict[str, Any]) -> None:
    """Change `room`, `{"snapshot": …, "desk": …}` of plain dictionaries, as a frame says. What it knows already it drops."""
    history = EVENTS[frame["type"]].ordered.value
    part = room["snapshot"] if history == "everyone" else room["desk"]
    if frame["seq"] <= part["seq"]:
        return
    assert frame["seq"] == part["seq"] + 1, "a gap"
    part["seq"] = frame["seq"]
    _change(part, frame["type"], copy.deepcopy(frame["data"]))


def _change(part: dict[str, Any], kind: str, data: dict[str, Any]) -> None:
    match kind:
        case "stage.seated":
            others = _without(part["stage"], data["person"]["id"])
            part["stage"] = sorted([*others, data["person"]], key=lambda card: (card["number"], card["id"]))
        case "stage.unseated":
            part["stage"] = _without(part["stage"], data["person"])
        case "stage.muted" | "person.role":
            changed = "muted" if kind == "stage.muted" else "role"
            for card in part["stage"]:
                if card["id"] == data["person"]:
                    card[changed] = data[changed]
        case "stage.locked":
            part["locked"] = data["locked"]
        case "hands.policy":
            part["hand_policy"] = data["policy"]
        case "chat.slow":
            part["slow_mode"] = data["seconds"]
        case "turn.limit":
            part["turn_limit"] = data["seconds"]
        case "link.pinned":
            part |= {"link_title": data["title"], "link_host": data["host"]}
            part["link_by"] = data["by"] if data["host"] else ""
        case "room.frozen":
            part["frozen"] = data["frozen"]
            for card in part["stage"]:
                card["muted"] = card["muted"] or data["frozen"]
        case "staff.entered":
            part["staff"] = [*_without(part["staff"], data["person"]["id"]), data["person"]]
        case "staff.left":
            part["staff"] = _without(part["staff"], data["person"])
        case "room.told":
            part["notice"], part["notice_by"] = data["text"], data["by"] if data["text"] else ""
        case "room.ended":
            part |= {"phase": "ended", "stage": [], "staff": [], "frozen": False}
        case "hand.raised":
            hands = [hand for hand in part["hands"] if hand["person"]["id"] != data["hand"]["person"]["id"]]
            part["hands"] = sorted([*hands, data["hand"]], key=lambda hand: (hand["number"], hand["person"]["id"]))
        case "hand.lowered":
            part["hands"] = [hand for hand in part["hands"] if hand["person"]["id"] != data["person"]]
        case "stage.invited":
            others = _without(part["invited"], data["person"]["id"])
            part["invited"] = sorted([*others, data["person"]], key=lambda card: card["id"])
        case "stage.invitation_ended":
            part["invited"] = _without(part["invited"], data["person"])
        case _:
            raise AssertionError(kind)


def _without(cards: list[dict[str, Any]], person: str) -> list[dict[str, Any]]:
    return [card for card in cards if card["id"] != person]
