"""What changes for a call whose `fhirServer` belongs to a known issuer, over HTTP and on the command line."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from cds import cli
from cds.app import create_app
from cds.evaluation import begin as evaluate
from cds.knowledge import load_knowledge
from cds.security import load_issuers
from cds.settings import Settings
from cds.store import Store, sqlite_url
from tests.calls import bundle, call

ISSUERS = """\
issuers:
  - {name: US, authentication: none, iss: "https://us.example", fhir_servers: ["https://us.example/r4"], jurisdiction: US, vendor: epic}
  - {name: FR, authentication: none, iss: "https://fr.example", fhir_servers: ["https://fr.example"], language: fr}
  - {name: UK, authentication: none, iss: "https://uk.example", fhir_servers: ["https://uk.example"], jurisdiction: UK}
  - {name: other, authentication: none, iss: "https://other.example", fhir_servers: ["https://other.example"]}
"""
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "o1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "authoredOn": "2026-06-01",
    "medicationCodeableConcept": {
        "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "197391"}],
        "text": "Baclofen 10 MG Oral Tablet",
    },
    "dosageInstruction": [
        {
            "timing": {"repeat": {"frequency": 4, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": 30, "system": "http://unitsofmeasure.org", "code": "mg"}}],
        }
    ],
}
PREFETCH = {"medicationRequests": {"resourceType": "Bundle", "type": "searchset", "total": 0}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "issuers.yaml"
    path.write_text(ISSUERS)
    return path


def signed(server: str | None) -> dict[str, Any]:
    request = call(context={"draftOrders": bundle(ORDER)}, prefetch=PREFETCH)
    return request if server is None else {**request, "fhirServer": server}


def answered(file: Path, server: str | None, **headers: str) -> httpx.Response:
    store = Store(sqlite_url(file.parent))
    app = create_app(Settings(jurisdiction="DE"), load_knowledge(), evaluate, issuers=load_issuers(file), store=store)

    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://cds") as client:
            return await client.post("/cds-services/baclofen-order-sign", json=signed(server), headers=headers)

    return asyncio.run(run())


def amount(answer: dict[str, Any]) -> dict[str, Any]:
    (found,) = [card for card in answer["cards"] if card["source"]["topic"]["code"] == "OralDailyMaximum"]
    return found


def actions(card: dict[str, Any]) -> set[str]:
    return {action["type"] for one in card.get("suggestions", ()) for action in one["actions"]}


def maximum(card: dict[str, Any]) -> int:
    for finding in card["extension"]["org.baclofen-cds.findings"]:
        if finding["rule"] == "OralDailyMaximum":
            return finding["values"]["maximum"]["value"]
    raise AssertionError(card)


@pytest.mark.parametrize("server", [None, "https://stranger.example", "https://us.example/r4x"])
def test_a_call_without_a_token_must_belong_to_somebody(file: Path, server: str | None) -> None:
    assert answered(file, server).status_code == 401


def test_an_issuer_of_no_vendor_gets_the_generic_answer(file: Path) -> None:
    card = amount(answered(file, "https://other.example").json())
    assert "update" in actions(card)
    assert card["selectionBehavior"] == "at-most-one"


def test_epics_form_says_the_new_dose_in_words(file: Path) -> None:
    generic = amount(answered(file, "https://other.example").json())
    (dose,) = {
        action["description"]
        for one in generic["suggestions"]
        for action in one["actions"]
        if action["type"] == "update" and one.get("isRecommended")
    }
    card = amount(answered(file, "https://us.example/r4/").json())
    assert "update" not in actions(card)
    assert card.get("selectionBehavior", "any") == "any"
    assert card["detail"].startswith("**Suggested:")
    assert dose in card["detail"].replace("\\", "")
    assert not any("extension" in one for one in card.get("suggestions", ()))


@pytest.mark.parametrize(("server", "figure"), [("https://other.example", 80), ("https://uk.example/fhir", 100)])
def test_the_issuers_jurisdiction_goes_before_the_code_of_the_drug(file: Path, server: str | None, figure: int) -> None:
    assert maximum(amount(answered(file, server).json())) == figure


def test_the_issuers_language_holds_where_the_call_asks_for_none(file: Path) -> None:
    assert answered(file, "https://fr.example").headers["content-language"] == "fr"
    asked = answered(file, "https://fr.example", **{"accept-language": "en"})
    assert asked.headers["content-language"] == "en"
    assert answered(file, "https://us.example/r4").headers["content-language"] == "en"


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[Any, str, str]:
    monkeypatch.setattr(sys, "argv", ["baclofen-cds", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_the_command_line_answers_as_the_hook_does(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    request = tmp_path / "call.json"
    request.write_text(json.dumps(signed("https://us.example/r4")))
    monkeypatch.setenv("CDS_ISSUERS", str(file))
    code, out, _ = run(monkeypatch, capsys, "evaluate", str(request), "--today", "2026-06-01")
    assert code == 0
    assert "update" not in actions(amount(json.loads(out)))
    monkeypatch.delenv("CDS_ISSUERS")
    _, out, _ = run(monkeypatch, capsys, "evaluate", str(request), "--today", "2026-06-01")
    assert "update" in actions(amount(json.loads(out)))


@pytest.mark.parametrize("command", ["evaluate", "settings"])
def test_a_file_that_cannot_be_used_is_a_fault_of_configuration(
    command: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    request = tmp_path / "call.json"
    request.write_text(json.dumps(signed(None)))
    file.write_text(ISSUERS.replace("vendor: epic", "vendor: other"))
    monkeypatch.setenv("CDS_ISSUERS", str(file))
    code, out, err = run(monkeypatch, capsys, command, *([str(request)] if command == "evaluate" else []))
    assert (code, out) == (4, "")
    assert f"CDS_ISSUERS: {file}:2: issuers.0.vendor: 'other' is not one of" in err
