"""Figures as people read them."""

from rooms.audio.bench.table import render


def test_a_figure_is_a_line() -> None:
    text = render({"listeners": 2, "void": False, "void_because": ""})
    assert text.splitlines() == ["listeners      2", "void          no", "void_because   –"]


def test_a_peer_is_a_column() -> None:
    text = render({"server": "ours", "cpu": 1.5, "peer": {"server": "theirs", "cpu": 3.0}, "peer_ratio": {"cpu": 2.0}})
    assert [line.split() for line in text.splitlines()] == [
        ["ours", "peer", "peer_ratio"],
        ["cpu", "1.5", "3.0", "2.0"],
    ]


def test_several_of_a_kind_are_a_table() -> None:
    text = render({"seed": 1, "lines": [{"a": 1, "b": 2}, {"a": 10}]})
    assert [line.split() for line in text.splitlines()] == [
        ["seed", "1"],
        [],
        ["lines"],
        ["a", "b"],
        ["1", "2"],
        ["10", "–"],
    ]
