"""Why rules are silent in the boundary cases: at the line and just beside it, the sentence names the figure and the line.

`silent_at_boundaries/<family>.yaml` holds the sentences of a family by rule and case.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cds.rules.finding import Finding
from cds.rules.registry import all_rules, check_of
from tests.charts import KNOWLEDGE
from tests.rules.silences import cases, chart_of, in_words, silence_of_case

FOLDER = Path(__file__).parent / "silent_at_boundaries"
FAMILIES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
RULES = tuple(rule for rule in all_rules() if rule.check.__module__.split(".")[2] in FAMILIES)


def sentences() -> list[Any]:
    return [
        pytest.param(rule, name, sentence, id=f"{rule}: {name}")
        for family in FAMILIES
        for rule, said in yaml.safe_load((FOLDER / f"{family}.yaml").read_text()).items()
        for name, sentence in said.items()
    ]


@pytest.mark.parametrize(("rule", "name", "sentence"), sentences())
def test_the_sentence_of_a_case(rule: str, name: str, sentence: str) -> None:
    assert silence_of_case(rule, name) == sentence


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_that_a_case_finds_silent_says_why(family: str) -> None:
    """The cases as they are and without any prefetch, in both languages: a finding, or a whole sentence."""
    silent = 0
    for _, case in cases(family):
        for variant in (case["case"], {**case["case"], "faults": "none"}):
            chart = chart_of(variant)
            for rule in RULES if chart is not None else ():
                if not rule.speaks(chart):
                    continue
                said = rule.check(chart, KNOWLEDGE)
                if not isinstance(said, Finding):
                    in_words(said, "en")
                    in_words(said, "fr")
                    silent += 1
    assert silent > 100, "the rules were not asked"


@pytest.mark.parametrize("family", FAMILIES)
def test_every_silent_case_of_a_rule_has_its_sentence(family: str) -> None:
    """A rule that its own case finds silent is in the table, unless the call does not concern it."""
    told = yaml.safe_load((FOLDER / f"{family}.yaml").read_text())
    by_id = {rule.id: rule for rule in all_rules()}
    missing = []
    for rule, case in cases(family):
        chart = chart_of(case["case"])
        if chart is None or not by_id[rule].speaks(chart):
            continue
        if not isinstance(check_of(rule)(chart, KNOWLEDGE), Finding) and case["name"] not in told.get(rule, {}):
            missing.append((rule, case["name"]))
    assert missing == []
