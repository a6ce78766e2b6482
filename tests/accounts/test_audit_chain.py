"""The audit log's chain: what it shows. Pure."""

from dataclasses import replace

import pytest

from accounts.audit.chain import Entry, Finding, Seal, examine, seal

KEY, OLDER, OTHER = b"now", b"before", b"somebody else's"


def entries(count: int) -> list[Entry]:
    return [Entry(number, ("2026-11-27", "who", "room.ban", f"room {number}", "")) for number in range(1, count + 1)]


def chained(written: list[Entry], size: int = 3, key: bytes = KEY) -> list[Seal]:
    seals: list[Seal] = []
    for start in range(0, len(written), size):
        seals.append(seal(written[start : start + size], seals[-1] if seals else None, key))
    return seals


def test_what_was_not_touched_is_found_good() -> None:
    written = entries(8)
    assert examine(chained(written), written, [KEY]) == []


def test_every_change_of_any_word_is_found() -> None:
    written = entries(8)
    seals = chained(written)
    for place in range(5):
        words = list(written[4].words)
        words[place] += "x"
        changed = [*written[:4], Entry(5, tuple(words)), *written[5:]]
        assert examine(seals, changed, [KEY]) == [Finding("changed", "entry 5")]


def test_words_that_only_move_from_one_place_to_the_next_are_a_change() -> None:
    written = [Entry(1, ("ab", "c"))]
    assert examine(chained(written), [Entry(1, ("a", "bc"))], [KEY]) == [Finding("changed", "entry 1")]


def test_a_deleted_entry_is_named() -> None:
    written = entries(8)
    assert examine(chained(written), written[:3] + written[4:], [KEY]) == [Finding("deleted", "entry 4")]


def test_an_entry_put_in_afterwards_is_named() -> None:
    written = entries(8)
    seals = chained([entry for entry in written if entry.id != 5])
    assert examine(seals, written, [KEY]) == [Finding("added", "entry 5")]


def test_a_seal_that_was_taken_out_leaves_a_gap() -> None:
    written = entries(9)
    first, _second, third = chained(written)
    assert Finding("gap", "seal 2 to 2") in examine([first, third], written, [KEY])


def test_seals_that_were_numbered_anew_do_not_join_on() -> None:
    written = entries(9)
    first, _second, third = chained(written)
    assert {finding.what for finding in examine([first, replace(third, number=2)], written, [KEY])} == {
        "forged",
        "added",
    }


def test_nobody_seals_without_the_key() -> None:
    written = entries(3)
    assert [finding.what for finding in examine(chained(written, key=OTHER), written, [KEY])] == ["forged"]


@pytest.mark.parametrize("keys", [[KEY, OLDER], [OLDER, KEY]])
def test_a_seal_is_good_under_a_key_that_was_replaced(keys: list[bytes]) -> None:
    written = entries(6)
    first = seal(written[:3], None, OLDER)
    second = seal(written[3:], first, KEY)
    assert examine([first, second], written, keys) == []
    assert examine([first, second], written, [KEY])[0].what == "forged"
