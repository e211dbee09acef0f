"""Drafted procedures and examinations, and the routes of other drugs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.pump_requests import chart_of, drafted


class TestServices:
    def test_drafted_examinations_that_mean_something(self) -> None:
        services = chart_of({"services": ["mri", "x-ray", "pump-implantation"]}).services
        assert [(one.name, set(one.kinds)) for one in services] == [
            ("MRI of brain", {"mri"}),
            ("Implantation of an intrathecal pump", {"pump_implantation"}),
        ]

    @pytest.mark.parametrize(
        "code",
        [
            {"text": "MRI lumbar spine"},
            {"text": "IRM cérébrale"},
            {"coding": [{"system": "http://loinc.org", "code": "24590-2"}]},
            {"coding": [{"system": "http://snomed.info/sct", "code": "113091000"}]},
        ],
    )
    def test_mri_by_code_or_words(self, code: dict[str, Any]) -> None:
        def other(request: dict[str, Any]) -> None:
            drafted(request, 1)["code"] = code

        assert [set(one.kinds) for one in chart_of({"services": ["mri"]}, other).services] == [{"mri"}]

    @pytest.mark.parametrize("members", [{"status": "revoked"}, {"doNotPerform": True}, {"status": "entered-in-error"}])
    def test_what_is_not_ordered(self, members: dict[str, Any]) -> None:
        assert chart_of({"services": ["mri"]}, lambda request: drafted(request, 1).update(members)).services == ()

    def test_one_that_is_not_selected(self) -> None:
        def unselected(request: dict[str, Any]) -> None:
            request["context"]["selections"] = ["MedicationRequest/new"]

        assert chart_of({"hook": "order-select", "services": ["mri"]}, unselected).services == ()


class TestOtherRoutes:
    @pytest.mark.parametrize(
        ("spec", "route"),
        [
            ({"route": "epidural"}, "epidural"),
            ({"route": "intrathecal"}, "intrathecal"),
            ({"route": "oral"}, "oral"),
            ({}, "other"),
        ],
    )
    def test_of_another_drug(self, spec: dict[str, Any], route: str) -> None:
        (drug,) = chart_of({"file": [{"id": "m", "drug": "morphine", **spec}]}).taking("morphine")
        assert drug.route == route

    def test_in_words(self) -> None:
        def in_words(request: dict[str, Any]) -> None:
            filed = request["prefetch"]["medicationRequests"]["entry"][0]["resource"]
            filed["dosageInstruction"] = [{"text": "1 mg epidurally every 12 hours"}]

        (drug,) = chart_of({"file": [{"id": "m", "drug": "morphine"}]}, in_words).taking("morphine")
        assert drug.route == "epidural"

    def test_of_a_tablet_by_its_name(self) -> None:
        (drug,) = chart_of({"drugs": ["tizanidine"]}).taking("oral_antispasmodic")
        assert drug.route == "oral"
