"""A database that comes to belong to another secret while the service runs is one that does not answer: 503 wherever it is asked."""

import asyncio

import httpx
import pytest

from cds._assembly import keys_of, service_of, store_of
from cds.examples import ORDER_SIGN
from cds.settings import Settings

TOKEN = "a-token-of-sixteen-letters"
PLAIN = {"Content-Type": "application/json"}


@pytest.fixture
def service(tmp_path, monkeypatch):
    for name in Settings().as_environment():
        monkeypatch.delenv(name, raising=False)
    files = {}
    for name in ("mine", "other"):
        files[name] = tmp_path / name
        files[name].write_text(name[0] * 64)
        files[name].chmod(0o600)
    token = tmp_path / "token"
    token.write_text(TOKEN)
    data = tmp_path / "data"

    async def claimed():
        settings = Settings(data_dir=data, secret_file=files["other"])
        store = store_of(settings, keys_of(settings))
        await store.open()
        await store.close()

    asyncio.run(claimed())
    return service_of(Settings(data_dir=data, secret_file=files["mine"], rtu_token_file=token))


def asked(service, method, path, **options):
    async def ask():
        transport = httpx.ASGITransport(app=service)
        async with (
            service.router.lifespan_context(service),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as web,
        ):
            return await web.request(method, path, **options)

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/setup"])
def test_pages(service, path):
    answer = asked(service, "GET", path)
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "The database does not answer" in answer.text
    assert "secret" not in answer.text


def test_data(service):
    answer = asked(service, "GET", "/sign-in", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["resourceType"]) == (503, "OperationOutcome")


def test_the_lookup_of_the_registry(service):
    content = '{"patient": "' + "0" * 64 + '", "prescribers": []}'
    headers = {**PLAIN, "Authorization": f"Bearer {TOKEN}"}
    answer = asked(service, "POST", "/registry/lookup", content=content, headers=headers)
    assert (answer.status_code, answer.json()["resourceType"]) == (503, "OperationOutcome")


def test_feedback(service):
    content = '{"feedback": [{"card": "x", "outcome": "accepted"}]}'
    answer = asked(service, "POST", "/cds-services/baclofen-order-sign/feedback", content=content, headers=PLAIN)
    assert (answer.status_code, answer.json()["resourceType"]) == (503, "OperationOutcome")


def test_calls_without_a_token_are_answered_all_the_same(service):
    answer = asked(service, "POST", "/cds-services/baclofen-order-sign", content=ORDER_SIGN.read_bytes(), headers=PLAIN)
    assert answer.status_code == 200
    assert answer.json()["cards"]
