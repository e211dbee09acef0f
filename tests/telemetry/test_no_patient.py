"""No text of a request comes out in logs, metrics, timings, errors or traces: of calls answered, refused and failed."""

import asyncio
import copy
import json
from pathlib import Path

import pytest
import yaml
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select

from cds.examples import ORDER_SIGN
from cds.protocol.discovery import SERVICES
from cds.store import Store, sqlite_url
from cds.store.tables import ShownCard
from cds.telemetry.spans import Spans
from fhir_fixtures.expand import expand
from tests.calls import RECORDED, body
from tests.telemetry.markers import MARK, kept, marked
from tests.telemetry.service import FEEDBACK, SIGN, Service

BOUNDARIES = Path(__file__).resolve().parents[2] / "fhir_fixtures" / "boundaries"
EXAMPLE = json.loads(ORDER_SIGN.read_bytes())
HEADERS = {
    "authorization": f"Bearer {MARK}1",
    "x-request-id": f"{MARK}-2",
    "user-agent": f"{MARK}3",
    "referer": f"https://{MARK}4.example/Patient/{MARK}5",
    "origin": f"https://{MARK}6.example",
    "cookie": f"patient={MARK}7",
    "accept-language": f"{MARK}, fr",
    "tracestate": f"ehr={MARK}8",
    "baggage": f"patient={MARK}9",
    "content-type": "application/json",
}
OF_CALLER = {
    "fhirServer": f"http://127.0.0.1:9/{MARK}10",
    "fhirAuthorization": {"access_token": f"{MARK}11", "token_type": "Bearer", "expires_in": 300, "scope": f"{MARK}12", "subject": f"{MARK}13"},
    "extension": {f"{MARK}14": {MARK: f"{MARK}15"}},
}  # fmt: skip
TOLD = ("server-timing", "x-request-id", "content-language", "content-type", "vary")


def firing_cases():
    """A case of each rule that fires, as its EHR would send it."""
    for path in sorted(BOUNDARIES.glob("*/*.yaml")):
        case = next(case for case in yaml.safe_load(path.read_bytes()) if path.stem in case.get("expect", {}))
        yield pytest.param(expand(case["case"]), id=path.stem)


def recorded_requests():
    """What real clients sent."""
    places = ("sandbox-captures/order-s*.json", "requests/*.json", "cds-hooks-examples/epic-shaped/*.json")
    for path in sorted(path for place in places for path in RECORDED.glob(place)):
        try:
            document = json.loads(path.read_bytes())
        except ValueError:
            continue
        document = document.get("body", document)
        if document is None:
            continue  # a preflight
        yield pytest.param(json.loads(document) if isinstance(document, str) else document, id=path.stem)


@pytest.fixture
def said(logged):
    """Sends a request to a service of its own; gives its answer and all that the service told its operator of it."""

    def said(method="POST", path=SIGN, *, headers=None, settings=None, **options):
        exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        service = Service(spans=Spans(provider), **(settings or {}))
        answer = service(method, path, whole_life=True, headers={**HEADERS, **(headers or {})}, **options)
        spans = "".join(span.to_json() for span in exporter.get_finished_spans())
        assert spans
        assert logged.requests()
        error = answer.text if answer.status_code >= 400 else ""
        own = {name: value for name, value in answer.headers.items() if name in TOLD}
        return answer, "\n".join((logged.text(), service.metrics(), json.dumps(own), spans, error))

    return said


@pytest.mark.parametrize("request_", [EXAMPLE, *firing_cases(), *recorded_requests()])
@pytest.mark.parametrize("keep_valid", [True, False])
def test_no_text_of_a_call_is_told(said, request_, keep_valid):
    document = marked(copy.deepcopy(request_), keep_valid=keep_valid) | OF_CALLER
    document["hook"] = request_.get("hook", "order-sign")
    service = next((each.id for each in SERVICES if each.hook == document["hook"]), "none")
    answer, text = said(path=f"/cds-services/{service}?patient={MARK}16", content=body(document))
    assert answer.status_code in (200, 400, 404)
    assert MARK not in text
    for string in kept(document):
        assert string not in text


def test_the_markers_reach_the_cards(said):
    """Otherwise the test above would show nothing."""
    document = marked(copy.deepcopy(EXAMPLE), keep_valid=True)
    answer, text = said(content=body(document))
    assert answer.status_code == 200
    assert answer.json()["cards"][0]["indicator"] == "critical"
    assert body(document).count(MARK.encode()) > 10
    assert "RenalSevere" in text


def spoilt(**members):
    return body({**marked(copy.deepcopy(EXAMPLE), keep_valid=True), **members})


VALID = spoilt()
CONTEXT = json.loads(VALID)["context"]


@pytest.mark.parametrize(
    ("status", "options"),
    [
        (400, {"content": VALID[:-1]}),
        (400, {"content": f"{MARK} {MARK}".encode()}),
        (400, {"content": f'"{MARK}"'.encode()}),
        (400, {"content": VALID[:-1] + f', "x": {MARK}}}'.encode()}),
        (400, {"content": VALID[:-1] + f', "x": "{MARK}\\q"}}'.encode()}),
        (400, {"content": VALID[:-1] + b', "x": NaN}'}),
        (400, {"content": VALID[:-1] + f', "x": "{MARK}\\ud800"}}'.encode()}),
        (400, {"content": VALID.replace(MARK.encode(), MARK.encode() + b"\xff", 1)}),
        (400, {"content": VALID[:-1] + f', "x": {"[" * 5000}"{MARK}"{"]" * 5000}}}'.encode()}),
        (413, {"content": VALID[:-1] + f', "x": {{"y": "{MARK * 60_000}"}}}}'.encode()}),
        (400, {"content": spoilt(hook=MARK)}),
        (400, {"content": spoilt(hook=[MARK])}),
        (400, {"content": spoilt(hookInstance={MARK: MARK})}),
        (400, {"content": spoilt(context=MARK)}),
        (400, {"content": spoilt(context={MARK: MARK})}),
        (400, {"content": spoilt(context={**CONTEXT, "patientId": [MARK]})}),
        (400, {"content": spoilt(context={**CONTEXT, "patientId": "Patient/"})}),
        (400, {"content": spoilt(context={**CONTEXT, "draftOrders": MARK})}),
        (400, {"content": spoilt(prefetch=[MARK])}),
        (404, {"path": f"/cds-services/{MARK}", "content": VALID}),
        (404, {"path": f"/Patient/{MARK}?name={MARK}", "content": VALID}),
        (405, {"method": "PUT", "path": f"{SIGN}?{MARK}", "content": VALID}),
        (413, {"content": VALID, "settings": {"max_body": 100}}),
        (415, {"content": VALID, "headers": {"content-type": f"text/{MARK}"}}),
        (415, {"content": VALID, "headers": {"content-type": f"application/json; charset={MARK}"}}),
        (415, {"content": VALID, "headers": {"content-encoding": MARK}}),
    ],
)  # fmt: skip
def test_no_text_of_a_refused_call_is_told(said, status, options):
    answer, text = said(**options)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert MARK not in text.lower()


def test_the_name_of_a_member_is_told_to_nobody_but_the_caller(said):
    answer, text = said(content=VALID[:-1] + f', "{MARK}": 1, "{MARK}": 2}}'.encode())
    assert answer.status_code == 400
    assert MARK not in text.removesuffix(answer.text)


@pytest.mark.parametrize(
    "place",
    ["cds.evaluation.findings_of", "cds.evaluation.build_cards", "cds.calls.encode_response", "cds.calls.negotiate"],
)
def test_no_text_of_a_call_that_fails_inside_is_told(said, monkeypatch, place):
    def failing(*arguments, **_):
        raise RuntimeError(f"{MARK} {arguments}") from KeyError(f"{MARK} {arguments}")

    monkeypatch.setattr(place, failing)
    answer, text = said(content=VALID)
    assert answer.status_code == 500
    assert "RuntimeError" in text
    assert "KeyError" in text
    assert MARK not in text


def test_no_text_is_told_where_an_ehr_is_asked_in_vain(said):
    document = {name: member for name, member in json.loads(VALID).items() if name != "prefetch"} | OF_CALLER
    answer, text = said(content=body(document))
    assert answer.status_code == 200
    assert MARK not in text


TOLD_OF_CARD = {
    "card": f"{MARK}20",
    "outcome": "overridden",
    "acceptedSuggestions": [{"id": f"{MARK}21"}],
    "overrideReason": {
        "reason": {"code": f"{MARK}22", "system": f"urn:{MARK}23", "display": f"{MARK}24"},
        "userComment": f"{MARK}25",
    },
    "outcomeTimestamp": f"{MARK}26",
    "extension": {f"com.epic.cdshooks.feedback.overrideReason.{MARK}27": f"{MARK}28"},
}


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([TOLD_OF_CARD], 200),
        ([TOLD_OF_CARD, {**TOLD_OF_CARD, "outcome": MARK}, MARK, {"card": {MARK: MARK}, "outcome": "accepted"}], 200),
        ([{**TOLD_OF_CARD, "outcome": f"{MARK}29"}], 400),
        ([{**TOLD_OF_CARD, "card": MARK * 200}], 413),
        (MARK, 400),
    ],
)
def test_nothing_of_feedback_is_told(said, tmp_path, items, status):
    answer, text = said(
        path=FEEDBACK, content=body({"feedback": items}), settings={"store": Store(sqlite_url(tmp_path))}
    )
    assert answer.status_code == status
    assert MARK not in text + answer.text


def test_nothing_of_feedback_that_cannot_be_stored_is_told(said, tmp_path):
    (tmp_path / "data").write_text("in the way")
    settings = {"store": Store(sqlite_url(tmp_path / "data"))}
    answer, text = said(path=FEEDBACK, content=body({"feedback": [TOLD_OF_CARD]}), settings=settings)
    assert answer.status_code == 503
    assert MARK not in text
    assert "feedback was answered 503" in text


def test_the_unit_is_told_to_the_store_alone(said, tmp_path):
    store = Store(sqlite_url(tmp_path))
    document = copy.deepcopy(EXAMPLE)
    document["context"]["encounterId"] = "e1"
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "in-progress"}
    document["prefetch"]["encounter"] = encounter | {"serviceProvider": {"display": f"Ward {MARK}30"}}
    answer, text = said(content=body(document), settings={"store": store})
    assert answer.status_code == 200
    assert MARK not in text + answer.text

    async def units():
        async with store.session() as session:
            found = set(await session.scalars(select(ShownCard.unit)))
        await store.close()
        return found

    assert asyncio.run(units()) == {f"Ward {MARK}30"}
