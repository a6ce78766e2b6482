"""Where a higher app answers what accounts cannot know: registered in that app's AppConfig."""

from collections.abc import Callable

IsWanted = Callable[[list[str]], bool]  # of the keyed hashes of a contact

_gates: dict[str, IsWanted] = {}


def register_gate(kind: str, is_wanted: IsWanted) -> None:
    """Have this asked before a message of a kind is sent."""
    _gates[kind] = is_wanted


def is_wanted(kind: str, contact_keys: list[str]) -> bool:
    """Whether a message of this kind may go to a contact."""
    gate = _gates.get(kind)
    return gate is None or gate(contact_keys)
