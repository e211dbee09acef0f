"""Every suggestion that the boundary cases bring forth, accepted and sent back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds.evaluation import evaluate
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import MENDS_EXTENSION, encode_response
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of
from tests.suggestions.replay import accepted, findings
from tests.test_boundaries import cases

LEVELS = ["info", "warning", "critical"]


def answer(request: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(request, default=str).encode()
    now = datetime.combine(today_of(case), time(12), tzinfo=UTC)
    return json.loads(
        encode_response(evaluate(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), now))
    )


def worst_by_cause(found: dict[str, str]) -> dict[str, int]:
    """The highest level of each cause: a lower rung of a ladder may take the place of a higher one."""
    levels: dict[str, int] = {}
    for rule, level in found.items():
        cause = load_knowledge().rule(rule).cause
        key = rule if cause == "own" else cause
        levels[key] = max(levels.get(key, 0), LEVELS.index(level))
    return levels


def worse(before: dict[str, str], after: dict[str, str]) -> dict[str, int]:
    """The causes that stand higher than before.

    Cautions come into view where a taper lets baclofen go on that was to be stopped: that is no harm of the taper.
    """
    goes_on = "AbruptStop" in before and "AbruptStop" not in after
    seen = {
        rule: level
        for rule, level in after.items()
        if not (goes_on and load_knowledge().rule(rule).family == "caution")
    }
    earlier = worst_by_cause(before)
    return {cause: level for cause, level in worst_by_cause(seen).items() if level > earlier.get(cause, 0)}


@pytest.mark.parametrize(("rule", "case"), cases())
def test_what_is_suggested_mends_and_does_no_harm(rule: str, case: dict[str, Any]) -> None:
    """It is valid R4; accepted, it raises none of the findings it was made to mend, and no warning that was not there before."""
    request = json.loads(json.dumps(expand(case["case"]), default=str))
    first = answer(request, case["case"])
    before = findings(first)
    for card in first["cards"]:
        for suggestion in card.get("suggestions", []):
            for action in suggestion["actions"]:
                if "resource" in action:
                    get_fhir_model_class(action["resource"]["resourceType"]).model_validate(action["resource"])
            after = findings(answer(accepted(request, suggestion), case["case"]))
            mended = set(suggestion.get("extension", {}).get(MENDS_EXTENSION, []))
            assert not mended & after.keys(), suggestion["label"]
            assert mended <= before.keys()
            assert worse(before, after) == {}, suggestion["label"]


def test_the_cases_bring_forth_every_remedy() -> None:
    """Otherwise the test above proves less than it says."""
    labels = set()
    for parameter in cases():
        case = parameter.values[1]["case"]
        request = json.loads(json.dumps(expand(case), default=str))
        for card in answer(request, case)["cards"]:
            labels |= {suggestion["label"] for suggestion in card.get("suggestions", [])}
    missing = []
    for key, text in load_knowledge().remedies.items():
        words = ".+".join(re.escape(part) for part in re.split(r"\{\w+\}", text.label))
        if not any(re.fullmatch(words, label) for label in labels):
            missing.append(key)
    assert missing == []
