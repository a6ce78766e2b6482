"""Who can write into Redis runs nothing here."""

import os
import pickle
from typing import Any

import pytest

from config.cache_values import KnownValues
from config.settings import base
from rooms.passing import PassingQuestion

ASKED = {"q": PassingQuestion("q", "person", "Why?", "2026-11-27T20:00:00Z", frozenset({"one", "two"}), 7)}
OURS = [0, -7, True, "y", "", 1.5, [3.0, 2.0, 1.0], {"terms": ("2026-11-01", "x")}, ASKED, None, b"bytes"]


@pytest.mark.parametrize("value", OURS, ids=lambda value: type(value).__name__)
def test_what_we_write_is_read(value: Any) -> None:
    values = KnownValues()
    written = values.dumps(value)
    assert values.loads(str(written).encode() if isinstance(written, int) else written) == value


class Runs:
    """Pickled, it is a call."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self._reduced = call, arguments

    def __reduce__(self) -> Any:
        return self._reduced


@pytest.mark.parametrize("call", [os.system, eval, getattr, pickle.loads], ids=lambda call: call.__name__)
def test_a_call_is_none_of_ours(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = pickle.dumps(Runs(call, "raise SystemExit"))
    with pytest.raises(pickle.UnpicklingError):
        KnownValues().loads(forged)


def test_redis_is_read_by_it() -> None:
    source = base.__file__
    with open(source) as file:
        assert '"serializer": "config.cache_values.KnownValues"' in file.read()
