"""`docs/operations.md`: every setting, every metric, every alert; what it shows is real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cds._settings_table import table, written
from cds.security import load_issuers
from cds.settings import Settings
from cds.store import address_of
from cds.telemetry import Telemetry
from tests.certificates import certificate

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "operations.md"
TEXT = GUIDE.read_text()


def test_the_table_of_settings_is_the_one_of_the_code():
    assert written(GUIDE) == TEXT, "run `make docs`"
    assert set(re.findall(r"^\| `(CDS_[A-Z_]+)`", TEXT, re.MULTILINE)) == set(Settings().as_environment())
    assert "| `CDS_PORT`, else `PORT` | 8080 |" in table()


def test_a_guide_without_its_marks_is_refused(tmp_path):
    (tmp_path / "guide.md").write_text("# Guide\n")
    with pytest.raises(ValueError, match="lacks the lines"):
        written(tmp_path / "guide.md")


def test_every_metric_is_explained():
    text, _ = Telemetry({"version": "1", "knowledge": "2"}).metrics.exposition("")
    told = set(re.findall(r"^# TYPE (cds_\w+) ", text.decode(), re.MULTILINE))
    assert set(re.findall(r"^\| `(cds_\w+)` \|", TEXT, re.MULTILINE)) == told


def test_every_alert_has_something_to_do():
    rules = yaml.safe_load((ROOT / "docker" / "monitoring" / "prometheus-rules.yaml").read_text())
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    assert set(re.findall(r"BaclofenCds\w+", TEXT)) == alerts


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(links) > 8
    for link in links:
        assert (GUIDE.parent / link).exists(), link


def test_the_address_of_the_database_shown_is_usable(tmp_path):
    (shown,) = re.findall(r"^CDS_DATABASE_URL='(.*)'$", TEXT, re.MULTILINE)
    trusted = certificate(tmp_path)
    address = address_of(shown.replace("/etc/ssl/certs/ca-certificates.crt", str(trusted)))
    assert "sslmode=verify-full" in address.arguments["dsn"]


def test_the_issuers_shown_are_usable(tmp_path):
    (shown,) = re.findall(r"```yaml\n(issuers:.*?)```", TEXT, re.DOTALL)
    (rules,) = re.findall(r"```yaml\n(    rules:.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "issuers.yaml"
    file.write_text(shown + rules)
    (issuer,) = load_issuers(file).known
    assert issuer.vendor == "epic"


def test_the_configuration_of_prometheus_is_the_one_of_the_example():
    (shown,) = re.findall(r"```yaml\n(rule_files:.*?)```", TEXT, re.DOTALL)
    example = yaml.safe_load((ROOT / "docker" / "monitoring" / "prometheus.example.yml").read_text())
    assert yaml.safe_load(shown).items() <= example.items()
