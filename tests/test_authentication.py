"""Who may call, over HTTP with a real server, real keys and a real store."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from cds.app import create_app
from cds.cards.identity import Identities
from cds.evaluation import begin
from cds.examples import ORDER_SIGN
from cds.feedback import FeedbackLog
from cds.knowledge import load_knowledge
from cds.protocol.schemas import schema
from cds.security import NO_SECRET, Issuers, load_issuers, sandbox_issuers
from cds.settings import Settings
from cds.store import Store, sqlite_url
from cds.store.tables import Feedback
from cds.web import web_routes
from tests.security.serving import serving
from tests.security.signing import Signer

KEY = Signer.make(kid="first")
ISS = "https://ehr.example"
DISCOVERY, SIGN = "/cds-services", "/cds-services/baclofen-order-sign"
BODY = ORDER_SIGN.read_bytes()
JSON = {"content-type": "application/json"}
BARE = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]}


def token(url: str, key: Signer = KEY, **more: Any) -> str:
    now = int(time.time())
    header = {"kid": key.kid} | more.pop("header", {})
    claims = {"iss": ISS, "aud": url, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())} | more
    return jwt.encode(claims, key.private, algorithm=key.alg, headers=header)


def bearer(url: str, key: Signer = KEY, **more: Any) -> dict[str, str]:
    return JSON | {"authorization": f"Bearer {token(url, key, **more)}"}


@pytest.fixture
def issuers(tmp_path: Path):
    def issuers(**members: Any) -> Issuers:
        file = tmp_path / "issuers.json"
        entry = {"name": "A", "iss": ISS, "fhir_servers": [f"{ISS}/fhir"], "jwks": {"keys": [KEY.jwk]}} | members
        file.write_text(json.dumps({"issuers": [entry]}))
        return load_issuers(file)

    return issuers


@pytest.fixture
def app(tmp_path: Path, issuers):
    def app(known: Issuers | None = None, *, trusted: bool = True, **settings: Any) -> Starlette:
        chosen = Settings(**{"data_dir": tmp_path / "data"} | settings)
        knowledge = load_knowledge()
        pages = web_routes(knowledge, trial=not trusted)
        store = Store(chosen.database_url or sqlite_url(chosen.data_dir))
        feedback = FeedbackLog(store, Identities(NO_SECRET.card, (rule.id for rule in knowledge.rules), ()))
        return create_app(
            chosen, knowledge, begin, pages, issuers=known or issuers(), trusted=trusted, store=store, feedback=feedback
        )

    return app


def refused(found: httpx.Response) -> bool:
    if found.status_code != 401:
        return False
    assert found.json() == BARE
    assert found.headers["www-authenticate"] == "Bearer"
    return True


def test_a_signed_call_is_answered_once(app):
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        headers = bearer(base + SIGN)
        first = client.post(SIGN, content=BODY, headers=headers)
        assert (first.status_code, bool(first.json()["cards"])) == (200, True)
        assert refused(client.post(SIGN, content=BODY, headers=headers))
        assert refused(client.post(SIGN, content=BODY, headers=JSON))
        assert refused(client.post(SIGN, content=BODY, headers=bearer(base + DISCOVERY)))
        assert refused(client.post(SIGN, content=BODY, headers=bearer(base + SIGN, iss="https://stranger.example")))
        assert refused(client.post(SIGN, content=b" " * 10, headers=JSON | {"authorization": "Bearer " + "x" * 9000}))
        assert client.post(SIGN, content=BODY, headers=bearer(base + SIGN)).status_code == 200


def test_feedback_counts_for_the_issuer_that_signed_it(app, tmp_path):
    told = {"feedback": [{"card": "c", "outcome": "overridden"}]}
    path = SIGN + "/feedback"
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        (card, *_) = client.post(SIGN, content=BODY, headers=bearer(base + SIGN)).json()["cards"]
        known = {"feedback": [{"card": card["uuid"], "outcome": "accepted"}]}
        assert client.post(path, json=told, headers=bearer(base + path)).json()["unknown"] == 1
        assert client.post(path, json=known, headers=bearer(base + SIGN)).json()["unknown"] == 0
        assert refused(client.post(path, json=told, headers=JSON))
        assert refused(client.post(path, json=told, headers=bearer(base + DISCOVERY)))

    async def issuers_told():
        store = Store(sqlite_url(tmp_path / "data"))
        async with store.session() as session:
            found = [tuple(row) for row in await session.execute(select(Feedback.issuer, Feedback.rule))]
        await store.close()
        return found

    assert asyncio.run(issuers_told()) == [("A", None), ("A", card["source"]["topic"]["code"])]


def test_a_client_on_this_machine_may_use_any_of_its_names(app):
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        here = base.replace("127.0.0.1", "localhost")
        found = client.get(DISCOVERY, headers=bearer(here + DISCOVERY) | {"host": here.removeprefix("http://")})
        assert found.status_code == 200
        elsewhere = bearer("http://cds.example" + DISCOVERY) | {"host": "cds.example"}
        assert refused(client.get(DISCOVERY, headers=elsewhere))


def test_behind_a_proxy_the_public_address_counts(app):
    settings = {"public_url": "https://cds.example/baclofen", "public_url_is_given": True}
    with serving(app(**settings)) as base, httpx.Client(base_url=base) as client:
        assert client.get(DISCOVERY, headers=bearer("https://cds.example/baclofen/cds-services")).status_code == 200
        assert refused(client.get(DISCOVERY, headers=bearer("https://cds.example/cds-services")))
        assert refused(client.get(DISCOVERY, headers=bearer(base + DISCOVERY)))


def test_discovery_needs_a_token_unless_it_is_open(app):
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        assert refused(client.get(DISCOVERY))
        assert client.head(DISCOVERY).status_code == 401
        assert client.get(DISCOVERY, headers=bearer(base + DISCOVERY)).status_code == 200
    with serving(app(open_discovery=True)) as base, httpx.Client(base_url=base) as client:
        assert client.get(DISCOVERY).status_code == 200
        assert refused(client.post(SIGN, content=BODY, headers=JSON))
        assert refused(client.post(DISCOVERY))


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/rules", "/rules/RenalSevere", "/assets/style.css"])
def test_pages_and_probes_need_none(app, path):
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/",
        "/cds-services/other",
        "/cds-services//baclofen-order-sign",
        "/%63ds-services",
        SIGN + "/feedback",
    ],
)
def test_everything_below_the_services_needs_one(app, path):
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        assert refused(client.post(path, content=BODY, headers=JSON))


def test_a_preflight_needs_none_and_scripts_can_read_refusals(app):
    asked = {
        "origin": "https://ehr.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    with serving(app()) as base, httpx.Client(base_url=base) as client:
        assert client.options(SIGN, headers=asked).status_code == 200
        found = client.post(SIGN, content=BODY, headers=JSON | {"origin": "https://ehr.example"})
        assert refused(found)
        assert found.headers["access-control-allow-origin"] == "*"


def test_two_workers_with_one_store(app):
    with serving(app()) as one, serving(app(public_url=one)) as two:
        headers = bearer(one + SIGN)
        assert httpx.post(one + SIGN, content=BODY, headers=headers).status_code == 200
        assert refused(httpx.post(two + SIGN, content=BODY, headers=headers))
        assert httpx.post(two + SIGN, content=BODY, headers=bearer(one + SIGN)).status_code == 200


def test_keys_rotate_without_a_restart(app, issuers):
    published = [KEY.jwk]
    asked = []

    async def jwks(_):
        asked.append(1)
        return JSONResponse({"keys": published})

    second = Signer.make("RS384", kid="second")
    with serving(Starlette(routes=[Route("/jwks.json", jwks)])) as ehr:
        jku = f"{ehr}/jwks.json"
        known = issuers(jku=[jku])
        known = Issuers(tuple(replace(each, keys=()) for each in known.known))
        with serving(app(known, jwks_interval=1)) as base, httpx.Client(base_url=base) as client:

            def works(key: Signer) -> bool:
                found = client.get(DISCOVERY, headers=bearer(base + DISCOVERY, key, header={"jku": jku}))
                return found.status_code == 200

            assert works(KEY)
            assert not works(second)
            published[:] = [second.jwk]
            time.sleep(1.1)
            assert works(second)
            assert not works(KEY)
            asked.clear()
            for number in range(40):
                assert not works(Signer(KEY.alg, f"invented-{number}", KEY.private))
            assert len(asked) <= 2
            assert works(second)


def test_a_store_that_is_down_is_a_503_that_says_so(app, tmp_path, caplog):
    (tmp_path / "data").write_text("no folder")
    with caplog.at_level(logging.INFO), serving(app()) as base, httpx.Client(base_url=base) as client:
        found = client.post(SIGN, content=BODY, headers=bearer(base + SIGN))
        assert found.status_code == 503
        assert "store" in found.json()["issue"][0]["details"]["text"]
        assert found.headers["retry-after"] == "5"
        assert client.get("/healthz").status_code == 200
        assert refused(client.post(SIGN, content=BODY, headers=JSON))
        (tmp_path / "data").unlink()
        assert client.post(SIGN, content=BODY, headers=bearer(base + SIGN)).status_code == 200
    assert str(tmp_path) not in caplog.text


def test_without_a_store_nobody_can_prove_who_they_are(issuers):
    with pytest.raises(ValueError, match="kept somewhere"):
        create_app(Settings(), load_knowledge(), begin, issuers=issuers())


def test_nothing_of_a_token_is_logged(app, caplog):
    with caplog.at_level(logging.DEBUG), serving(app()) as base, httpx.Client(base_url=base) as client:
        sent = [
            token(base + SIGN, sub="MARKER"),
            token(base + SIGN, iss="MARKER"),
            token(base + "MARKER"),
            token(base + SIGN, header={"kid": "MARKER"}),
            token(base + SIGN, jti="MARKER"),
            token(base + SIGN, jti="MARKER"),
            "MARKER." * 3,
        ]
        for each in sent:
            client.post(SIGN, content=BODY, headers=JSON | {"authorization": f"Bearer {each}"})
    assert "a call was refused: A: the token was seen before" in caplog.text
    assert "a call was refused: iss is not in the file of issuers" in caplog.text
    assert "MARKER" not in caplog.text
    for each in sent[:-1]:
        for part in each.split("."):
            assert part not in caplog.text


def test_without_a_token_on_this_machine_only(app, issuers):
    known = issuers(authentication="none")
    call = json.loads(BODY)

    def posted(client: httpx.Client, server: str | None, **headers: str) -> httpx.Response:
        body = (
            {**call, "fhirServer": server}
            if server
            else {key: value for key, value in call.items() if key != "fhirServer"}
        )
        return client.post(SIGN, json=body, headers=headers)

    with serving(app(known)) as base, httpx.Client(base_url=base) as client:
        assert posted(client, f"{ISS}/fhir").status_code == 200
        assert posted(client, None).status_code == 200
        assert client.get(DISCOVERY).status_code == 200
        assert refused(posted(client, "https://stranger.example"))
        for name in ("x-forwarded-for", "forwarded", "via"):
            assert refused(posted(client, f"{ISS}/fhir", **{name: "10.0.0.1"}))


def test_the_sandbox_profile_says_what_it_is(app):
    with serving(app(sandbox_issuers(), trusted=False)) as base, httpx.Client(base_url=base) as client:
        services = client.get(DISCOVERY).json()["services"]
        assert all(each["usageRequirements"].startswith("FOR TRIALS ONLY, NOT FOR PATIENTS") for each in services)
        assert client.post(SIGN, content=BODY, headers=JSON).status_code == 200
        for path in ("/rules", "/rules/RenalSevere", "/rules/nothing"):
            assert "not for patients" in client.get(path).text
        assert "pas pour des patients" in client.get("/rules?lang=fr").text
        asked = {
            "origin": "https://sandbox.cds-hooks.org",
            "access-control-request-method": "POST",
            "access-control-request-private-network": "true",
        }
        assert client.options(SIGN, headers=asked).headers["access-control-allow-private-network"] == "true"
        signed = bearer(
            base + DISCOVERY,
            iss="https://sandbox.cds-hooks.org",
            header={"kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"},
        )
        assert refused(client.get(DISCOVERY, headers=signed))  # not with another key


def test_elsewhere_there_is_no_such_word(app):
    with serving(app(open_discovery=True)) as base, httpx.Client(base_url=base) as client:
        assert "TRIALS" not in client.get(DISCOVERY).text
        assert "not for patients" not in client.get("/rules").text


def test_discovery_in_the_sandbox_is_valid(app):
    with serving(app(sandbox_issuers(), trusted=False)) as base:
        Draft202012Validator(schema("discovery")).validate(httpx.get(base + DISCOVERY).json())
