"""What a silent rule says, in words: of a boundary case, or of a chart."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from cds.cards.escaping import plain
from cds.cards.wording import NOT_KNOWN, fill
from cds.chart.model import Chart
from cds.evaluation import assess
from cds.language import Language, catalogue
from cds.protocol.request import decode_request, service_for_hook
from cds.rules.finding import Finding, Silent
from cds.rules.registry import check_of
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of
from tests.charts import KNOWLEDGE

FOLDER = Path(__file__).resolve().parents[2] / "fhir_fixtures" / "boundaries"


def cases(family: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(rule, case) of every boundary case of a family."""
    for path in sorted(FOLDER.glob(f"{family}/*.yaml")):
        for case in yaml.safe_load(path.read_text()):
            yield path.stem, case


def chart_of(case: dict[str, Any]) -> Chart | None:
    """The chart of a case; None where the call does not concern the service."""
    return chart_of_request(expand(case), today_of(case))


def chart_of_request(request: dict[str, Any], today: date) -> Chart | None:
    """The chart of a whole request at noon of a day; None where it does not concern the service."""
    body = json.dumps(request, default=str).encode()
    now = datetime.combine(today, time(12), tzinfo=UTC)
    evaluation = assess(decode_request(body, service_for_hook(body)), KNOWLEDGE, Settings(), now)
    return None if evaluation is None else evaluation.chart


@functools.cache
def _named(rule: str) -> dict[str, dict[str, Any]]:
    (path,) = FOLDER.glob(f"*/{rule}.yaml")
    return {case["name"]: case["case"] for case in yaml.safe_load(path.read_text())}


def in_words(said: Finding | Silent | None, language: Language = "en") -> str:
    """The sentence of a silent rule, every placeholder filled; the language has all of it."""
    assert isinstance(said, Silent), said
    words = catalogue(language, strict=True)
    sentence = fill(said.why, said.facts, plain, words)
    assert sentence
    assert words.phrase(NOT_KNOWN) not in sentence, said
    assert "{" not in sentence.replace("{1.73_m2}", ""), said
    return sentence


def silence(rule: ModuleType, patient: Chart) -> str:
    """Why a rule is silent on a chart."""
    return in_words(rule.check(patient, KNOWLEDGE))


def silence_of_case(rule: str, name: str) -> str:
    """Why a rule is silent in one of its boundary cases."""
    chart = chart_of(_named(rule)[name])
    assert chart is not None
    return in_words(check_of(rule)(chart, KNOWLEDGE))
