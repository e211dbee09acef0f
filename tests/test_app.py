import asyncio
import json
import threading
import time
from pathlib import Path

import httpx
import jsonschema
import openapi_spec_validator
import pytest
import structlog
import uvicorn
import yaml
from jsonschema import Draft202012Validator

from cds._pages import playground_of
from cds.app import create_app
from cds.cards.identity import Identities
from cds.evaluation import Answer
from cds.examples import ORDER_SIGN
from cds.feedback import FeedbackLog
from cds.feedback.source import StoredFigures
from cds.knowledge import load_knowledge
from cds.protocol.discovery import SERVICES
from cds.protocol.schemas import schema
from cds.settings import Settings
from cds.store import Store, sqlite_url
from cds.web import web_routes
from cds.web.safety import safety_area
from tests.calls import body, call, card, recorded, response

KNOWLEDGE = object()
OPENAPI = Path(__file__).resolve().parents[1] / "openapi" / "openapi.yaml"
SIGN = "/cds-services/baclofen-order-sign"
JSON = {"content-type": "application/json"}


def one_card(request, knowledge, settings, now, *, language, issuer, keys, fetched, lap):
    assert knowledge is KNOWLEDGE
    assert now.utcoffset() is not None
    return Answer(response(card(detail=f"{len(request.draft_orders)} order")))


def failing(request, knowledge, settings, now, *, language, issuer, keys, fetched, lap):
    try:
        {}["Jane Doe"]
    except KeyError as error:
        raise RuntimeError(f"cannot read {bytes(request.draft_orders[0])!r}") from error


def send(method="POST", path=SIGN, *, evaluate=one_card, settings=None, lifespan=False, pages=(), **options):
    """One request to the application, without a network."""
    app = create_app(settings or Settings(), KNOWLEDGE, evaluate, pages)

    async def run():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cds") as client:
            if lifespan:
                async with app.router.lifespan_context(app):
                    return await client.request(method, path, **options)
            return await client.request(method, path, **options)

    return asyncio.run(run())


def issue(answer, status):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["resourceType"] == "OperationOutcome"
    Draft202012Validator(_openapi()["components"]["schemas"]["OperationOutcome"]).validate(document)
    (only,) = document["issue"]
    return only


def test_discovery():
    answer = send("GET", "/cds-services")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    Draft202012Validator(schema("discovery")).validate(answer.json())


def test_head_is_answered():
    assert send("HEAD", "/cds-services").status_code == 200
    assert send("HEAD", "/healthz").status_code == 200


def test_a_call_gets_its_cards():
    answer = send(content=body(call()), headers=JSON)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    Draft202012Validator(schema("response")).validate(answer.json())
    assert answer.json()["cards"][0]["detail"] == "1 order"


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "Application/JSON; Charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/fhir+json",
    ],
)
def test_json_by_any_name_is_accepted(content_type):
    headers = {} if content_type is None else {"content-type": content_type}
    assert send(content=body(call()), headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/xml"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=iso-8859-1"},
        {"content-type": "application/json", "content-encoding": "br"},
    ],
)
def test_other_media_types_are_refused(headers):
    assert issue(send(content=body(call()), headers=headers), 415)["code"] == "not-supported"


def in_the_language(request, knowledge, settings, now, *, language, issuer, keys, fetched, lap):
    return Answer(response(card(detail=language)))


@pytest.mark.parametrize(
    ("accepted", "configured", "language"),
    [
        (None, "en", "en"),
        (None, "fr", "fr"),
        ("fr-CA, en;q=0.5", "en", "fr"),
        ("en", "fr", "en"),
        ("de", "fr", "fr"),
    ],
)
def test_cards_are_in_the_language_of_the_call(accepted, configured, language):
    headers = JSON | ({"accept-language": accepted} if accepted else {})
    settings = Settings(language=configured)
    answer = send(content=body(call()), headers=headers, evaluate=in_the_language, settings=settings)
    assert answer.json()["cards"][0]["detail"] == language
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]


def test_a_browser_may_ask_for_a_language():
    preflight = send(
        "OPTIONS",
        headers={
            "origin": "https://ehr.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "accept-language,content-type",
        },
    )
    assert preflight.status_code == 200
    assert "accept-language" in preflight.headers["access-control-allow-headers"].lower()


def test_a_malformed_body_says_where():
    found = issue(send(content=b'{"hook":\n nothing}', headers=JSON), 400)
    assert "line 2, column 2" in found["details"]["text"]


def test_a_missing_field_is_named():
    assert issue(send(content=body(call(context={"patientId": None}))), 400)["expression"] == ["context.patientId"]


def test_a_call_for_another_hook_is_refused():
    assert issue(send(content=body(call("order-select"))), 400)["expression"] == ["hook"]


def test_an_unknown_service_names_the_known_ones():
    found = issue(send(path="/cds-services/other", content=b"not even JSON"), 404)
    assert found["code"] == "not-found"
    assert "baclofen-order-sign" in found["details"]["text"]


@pytest.mark.parametrize("path", ["/", "/cds-services/", "/nothing", f"{SIGN}/nothing"])
def test_an_unknown_address(path):
    assert issue(send("GET", path), 404)["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", SIGN, {"POST"}),
        ("DELETE", SIGN, {"POST"}),
        ("POST", "/cds-services", {"GET", "HEAD"}),
        ("PUT", "/healthz", {"GET", "HEAD"}),
    ],
)
def test_the_wrong_method_is_told_the_right_one(method, path, allowed):
    answer = send(method, path)
    assert issue(answer, 405)["code"] == "not-supported"
    assert set(answer.headers["allow"].split(", ")) == allowed


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not():
    content = body(call())
    assert send(content=content, settings=Settings(max_body=len(content))).status_code == 200
    found = issue(send(content=content, settings=Settings(max_body=len(content) - 1)), 413)
    assert str(len(content) - 1) in found["details"]["text"]


def test_a_body_of_unknown_length_is_not_read_beyond_the_limit():
    taken = 0

    async def endless():
        nonlocal taken
        while taken < 1_000_000:
            taken += 1000
            yield b" " * 1000

    answer = send(content=endless(), headers=JSON, settings=Settings(max_body=5000))
    assert "content-length" not in answer.request.headers
    issue(answer, 413)
    assert taken <= 7000


def test_a_failure_inside_is_a_500_that_says_nothing():
    with structlog.testing.capture_logs() as lines:
        found = issue(send(content=body(call(context={"patientId": "p-secret"})), evaluate=failing), 500)
    assert found["severity"] == "fatal"
    assert "not checked" in found["details"]["text"]
    said = json.dumps(lines)
    assert "RuntimeError" in said
    assert "KeyError" in said
    assert "test_app.py" in said
    for quoted in ("Jane Doe", "MedicationRequest", "cannot read", "secret"):
        assert quoted not in said


def test_an_answer_that_cannot_be_encoded_is_a_500():
    answered = Answer(response(card(extension={"a": object()})))
    issue(send(content=body(call()), evaluate=lambda *_, **__: answered), 500)


def test_not_ready_before_the_example_and_ready_after_it():
    assert send("GET", "/healthz").json() == {"status": "alive"}
    answer = send("GET", "/readyz")
    assert issue(answer, 503)["code"] == "transient"
    assert answer.headers["retry-after"] == "1"
    answer = send("GET", "/readyz", lifespan=True)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_a_service_whose_example_fails_lives_and_is_not_ready():
    with structlog.testing.capture_logs() as lines:
        issue(send("GET", "/readyz", evaluate=failing, lifespan=True), 503)
    assert "example order" in json.dumps(lines)
    assert send("GET", "/healthz", evaluate=failing, lifespan=True).status_code == 200


ORIGIN = {"origin": "https://ehr.example.org"}
PREFLIGHT = {
    **ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
}


def test_preflight_needs_no_authentication():
    answer = send("OPTIONS", headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "content", "evaluate", "status"),
    [
        (SIGN, body(call()), one_card, 200),
        (SIGN, b"", one_card, 400),
        ("/cds-services/other", b"", one_card, 404),
        (SIGN, body(call()), failing, 500),
    ],
)
def test_errors_can_be_read_across_origins(path, content, evaluate, status):
    answer = send(path=path, content=content, evaluate=evaluate, headers=ORIGIN)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("cookie", [{}, {"cookie": "baclofen-cds-session=x"}])
@pytest.mark.parametrize(
    "path", ["/rules", "/rules/AgeUnknown.json", "/rules/Nothing", "/assets/style.css", "/metrics", "/cds-servicesx"]
)
def test_pages_cannot_be_read_across_origins(path, cookie):
    pages = web_routes(load_knowledge())
    answer = send("GET", path, pages=pages, headers={**ORIGIN, **cookie})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert send("OPTIONS", path, pages=pages, headers=PREFLIGHT).status_code in (404, 405)


def test_calls_are_never_shared_with_credentials():
    answer = send("GET", "/cds-services", headers={**ORIGIN, "cookie": "baclofen-cds-session=x"})
    assert "access-control-allow-credentials" not in answer.headers


def test_origins_can_be_restricted():
    settings = Settings(cors_origins=("https://ehr.example.org",))
    assert send("OPTIONS", headers=PREFLIGHT, settings=settings).status_code == 200
    stranger = {**PREFLIGHT, "origin": "https://elsewhere.example.org"}
    answer = send("OPTIONS", headers=stranger, settings=settings)
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", recorded("sandbox-captures/*-preflight.json"))
def test_recorded_preflights(path):
    asked = json.loads(path.read_bytes())
    answer = send("OPTIONS", SIGN, headers={**asked["headers"], "host": "cds"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


def _openapi():
    return yaml.safe_load(OPENAPI.read_bytes())


def _stubbed(part, files):
    """The document without the schemas in files of their own, which the validator would follow without end where they are recursive."""
    if isinstance(part, dict):
        reference = part.get("$ref", "")
        if reference and not reference.startswith("#"):
            files.append((OPENAPI.parent / reference).resolve())
            return {}
        return {key: _stubbed(member, files) for key, member in part.items()}
    return [_stubbed(item, files) for item in part] if isinstance(part, list) else part


def test_openapi_is_valid():
    files = []
    openapi_spec_validator.validate(_stubbed(_openapi(), files))
    assert files
    for file in files:
        jsonschema.Draft202012Validator.check_schema(json.loads(file.read_bytes()))


def test_openapi_describes_the_routes_and_no_others(tmp_path):
    store = Store(sqlite_url(tmp_path))
    feedback = FeedbackLog(store, Identities(b"", (), ()))
    knowledge = load_knowledge()
    areas = [playground_of(Settings(), knowledge), safety_area(StoredFigures(store), knowledge)]
    pages = web_routes(knowledge, areas=areas)
    app = create_app(Settings(), KNOWLEDGE, one_card, pages, feedback=feedback)
    served = {(route.path, method) for route in app.routes for method in route.methods - {"HEAD"}}
    described = {(path, method.upper()) for path, item in _openapi()["paths"].items() for method in item}
    assert served == described


def test_openapi_names_the_services_and_the_schemas():
    post = _openapi()["paths"]["/cds-services/{service_id}"]["post"]
    assert post["parameters"][0]["schema"]["enum"] == [service.id for service in SERVICES]
    told = _openapi()["paths"]["/cds-services/{service_id}/feedback"]["post"]
    assert told["parameters"][0]["schema"]["enum"] == [service.id for service in SERVICES]
    references = {
        told["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        _openapi()["paths"]["/cds-services"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
            "$ref"
        ],
        post["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        post["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
    }
    for reference in references:
        document = json.loads((OPENAPI.parent / reference).read_bytes())
        assert document == schema(document["$id"].rpartition(":")[2])
    assert len(references) == 4


@pytest.fixture
def server():
    """A real server on loopback."""
    app = create_app(Settings(max_body=100_000), KNOWLEDGE, one_card)
    running = uvicorn.Server(uvicorn.Config(app, port=0, http="httptools", log_config=None))
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running.started
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


def test_over_a_real_connection(server):
    with httpx.Client(base_url=server) as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        answer = client.post(SIGN, content=ORDER_SIGN.read_bytes(), headers=JSON)
        assert answer.json()["cards"][0]["summary"].startswith("Baclofen")
        head = client.head("/cds-services")
        assert (head.status_code, head.content) == (200, b"")
        issue(client.post(SIGN, content=b" " * 100_001, headers=JSON), 413)
        issue(client.post(SIGN, content=(b" " * 60_000 for _ in range(2)), headers=JSON), 413)
        assert client.post(SIGN, content=iter([body(call())]), headers=JSON).status_code == 200


def test_a_client_that_goes_away_does_no_harm(server):
    host, port = server.removeprefix("http://").split(":")

    async def leave():
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"POST {SIGN} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{{".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    asyncio.run(leave())
    assert httpx.get(f"{server}/healthz").status_code == 200
