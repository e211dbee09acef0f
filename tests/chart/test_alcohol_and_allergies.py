"""Drinks a day from the social history, and which entries of an allergy list count."""

import json
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from cds.chart.build.alcohol import alcohol_use_of
from cds.chart.build.problems import allergies_of
from cds.chart.build.sources import Sources
from cds.chart.reading import Absent, Known, Origin, Unknown
from cds.fhir.prefetch import read_prefetch
from cds.protocol.discovery import PREFETCH
from tests.charts import KNOWLEDGE

ON = date(2026, 6, 1)


def sources(**prefetch):
    raw = {key: json.dumps(value).encode() for key, value in prefetch.items()}
    return Sources(read_prefetch(raw, PREFETCH, "p"), KNOWLEDGE, datetime(2026, 6, 1, 12, tzinfo=UTC), ON)


def found(*resources, **changes):
    entries = [{"resource": {"id": f"r{number}", **one}} for number, one in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries, **changes}


def drinking(value=2, unit="{drinks}/d", on="2026-05-01", code="74013-4", status="final", **changes):
    quantity = {"value": value} | ({"code": unit} if unit else {})
    concept = {"coding": [{"system": "http://loinc.org", "code": code}]}
    fields = {"status": status, "code": concept, "effectiveDateTime": on, "valueQuantity": quantity}
    return {"resourceType": "Observation", **fields, **changes}


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2, "{drinks}/d", 2),
        (0, "{drinks}/d", 0),
        (0.5, "/d", Fraction(1, 2)),
        (3, "{drinks}/day", 3),
        (3, "drinks", 3),
        (3, None, 3),
        (14, "{drinks}/wk", 2),
        (3, "{drinks}/{something}", 3),
    ],
)
def test_drinks_a_day_in_any_unit(value, unit, expected):
    reading = alcohol_use_of(sources(socialHistory=found(drinking(value, unit))))
    assert reading == Known(Fraction(expected), Origin("Observation/r0", date(2026, 5, 1)))


@pytest.mark.parametrize(
    "other",
    [
        drinking(status="entered-in-error"),
        drinking(on="2026-06-02"),
        drinking(on=None),
        drinking(value=-1),
        drinking(code="72166-2"),
        drinking(valueQuantity=None),
    ],
)
def test_what_is_no_entry(other):
    assert alcohol_use_of(sources(socialHistory=found(other))) == Absent()


@pytest.mark.parametrize(
    ("first", "second", "expected"), [("2026-05-01", "2026-05-02", 0), ("2026-05-02", "2026-05-01", 5)]
)
def test_the_newest_entry_counts(first, second, expected):
    reading = alcohol_use_of(sources(socialHistory=found(drinking(5, on=first), drinking(0, on=second))))
    assert isinstance(reading, Known)
    assert reading.value == expected


def test_the_day_itself_counts():
    assert isinstance(alcohol_use_of(sources(socialHistory=found(drinking(on="2026-06-01")))), Known)


@pytest.mark.parametrize(
    "prefetch",
    [{}, {"socialHistory": None}, {"socialHistory": found(link=[{"relation": "next", "url": "http://127.0.0.1/2"}])}],
)
def test_a_history_that_was_not_sent_is_unknown(prefetch):
    assert isinstance(alcohol_use_of(sources(**prefetch)), Unknown)


def allergy(clinical=None, verification=None):
    status = {"clinicalStatus": {"coding": [{"code": clinical}]}} if clinical else {}
    verified = {"verificationStatus": {"coding": [{"code": verification}]}} if verification else {}
    return {"resourceType": "AllergyIntolerance", "code": {"text": "Baclofen"}, **status, **verified}


@pytest.mark.parametrize(
    ("clinical", "verification", "counts"),
    [
        (None, None, True),
        ("active", "confirmed", True),
        ("active", "unconfirmed", True),
        ("active", "presumed", True),
        ("inactive", "confirmed", True),
        ("resolved", "confirmed", False),
        ("resolved", None, False),
        ("active", "refuted", False),
        (None, "entered-in-error", False),
    ],
)
def test_which_allergies_count(clinical, verification, counts):
    listing = allergies_of(sources(allergies=found(allergy(clinical, verification))))
    assert [entry.kinds for entry in listing.entries] == ([frozenset({"baclofen_allergy"})] if counts else [])
    assert listing.complete
