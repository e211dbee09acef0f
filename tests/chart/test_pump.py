"""The pump, its readings, what it is for and what is not known of it: from the request to `Chart.intrathecal`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds.chart.model import Absent, Known, Unknown
from fhir_fixtures.codes import quantity
from tests.chart.pump_requests import DRAFT, FILED, chart_of, pump_of, reading, sent


class TestOrigin:
    @pytest.mark.parametrize(
        ("case", "origin"),
        [
            ({"conditions": ["ms"]}, Known("spinal")),
            ({"conditions": ["cerebral-palsy"]}, Known("cerebral")),
            ({"conditions": ["stroke"]}, Known("cerebral")),
            ({"conditions": ["brain-injury"]}, Known("cerebral")),
            ({"conditions": [{"name": "ms", "status": "resolved"}, "stroke"]}, Known("cerebral")),
            ({"conditions": ["epilepsy"]}, Absent()),
            ({"drafts": [{**DRAFT, "reason": "ms"}], "conditions": ["stroke"]}, Known("spinal")),
        ],
    )
    def test_by_the_reason_else_the_list(self, case: dict[str, Any], origin: Any) -> None:
        assert pump_of(case).origin == origin

    def test_both_or_a_missing_list_leave_it_open(self) -> None:
        assert isinstance(pump_of({"conditions": ["ms", "stroke"]}).origin, Unknown)
        assert isinstance(pump_of({"faults": {"conditions": "null"}}).origin, Unknown)


class TestReadings:
    def test_the_newest_programmed_concentration(self) -> None:
        def readings(request: dict[str, Any]) -> None:
            code = "pump-reservoir-concentration"
            values = ((1, "2026-05-01T09:00:00Z", 500), (2, "2026-05-01T10:00:00Z", 2000), (3, "2026-06-02", 1000))
            for number, on, value in values:
                sent(request, "pumpReadings", reading(number, code, on, valueQuantity=quantity(value, "ug/mL")))
            mistaken = reading(4, code, "2026-05-31", valueQuantity=quantity(500, "ug/mL"))
            sent(request, "pumpReadings", {**mistaken, "status": "entered-in-error"})

        concentration = pump_of({}, readings).programmed_concentration
        assert isinstance(concentration, Known)
        assert concentration.value == 2000

    def test_in_milligrams(self) -> None:
        def readings(request: dict[str, Any]) -> None:
            one = reading(1, "pump-reservoir-concentration", "2026-05-01", valueQuantity=quantity(2, "mg/mL"))
            sent(request, "pumpReadings", one)

        concentration = pump_of({}, readings).programmed_concentration
        assert isinstance(concentration, Known)
        assert concentration.value == 2000

    def test_the_end_of_supply(self) -> None:
        empty = pump_of({"empty": "+7d"}).predicted_empty
        assert isinstance(empty, Known)
        assert empty.value == date(2026, 6, 8)

    @pytest.mark.parametrize(("fault", "kind"), [(None, Absent), ("null", Unknown), ("missing", Unknown)])
    def test_none_is_not_unknown(self, fault: str | None, kind: type) -> None:
        pump = pump_of({"faults": {"pumpReadings": fault}} if fault else {})
        assert isinstance(pump.programmed_concentration, kind)
        assert isinstance(pump.predicted_empty, kind)

    def test_a_reading_that_cannot_be_read_is_unknown(self) -> None:
        def readings(request: dict[str, Any]) -> None:
            one = reading(1, "pump-reservoir-concentration", "2026-05-01", valueQuantity=quantity(20, "mL"))
            sent(request, "pumpReadings", one, reading(2, "pump-predicted-empty", "2026-05-01"))

        pump = pump_of({}, readings)
        assert isinstance(pump.programmed_concentration, Unknown)
        assert isinstance(pump.predicted_empty, Unknown)


ORAL = {"drafts": [{"mg": 10, "times": 3}]}


class TestPump:
    @pytest.mark.parametrize(
        ("case", "name", "opens"),
        [
            ({**ORAL, "pump": True}, "Implantable intrathecal infusion pump", False),
            ({**ORAL, "pump": "Prometra II"}, "Prometra II", True),
            ({**ORAL, "file": [FILED]}, "an intrathecal infusion", False),
            ({**ORAL, "implanted": True}, "Implantation of an intrathecal pump", False),
            ({}, "the infusion of this signing", False),
            ({"pump": "Prometra II", "file": [FILED], "implanted": True}, "Prometra II", True),
        ],
    )
    def test_what_shows_one(self, case: dict[str, Any], name: str, opens: bool) -> None:
        pump = pump_of(case).pump
        assert isinstance(pump, Known)
        assert (pump.value.name, pump.value.opens_in_field) == (name, opens)

    @pytest.mark.parametrize(
        "members",
        [
            {"type": {"text": "Implantable infusion pump"}, "modelNumber": "Prometra II"},
            {"deviceName": [{"name": "Prometra", "type": "model-name"}]},
        ],
    )
    def test_the_make_may_stand_elsewhere(self, members: dict[str, Any]) -> None:
        def device(request: dict[str, Any]) -> None:
            generic = {"resourceType": "Device", "id": "d1", "type": {"text": "Intrathecal pump"}}
            sent(request, "devices", generic, {"resourceType": "Device", "id": "d2", "status": "active", **members})

        pump = pump_of(ORAL, device).pump
        assert isinstance(pump, Known)
        assert pump.value.opens_in_field

    @pytest.mark.parametrize(
        "case",
        [
            {**ORAL, "pump": "Insulin pump"},
            {**ORAL, "file": [{**FILED, "status": "completed"}]},
            {"drafts": [{"bolus": 50, "drug": "it-50", "at": "2026-06-01T09:00:00Z"}]},
        ],
    )
    def test_what_shows_none(self, case: dict[str, Any]) -> None:
        assert pump_of(case).pump == Absent()

    def test_a_device_that_is_out(self) -> None:
        def inactive(request: dict[str, Any]) -> None:
            request["prefetch"]["devices"]["entry"][0]["resource"]["status"] = "inactive"

        assert pump_of({**ORAL, "pump": True}, inactive).pump == Absent()

    @pytest.mark.parametrize("key", ["devices", "procedures", "medicationRequests"])
    def test_a_missing_list_leaves_it_open(self, key: str) -> None:
        assert isinstance(pump_of({**ORAL, "faults": {key: "null"}}).pump, Unknown)


class TestReportedOral:
    def test_only_where_no_order_tells(self) -> None:
        reported = {"reported": [{"mg": 10, "times": 3}]}
        assert len(pump_of(reported).reported_oral) == 1
        assert pump_of({**reported, "file": [{"mg": 10, "times": 3}]}).reported_oral == ()
        past = {"mg": 10, "times": 3, "status": "completed"}
        assert len(pump_of({**reported, "file": [past]}).reported_oral) == 1
        stop = {"id": "old", "mg": 10, "times": 3, "status": "stopped"}
        assert pump_of({**reported, "drafts": [DRAFT, stop]}).reported_oral == ()


class TestWhatIsMissing:
    def topics(self, case: dict[str, Any]) -> set[str]:
        return {part.topic for part in chart_of(case).missing}

    EVERYTHING = {"medicationAdministrations": "null", "pumpReadings": "null", "devices": "null"}  # noqa: RUF012
    BOLUS = {"bolus": 50, "drug": "it-50", "at": "2026-06-01T09:00:00Z"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("case", "topics"),
        [
            ({}, {"administrations", "pump_readings"}),
            ({"file": [FILED]}, {"pump_readings"}),
            ({"drafts": [BOLUS]}, {"administrations"}),
            ({"file": [FILED], "services": ["mri"]}, {"pump_readings", "devices"}),
            (ORAL, {"administrations"}),  # whether it is a start by mouth
            ({**ORAL, "services": ["mri"]}, {"administrations"}),
            ({**ORAL, "file": [FILED], "services": ["hyperbaric-oxygen"]}, {"administrations", "devices"}),
        ],
    )
    def test_it_is_said_where_it_matters(self, case: dict[str, Any], topics: set[str]) -> None:
        assert self.topics({**case, "faults": self.EVERYTHING}) == topics

    def test_nothing_where_all_is_there(self) -> None:
        assert self.topics({"services": ["mri"]}) == set()
