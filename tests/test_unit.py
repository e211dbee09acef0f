"""The unit of a call: the organisation that answers for its encounter, and nothing else of it."""

import json
from datetime import UTC, datetime

import pytest

from cds.evaluation import Pending, begin
from cds.examples import ORDER_SIGN
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import body
from tests.charts import KNOWLEDGE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def unit(encounter, encounter_id="e1"):
    document = json.loads(ORDER_SIGN.read_bytes())
    document["context"]["encounterId"] = encounter_id
    document["prefetch"]["encounter"] = {"resourceType": "Encounter", "id": "e1", "status": "in-progress"} | encounter
    content = body(document)
    begun = begin(decode_request(content, service_for_hook(content)), KNOWLEDGE, Settings(), NOW)
    answer = begun.finish(None) if isinstance(begun, Pending) else begun
    assert answer.report.concerned
    assert not answer.report.unit or answer.report.unit not in repr(answer.report)
    return answer.report.unit


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ({"display": " Ward 3 ", "reference": "Organization/3"}, "Ward 3"),
        ({"reference": "Organization/3"}, "Organization/3"),
        ({"reference": "https://ehr.example/fhir/Organization/3/_history/2"}, "Organization/3"),
        ({"display": " ", "reference": "Organization/3"}, "Organization/3"),
        ({"reference": "Location/home"}, ""),
        ({"reference": "Patient/p1"}, ""),
        ({"reference": "#contained"}, ""),
        ({"display": 3}, "3"),
        ({}, ""),
        (None, ""),
        ("Ward 3", ""),
    ],
)
def test_the_organisation_by_its_name_else_its_reference(provider, name):
    assert unit({"serviceProvider": provider}) == name


def test_a_location_is_never_asked():
    assert unit({"location": [{"location": {"display": "12 Home Street"}}]}) == ""


def test_of_another_encounter_nothing_is_told():
    assert unit({"serviceProvider": {"display": "Ward 3"}}, "e2") == ""
    assert unit({"serviceProvider": {"display": "Ward 3"}}, None) == "Ward 3"
