"""The board and the alerts ask for metrics that are exported, and each alert names its section of the runbook."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
SEEING = Path(settings.BASE_DIR) / "docs" / "operating" / "seeing.md"
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


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


@pytest.mark.django_db
def test_every_metric_that_is_asked_for_is_exported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    board = json.loads(BOARD.read_text())
    panels = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    alerts = [rule["expr"] for rule in rules()]
    assert len(panels) > 30
    assert len(alerts) > 20
    assert asked_for([*panels, *alerts]) - exported(monkeypatch, tmp_path) == set()


def test_every_alert_says_what_is_wrong_and_where_the_remedy_stands() -> None:
    headings = re.findall(
        r"^## (.+)$", (Path(settings.BASE_DIR) / "docs/operating/runbook.md").read_text(), re.MULTILINE
    )
    sections = {heading.lower().replace(" ", "-") for heading in headings}
    for rule in rules():
        section = re.sub(r"(?<!^)(?=[A-Z])", "-", rule["alert"]).lower()
        assert rule["annotations"]["runbook"] == f"docs/operating/runbook.md#{section}"
        assert section in sections
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")


@pytest.mark.parametrize(("said", "severity"), [("Page somebody at once", "page"), ("The same day", "ticket")])
def test_the_list_at_the_top_of_the_runbook_has_each_alert_where_it_belongs(said: str, severity: str) -> None:
    runbook = (Path(settings.BASE_DIR) / "docs/operating/runbook.md").read_text()
    (listed,) = re.findall(rf"(?m)^\*\*{said}\*\*: (.+)$", runbook)
    sections = [rule["annotations"]["runbook"] for rule in rules() if rule["labels"]["severity"] == severity]
    assert sorted(re.findall(r"\(#([a-z-]+)\)", listed)) == sorted(name.partition("#")[2] for name in sections)


def unbalanced(expression: str) -> str:
    """Brackets that are open at the end, or the first that closes another one than was open; empty where all fit."""
    opened = ""
    for letter in re.sub(r'"[^"]*"', "", expression):
        if letter in "([{":
            opened += letter
        elif letter in ")]}":
            if not opened or opened[-1] + letter not in ("()", "[]", "{}"):
                return letter
            opened = opened[:-1]
    return opened


def test_brackets_are_seen_through() -> None:
    assert unbalanced('max(a{b="("}[5m]) by (c)') == ""
    assert [unbalanced(text) for text in ("max(a", "a)", "a{b]", "[(a)")] == ["(", ")", "]", "["]


def test_the_structure_of_alerts_is_one_that_prometheus_takes() -> None:
    """Without promtool this is not a parser: it holds the keys of a rule, durations, names once, and that brackets and
    quotes fit; that metrics are known is held above. With promtool on the PATH the expressions are parsed as well."""
    promtool = shutil.which("promtool")
    if promtool:
        checked = subprocess.run([promtool, "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert re.fullmatch(r"\d+[smhd]", rule["for"]), rule["alert"]
        assert unbalanced(rule["expr"]) == "", rule["alert"]
        assert rule["expr"].count('"') % 2 == 0, rule["alert"]


def test_who_is_gone_is_missed_by_the_name_that_prometheus_has_for_us() -> None:
    """A process that died tells nothing of itself, so `up` is asked, by the job of the configuration in seeing.md."""
    (configuration,) = re.findall(r"(?m)^    scrape_configs:\n(?:    .*\n)+", SEEING.read_text())
    (job,) = yaml.safe_load(configuration)["scrape_configs"]
    (expression,) = [rule["expr"] for rule in rules() if rule["alert"] == "TargetDown"]
    assert expression == f'up{{job="{job["job_name"]}"}} == 0'


def test_every_metric_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = SEEING.read_text()
    names = {family.name for family in REGISTRY.collect() if family.name.startswith("mitalk_")}
    names |= {
        family.name
        for family in AudioCollector(lambda: TOLD, late_bounds=LATENESS_BOUNDS, work_bounds=WORK_BOUNDS).collect()
    }
    names |= {family.name for family in [*state.from_disks(), *state.from_broker()]}
    assert {name for name in names if f"`{name}" not in explained} == set()
    reasons = {*DROPPED, *Drops().by_reason()}
    assert {reason for reason in reasons if reason not in explained} == set()
