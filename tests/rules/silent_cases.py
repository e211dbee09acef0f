"""The boundary cases of a family as charts, and what a silent rule says in words."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import yaml

from cds.cards.escaping import plain
from cds.cards.wording import fill
from cds.chart.model import Chart
from cds.evaluation import assess
from cds.language import Language, catalogue
from cds.protocol.request import decode_request, service_for_hook
from cds.rules.finding import Silent
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of
from tests.charts import KNOWLEDGE

FOLDER = Path(__file__).resolve().parents[2] / "fhir_fixtures" / "boundaries"


@functools.cache
def cases_of(family: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The cases of a family by rule and name."""
    files = sorted((FOLDER / family).glob("*.yaml"))
    return {(file.stem, each["name"]): each["case"] for file in files for each in yaml.safe_load(file.read_text())}


def chart_of(case: dict[str, Any]) -> Chart | None:
    """The chart that rules are run on; None where the call does not concern the service."""
    body = json.dumps(expand(case), default=str).encode()
    now = datetime.combine(today_of(case), time(12), tzinfo=UTC)
    evaluation = assess(decode_request(body, service_for_hook(body)), KNOWLEDGE, Settings(), now)
    return None if evaluation is None else evaluation.chart


def worded(silent: Silent, language: Language = "en") -> str:
    """Why, in a language; strict: a sentence without a translation raises."""
    return fill(silent.why, silent.facts, plain, catalogue(language, strict=True))
