"""The whole service: an order is signed, its card's link opens the form, and the next card knows what was recorded."""

import asyncio
import json
import re
from datetime import timedelta

import httpx
import pytest

from cds._assembly import service_of
from cds.language import catalogue
from cds.security import Issuer, Issuers
from cds.security.addresses import address_of
from cds.settings import load_settings
from cds.web.frame import local_day
from fhir_fixtures.expand import expand
from tests.web.registry.walks import PATIENT, PRESCRIBER

ENGLISH = catalogue("en")
BASE = "http://127.0.0.1:8080"
ALCOHOL = {"mg": 30, "times": 4, "drug": "lioresal", "reason": "alcohol", "prior": "old"}


def hospital(**members):
    """The file of issuers with one EHR, which calls from this machine without a token."""
    server = "https://ehr.example.org/fhir"
    issuer = Issuer(name="h", iss="https://ehr.example.org", fhir_servers=(server,), authentication="none", **members)
    return Issuers((issuer,), {address_of(server): issuer})


def order():
    """120 mg a day for alcohol use disorder in France, for which the programme wants a second opinion."""
    return expand(
        {"today": local_day(), "country": "FR", "drafts": [ALCOHOL], "file": [ALCOHOL | {"authored": "-20d"}]}
    )


@pytest.fixture
def service(tmp_path, monkeypatch):
    monkeypatch.setenv("CDS_DATA_DIR", str(tmp_path))
    return lambda issuers=None: service_of(load_settings(), issuers)


async def cards(client):
    answer = await client.post(
        "/cds-services/baclofen-order-sign",
        content=json.dumps(order(), default=str),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 200
    return answer.json()["cards"]


def link_of(found, label):
    return next(link for card in found for link in card.get("links", ()) if link["label"] == label)


def test_from_the_card_to_the_record_and_back(service):
    async def run():
        app = service(hospital())
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE, follow_redirects=True) as client,
        ):
            first = await cards(client)
            assert "Prescriber not registered" in json.dumps(first)
            link = link_of(first, "Record an opinion")
            assert link["type"] == "absolute"

            async def send(page, form, **fields):
                token = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)[1]
                return await client.post(
                    page.url.copy_remove_param("done"), data={"csrf": token, "form": form, **fields}
                )

            page = await client.get(link["url"])
            assert "Register the patient first" in page.text
            assert 'name="dose" value="120"' in page.text
            started = {**PATIENT, "dose": "120", "started_on": (local_day() - timedelta(20)).isoformat()}
            done = await send(page, "patient", **started, **PRESCRIBER)
            assert "The patient is registered" in done.text
            page = await client.get(link["url"])
            assert "Record an opinion" in page.text
            opinion = {"kind": "second", "on": local_day().isoformat(), "favourable": "yes", "centre": ""}
            assert "The opinion is recorded" in (await send(page, "opinion", **opinion)).text
            told = json.dumps(await cards(client))
            assert f"opinion of {ENGLISH.date(local_day())} on record (second opinion)" in told
            assert "Prescriber not registered" not in told

    asyncio.run(run())


def test_where_the_ehr_starts_smart_apps_the_link_is_a_launch(service):
    async def run():
        app = service(hospital(smart_client_id="c"))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client,
        ):
            link = link_of(await cards(client), "Record an opinion")
            assert (link["type"], link["url"]) == ("smart", f"{BASE}/registry/launch")
            assert (await client.get(f"{link['url']}?iss=https://other.example.org&launch=x")).status_code == 403

    asyncio.run(run())


def test_where_the_registry_is_elsewhere_so_are_its_pages(service, monkeypatch, tmp_path):
    token = tmp_path / "token"
    token.write_text("t" * 20)
    monkeypatch.setenv("CDS_RTU_URL", "https://registry.example.org/registry")
    monkeypatch.setenv("CDS_RTU_TOKEN_FILE", str(token))

    async def run():
        app = service()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
            assert (await client.get("/registry")).status_code == 404
            assert 'href="./registry"' not in (await client.get("/rules")).text

    asyncio.run(run())
