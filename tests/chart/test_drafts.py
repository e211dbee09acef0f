"""Drafts before the record and with it: the same names, and a plan where somebody asks for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cds.chart.build.drafts import draft_orders, named_drafts
from cds.chart.build.orders import UNREAD
from cds.evaluation.call import read_call
from cds.evaluation.relevance import concern_of
from cds.fhir.record import Record
from cds.protocol.request import decode_request, service_for_hook
from fhir_fixtures.codes import RXNORM, concept
from fhir_fixtures.expand import expand
from tests.charts import KNOWLEDGE
from tests.test_boundaries import cases

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BACLOFEN = concept(RXNORM, "197391", "baclofen 10 MG Oral Tablet")
AMOXICILLIN = concept(RXNORM, "308182", "amoxicillin 250 MG Oral Capsule")
THRICE = [{"text": "1 tablet three times a day"}]
NOTHING = [{"doseAndRate": [{"doseQuantity": {"value": 0, "unit": "mg", "code": "mg"}}]}]


def order(number: str, drug: dict, dosage: list, **members) -> dict:
    return {
        "resourceType": "MedicationRequest",
        "id": number,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": drug,
        "subject": {"reference": "Patient/p"},
        "dosageInstruction": dosage,
        **members,
    }


def call_of(*drafts: dict):
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in drafts]}
    body = json.dumps(
        {"hook": "order-sign", "hookInstance": "1", "context": {"patientId": "p", "draftOrders": bundle}}
    ).encode()
    return read_call(decode_request(body, service_for_hook(body)), NOW)


def on_file(*orders: dict) -> Record:
    record = Record()
    for request, _ in call_of(*orders).drafts:
        record.add(request, "p")
    return record


@pytest.mark.parametrize(
    ("drug", "read"), [(BACLOFEN, True), ({"text": "baclofène"}, True), ({}, True), (AMOXICILLIN, False)]
)
def test_a_dosage_is_read_unless_the_drug_is_another(drug: dict, *, read: bool) -> None:
    (draft,) = draft_orders(call_of(order("new", drug, THRICE)), Record(), KNOWLEDGE)
    assert (draft.order.plan is not UNREAD) is read


@pytest.mark.parametrize("link", ["its id", "prior"])
def test_a_draft_of_nothing_ends_the_order_on_file_whatever_it_names(link: str) -> None:
    linked = {} if link == "its id" else {"priorPrescription": {"reference": "MedicationRequest/old"}}
    number = "old" if link == "its id" else "new"
    call = call_of(order(number, AMOXICILLIN, NOTHING, **linked))
    (draft,) = draft_orders(call, on_file(order("old", BACLOFEN, THRICE)), KNOWLEDGE)
    assert draft.order.status == "stopped"
    assert draft.order.reference == "MedicationRequest/old"


def test_what_a_call_may_be_about_is_told_by_names_alone() -> None:
    for parameter in cases():
        _, case = parameter.values
        body = json.dumps(expand(case["case"]), default=str).encode()
        call = read_call(decode_request(body, service_for_hook(body)), NOW)
        by_name, read = named_drafts(call, KNOWLEDGE), draft_orders(call, Record(), KNOWLEDGE)
        assert [one.order.product for one in by_name] == [one.order.product for one in read]
        assert [(one.focus, one.about_baclofen) for one in by_name] == [(one.focus, one.about_baclofen) for one in read]
        assert concern_of(call, by_name, KNOWLEDGE) == concern_of(call, read, KNOWLEDGE)
