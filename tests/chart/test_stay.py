"""What the record says of a stay: from the request to `Chart.stay` and `Chart.last_order`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.evaluation import assess
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from fhir_fixtures.expand import expand

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOME = {"id": "home", "mg": 20, "times": 3, "category": "community"}


def chart_of(case: dict[str, Any], spoil: Any = None) -> Chart:
    request = expand({"hook": "patient-view", "inpatient": True, "began": "7:00", "file": [HOME], **case})
    if spoil is not None:
        spoil(request)
    body = json.dumps(request, default=str).encode()
    found = assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOON)
    assert found is not None
    return found.chart


def references(orders: Any) -> list[str]:
    return [order.reference.removeprefix("MedicationRequest/") for order in orders]


@pytest.mark.parametrize(
    ("began", "hours"),
    [
        ("0:00", Known(Fraction(0))),
        ("5:59", Known(Fraction(359, 60))),
        ("6:00", Known(Fraction(6))),
        ("6:01", Known(Fraction(361, 60))),
        ("-0d", Known(Fraction(0))),
        ("-1d", Known(Fraction(12))),
        ("+1d", Known(Fraction(0))),
    ],
)
def test_hours_of_the_stay(began: str, hours: Known[Fraction]) -> None:
    assert chart_of({"began": began}).stay.hours == hours


def test_seconds_do_not_count() -> None:
    def later(request: dict[str, Any]) -> None:
        request["prefetch"]["encounter"]["period"]["start"] = "2026-06-01T05:59:10+00:00"

    assert chart_of({}, later).stay.hours == Known(Fraction(6))


@pytest.mark.parametrize("status", ["finished", "cancelled", "entered-in-error"])
def test_a_stay_that_is_over_has_no_hours(status: str) -> None:
    assert chart_of({"visit": status}).stay.hours == Absent()


@pytest.mark.parametrize(("end", "hours"), [("2026-06-01T12:00:00Z", Absent()), ("2026-06-02", Known(Fraction(7)))])
def test_a_stay_that_ended(end: str, hours: Any) -> None:
    assert chart_of({}, lambda request: request["prefetch"]["encounter"]["period"].update(end=end)).stay.hours == hours


def test_an_encounter_that_was_not_sent_or_has_no_start_is_unknown() -> None:
    assert isinstance(chart_of({"faults": {"encounter": "null"}}).stay.hours, Unknown)
    assert isinstance(chart_of({}, lambda request: request["prefetch"]["encounter"].pop("period")).stay.hours, Unknown)


def test_orders_by_category() -> None:
    file = [
        HOME,
        {"id": "ward", "mg": 20, "times": 3, "category": "inpatient", "authored": "-0d"},
        {"id": "after", "mg": 20, "times": 3, "category": "discharge", "authored": "-0d"},
    ]
    stay = chart_of({"file": file}).stay
    assert references(stay.home) == ["home"]
    assert references(stay.inpatient.entries) == ["ward"]
    assert references(stay.discharge.entries) == ["after"]
    assert stay.home_dose == Known(Fraction(60))
    assert stay.undecided == ()


@pytest.mark.parametrize(("authored", "at_home"), [("-2d", True), ("-1d", True), ("-0d", False)])
def test_without_a_category_the_day_decides(authored: str, at_home: bool) -> None:
    stay = chart_of({"file": [{"id": "x", "mg": 20, "times": 3, "authored": authored}]}).stay
    assert (references(stay.home), references(stay.undecided)) == ((["x"], []) if at_home else ([], ["x"]))


def test_without_a_start_of_the_stay_such_an_order_is_undecided() -> None:
    case = {"file": [{"id": "x", "mg": 20, "times": 3, "authored": "-50d"}], "faults": {"encounter": "null"}}
    stay = chart_of(case).stay
    assert (stay.home, references(stay.undecided)) == ((), ["x"])


def test_reported_medication_counts_where_no_order_is_for_home() -> None:
    reported = [{"mg": 10, "times": 3}]
    assert chart_of({"file": [], "reported": reported}).stay.home_dose == Known(Fraction(30))
    assert chart_of({"reported": reported}).stay.home_dose == Known(Fraction(60))


@pytest.mark.parametrize(
    "order",
    [
        {**HOME, "prn": True},
        {**HOME, "status": "completed"},
        {"id": "pump", "rate": 200, "drug": "intrathecal", "category": "community"},
    ],
)
def test_what_is_no_home_medication_by_mouth(order: dict[str, Any]) -> None:
    assert chart_of({"file": [order], "faults": {"medicationStatements": "cut"}}).stay.home == ()


def test_the_home_dose_is_that_of_the_phase_in_force() -> None:
    falling = {
        **HOME,
        "authored": "-3d",
        "phases": [{"mg": 20, "times": 3, "days": 2}, {"mg": 10, "times": 3, "days": 9}],
    }
    assert chart_of(
        {"file": [{key: falling[key] for key in ("id", "category", "authored", "phases")}]}
    ).stay.home_dose == (Known(Fraction(30)))


class TestTaperOnRecord:
    PHASES = ({"mg": 20, "times": 1, "days": 4}, {"mg": 10, "times": 1, "days": 4})

    @pytest.mark.parametrize(
        ("status", "authored", "counts"),
        [
            ("completed", "-8d", True),
            ("completed", "-7d", False),
            ("stopped", "-9d", True),
            ("active", "-7d", False),
            ("draft", "-0d", True),
            ("cancelled", "-8d", False),
            ("entered-in-error", "-8d", False),
        ],
    )
    def test_it_has_reached_zero_or_is_planned(self, status: str, authored: str, counts: bool) -> None:
        taper = {"id": "taper", "status": status, "authored": authored, "phases": list(self.PHASES)}
        assert chart_of({"file": [HOME, taper]}).stay.taper_on_record == counts

    @pytest.mark.parametrize(("home", "counts"), [("-20d", True), ("-21d", True), ("-19d", False)])
    def test_an_old_taper_from_before_the_home_order_does_not_count(self, home: str, counts: bool) -> None:
        taper = {"id": "taper", "status": "completed", "authored": "-20d", "phases": list(self.PHASES)}
        assert chart_of({"file": [{**HOME, "authored": home}, taper]}).stay.taper_on_record == counts

    def test_a_rising_order_is_none(self) -> None:
        rising = {"id": "rise", "status": "completed", "authored": "-9d", "phases": list(reversed(self.PHASES))}
        assert not chart_of({"file": [HOME, rising]}).stay.taper_on_record


class TestLastOrder:
    def test_the_newest_running_order_by_mouth(self) -> None:
        file = [
            {"id": "a", "mg": 10, "authored": "-90d"},
            {"id": "b", "mg": 10, "authored": "-30d"},
            {"id": "c", "mg": 10, "authored": "-10d", "status": "stopped"},
            {"id": "d", "rate": 200, "drug": "intrathecal", "authored": "-5d"},
        ]
        last = chart_of({"file": file}).last_order
        assert last is not None
        assert last.on == date(2026, 5, 2)

    def test_renal_function_of_that_day(self) -> None:
        labs = [{"egfr": 25, "date": "-1d"}, {"egfr": 50, "date": "-100d"}, {"egfr": 70, "date": "-101d"}]
        chart = chart_of({"labs": labs})
        assert chart.last_order is not None
        assert isinstance(chart.kidneys.egfr, Known)
        assert isinstance(chart.last_order.kidneys.egfr, Known)
        assert (chart.kidneys.egfr.value.value, chart.last_order.kidneys.egfr.value.value) == (25, 50)

    @pytest.mark.parametrize(("onset", "then"), [("-99d", False), ("-100d", True), (None, True)])
    def test_dialysis_by_its_onset(self, onset: str | None, then: bool) -> None:
        condition = {"name": "dialysis"} if onset is None else {"name": "dialysis", "onset": onset}
        last = chart_of({"conditions": [condition]}).last_order
        assert last is not None
        assert isinstance(last.kidneys.dialysis, Known) == then

    @pytest.mark.parametrize(("recorded", "then"), [("2026-02-22", False), ("2026-02-21", True)])
    def test_dialysis_without_an_onset_by_the_day_it_was_recorded(self, recorded: str, then: bool) -> None:
        def dated(request: dict[str, Any]) -> None:
            request["prefetch"]["conditions"]["entry"][0]["resource"]["recordedDate"] = recorded

        last = chart_of({"conditions": ["dialysis"]}, dated).last_order
        assert last is not None
        assert isinstance(last.kidneys.dialysis, Known) == then

    @pytest.mark.parametrize(("began", "then"), [("2026-02-22", False), ("2026-02-21", True)])
    def test_dialysis_that_runs_as_a_procedure(self, began: str, then: bool) -> None:
        def dialysed(request: dict[str, Any]) -> None:
            procedure = {
                "resourceType": "Procedure",
                "id": "d",
                "status": "in-progress",
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "302497006"}]},
                "performedPeriod": {"start": began},
            }
            request["prefetch"]["procedures"] = {
                "resourceType": "Bundle",
                "total": 1,
                "entry": [{"resource": procedure}],
            }

        chart = chart_of({}, dialysed)
        assert isinstance(chart.kidneys.dialysis, Known)
        assert chart.last_order is not None
        assert isinstance(chart.last_order.kidneys.dialysis, Known) == then

    def test_only_when_a_record_is_opened(self) -> None:
        assert chart_of({"hook": "encounter-start"}).last_order is None
