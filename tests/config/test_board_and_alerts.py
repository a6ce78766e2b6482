"""The board and the alerts ask for metrics that are exported, and each alert names its section of the runbook."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from accounts import clock
from config import outside, state
from config.probes import _readiness_metrics
from rooms.audio.core.drops import Drops
from rooms.audio.core.figures import LATENESS_BOUNDS, WORK_BOUNDS
from rooms.audio.transport.ice_lite import DROPPED
from rooms.seeing.audio import AudioCollector
from rooms.seeing.readiness import Readiness

DEPLOY = Path(settings.BASE_DIR) / "deploy"
BOARD, ALERTS = DEPLOY / "grafana" / "mitalk.json", DEPLOY / "prometheus" / "alerts.yml"
TOLD = {
    **dict.fromkeys(("rooms", "peers", "unfed", "deaf", "loss", "lossy", "complexity", "ticks", "skipped"), 1),
    **dict.fromkeys(("received", "accepted", "sent", "lost", "octets"), 1),
    **dict.fromkeys(("encoded_seconds", "cpu_seconds", "late_seconds", "work_seconds"), 1),
    "dropped": {"size": 1},
    "late": [1] * (len(LATENESS_BOUNDS) + 1),
    "work": [1] * (len(WORK_BOUNDS) + 1),
}


def exported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> set[str]:
    """The names of all samples that there can be."""
    monkeypatch.setattr(outside, "seen", lambda: outside.Seen(certificate_until=0.0, turn_answers=True))
    monkeypatch.setattr(settings, "BACKUP_DIR", str(tmp_path), raising=False)

    def families() -> Iterator[Metric]:
        yield from REGISTRY.collect()
        yield from AudioCollector(lambda: TOLD, late_bounds=LATENESS_BOUNDS, work_bounds=WORK_BOUNDS).collect()
        yield from state._from_database(clock.now())
        yield from state.from_disks()
        yield from state.from_broker()
        yield from _readiness_metrics(Readiness({"database": "ok"}, frozenset({"database"})))

    found = {"mitalk_listener_hour_cpu_seconds"}  # only when somebody listened
    for family in families():
        found |= {sample.name for sample in family.samples}
        # Of a metric with labels there is no sample before something was counted.
        found |= {
            family.name + end
            for end in {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        }
    return found


def asked_for(expressions: list[str]) -> set[str]:
    return {name for expression in expressions for name in re.findall(r"\bmitalk_[a-z_]+", expression)}


@pytest.mark.django_db
def test_every_metric_that_is_asked_for_is_exported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    board = json.loads(BOARD.read_text())
    panels = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    alerts = [rule["expr"] for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert len(panels) > 30
    assert len(alerts) > 20
    assert asked_for([*panels, *alerts]) - exported(monkeypatch, tmp_path) == set()


def test_every_alert_says_what_is_wrong_and_where_the_remedy_stands() -> None:
    headings = re.findall(
        r"^## (.+)$", (Path(settings.BASE_DIR) / "docs/operating/runbook.md").read_text(), re.MULTILINE
    )
    sections = {heading.lower().replace(" ", "-") for heading in headings}
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            section = re.sub(r"(?<!^)(?=[A-Z])", "-", rule["alert"]).lower()
            assert rule["annotations"]["runbook"] == f"docs/operating/runbook.md#{section}"
            assert section in sections
            assert rule["annotations"]["summary"]
            assert rule["labels"]["severity"] in ("page", "ticket")


def test_prometheus_takes_the_alerts() -> None:
    """By its own program where that is; else what it would say of the structure."""
    promtool = shutil.which("promtool")
    if promtool:
        checked = subprocess.run([promtool, "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    names = [rule["alert"] for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert len(names) == len(set(names))


def test_every_metric_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = (Path(settings.BASE_DIR) / "docs" / "operating" / "seeing.md").read_text()
    names = {family.name for family in REGISTRY.collect() if family.name.startswith("mitalk_")}
    names |= {
        family.name
        for family in AudioCollector(lambda: TOLD, late_bounds=LATENESS_BOUNDS, work_bounds=WORK_BOUNDS).collect()
    }
    names |= {family.name for family in [*state.from_disks(), *state.from_broker()]}
    assert {name for name in names if f"`{name}" not in explained} == set()
    reasons = {*DROPPED, *Drops().by_reason()}
    assert {reason for reason in reasons if reason not in explained} == set()
