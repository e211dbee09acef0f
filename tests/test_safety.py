"""The hazard log names only what there is, leaves out no rule that can warn, and rates by its own matrix."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cds.knowledge import load_knowledge

ROOT = Path(__file__).resolve().parents[1]
LOG = ROOT / "docs" / "safety.md"
TEXT = LOG.read_text("utf-8")

MEMBERS = ["Cause", "Harm", "Controls", "Proof", "Residual", "Remains"]
HEADING = re.compile(r"^### (H-\d\d) (.+)$", re.MULTILINE)
MEMBER = re.compile(r"^- \*\*(\w+):\*\* (.+)$", re.MULTILINE)
RULE = re.compile(r"\[(\w+)\]\(rules/(\w+)\.md\)")
CASES = re.compile(r'\[(\w+)\]\(\.\./(fhir_fixtures/boundaries/[^)]+)\)((?:,? "[^"]+")*)')
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
MODULE = re.compile(r"`(cds/[\w/.]+)`")
RATING = re.compile(
    r"(minor|significant|considerable|major|catastrophic), (very low|low|medium|high|very high): (\d)\."
)


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard as it is written."""

    id: str
    members: dict[str, str]

    @property
    def rules(self) -> set[str]:
        """The rules that control it."""
        return {name for name, _ in RULE.findall(self.members["Controls"])}

    @property
    def cases(self) -> list[tuple[str, str]]:
        """(file, name) of the boundary cases that prove it."""
        return [
            (path, name)
            for _, path, names in CASES.findall(self.members["Proof"])
            for name in re.findall(r'"([^"]+)"', names)
        ]


def hazards() -> list[Hazard]:
    """Every hazard of the log, in its order."""
    starts = list(HEADING.finditer(TEXT))
    ends = [*(start.start() for start in starts[1:]), len(TEXT)]
    return [
        Hazard(start.group(1), dict(MEMBER.findall(TEXT[start.end() : end].split("\n## ")[0])))
        for start, end in zip(starts, ends, strict=True)
    ]


@functools.cache
def functions_of(path: str) -> frozenset[str]:
    """The tests of a file as pytest names them, without their parameters."""
    found = set()
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


@functools.cache
def cases_of(path: str) -> dict[str, dict[str, Any]]:
    """The boundary cases of a file by their name."""
    return {case["name"]: case for case in yaml.safe_load((ROOT / path).read_text("utf-8"))}


def matrix() -> dict[tuple[str, str], str]:
    """(severity, likelihood) → rating, as the table of the log says."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")]
    head = next(number for number, row in enumerate(rows) if row[0] == "likelihood")
    severities = rows[head][1:]
    return {
        (severity, row[0]): rating
        for row in rows[head + 2 : head + 7]
        for severity, rating in zip(severities, row[1:], strict=True)
    }


HAZARDS = hazards()


@pytest.fixture(params=HAZARDS, ids=lambda hazard: hazard.id, name="hazard")
def _hazard(request: pytest.FixtureRequest) -> Hazard:
    found: Hazard = request.param
    return found


def test_ids_are_unique_and_consecutive() -> None:
    assert [hazard.id for hazard in HAZARDS] == [f"H-{number:02}" for number in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) > 40
    assert set(re.findall(r"\bH-\d+", TEXT)) == {hazard.id for hazard in HAZARDS}


def test_a_hazard_says_everything_once(hazard: Hazard) -> None:
    section = TEXT[TEXT.index(f"### {hazard.id} ") :].split("\n#", 1)[0]
    assert [name for name, _ in MEMBER.findall(section)] == MEMBERS


def test_every_rule_that_can_warn_controls_a_hazard() -> None:
    can_warn = {rule.id for rule in load_knowledge().rules if set(rule.indicators) & {"warning", "critical"}}
    assert can_warn - {rule for hazard in HAZARDS for rule in hazard.rules} == set()


def test_every_rule_named_exists() -> None:
    known = {rule.id for rule in load_knowledge().rules}
    for name, page in RULE.findall(TEXT):
        assert name == page
        assert name in known
        assert (LOG.parent / "rules" / f"{page}.md").is_file()


def test_every_test_named_exists(hazard: Hazard) -> None:
    """Wherever it is named: a gap may be shown by a test, too."""
    named = TEST.findall(" ".join(hazard.members.values()))
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


def test_every_case_named_exists(hazard: Hazard) -> None:
    for name, path, cases in CASES.findall(" ".join(hazard.members.values())):
        assert Path(path).stem == name
        assert cases, f"{name}: the file is named without a case"
    assert [(path, name) for path, name in hazard.cases if name not in cases_of(path)] == []


def test_every_hazard_has_a_proof(hazard: Hazard) -> None:
    assert hazard.cases or TEST.search(hazard.members["Proof"])


def test_a_rule_that_controls_by_a_warning_is_seen_to_warn() -> None:
    """One of the cases named for a rule is answered by it with a warning or more."""
    seen = {
        Path(path).stem
        for hazard in HAZARDS
        for path, name in hazard.cases
        if cases_of(path)[name].get("expect", {}).get(Path(path).stem) in {"warning", "critical"}
    }
    can_warn = {rule.id for rule in load_knowledge().rules if set(rule.indicators) & {"warning", "critical"}}
    assert can_warn - seen == set()


def test_every_module_named_exists() -> None:
    assert [path for path in MODULE.findall(TEXT) if not (ROOT / path).exists()] == []


def test_ratings_follow_the_matrix(hazard: Hazard) -> None:
    ratings = matrix()
    assert len(ratings) == 25
    (first,) = RATING.findall(hazard.members["Harm"])
    (left,) = RATING.findall(hazard.members["Residual"])
    for severity, likelihood, rating in (first, left):
        assert ratings[severity, likelihood] == rating
    assert left[0] == first[0], "a card makes harm rarer, not milder"
    assert left[2] <= first[2]


def test_what_is_not_acceptable_is_said(hazard: Hazard) -> None:
    (left,) = RATING.findall(hazard.members["Residual"])
    assert (int(left[2]) >= 4) == hazard.members["Remains"].startswith("**not acceptable")


def test_nobody_has_accepted_the_risk_yet() -> None:
    """The row is for the deploying organisation: what this repository ships is not signed."""
    assert "| *(blank)* | *(blank)* | *(blank)* | *(blank)* | *(blank)* |" in TEXT
