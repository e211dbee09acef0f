"""Alerts and dashboard: accepted by Prometheus, firing where they have to, and about metrics that there are."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cds.rules.registry import all_rules
from cds.telemetry import Telemetry
from cds.telemetry.metrics import PHASES
from tests.ops.running import tool

MONITORING = Path(__file__).resolve().parents[2] / "docker" / "monitoring"
RULES = yaml.safe_load((MONITORING / "prometheus-rules.yaml").read_text())
DASHBOARD = json.loads((MONITORING / "grafana-dashboard.json").read_text())
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def known() -> dict[str, str]:
    """Every series name that the service tells, and the metric it belongs to."""
    text, _ = Telemetry({"version": "1", "knowledge": "2"}).metrics.exposition("")
    types = re.findall(r"^# TYPE (cds_\w+?)(?:_total)? (\w+)$", text.decode(), re.MULTILINE)
    return {name + suffix: name for name, kind in types for suffix in SUFFIXES[kind]}


def rule_expressions() -> list[str]:
    return [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]


def panels() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def named(expressions: list[str]) -> set[str]:
    return {name for each in expressions for name in re.findall(r"\bcds_\w+", each)}


def test_every_metric_that_is_named_exists():
    recorded = {rule["record"] for group in RULES["groups"] for rule in group["rules"] if "record" in rule}
    assert named(rule_expressions()) <= set(known())
    assert named(list(panels())) <= set(known())
    used = {name for each in [*rule_expressions(), *panels()] for name in re.findall(r"\bcds:\w+:\w+", each)}
    assert used == recorded, "each recorded series is used, and each that is used is recorded"


def test_the_dashboard_shows_every_metric():
    series = known()
    recorded = {
        rule["record"]: rule["expr"] for group in RULES["groups"] for rule in group["rules"] if "record" in rule
    }
    shown = [each for panel in panels() for each in (panel, *(recorded[name] for name in recorded if name in panel))]
    assert {series[name] for name in named(shown)} == set(series.values())


def test_phases_that_are_named_exist():
    found = {
        phase
        for each in [*rule_expressions(), *panels()]
        for names in re.findall(r'phase!?=~?"([\w|]+)"', each)
        for phase in names.split("|")
    }
    assert {"evaluate", "fetch"} <= found <= set(PHASES)


def test_bounds_that_are_named_are_those_of_the_histogram():
    text, _ = Telemetry({"version": "1", "knowledge": "2"}).metrics.exposition("")
    told = set(re.findall(r'^cds_phase_seconds_bucket\{.*le="([^"]+)"', text.decode(), re.MULTILINE))
    found = {bound for each in [*rule_expressions(), *panels()] for bound in re.findall(r'\ble="([^"]+)"', each)}
    assert found
    assert found <= told


def test_rules_that_are_named_are_ours():
    ids = {rule.id for rule in all_rules()}
    found = {name for each in [*rule_expressions(), *panels()] for name in re.findall(r'rule="(\w+)"', each)}
    assert found
    assert found <= ids


def test_panels_do_not_lie_on_each_other():
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        area = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not area & taken
        assert at["x"] + at["w"] <= 24
        taken |= area
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_every_alert_says_what_is_wrong_and_is_tested():
    tested = set(re.findall(r"alertname: (\w+)", (MONITORING / "prometheus-rules.test.yaml").read_text()))
    alerts = [rule for group in RULES["groups"] for rule in group["rules"] if "alert" in rule]
    assert {alert["alert"] for alert in alerts} == tested
    for alert in alerts:
        assert alert["labels"]["severity"] in {"critical", "warning", "info"}
        assert set(alert["annotations"]) == {"summary", "description"}


@pytest.mark.parametrize(
    "command",
    [
        ("check", "rules", "prometheus-rules.yaml"),
        ("test", "rules", "prometheus-rules.test.yaml"),
        ("check", "config", "prometheus.example.yml"),
    ],
)
def test_promtool_accepts_the_rules(command):
    run = subprocess.run(
        [tool("promtool"), *command], cwd=MONITORING, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_promtool_accepts_what_the_dashboard_asks(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": re.sub(r"\$__(rate_interval|range)", "5m", expression)}
        for number, expression in enumerate(panels())
    ]
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    run = subprocess.run(
        [tool("promtool"), "check", "rules", str(tmp_path / "panels.yaml")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(rules) > 15


def test_the_example_scrapes_the_job_that_the_alerts_ask_for():
    example = yaml.safe_load((MONITORING / "prometheus.example.yml").read_text())
    (scraped,) = example["scrape_configs"]
    asked = {job for each in [*rule_expressions(), *panels()] for job in re.findall(r'job="([^"]+)"', each)}
    assert asked == {scraped["job_name"]}
    assert example["rule_files"] == ["prometheus-rules.yaml"]
    compose = yaml.safe_load((MONITORING.parent / "compose.yaml").read_text())
    (targets,) = [each["targets"] for each in scraped["static_configs"]]
    assert {target.partition(":")[0] for target in targets} == {name for name in compose["services"] if "cds" in name}


def test_the_service_monitor_finds_the_service():
    monitor = yaml.safe_load((MONITORING / "service-monitor.yaml").read_text())
    kubernetes = MONITORING.parent / "kubernetes"
    service = yaml.safe_load((kubernetes / "base" / "service.yaml").read_text())
    base = yaml.safe_load((kubernetes / "base" / "kustomization.yaml").read_text())
    overlay = yaml.safe_load((kubernetes / "overlays" / "example" / "kustomization.yaml").read_text())
    assert monitor["metadata"]["namespace"] == overlay["namespace"]
    (labels,) = base["labels"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels["pairs"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    asked = {job for each in rule_expressions() for job in re.findall(r'job="([^"]+)"', each)}
    assert asked == {service["metadata"]["name"]}, "the operator calls the job as the service is called"
