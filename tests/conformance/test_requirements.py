"""The list of requirements is whole: each of Inferno's numbers once, at its level, and each check is one that the runner has."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from cds.conformance import load_requirements, requirements
from cds.documents import DocumentError
from tests.calls import recorded

SOURCES = Path(requirements.__file__).parent
RANKS = {"DEPRECATED": 0, "MAY": 0, "SHOULD": 1, "SHOULD NOT": 1, "SHALL": 2, "SHALL NOT": 2}


@pytest.mark.parametrize(("name", "count"), [("cds-hooks_2.0", 220), ("cds-hooks-library_1.0.1", 93)])
def test_each_number_of_inferno_stands_once(name, count):
    numbers = [number for one in load_requirements() for number in one.inferno.get(name, ())]
    assert sorted(numbers) == list(range(1, count + 1))


@pytest.mark.parametrize("path", recorded("cds-hooks-examples/inferno-requirements/*.csv"))
def test_levels_are_those_of_the_list(path):
    name = path.name.removesuffix("_requirements.Requirements.csv")
    with path.open(encoding="utf-8") as file:
        listed = {int(row["ID*"]): row for row in csv.DictReader(file)}
    for one in load_requirements():
        if numbers := one.inferno.get(name):
            strongest = max(RANKS[listed[number]["Conformance*"]] for number in numbers)
            assert RANKS[one.level] == strongest, one.id
            if one.area in ("Clients", "Hooks"):
                assert all(
                    "Client" in listed[number]["Actors*"]
                    or "DEPRECATED" in listed[number]["Conformance*"]
                    or number in (89, 78, 212)
                    for number in numbers
                ), one.id


def test_every_check_is_one_that_the_runner_has():
    code = "\n".join(
        path.read_text() for path in [*SOURCES.glob("*.py"), *SOURCES.glob("schemas/cds-hooks.schema.json")]
    )
    named = {one.check for one in load_requirements() if one.check}
    assert {check for check in named if f'"{check}"' not in code} == set()
    schema = (SOURCES / "schemas/cds-hooks.schema.json").read_text()
    assert set(re.findall(r'"check": "([^"]+)"', schema)) <= named
    assert set(re.findall(r'(?:note|say)\(\s*"([a-z-]+)"', code)) <= named


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    check: https\n", "", "requirements.1"),
        ("id: WIRE-2\n", "id: WIRE-1\n", "'WIRE-1' stands twice"),
        ("[2, 168]", "[1, 2, 168]", "stands twice"),
        ("check: https\n", "check: json\n", "stands twice"),
        ("level: SHALL\n", "level: MUST\n", "MUST"),
    ],
)
def test_a_faulty_list_is_refused(monkeypatch, tmp_path, old, new, said):
    text = (SOURCES / "requirements.yaml").read_text()
    assert old in text
    (tmp_path / "requirements.yaml").write_text(text.replace(old, new, 1))
    (tmp_path / "schemas").symlink_to(SOURCES / "schemas")
    monkeypatch.setattr(requirements, "HERE", tmp_path)
    with pytest.raises(DocumentError, match=re.escape(said)):
        load_requirements.__wrapped__()
