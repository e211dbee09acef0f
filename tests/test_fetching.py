"""The whole service against an EHR that sends little and whose FHIR server is good, slow, broken or hostile."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from cds.app import create_app
from cds.evaluation import begin, wanted
from cds.knowledge import load_knowledge
from cds.protocol.discovery import PREFETCH
from cds.protocol.response import FINDINGS_EXTENSION
from cds.protocol.schemas import schema
from cds.security import NO_ISSUERS, Issuer, Issuers
from cds.settings import Settings
from cds.store import Store
from tests import fhir_server as behaviour
from tests.calls import bundle, call
from tests.fhir_server import FhirServer, serving
from tests.test_evaluation import IBUPROFEN, baclofen, order, searchset

TOKEN = "a-secret-token"
TODAY = datetime.now(UTC).date()
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1960-01-01", "gender": "male"}
SUBJECT = {"subject": {"reference": "Patient/p1"}}
EGFR = {
    "resourceType": "Observation",
    "id": "egfr",
    "status": "final",
    **SUBJECT,
    "code": {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
    "effectiveDateTime": (TODAY - timedelta(days=3)).isoformat(),
    "valueQuantity": {"value": 25, "unit": "mL/min/{1.73_m2}", "code": "mL/min/{1.73_m2}"},
}
EPILEPSY = {
    "resourceType": "Condition",
    "id": "c1",
    **SUBJECT,
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "84757009"}], "text": "Epilepsy"},
}


@pytest.fixture
def server() -> Iterator[FhirServer]:
    with serving() as running:
        running.resources = [PATIENT, EGFR, EPILEPSY]
        running.token = TOKEN
        yield running


def signing(fhir_server: str, *orders: dict[str, Any], token: str | None = TOKEN, **members: Any) -> dict[str, Any]:
    authorization = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.read",
        "subject": "cds",
    }
    drafts = bundle(*(orders or (baclofen(authoredOn=TODAY.isoformat()),)))
    given = {"fhirAuthorization": authorization} if token else {}
    return call(context={"draftOrders": drafts}, fhirServer=fhir_server, **given, **members)


def post(
    request: dict[str, Any], *, issuers: Issuers = NO_ISSUERS, language: str = "en", **settings: Any
) -> tuple[list[dict[str, Any]], float]:
    """The cards of an answer, and the seconds it took."""
    store = Store("sqlite:////nowhere/store.sqlite")  # no call here has a token, so nothing is kept
    app = create_app(Settings(**settings), load_knowledge(), begin, wanted=wanted, issuers=issuers, store=store)

    async def run() -> tuple[httpx.Response, float]:
        transport = httpx.ASGITransport(app=app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://cds") as client,
            app.router.lifespan_context(app),
        ):
            content = json.dumps(request).encode()
            start = time.perf_counter()
            got = await client.post(
                f"/cds-services/baclofen-{request['hook']}", content=content, headers={"accept-language": language}
            )
            took = time.perf_counter() - start
            running = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
            assert [name for name in running if name.startswith("gather")] == []
            return got, took

    got, took = asyncio.run(run())
    assert got.status_code == 200, got.text
    Draft202012Validator(schema("response")).validate(got.json())
    return got.json()["cards"], took


def rules(cards: list[dict[str, Any]]) -> set[str]:
    return {one["rule"] for card in cards for one in card["extension"][FINDINGS_EXTENSION]}


def text(cards: list[dict[str, Any]]) -> str:
    return "\n".join(card["summary"] + "\n" + card.get("detail", "") for card in cards)


def test_what_was_not_sent_is_fetched_and_judged_like_what_was(server: FhirServer) -> None:
    cards, _ = post(signing(server.base))
    assert {"RenalSevere", "Epilepsy"} <= rules(cards)
    assert "ChecksIncomplete" not in rules(cards)
    assert set(server.tokens) == {f"Bearer {TOKEN}"}
    assert len(server.asked) == len(PREFETCH) - 1  # the call names no encounter


def test_only_what_is_missing_is_asked(server: FhirServer) -> None:
    prefetch = dict.fromkeys(PREFETCH, searchset()) | {
        "patient": PATIENT,
        "user": {"resourceType": "Practitioner", "id": "d1"},
    }
    del prefetch["conditions"]
    cards, _ = post(signing(server.base, prefetch=prefetch))
    assert "Epilepsy" in rules(cards)
    assert server.asked == ["/fhir/Condition?patient=p1&_count=200"]


def test_a_list_that_was_cut_off_is_read_to_its_end(server: FhirServer) -> None:
    prefetch = dict.fromkeys(PREFETCH, searchset()) | {"patient": PATIENT}
    link = [{"relation": "next", "url": f"{server.base}/Condition?patient=p1&_offset=0"}]
    prefetch["conditions"] = {"resourceType": "Bundle", "link": link, "entry": []}
    cards, _ = post(signing(server.base, prefetch=prefetch))
    assert "Epilepsy" in rules(cards)
    assert "ChecksIncomplete" not in rules(cards)


def test_another_drug_costs_no_request(server: FhirServer) -> None:
    assert post(signing(server.base, order("723", "Amoxicillin 500 MG Oral Capsule")))[0] == []
    assert server.asked == []


def test_an_interacting_drug_costs_few_where_no_baclofen_is_taken(server: FhirServer) -> None:
    assert post(signing(server.base, IBUPROFEN))[0] == []
    assert set(server.types) == {"MedicationRequest", "MedicationStatement", "Procedure", "Device"}


def test_so_does_a_record_that_is_opened(server: FhirServer) -> None:
    request = signing(server.base) | {"hook": "patient-view"}
    assert post(request)[0] == []
    assert len(server.asked) == 4


def test_baclofen_on_file_is_found_through_the_medication_it_refers_to(server: FhirServer) -> None:
    written = (TODAY - timedelta(days=100)).isoformat()
    on_file = baclofen(30, order_id="old", status="active", authoredOn=written, **SUBJECT)
    del on_file["medicationCodeableConcept"]
    on_file["medicationReference"] = {"reference": f"{server.base}/Medication/m1"}
    code = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "197391"}]}
    server.resources += [on_file, {"resourceType": "Medication", "id": "m1", "code": code}]
    cards, _ = post(signing(server.base))
    assert "/fhir/Medication/m1" in server.asked
    assert "OralDailyMaximum" in rules(cards)


FAILURES = {
    "expired token": (behaviour.status(401), "did not accept the token"),
    "not allowed": (behaviour.status(403), "the token does not allow this query"),
    "not found": (behaviour.status(404), "does not know this query"),
    "gone": (behaviour.status(410), "does not know this query"),
    "broken": (behaviour.status(500), "failed (HTTP 500)"),
    "overloaded": (behaviour.status(503), "failed (HTTP 503)"),
    "outcome": (behaviour.says('{"resourceType": "OperationOutcome"}'), "the query failed on its FHIR server"),
    "html": (behaviour.says("<html>", "text/html"), "something else than FHIR"),
    "truncated": (behaviour.truncates, "cut short"),
    "endless": (behaviour.endless, "more pages than are read"),
    "bomb": (behaviour.bombs, "more than is read"),
    "flood": (behaviour.floods, "cut short"),
    "elsewhere": (behaviour.leads_on("https://evil.example/fhir?page=2"), "led to another address"),
    "dribbles": (behaviour.dribbles, "did not answer in time"),
    "slow": (behaviour.never, "did not answer in time"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_known_is_said_and_the_rest_is_named(server: FhirServer, name: str) -> None:
    how, because = FAILURES[name]
    server.behaviours["Condition"] = how
    cards, _ = post(signing(server.base), budget_ms=3000 if name != "slow" else 400)
    assert {"RenalSevere", "ChecksIncomplete"} <= rules(cards)
    assert "Epilepsy" not in rules(cards)
    said = text(cards).replace("\\", "")
    assert "problem list: the EHR sent no prefetch, and" in said
    assert because in said
    assert "allergy list" not in said
    assert "Jane Doe" not in said


def test_a_dead_server_gives_cards_on_the_order_alone() -> None:
    with serving() as gone:
        base = gone.base
    cards, _ = post(signing(base, baclofen(40)))
    assert {"OralDailyMaximum", "ChecksIncomplete"} <= rules(cards)
    assert "its FHIR server could not be reached" in text(cards)


@pytest.mark.parametrize("how", [behaviour.never, behaviour.dribbles])
@pytest.mark.parametrize("budget", [150, 400])
def test_the_answer_leaves_in_time_even_where_the_server_never_answers(
    server: FhirServer, how: Any, budget: int
) -> None:
    server.behaviours["*"] = how
    cards, took = post(signing(server.base, baclofen(40)), budget_ms=budget)
    assert {"OralDailyMaximum", "ChecksIncomplete"} <= rules(cards)
    assert "its FHIR server did not answer in time" in text(cards)
    assert budget / 2000 <= took < budget / 1000 + 0.15


def test_records_of_another_patient_are_left_out_and_said(server: FhirServer) -> None:
    server.resources = [PATIENT, EGFR, {**EPILEPSY, "subject": {"reference": "Patient/other"}}]
    cards, _ = post(signing(server.base))
    assert "Epilepsy" not in rules(cards)
    assert "records of another patient" in text(cards)


NOT_ASKED = "its FHIR server is not one that this service may ask"


def test_no_token_leaves_for_a_server_that_is_not_the_issuers(
    server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Issuer(name="a", iss="https://a.example", fhir_servers=("https://a.example/fhir",), authentication="none")
    monkeypatch.setattr("cds.authentication.Admission.caller", lambda *_: known)
    cards, _ = post(signing(server.base), issuers=Issuers((known,)))
    assert server.asked == []
    assert NOT_ASKED in text(cards)


@pytest.mark.parametrize(
    "address", ["https://fhir.example/r4", "http://10.0.0.1/fhir", "http://169.254.169.254/latest"]
)
def test_without_issuers_no_server_beyond_this_machine_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object, **__: object) -> Any:
        raise AssertionError("nothing may be asked")

    monkeypatch.setattr("cds.fetch.client.FhirClient.answer", unexpected)
    cards, _ = post(signing(address))
    assert NOT_ASKED in text(cards)


def test_without_a_token_this_machine_is_asked_without_one(server: FhirServer) -> None:
    server.token = None
    post(signing(server.base, token=None))
    assert server.tokens
    assert set(server.tokens) == {None}


def test_without_a_server_the_answer_says_what_the_ehr_did_not_send() -> None:
    request = signing("http://127.0.0.1:9/fhir")
    del request["fhirServer"]
    cards, _ = post(request)
    assert "the EHR sent no prefetch" in text(cards)
    assert "FHIR server" not in text(cards)


def test_in_french(server: FhirServer) -> None:
    server.behaviours["Condition"] = behaviour.status(401)
    cards, _ = post(signing(server.base), language="fr")
    assert "serveur FHIR" in text(cards)
    assert "FHIR server" not in text(cards)


def test_the_log_names_neither_patients_nor_tokens_nor_addresses(
    server: FhirServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.behaviours["Condition"] = behaviour.status(401)
    post(
        signing(server.base)
        | {"context": {"patientId": "p-secret", "userId": "Practitioner/d-secret", "draftOrders": bundle(baclofen())}}
    )
    assert "a FHIR query for Condition was not answered" in caplog.text
    for secret in (TOKEN, "p-secret", "d-secret", server.base):
        assert secret not in caplog.text
