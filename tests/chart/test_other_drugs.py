"""Drugs other than baclofen: which of them count, whether they are being ordered, and what they are called."""

import json
from datetime import UTC, date, datetime

import pytest

from cds.chart.build.orders import Draft, read_order
from cds.chart.build.problems import drugs_of, problems_of
from cds.chart.build.sources import Sources
from cds.fhir.prefetch import read_prefetch, read_resource
from cds.protocol.discovery import PREFETCH
from fhir_fixtures.codes import ATC, RXNORM, SNOMED, concept
from tests.charts import KNOWLEDGE

DIAZEPAM = concept(RXNORM, "3322", "Diazepam")


def sources(**prefetch):
    raw = {
        key: json.dumps({"resourceType": "Bundle", "total": len(found), "entry": [{"resource": one} for one in found]})
        for key, found in prefetch.items()
    }
    encoded = {key: text.encode() for key, text in raw.items()}
    record = read_prefetch(encoded, PREFETCH, "p")
    return Sources(record, KNOWLEDGE, datetime(2026, 6, 1, 12, tzinfo=UTC), date(2026, 6, 1))


def request(number="1", drug=DIAZEPAM, status="active", **members):
    return {
        "resourceType": "MedicationRequest",
        "id": number,
        "status": status,
        "medicationCodeableConcept": drug,
        **members,
    }


def draft(resource, *, focus=True):
    found, _ = read_resource(json.dumps(resource).encode())
    return Draft(read_order(found, {}, KNOWLEDGE, UTC, draft=True), found, focus)


def found_in(*on_file, drafts=()):
    return drugs_of(sources(medicationRequests=on_file), drafts, frozenset(), {}).entries


@pytest.mark.parametrize(("focus", "ordered"), [(True, True), (False, False)])
def test_an_order_in_the_cart_counts_and_is_not_being_ordered(focus, ordered):
    (drug,) = found_in(drafts=[draft(request(status="draft"), focus=focus)])
    assert drug.draft == ordered
    assert drug.classes >= {"benzodiazepine", "cns_depressant"}


def test_a_draft_stands_for_the_order_of_the_same_id_on_file():
    (drug,) = found_in(request(), drafts=[draft(request(status="draft"))])
    assert drug.draft


@pytest.mark.parametrize(
    "gone",
    [
        request(status="completed"),
        request(status="stopped"),
        request(doNotPerform=True),
        request(dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": "2026-05-31"}}}}]),
    ],
)
def test_what_is_not_taken(gone):
    assert found_in(gone) == ()


def test_as_needed_counts_and_so_does_a_course_on_its_last_day():
    course = {"timing": {"repeat": {"boundsPeriod": {"end": "2026-06-01"}}}}
    for dosage in ({"asNeededBoolean": True}, course):
        assert len(found_in(request(dosageInstruction=[dosage]))) == 1


@pytest.mark.parametrize(
    "gel",
    [
        request(drug=concept(ATC, "M02AA15", "Diclofenac"), dosageInstruction=[{}]),
        request(
            drug=concept(RXNORM, "3355", "Diclofenac"),
            dosageInstruction=[{"route": concept(SNOMED, "6064005", "Topical")}],
        ),
        request(drug={"coding": [*concept(RXNORM, "3355", "")["coding"], *concept(ATC, "M02AA15", "")["coding"]]}),
        request(drug={"text": "Voltaren gel"}),
    ],
)
def test_topical_drugs_do_not_count(gel):
    assert not any(drug.classes & {"nsaid"} for drug in found_in(gel))


def test_a_code_without_words_stands_for_itself():
    (drug,) = found_in(request(drug={"coding": [{"system": ATC, "code": "N05BA01"}]}))
    assert drug.name == "N05BA01"
    bare = {"resourceType": "Condition", "code": {"coding": [{"system": SNOMED, "code": "13746004"}]}}
    (problem,) = problems_of(sources(conditions=[bare])).entries
    assert problem.name == "13746004"
