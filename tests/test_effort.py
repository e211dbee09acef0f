"""Words and units that would take long are bounded: just below, at and just above."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from cds.evaluation import evaluate, wanted
from cds.fhir.sig import MAX_TEXT
from cds.knowledge import load_knowledge
from cds.limits import Limits
from cds.protocol.errors import LimitExceeded
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import bundle, call
from tests.test_evaluation import baclofen, order, searchset

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def cards(request: dict[str, Any], limits: Limits | None = None) -> int:
    content = json.dumps(request).encode()
    settings = Settings(limits=limits or Limits())
    return len(evaluate(decode_request(content, service_for_hook(content)), load_knowledge(), settings, NOW).cards)


def asks(request: dict[str, Any], limits: Limits) -> int:
    """How much the call asks of a FHIR server."""
    content = json.dumps({**request, "fhirServer": "http://127.0.0.1:9/fhir"}).encode()
    known = decode_request(content, service_for_hook(content))
    return len(wanted(known, load_knowledge(), Settings(limits=limits), NOW, {}))


def statement(number: int, text: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": f"s{number}",
        "status": "active",
        "medicationCodeableConcept": {"text": "Baclofen 10 mg tablet"},
        "dosage": [{"text": text}],
    }


@pytest.mark.parametrize(("characters", "refused"), [(29, True), (30, False), (31, False)])
@pytest.mark.parametrize("in_prefetch", [False, True])
def test_dosing_words(characters: int, refused: bool, in_prefetch: bool) -> None:
    text = "10 mg three times a day (oral)"
    assert len(text) == 30
    if in_prefetch:
        dosed = baclofen(10)
        request = call(context={"draftOrders": bundle(dosed)}, prefetch={"s": searchset(statement(1, text))})
    else:
        request = call(context={"draftOrders": bundle(baclofen(dosageInstruction=[{"text": text}]))})
    limits = Limits(dosing_text=characters)
    if not refused:
        assert cards(request, limits)
        assert asks(request, limits)
        return
    for reading in (cards, asks):
        with pytest.raises(LimitExceeded, match="longer than 29 characters") as caught:
            reading(request, limits)
        assert caught.value.status == 413


@pytest.mark.parametrize(("units", "refused"), [(2, True), (3, False), (4, False)])
def test_units(units: int, refused: bool) -> None:
    results = [
        {
            "resourceType": "Observation",
            "id": str(n),
            "status": "final",
            "valueQuantity": {"value": 1, "code": f"mg/dL{{x{n}}}"},
        }
        for n in (1, 2, 2)
    ]  # and the mg of the order
    request = call(context={"draftOrders": bundle(baclofen(10))}, prefetch={"x": searchset(*results)})
    limits = Limits(units=units)
    if not refused:
        assert cards(request, limits)
        assert asks(request, limits)
        return
    for reading in (cards, asks):
        with pytest.raises(LimitExceeded, match="more than 2 different units"):
            reading(request, limits)


@pytest.mark.parametrize(
    "draft", [baclofen, partial(order, "723", "Amoxicillin 500 MG Oral Capsule")], ids=["baclofen", "another"]
)
def test_drafts_are_counted_before_prefetch_is_read(draft: Callable[..., dict[str, Any]]) -> None:
    request = call(context={"draftOrders": bundle(draft(dosageInstruction=[{"text": "x" * 31}]))})
    for reading in (cards, asks):
        with pytest.raises(LimitExceeded, match="longer than 30 characters"):
            reading(request, Limits(dosing_text=30))


def test_the_worst_call_within_the_limits_ends() -> None:
    """A bound for a slow machine; docs/reliability.md has what was measured."""
    texts = [(f"{number} " + "1 tab et puis then " * 40)[:MAX_TEXT] for number in range(200)]
    assert sum(map(len, texts)) == Limits().dosing_text
    drafts = [baclofen(id=f"d{n}", dosageInstruction=[{"text": text}]) for n, text in enumerate(texts[:100])]
    record = [statement(number, text) for number, text in enumerate(texts[100:])]
    result = {"code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]}, "effectiveDateTime": "2026-05-01"}
    record += [
        {
            "resourceType": "Observation",
            "id": f"o{n}",
            "status": "final",
            **result,
            "valueQuantity": {"value": 1, "code": f"umol/L.m{n}"},
        }
        for n in range(Limits().units - 1)
    ]
    request = call(context={"draftOrders": bundle(*drafts)}, prefetch={"x": searchset(*record)})
    started = time.perf_counter()
    assert cards(request)
    assert time.perf_counter() - started < 15
