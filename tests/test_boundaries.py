"""Every boundary case of `fhir_fixtures`, from the request to its findings."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from fhir.resources.R4B import get_fhir_model_class

from cds.cards.wording import NOT_KNOWN
from cds.evaluation import evaluate, may_concern
from cds.knowledge import load_knowledge
from cds.language import LANGUAGES, Language, catalogue
from cds.language.catalogue import SOURCE
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import FINDINGS_EXTENSION, encode_response
from cds.protocol.schemas import schema
from cds.rules.registry import all_rules
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of

FOLDER = Path(__file__).resolve().parents[1] / "fhir_fixtures" / "boundaries"
ORDER = ["critical", "warning", "info"]
VALIDATOR = jsonschema.Draft202012Validator(schema("response"))


def cases() -> list[Any]:
    """(rule, case) of every file, named by both."""
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(FOLDER.glob("*/*.yaml"))
        for case in yaml.safe_load(path.read_text())
    ]


@functools.cache
def valid_r4(resource: str) -> bool:
    """Whether a resource, as JSON, is valid R4; raises where it is not."""
    document = json.loads(resource)
    get_fhir_model_class(document["resourceType"]).model_validate(document)
    return True


def resources_in(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Every resource of a request."""
    answers = [*request["context"].values(), *(request.get("prefetch") or {}).values()]
    bundles = [each for each in answers if isinstance(each, dict) and each["resourceType"] == "Bundle"]
    single = [each for each in answers if isinstance(each, dict) and each["resourceType"] != "Bundle"]
    return single + [entry["resource"] for bundle in bundles for entry in bundle.get("entry", [])]


def cards_of(case: dict[str, Any], language: Language = "en") -> list[dict[str, Any]]:
    """The cards of a case as a client decodes them, held against the schema."""
    body = json.dumps(expand(case), default=str).encode()
    now = datetime.combine(today_of(case), time(12), tzinfo=UTC)
    call = decode_request(body, service_for_hook(body))
    response = evaluate(call, load_knowledge(), Settings(), now, language=language)
    answer = json.loads(encode_response(response))
    VALIDATOR.validate(answer)
    cards: list[dict[str, Any]] = answer["cards"]
    assert may_concern(call, load_knowledge(), now) or not cards
    return cards


@pytest.mark.parametrize(("rule", "case"), cases())
def test_case(rule: str, case: dict[str, Any]) -> None:
    assert case.keys() <= {"name", "case", "expect", "absent", "text"}
    expected, absent = case.get("expect", {}), set(case.get("absent", []))
    assert rule in {*expected, *absent}, "the case says nothing of its own rule"
    request = expand(case["case"])
    assert all(valid_r4(json.dumps(each, sort_keys=True, default=str)) for each in resources_in(request))

    cards = cards_of(case["case"])
    found = {each["rule"]: each["indicator"] for card in cards for each in card["extension"][FINDINGS_EXTENSION]}
    assert {name: found.get(name) for name in expected} == expected
    assert not found.keys() & absent
    indicators = [card["indicator"] for card in cards]
    assert indicators == sorted(indicators, key=ORDER.index)
    assert indicators.count("info") <= 1
    words = " ".join(f"{card['summary']} {card['detail']}" for card in cards)
    assert NOT_KNOWN not in words
    for fragment in case.get("text", []):
        assert fragment in words


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != SOURCE])
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_the_cases_of_a_rule_in_another_language(path: Path, language: Language, monkeypatch) -> None:
    """The same findings, every word translated (a strict catalogue refuses a text it does not have), no summary cut."""
    strict = functools.partial(catalogue, strict=True)
    monkeypatch.setattr("cds.evaluation.catalogue", strict)
    monkeypatch.setattr("cds.cards.build.catalogue", strict)
    hole = strict(language).phrase(NOT_KNOWN)
    for case in yaml.safe_load(path.read_text()):
        english, cards = cards_of(case["case"]), cards_of(case["case"], language)
        for card, original in zip(cards, english, strict=True):
            for member in ("uuid", "indicator", "extension"):
                assert card[member] == original[member], case["name"]
            assert hole not in card["summary"] + card["detail"], case["name"]
            shared = original["summary"].startswith("Baclofen, to note: ")  # its list of titles may be cut
            assert shared or not card["summary"].endswith("…"), (case["name"], card["summary"])


def test_every_rule_has_cases_that_fire_and_cases_that_do_not() -> None:
    by_rule: dict[str, list[bool]] = {}
    for parameter in cases():
        rule, case = parameter.values
        by_rule.setdefault(rule, []).append(rule in case.get("expect", {}))
    assert set(by_rule) == {rule.id for rule in all_rules()}
    assert [rule for rule, fires in by_rule.items() if not any(fires) or all(fires)] == []
