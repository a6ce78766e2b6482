"""Every measurement runs with real peers, prints its figures and writes them. How large they are, no test says."""

import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from rooms.audio.bench import churn, fanout, join, latency, mix, quality, soak

USUAL = {"server_core_percent", "tick_late_p99_ms", "rss_mb", "clients_core_percent", "void", "void_because"}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to come to rest where nothing is compared."""
    for module in (fanout, join, latency, mix, quality, soak):
        monkeypatch.setattr(module, "_SETTLE_SECONDS", 0.5)
    monkeypatch.setattr(churn, "_STAY_SECONDS", 0.3)
    monkeypatch.setattr(join, "_QUIET_SECONDS", 0.5)


def bench(tmp_path: Path, *words: str) -> dict[str, Any]:
    """The figures in the file; each has a place in what was printed too."""
    file, out = tmp_path / "figures.json", io.StringIO()
    affinity = os.sched_getaffinity(0)
    call_command("bench", *words, "--json", str(file), stdout=out)
    assert os.sched_getaffinity(0) == affinity
    figures = json.loads(file.read_text())
    for name in figures:
        assert name in out.getvalue() or name == "server"
    return figures


def test_fanout_watches_the_audience_while_others_join(tmp_path: Path) -> None:
    figures = bench(
        tmp_path, "fanout", "--listeners", "4", "--seconds", "1", "--joins-per-second", "4", "--talkers", "2"
    )
    assert figures.keys() >= USUAL | {"cpu_ms_per_s_per_listener", "packets_lost", "gap_max_ms", "join_sound_p95_ms"}
    assert figures["packets_received"] > 0
    assert figures["packets_refused"] == 0
    assert figures["joins"] > 0
    assert figures["joins_failed"] == 0


@pytest.mark.parametrize("how", [(), ("--turns",)])
def test_mix_tells_whom_each_room_hears(tmp_path: Path, how: tuple[str, ...]) -> None:
    words = ("mix", "--rooms", "2", "--talkers", "2", "--listeners", "1", "--seconds", "1.5", *how)
    figures = bench(tmp_path, *words)
    assert figures.keys() >= USUAL | {"cpu_ms_per_tick_per_room", "packets_lost", "gap_max_ms"}
    assert (figures["rooms_heard_right"], figures["rooms_heard_wrong"]) == (2, 0)


def test_latency_hears_every_beep(tmp_path: Path) -> None:
    figures = bench(tmp_path, "latency", "--rooms", "1", "--seconds", "1")
    assert figures.keys() >= USUAL | {"added_p50_ms", "added_p99_ms"}
    assert figures["beeps"] > 0


def test_join_counts_both_ways(tmp_path: Path) -> None:
    figures = bench(tmp_path, "join", "--joins", "2", "--storm", "3", "--audience", "1")
    for way in ("single", "storm"):
        wanted = {"sound_p50_ms", "sound_p95_ms", "cpu_ms_per_join", "tick_late_p99_ms", "gap_max_ms", "packets_lost"}
        assert figures.keys() >= {f"{way}_{name}" for name in wanted}
    assert figures["storm_joins_per_s"] > 0


def test_soak_counts_what_is_held_before_and_after(tmp_path: Path) -> None:
    figures = bench(tmp_path, "soak", "--minutes", "0.04", "--listeners", "2", "--joins-per-second", "2")
    held = {line["what"]: line for line in figures["held"]}
    assert held.keys() == {"rss_mb", "descriptors", "threads", "tasks", "objects"}
    assert held["descriptors"]["before"] == held["descriptors"]["after"]
    assert figures["joins"] > 0
    assert figures["joins_failed"] == 0
    assert len(figures["samples"]) == 1


def test_quality_scores_each_network(tmp_path: Path) -> None:
    words = ("--loss", "40", "--where", "down", "--repeats", "1", "--passages", "1", "--warm-up", "1")
    clean, bad = bench(tmp_path, "quality", *words)["quality"]
    assert (clean["network"], bad["network"]) == ("clean", "40 % lost, down")
    assert clean["opus_alone_pesq_wb"] > bad["opus_alone_pesq_wb"]
    assert all(1 <= found["pesq_wb"] <= 4.7 and found["listeners"] == 1 for found in (clean, bad))
    assert bad.keys() >= {"opus_alone_pesq_wb", "hole_max_ms", "speech_level_lu", "delay_ms"}


@pytest.mark.parametrize("peer", ["janus-audiobridge", "janus-streaming"])
def test_janus_stands_beside_us_where_it_is_installed(tmp_path: Path, peer: str) -> None:
    words = ("fanout", "--listeners", "2", "--seconds", "1", "--peer", peer)
    if shutil.which("janus") is None:
        with pytest.raises(CommandError, match="apt install janus"):
            bench(tmp_path, *words)
        return
    figures = bench(tmp_path, *words)
    assert figures[peer]["packets_received"] > 0
    assert figures[peer]["packets_refused"] == 0
    assert figures[f"{peer}_ratio"]["cpu_ms_per_s_per_listener"] > 0


def test_a_missing_peer_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="Janus is not installed"):
        call_command("bench", "fanout", "--peer", "janus-streaming")
    with pytest.raises(CommandError, match="espeak-ng is not installed"):
        call_command("bench", "quality")


@pytest.mark.parametrize(
    "words",
    [
        ("fanout", "--listeners", "0"),
        ("mix", "--rooms", "400"),
        ("join", "--storm", "0"),
        ("soak", "--minutes", "0"),
        ("quality", "--loss", "100"),
    ],
)
def test_what_cannot_be_measured_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("bench", *words)
