from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from cds.fhir import lenient
from cds.fhir.resources import MedicationRequest, MedicationStatement
from cds.language import catalogue
from cds.pharmacology.product import Product
from cds.remedies.model import Limit, Mention, Redose, Stage, Taper
from cds.suggestions.orders import Signing, carried, limited, mentioned, redosed, service_request, taper
from cds.suggestions.valid import is_valid
from tests.charts import KNOWLEDGE, TABLET, TODAY, order, phase

WORDS = catalogue("en")
ROUTE = {"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}], "text": "PO"}


def draft(**members: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "draft",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Baclofen 10 mg"},
        "subject": {"reference": "Patient/p"},
        "dosageInstruction": [
            {
                "route": ROUTE,
                "timing": {"repeat": {"boundsDuration": {"value": 30, "unit": "d"}, "frequency": 4, "period": 1}},
                "doseAndRate": [{"doseQuantity": {"value": 3, "code": "{tbl}"}}],
            }
        ],
        **members,
    }


def signing(resource: dict[str, Any], **changes: Any) -> Signing:
    raw = msgspec.Raw(msgspec.json.encode(resource))
    kind = MedicationStatement if resource["resourceType"] == "MedicationStatement" else MedicationRequest
    read, _ = lenient.read(raw, kind)
    reference = f"{resource['resourceType']}/{resource.get('id')}"
    fields = {"patient_id": "p", "encounter_id": "e", "user": "Practitioner/d", "today": TODAY}
    return Signing(**(fields | {"drafts": {reference: raw}, "sources": {reference: read}} | changes))


def stage(*intakes: float, days: int | None = None, start: date = TODAY) -> Stage:
    return Stage(tuple(Fraction(str(amount)) for amount in intakes), start, days)


def doses(resource: dict[str, Any]) -> list[tuple[float, str]]:
    found = [dosage["doseAndRate"][0]["doseQuantity"] for dosage in resource["dosageInstruction"]]
    return [(one["value"], one["code"]) for one in found]


def test_a_new_dose_keeps_route_bounds_and_way_of_counting() -> None:
    given = draft()
    changed = redosed(given, Redose(order(phase(30, 4)), (stage(20, 20, 20, 20),)), signing(given), WORDS)
    (dosage,) = changed["dosageInstruction"]
    assert dosage["text"] == "2 tablets (20 mg), 4 times a day"
    assert doses(changed) == [(2, "{tbl}")]
    assert dosage["route"] == ROUTE
    assert dosage["timing"]["repeat"] == {
        "boundsDuration": {"value": 30, "unit": "d"},
        "frequency": 4,
        "period": 1,
        "periodUnit": "d",
    }
    assert "sequence" not in dosage
    assert is_valid(changed)


@pytest.mark.parametrize(
    ("product", "written", "by_volume", "expected", "said"),
    [
        (TABLET, {"value": 30, "code": "mg"}, False, (5, "mg"), "½ tablet (5 mg), 3 times a day"),
        (TABLET, {"value": 3, "code": "{tbl}"}, False, (0.5, "{tbl}"), "½ tablet (5 mg), 3 times a day"),
        (
            Product(name="b", baclofen="code", form="liquid", concentration_mg_per_ml=Fraction(2)),
            {"value": 15, "code": "mL"}, True, (2.5, "mL"), "2.5 mL (5 mg), 3 times a day",
        ),
        (Product(name="b", baclofen="code"), {"value": 30, "code": "mg"}, False, (5, "mg"), "5 mg, 3 times a day"),
        (
            Product(name="b", baclofen="code", form="granules", strength_mg=Fraction(5)),
            {"value": 1, "code": "{tbl}"}, False, (1, "{tbl}"), "5 mg, 3 times a day",
        ),
    ],
)  # fmt: skip
def test_doses_are_counted_as_the_order_counts_them(product, written, by_volume, expected, said) -> None:
    given = draft(dosageInstruction=[{"doseAndRate": [{"doseQuantity": written}]}])
    ordered = order(phase(30, 3), product=product, plan={"by_volume": by_volume})
    changed = redosed(given, Redose(ordered, (stage(5, 5, 5),)), signing(given), WORDS)
    assert doses(changed) == [expected]
    assert changed["dosageInstruction"][0]["text"] == said


@pytest.mark.parametrize("wrong", ["PO", ["PO"], 7, True])
@pytest.mark.parametrize("member", ["route", "timing"])
def test_a_member_of_another_kind_is_no_crash(member: str, wrong: Any) -> None:
    given = draft()
    given["dosageInstruction"][0][member] = wrong
    changed = redosed(given, Redose(order(phase(30, 4)), (stage(5, 5, 5),)), signing(given), WORDS)
    assert changed["dosageInstruction"][0]["route"]["coding"][0]["code"] == "26643006"
    assert is_valid(changed)


def test_a_dosage_that_is_none_is_left_out_of_a_limit() -> None:
    given = draft()
    given["dosageInstruction"].append("as needed")
    assert is_valid(limited(given, Limit(order(phase(20)), Fraction(80)), WORDS))


def test_supply_for_the_old_dose_is_left_out() -> None:
    given = draft(dispenseRequest={"numberOfRepeatsAllowed": 2, "quantity": {"value": 360}})
    changed = redosed(given, Redose(order(phase(30, 4)), (stage(5, 5, 5),)), signing(given), WORDS)
    assert changed["dispenseRequest"] == {"numberOfRepeatsAllowed": 2}


def test_a_taper_has_dated_steps_readable_text_and_an_end() -> None:
    given = draft()
    stages = (stage(5, 10, days=7), stage(5, days=7, start=TODAY + timedelta(days=7)))
    made = taper(Taper(order(phase(10, 2)), stages), signing(given), WORDS)
    assert made["priorPrescription"] == {"reference": "MedicationRequest/draft"}
    assert made["requester"] == {"reference": "Practitioner/d"}
    first, second, third, end = made["dosageInstruction"]
    assert [dosage["sequence"] for dosage in (first, second, third, end)] == [1, 1, 2, 3]
    assert first["timing"]["repeat"] == {
        "boundsPeriod": {"start": "2026-06-01", "end": "2026-06-07"},
        "when": ["MORN"],
    }
    assert second["timing"]["repeat"]["when"] == ["EVE"]
    assert third["timing"]["repeat"]["boundsPeriod"] == {"start": "2026-06-08", "end": "2026-06-14"}
    assert end["text"] == "from 15 June 2026 on: none"
    assert doses(made) == [(0.5, "{tbl}"), (1, "{tbl}"), (0.5, "{tbl}"), (0, "{tbl}")]
    assert made["note"][0]["text"].splitlines() == [
        "from 1 June 2026 to 7 June 2026: ½ tablet (5 mg) in the morning, 1 tablet (10 mg) in the evening",
        "from 8 June 2026 to 14 June 2026: ½ tablet (5 mg), once a day",
        "from 15 June 2026 on: none",
    ]
    assert is_valid(made)


def test_a_taper_of_reported_medication_follows_no_prescription() -> None:
    statement = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "active",
        "medicationCodeableConcept": {"text": "baclofen"},
        "subject": {"reference": "Patient/p"},
    }
    ordered = order(phase(10, 2), reference="MedicationStatement/s")
    made = taper(Taper(ordered, (stage(5, days=7),)), signing(statement), WORDS)
    assert "priorPrescription" not in made
    assert made["subject"] == {"reference": "Patient/p"}
    assert is_valid(made)


def test_no_taper_of_an_order_that_is_not_at_hand() -> None:
    ordered = order(phase(10, 2), reference="MedicationRequest/elsewhere")
    assert taper(Taper(ordered, (stage(5, days=7),)), signing(draft()), WORDS) is None


def test_a_limit_stands_on_every_dosage() -> None:
    changed = limited(draft(), Limit(order(phase(20)), Fraction(80)), WORDS)
    maximum = changed["dosageInstruction"][0]["maxDosePerPeriod"]
    assert (maximum["numerator"]["value"], maximum["denominator"]["code"]) == (80, "d")
    assert is_valid(changed)


def test_a_mention_is_added_to_the_notes() -> None:
    changed = mentioned(draft(note=[{"text": "monthly"}]), Mention(order(phase(20)), "Prescription sous RTU"))
    assert [note["text"] for note in changed["note"]] == ["monthly", "Prescription sous RTU"]


def test_a_draft_that_is_not_valid_is_rebuilt_from_what_is_understood() -> None:
    given = draft(substitution=[], dispenseRequest="30 days", priority="very")
    changed = redosed(given, Redose(order(phase(30, 4)), (stage(5, 5, 5),)), signing(given), WORDS)
    assert not is_valid(changed)
    assert is_valid(carried(changed))


def test_a_rebuilt_draft_keeps_its_notes_and_the_mention() -> None:
    """Otherwise the click would do nothing of what it says."""
    given = draft(priority="very", note=["loose words", {"text": "monthly"}])
    changed = mentioned(given, Mention(order(phase(20)), "Prescription sous RTU"))
    assert not is_valid(changed)
    rebuilt = carried(changed)
    assert rebuilt["note"] == [{"text": "monthly"}, {"text": "Prescription sous RTU"}]
    assert is_valid(rebuilt)


@pytest.mark.parametrize(
    ("resource", "there"),
    [
        (draft(), True),
        ({**draft(), "id": ""}, False),
        ({**draft(), "id": None}, False),
        ({**draft(), "id": "order_1"}, False),
        ({**draft(), "id": "x" * 65}, False),
    ],
)
def test_a_draft_without_a_valid_id_cannot_be_changed(resource: dict[str, Any], there: bool) -> None:
    given = signing(draft(), drafts={"MedicationRequest/draft": msgspec.Raw(msgspec.json.encode(resource))})
    assert (given.draft("MedicationRequest/draft") is not None) is there


def test_null_and_empty_members_are_left_out() -> None:
    given = draft(encounter=None, note=[], extension=[{"url": "x", "valueString": ""}], reasonCode=[{}])
    assert set(signing(given).draft("MedicationRequest/draft")) == {*draft(), "extension"}


@pytest.mark.parametrize(("jurisdiction", "code"), [("US", "2160-0"), ("FR", "14682-9"), ("UK", "14682-9")])
def test_creatinine_is_ordered_in_the_country_s_unit(jurisdiction: str, code: str) -> None:
    made = service_request(KNOWLEDGE.service("creatinine"), jurisdiction, signing(draft()), "Creatinine")
    assert made["code"]["coding"][0]["code"] == code
    assert made["encounter"] == {"reference": "Encounter/e"}
    assert is_valid(made)


@pytest.mark.parametrize("user", [None, "Patient/p"])
def test_only_a_prescriber_requests(user: str | None) -> None:
    made = service_request(KNOWLEDGE.service("second_opinion"), "FR", signing(draft(), user=user), "Opinion")
    assert "requester" not in made


def test_other_resources_are_not_sent() -> None:
    assert not is_valid({"resourceType": "Patient", "id": "p"})
