"""The whole service asks the registry that CDS_RTU_URL names: another whole service, over HTTP."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from cds._assembly import service_of
from cds.protocol.response import FINDINGS_EXTENSION
from cds.rtu.stored import Register
from cds.security import load_keys
from cds.security.pseudonym import pseudonym
from cds.settings import Settings
from cds.store import Store, sqlite_url
from fhir_fixtures.expand import expand
from tests.rtu.records import patient, prescriber
from tests.security.serving import serving

SERVER = "https://ehr.example/fhir"
TOKEN = "a-token-of-the-registry-0123456789"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The folder of the service that is called, that of the registry, and the file of the token; they share a secret."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    return tmp_path / "called", tmp_path / "registry", token


def test_a_patient_registered_elsewhere_needs_no_card(folders):
    called, kept, token = folders
    secret = called / "secret"
    keys = load_keys(secret)
    known = pseudonym(keys.pseudonym, SERVER, "fixture-patient")
    asyncio.run(_register(kept, keys.fingerprint, known))
    registry = service_of(Settings(data_dir=kept, secret_file=secret, rtu_token_file=token))
    with serving(registry) as there:
        settings = Settings(
            data_dir=called, secret_file=secret, rtu_url=f"{there}/registry", rtu_token_file=token, rtu_timeout_ms=5000
        )
        with serving(service_of(settings)) as here:
            assert "RtuPatientRegistration" not in _rules(here)
            assert "RtuPatientRegistration" in _rules(here, "another")
    with serving(service_of(settings)) as here:
        assert "could not be reached" in _rules(here)["RtuPatientRegistration"]


def test_where_another_registry_is_asked_this_one_answers_no_lookup(folders):
    called, _, token = folders
    settings = Settings(data_dir=called, rtu_url="https://registry.example.org/registry", rtu_token_file=token)
    with serving(service_of(settings)) as here:
        answer = httpx.post(
            f"{here}/registry/lookup",
            json={"patient": None, "prescribers": []},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
    assert answer.status_code == 404


async def _register(folder: Path, fingerprint: bytes, name: str) -> None:
    store = Store(sqlite_url(folder), fingerprint)
    register = Register(store)
    await register.register_prescriber(prescriber())
    await register.register_patient(patient(pseudonym=name))
    await store.close()


def _rules(base: str, whom: str = "fixture-patient") -> dict[str, str]:
    order = {"mg": 10, "times": 3, "drug": "lioresal", "reason": "alcohol"}
    request = expand({"today": datetime.now(UTC).date(), "country": "FR", "drafts": [order], "file": [order]})
    content = json.dumps(request | {"fhirServer": SERVER}, default=str)
    content = content.replace("fixture-patient", whom)
    found = httpx.post(f"{base}/cds-services/baclofen-order-sign", content=content, timeout=30)
    assert found.status_code == 200
    return {
        one["rule"]: card["detail"] for card in found.json()["cards"] for one in card["extension"][FINDINGS_EXTENSION]
    }


def test_where_the_record_alone_is_evidence_nobody_is_asked_and_there_is_no_registry(tmp_path):
    with serving(service_of(Settings(data_dir=tmp_path, rtu_registry="ehr"))) as here:
        assert "Asked: the EHR's own record," in _rules(here)["RtuPatientRegistration"]
        assert httpx.get(f"{here}/registry").status_code == 404
        assert httpx.post(f"{here}/registry/lookup", json={}).status_code == 404
