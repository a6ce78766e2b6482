"""The loops in C: made where there is a compiler, done without where there is none, and the same as their twins in Python."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rooms.audio import native
from rooms.audio.core.voice import BlockFilter
from rooms.audio.native.voice_filter import SampleFilter, new_voice_filter
from tests.audio.sounds import noise, speech, ticks, tone


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder where nothing has been made yet."""
    folder = tmp_path / "built"
    monkeypatch.setattr(native, "_FOLDER", folder)
    native.loops.cache_clear()
    yield folder
    native.loops.cache_clear()


def test_the_library_is_made_once(elsewhere: Path) -> None:
    made = native.build()
    assert [made] == list(elsewhere.iterdir())
    when = made.stat().st_mtime_ns
    assert native.build() == made
    assert made.stat().st_mtime_ns == when


@pytest.mark.parametrize("compiler", ["no-such-compiler", shutil.which("false")])
def test_without_a_working_compiler_the_engine_says_so_and_goes_on(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, compiler: str
) -> None:
    monkeypatch.setenv("CC", compiler)
    with caplog.at_level(logging.WARNING):
        assert native.loops() is None
    assert [record.message for record in caplog.records] == ["audio.native_missing"]
    assert isinstance(new_voice_filter(), BlockFilter)


def test_where_nothing_can_be_written_the_engine_goes_on(elsewhere: Path) -> None:
    elsewhere.write_text("not a folder")
    assert native.loops() is None


def test_it_can_be_switched_off(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITALK_NATIVE", "off")
    assert native.loops() is None
    assert not elsewhere.exists()


@pytest.mark.parametrize("sound", [speech(), tone(90, 0.5), noise(-30, 3.0)], ids=["speech", "tone", "noise"])
def test_both_filters_are_the_same(sound: np.ndarray) -> None:
    in_c, in_numpy = SampleFilter(native.loops()), BlockFilter()
    for number, block in enumerate(ticks(sound)):
        if number == 50:
            in_c.reset()
            in_numpy.reset()
        one, other = in_c.filter(block), in_numpy.filter(block)
        assert np.max(np.abs(one.voice - other.voice)) < 5e-5  # -86 dBFS: numpy adds in an order of the machine
        assert one.mean_square == pytest.approx(other.mean_square, rel=1e-3, abs=1e-9)
        assert one.weighted == pytest.approx(other.weighted, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("new", [BlockFilter, lambda: SampleFilter(native.loops())], ids=["numpy", "C"])
def test_both_ring_out_and_come_to_rest(new: type[BlockFilter]) -> None:
    running = new()
    assert running.at_rest
    running.filter(tone(90, 0.5)[:960])
    assert not running.at_rest
    for _ in range(500):
        running.filter(np.zeros(960, dtype=np.float32))
    assert running.at_rest
    running.filter(tone(90, 0.5)[:960])
    running.reset()
    assert running.at_rest
