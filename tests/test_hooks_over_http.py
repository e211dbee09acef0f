"""Every hook from the bytes an EHR sends to the bytes it gets."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from cds.app import create_app
from cds.evaluation import begin as evaluate
from cds.knowledge import load_knowledge
from cds.protocol.discovery import SERVICES
from cds.protocol.response import FINDINGS_EXTENSION
from cds.protocol.schemas import schema
from cds.settings import Settings
from fhir_fixtures.expand import expand

HOME = {"mg": 20, "times": 3, "category": "community"}
SERVICE = {service.hook: service.id for service in SERVICES}


def post(request: dict[str, Any], service: str | None = None) -> httpx.Response:
    app = create_app(Settings(), load_knowledge(), evaluate)

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cds") as client:
            content = json.dumps(request, default=str).encode()
            return await client.post(f"/cds-services/{service or SERVICE[request['hook']]}", content=content)

    return asyncio.run(run())


def case(hook: str, **members: Any) -> dict[str, Any]:
    """A case that plays now, for the application asks the clock."""
    return expand({"hook": hook, "today": datetime.now(UTC).date(), **members})


def found(request: dict[str, Any]) -> dict[str, str]:
    Draft202012Validator(schema("request")).validate(json.loads(json.dumps(request, default=str)))
    answer = post(request)
    assert answer.status_code == 200
    Draft202012Validator(schema("response")).validate(answer.json())
    cards = answer.json()["cards"]
    return {one["rule"]: one["indicator"] for card in cards for one in card["extension"][FINDINGS_EXTENSION]}


def began_hours_ago(request: dict[str, Any], hours: float) -> dict[str, Any]:
    start = datetime.now(UTC) - timedelta(hours=hours)
    request["prefetch"]["encounter"]["period"] = {"start": start.isoformat()}
    return request


def test_every_service_of_discovery_answers() -> None:
    for hook in SERVICE:
        assert post(case(hook)).json() == {"cards": []}


def test_encounter_start() -> None:
    assert found(case("encounter-start", inpatient=True, file=[HOME])) == {"AdmissionOmission": "warning"}


@pytest.mark.parametrize(("hours", "expected"), [(6, {}), (6.1, {"AdmissionOmission": "critical"})])
def test_patient_view_hours_into_a_stay(hours: float, expected: dict[str, str]) -> None:
    request = case("patient-view", inpatient=True, file=[HOME])
    assert found(began_hours_ago(request, hours)) == expected


def test_encounter_discharge() -> None:
    assert found(case("encounter-discharge", inpatient=True, file=[HOME])) == {"DischargeOmission": "critical"}


def test_medication_refill() -> None:
    request = case(
        "medication-refill",
        drafts=[{"prior": "old", "mg": 15, "times": 3}],
        file=[{"mg": 15, "times": 3}],
        dispensed=[{"order": "old", "date": "-32d", "days": 30}],
    )
    assert found(request) == {"RefillGap": "critical"}


def test_order_select_and_order_sign_differ_in_what_is_worth_an_interruption() -> None:
    drafts = [{"text": "as directed"}]
    assert found(case("order-select", drafts=drafts)) == {"DoseNotComputable": "info"}
    signing = found(case("order-sign", drafts=drafts))
    assert signing["DoseNotComputable"] == "warning"


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
class TestWithoutOrders:
    def test_a_patient_who_takes_none_gets_no_card(self, hook: str) -> None:
        assert found(case(hook, inpatient=True, drugs=["ibuprofen"])) == {}

    @pytest.mark.parametrize(
        "faults", ["none", "null", {"medicationRequests": "error"}, {"medicationStatements": "cut"}]
    )
    def test_where_the_lists_do_not_tell_a_card_says_so(self, hook: str, faults: Any) -> None:
        assert found(case(hook, faults=faults)) == {"ChecksIncomplete": "info"}

    def test_orders_sent_along_are_not_read(self, hook: str) -> None:
        request = case(hook)
        signing = case("order-sign", drafts=[{"mg": 100, "times": 3}])
        request["context"]["draftOrders"] = signing["context"]["draftOrders"]
        assert found(request) == {}

    @pytest.mark.parametrize("encounter", [None, "", "Encounter/"])
    def test_no_encounter_is_unknown_and_no_error(self, hook: str, encounter: Any) -> None:
        request = case(hook)
        request["context"]["encounterId"] = encounter
        assert found(request) == {}

    def test_another_hook_is_refused(self, hook: str) -> None:
        answer = post(case("order-sign"), SERVICE[hook])
        assert answer.status_code == 400
        assert answer.json()["issue"][0]["expression"] == ["hook"]

    def test_the_patient_must_be_named(self, hook: str) -> None:
        request = case(hook)
        del request["context"]["patientId"]
        answer = post(request)
        assert answer.status_code == 400
        assert answer.json()["issue"][0]["expression"] == ["context.patientId"]


def test_another_patients_orders_do_not_prove_that_none_are_taken() -> None:
    request = case("patient-view", file=[HOME])
    request["prefetch"]["medicationRequests"]["entry"][0]["resource"]["subject"] = {"reference": "Patient/somebody"}
    assert found(request) == {"ChecksIncomplete": "info"}
