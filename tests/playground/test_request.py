"""The call that a form stands for is one that an EHR could send, and says what the form says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from fhir.resources.R4B import get_fhir_model_class
from jsonschema import Draft202012Validator

from cds.knowledge import load_knowledge
from cds.playground import choices
from cds.playground.form import Form, decode
from cds.playground.library import cases
from cds.playground.request import moment_of, request_of, service_id_of
from cds.protocol.discovery import PREFETCH
from cds.protocol.request import decode_request, service_for
from cds.protocol.schemas import schema

KNOWLEDGE = load_knowledge()
TODAY = date(2026, 11, 25)
FORMS = [decode(case.typed(TODAY), TODAY, KNOWLEDGE).form for case in cases()]
FORMS += [
    Form(
        day=TODAY,
        product="liquid",
        strength=Decimal(1),
        conditions=tuple(choices.CONDITIONS),
        drugs=tuple(choices.DRUGS),
        beside=(*choices.SERVICES, *choices.DRUGS),
        allergies=tuple(choices.ALLERGIES),
        drug_text="a drug",
        condition_text="a problem",
        drinks=Decimal(2),
        weight=Decimal("62.5"),
        creatinine=Decimal("1.1"),
        creatinine_unit="mg/dL",
        before="reported",
        before_dose=Decimal(10),
        before_times=Decimal("1.5"),
        dispensed_on=TODAY,
        dispensed_days=30,
        pump_empty=TODAY,
        test_dose=Decimal(50),
        test_hours=Decimal(4),
        opinion="second",
        toxicity=True,
        change="hold",
        sig_text="1 cp",
        sig="words",
        patient_registered="yes",
        prescriber_registered="yes",
        born=date(1980, 2, 29),
        setting="inpatient",
        stay_hours=7,
    )
]


def resources(node):
    """Every resource of a call."""
    if isinstance(node, dict):
        if "resourceType" in node and node["resourceType"] != "Bundle":
            yield node
            return
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from resources(item)


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
def test_a_call_is_valid_and_so_is_every_resource_in_it(form):
    call = msgspec.json.decode(msgspec.json.encode(request_of(form, KNOWLEDGE)))
    Draft202012Validator(schema("request")).validate(call)
    assert set(call.get("prefetch", {})) <= set(PREFETCH)
    found = list(resources([call["context"], call.get("prefetch", {})]))
    for resource in found:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    decode_request(msgspec.json.encode(call), service_for(service_id_of(form)))


def test_a_form_gives_one_call_and_another_form_another():
    one, same, other = (request_of(Form(day=TODAY, age=Decimal(age)), KNOWLEDGE) for age in (40, 40, 41))
    assert one == same
    assert one["hookInstance"] != other["hookInstance"]
    assert moment_of(Form(day=TODAY)).isoformat() == "2026-11-25T12:00:00+00:00"


def patient(**fields):
    return request_of(Form(day=fields.pop("day", TODAY), **fields), KNOWLEDGE)["prefetch"]["patient"]


@pytest.mark.parametrize(
    ("age", "day", "born"),
    [
        ("40", TODAY, "1986-11-25"),
        ("0", TODAY, "2026-11-25"),
        ("0.5", TODAY, "2026-05-25"),
        ("1", date(2024, 2, 29), "2023-02-28"),
        ("4", date(2024, 2, 29), "2020-02-29"),
        ("120", date(1900, 1, 31), "1780-01-31"),
    ],
)
def test_an_age_is_a_birthday(age, day, born):
    assert patient(age=Decimal(age), day=day)["birthDate"] == born


def test_a_day_of_birth_goes_before_an_age_and_neither_is_no_birth_date():
    assert patient(age=Decimal(40), born=date(2000, 1, 2))["birthDate"] == "2000-01-02"
    assert "birthDate" not in patient()


def test_registration_is_an_identifier():
    assert patient(patient_registered="yes")["identifier"][0]["system"] == "urn:baclofen-cds:rtu:patient"
    assert "identifier" not in patient(patient_registered="no")
    prefetch = request_of(Form(day=TODAY, prescriber_registered="yes"), KNOWLEDGE)["prefetch"]
    assert prefetch["user"]["identifier"][0]["system"] == "urn:baclofen-cds:rtu:prescriber"
    assert "user" not in request_of(Form(day=TODAY, prescriber_registered="unknown"), KNOWLEDGE)["prefetch"]


@pytest.mark.parametrize("name", [name for name in choices.LISTS if name != "all"])
def test_what_is_not_sent_is_left_out_and_nothing_else(name):
    prefetch = request_of(Form(day=TODAY, missing=(name,)), KNOWLEDGE)["prefetch"]
    assert set(PREFETCH) - set(prefetch) == set(choices.LISTS[name][1])


def test_every_key_can_be_left_out():
    assert {key for _, keys in choices.LISTS.values() for key in keys} | {"user"} == set(PREFETCH)
    assert "prefetch" not in request_of(Form(day=TODAY, missing=("all",)), KNOWLEDGE)


def draft(**fields):
    """The first order being signed."""
    return request_of(Form(day=TODAY, **fields), KNOWLEDGE)["context"]["draftOrders"]["entry"][0]["resource"]


def test_one_phase_and_several():
    one = draft(dose=(Decimal("2.5"),), times=(Decimal(3),))["dosageInstruction"]
    assert len(one) == 1
    assert "sequence" not in one[0]
    assert one[0]["doseAndRate"][0]["doseQuantity"] == {
        "value": 2.5,
        "unit": "mg",
        "system": "http://unitsofmeasure.org",
        "code": "mg",
    }
    assert one[0]["timing"]["repeat"] == {"frequency": 3, "period": 1, "periodUnit": "d"}
    rows = draft(dose=(Decimal(10), None, Decimal(5)), times=(Decimal(3), None, Decimal("1.5")), days=(Decimal(7),))
    first, last = rows["dosageInstruction"]
    assert (first["sequence"], last["sequence"]) == (1, 2)
    assert first["timing"]["repeat"]["boundsDuration"]["value"] == 7
    assert last["timing"]["repeat"] == {"frequency": 1, "period": 16, "periodUnit": "h"}


def test_a_bolus_is_a_moment_and_a_pump_a_rate():
    bolus = draft(route="intrathecal", unit="ug", dose=(Decimal(50),))["dosageInstruction"][0]
    assert bolus["timing"] == {"event": ["2026-11-25T12:00:00+00:00"]}
    rate = draft(route="intrathecal", unit="ug/d", dose=(Decimal(300),))["dosageInstruction"][0]
    assert rate["doseAndRate"] == [
        {"rateQuantity": {"value": 300, "unit": "ug/d", "system": "http://unitsofmeasure.org", "code": "ug/d"}}
    ]


def test_a_dose_in_words_as_fhir_and_none():
    assert draft(sig="words", sig_text="1 cp")["dosageInstruction"] == [{"text": "1 cp"}]
    assert draft(sig="fhir", sig_fhir='{"text": "1 cp"}')["dosageInstruction"] == [{"text": "1 cp"}]
    assert draft(sig="fhir", sig_fhir="1 cp")["dosageInstruction"] == [{"text": "1 cp"}]
    assert "dosageInstruction" not in draft(sig="none", sig_text="1 cp", dose=(Decimal(1),))


def test_an_order_follows_the_one_on_file_unless_that_goes_on():
    assert draft(before="order")["priorPrescription"] == {"reference": "MedicationRequest/before"}
    assert "priorPrescription" not in draft(before="order", before_goes_on=True)
    assert "priorPrescription" not in draft(before="reported")


def test_a_stop_is_the_order_on_file_with_another_status():
    fields = {"before": "order", "before_dose": Decimal(20), "before_times": Decimal(3)}
    stopped = draft(change="stop", toxicity=True, **fields)
    assert (stopped["id"], stopped["status"]) == ("before", "stopped")
    assert stopped["statusReason"]["coding"][0]["code"] == "75478009"
    on_file = request_of(Form(day=TODAY, **fields), KNOWLEDGE)["prefetch"]["medicationRequests"]["entry"][0]["resource"]
    assert (on_file["id"], on_file["status"]) == ("before", "active")
    assert on_file["dosageInstruction"] == stopped["dosageInstruction"]
    assert draft(change="hold")["status"] == "on-hold"


def test_a_product_of_ones_own_carries_its_strength():
    tablet = draft(product="tablet", strength=Decimal(25))
    (medication,) = tablet["contained"]
    strength = medication["ingredient"][0]["strength"]
    assert (strength["numerator"]["value"], strength["numerator"]["code"], strength["denominator"]["code"]) == (
        25,
        "mg",
        "{tbl}",
    )
    assert "contained" not in draft(product="tablet")
    assert draft(product="cis:60304050")["medicationCodeableConcept"]["coding"][0]["code"] == "60304050"


def test_every_option_means_to_the_knowledge_what_it_says():
    def known(option):
        return KNOWLEDGE.sets_of(option.system, option.code)

    beside_the_point = {"paracetamol", "penicillin"}
    for options in (choices.CONDITIONS, choices.DRUGS, choices.SERVICES, choices.ALLERGIES):
        for name, option in options.items():
            assert bool(known(option)) is (name not in beside_the_point), name
    for name, option in choices.INDICATIONS.items():
        assert bool(known(option)) is (name != "none"), name
