"""A right service breaks nothing; of a wrong one exactly what it breaks is named."""

from __future__ import annotations

import json
import socket

import httpx
import pytest

from cds._conformance import hold
from cds._input import InputError
from cds.conformance import Client, Result, Unreachable
from tests.conformance.services import Parts, app_of


def checks(report, result):
    return {row.requirement.check for row in report.rows if row.result is result and row.requirement.check}


def test_a_right_service_meets_everything_that_is_looked_at(run):
    report = run(app_of(Parts()))
    assert [(row.requirement.id, row.detail) for row in report.broken] == []
    assert report.conforms
    assert checks(report, Result.NOT_APPLICABLE) == {"https"}
    assert {check for check in checks(report, Result.NOT_CHECKED) if not check.startswith("jwt-")} == set()


def test_a_run_is_polite(run):
    parts = Parts()
    report = run(app_of(parts))
    assert report.requests < 20
    assert all(b"conformance" in body or body == b'{"hook": ' for name, body, _ in parts.calls if name != "feedback")


@pytest.mark.parametrize("end", ["", "/", "/cds-services", "/cds-services/"])
def test_the_address_with_or_without_cds_services(run, end):
    assert run(app_of(Parts()), end=end).conforms


def test_the_users_requests_go_to_the_services_of_their_hook(run):
    parts = Parts()
    mine = {"hook": "patient-view", "hookInstance": "mine", "context": {"userId": "Practitioner/1", "patientId": "1"}}
    run(app_of(parts), [mine])
    assert [name for name, body, _ in parts.calls if b'"mine"' in body] == ["silent"]


def set_(where, **members):
    """Members changed; None takes them away, NULL sends null."""

    def change(parts):
        target = where(parts)
        for name, value in members.items():
            if value is None:
                del target[name]
            else:
                target[name] = None if value is NULL else value

    return change


NULL = object()


def attribute(**members):
    return lambda parts: [setattr(parts, name, value) for name, value in members.items()]


def discovery(p):
    return p.discovery


def service(p):
    return p.service


def prefetch(p):
    return p.service["prefetch"]


def card(p):
    return p.card


def source(p):
    return p.card["source"]


def topic(p):
    return p.card["source"]["topic"]


def suggestion(p):
    return p.card["suggestions"][0]


def reason(p):
    return p.card["overrideReasons"][0]


def link(number):
    return lambda p: p.card["links"][number]


def action(number):
    return lambda p: p.card["suggestions"][0]["actions"][number]


def cors(p):
    return p.cors


WRONG = {
    "discovery answers 500": (attribute(discovery_status=500), "discovery-status"),
    "services is an object": (set_(discovery, services={"a": 1}), "discovery-services"),
    "discovery is an array": (attribute(discovery=["x"]), "discovery-services"),
    "no title": (set_(service, title=None), "service-title"),
    "no description": (set_(service, description=None), "service-description"),
    "no hook": (set_(lambda p: p.discovery["services"][1], hook=None), "service-hook"),
    "no id": (set_(lambda p: p.discovery["services"][1], id=None), "service-id"),
    "usage is a list": (set_(service, usageRequirements=["a"]), "service-usage"),
    "prefetch is a list": (set_(lambda p: p.discovery["services"][1], prefetch=["a"]), "service-prefetch"),
    "a template is a number": (set_(prefetch, patient=1), "prefetch-templates"),
    "an id with a slash": (
        set_(lambda p: p.discovery["services"][1], id="a/b"),
        "service-address",
    ),
    "a service stands twice": (lambda p: p.discovery["services"].append(p.service), "service-unique"),
    "a token in single braces": (set_(prefetch, patient="Patient/{context.patientId}"), "prefetch-braces"),
    "today()": (set_(prefetch, labs="Observation?patient={{context.patientId}}&date=ge{{today()}}"), "prefetch-tokens"),
    "a token below the root": (set_(prefetch, patient="Medication/{{context.medication.id}}"), "prefetch-root"),
    "draftOrders as token": (set_(prefetch, patient="Bundle/{{context.draftOrders}}"), "prefetch-no-resources"),
    "an unknown field": (set_(prefetch, patient="Patient/{{context.person}}"), "prefetch-fields"),
    "_include": (
        set_(prefetch, labs="Observation?patient={{context.patientId}}&_include=Observation:x"),
        "prefetch-subset",
    ),
    "a chained search": (set_(prefetch, labs="Observation?patient.name=x"), "prefetch-subset"),
    "a whole address": (set_(prefetch, labs="https://example.org/Patient/1"), "prefetch-subset"),
    "500 without prefetch": (attribute(no_prefetch=500), "prefetch-missing"),
    "500 on OperationOutcomes": (attribute(outcomes=500), "prefetch-errors"),
    "text/html": (attribute(media_type="text/html"), "json"),
    "201": (attribute(status=201), "response-cards"),
    "cards is an object": (set_(lambda p: p.answer, cards={"a": 1}), "response-cards"),
    "systemActions is an object": (set_(lambda p: p.answer, systemActions={"a": 1}), "response-system-actions"),
    "slow": (attribute(delay=0.9), "response-time"),
    "an unknown service answers 200": (attribute(unknown=200), "error-unknown-service"),
    "not JSON answers 500": (attribute(bad_json=500), "error-not-json"),
    "another hook answers 200": (attribute(wrong_hook=200), "error-wrong-hook"),
    "no context answers 500": (attribute(no_context=500), "error-no-context"),
    "an error's body is no JSON": (attribute(error_body=b"oops"), "error-body"),
    "an error's body shows the inside": (
        attribute(error_body=b'"Traceback (most recent call last):"'),
        "error-body",
    ),
    "a null": (set_(card, detail=NULL), {"filled", "card-detail"}),
    "an empty list": (set_(card, links=[]), "filled"),
    "an empty member of an extension": (set_(card, extension={"org.example.a": {}}), "filled"),
    "a null in a resource": (
        set_(lambda p: p.card["suggestions"][0]["actions"][0]["resource"], status=NULL),
        "filled",
    ),
    "an extension is a list": (set_(card, extension=["a"]), "extension-object"),
    "an extension without a domain": (set_(card, extension={"more": 1}), "extension-names"),
    "140 characters": (set_(card, summary="x" * 140), "card-summary"),
    "no summary": (set_(card, summary=None), "card-summary"),
    "uuid is a number": (set_(card, uuid=1), "card-uuid"),
    "a uuid twice": (lambda p: p.answer["cards"].append(p.card), "card-uuid"),
    "detail is a list": (set_(card, detail=["a"]), "card-detail"),
    "hard-stop": (set_(card, indicator="hard-stop"), "card-indicator"),
    "no source": (set_(card, source=None), "card-source"),
    "no label": (set_(source, label=None), "source-label"),
    "a relative url": (set_(source, url="/more"), "source-url"),
    "a relative icon": (set_(source, icon="i.png"), "source-icon"),
    "topic is text": (set_(source, topic="t"), "source-topic"),
    "topic without code": (set_(topic, code=None), "coding-code"),
    "topic without system": (set_(topic, system=None), "coding-system"),
    "display is a number": (set_(topic, display=1), "topic-display"),
    "suggestions is an object": (set_(card, suggestions={"a": 1}), "card-suggestions"),
    "no selectionBehavior": (set_(card, selectionBehavior=None), "card-selection-given"),
    "selectionBehavior all": (set_(card, selectionBehavior="all"), "card-selection-values"),
    "two recommended of one": (
        set_(lambda p: p.card["suggestions"][1], isRecommended=True),
        "suggestion-recommended-once",
    ),
    "overrideReasons is text": (set_(card, overrideReasons="a"), "card-override-reasons"),
    "a reason without display": (set_(reason, display=None), "override-display"),
    "a reason without code": (set_(reason, code=None), "coding-code"),
    "links is an object": (set_(card, links={"a": 1}), "card-links"),
    "a suggestion without label": (set_(suggestion, label=None), "suggestion-label"),
    "a suggestion's uuid is a number": (set_(suggestion, uuid=1), "suggestion-uuid"),
    "isRecommended is text": (set_(suggestion, isRecommended="yes"), "suggestion-recommended"),
    "actions is an object": (set_(suggestion, actions={"a": 1}), "suggestion-actions"),
    "an action of no type": (set_(action(0), type="patch"), "action-type"),
    "an action without description": (set_(action(0), description=None), "action-description"),
    "create without resource": (set_(action(0), resource=None), "action-create"),
    "create of no FHIR resource": (set_(action(0), resource={"id": "a"}), "action-resource"),
    "update without resource": (set_(action(1), resource=None), "action-update"),
    "update without id": (set_(action(1), resource={"resourceType": "ServiceRequest"}), "action-update"),
    "delete by resource": (set_(action(2), resource="ServiceRequest/1"), "action-delete-resource"),
    "delete without resourceId": (set_(action(2), resourceId=None), "action-delete-id"),
    "resourceId is a number": (set_(action(2), resourceId=1), "action-resource-id"),
    "a link without label": (set_(link(0), label=None), "link-label"),
    "a relative link": (set_(link(0), url="more"), "link-url"),
    "a link of no type": (set_(link(1), type="app"), "link-type"),
    "appContext is an object": (set_(link(1), appContext={"a": 1}), "link-app-context"),
    "appContext of an absolute link": (set_(link(0), appContext="a"), "link-app-context-smart"),
    "no CORS": (attribute(cors={}), "cors"),
    "another origin": (set_(cors, **{"Access-Control-Allow-Origin": "https://other.example.org"}), "cors"),
    "Authorization not allowed": (set_(cors, **{"Access-Control-Allow-Headers": "*"}), "cors"),
    "POST not allowed": (set_(cors, **{"Access-Control-Allow-Methods": "GET"}), "cors"),
    "the preflight answers 500": (attribute(preflight_status=500), "cors"),
    "the preflight wants a token": (attribute(preflight_status=401), "cors-preflight-open"),
    "every origin with credentials": (
        set_(cors, **{"Access-Control-Allow-Credentials": "true"}),
        "cors-credentials",
    ),
    "feedback on a card answers 500": (attribute(feedback=500), "feedback-accepted"),
}


@pytest.mark.parametrize(("change", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_service(run, change, expected):
    parts = Parts()
    change(parts)
    report = run(app_of(parts))
    broken = {row.requirement.check for row in report.broken}
    assert broken == ({expected} if isinstance(expected, str) else expected), [row.detail for row in report.broken]
    assert report.conforms is all(row.requirement.level != "SHALL" for row in report.broken)
    assert all(row.detail for row in report.broken)


def test_every_check_without_a_token_can_fail():
    tested = {expected for _, expected in WRONG.values() if isinstance(expected, str)} | {"filled"}
    # https: no server of the tests has a public address. The others are permissions: nothing breaks them.
    permissions = {"https", "feedback", "response-empty", "error-statuses", "prefetch-used"}
    from cds.conformance import load_requirements

    named = {one.check for one in load_requirements() if one.check and not one.check.startswith("jwt-")}
    assert named - tested == permissions


def test_an_origin_that_is_reflected_is_let_in(run):
    parts = Parts()
    parts.cors["Access-Control-Allow-Origin"] = "https://ehr.example.org"
    parts.cors["Access-Control-Allow-Credentials"] = "true"
    assert run(app_of(parts)).broken == ()


@pytest.mark.parametrize("status", [404, 405])
def test_feedback_may_be_left_out(run, status):
    parts = Parts()
    parts.feedback = status
    report = run(app_of(parts))
    assert report.conforms
    assert {"feedback", "feedback-accepted"} <= checks(report, Result.NOT_APPLICABLE)


def test_feedback_tells_what_became_of_a_card(run):
    parts = Parts()
    run(app_of(parts))
    (sent,) = [json.loads(body) for name, body, _ in parts.calls if name == "feedback"]
    (item,) = sent["feedback"]
    assert (item["card"], item["outcome"]) == (parts.card["uuid"], "overridden")


def test_no_services_is_no_fault(run):
    parts = Parts()
    parts.discovery = {"services": []}
    assert run(app_of(parts)).broken == ()


def test_a_hook_outside_the_library_is_called_and_may_be_refused(run):
    parts = Parts()
    parts.discovery["services"] = [parts.service]
    parts.service["hook"] = "org.example.own"
    parts.service["prefetch"] = {"a": "Patient/{{context.somebody}}"}
    parts.status = 400
    report = run(app_of(parts))
    assert report.broken == ()
    assert any(b'"somebody": "conformance"' in body for _, body, _ in parts.calls)


def test_412_is_an_answer(run):
    parts = Parts()
    parts.status = 412
    assert run(app_of(parts)).broken == ()


@pytest.mark.parametrize(
    "hook", ["order-dispatch", "appointment-book", "problem-list-item-create", "allergyintolerance-create"]
)
def test_other_hooks_of_the_library_get_their_context(run, hook):
    parts = Parts()
    parts.discovery["services"] = [{**parts.service, "hook": hook, "prefetch": {"p": "Patient/{{context.patientId}}"}}]
    assert run(app_of(parts)).broken == ()
    context = next(json.loads(body)["context"] for _, body, _ in parts.calls)
    assert context["patientId"] == "conformance-patient"
    assert len(context) > 2


def test_https_elsewhere_is_asked_for():
    def answer(request):
        return httpx.Response(200, json={"services": []})

    from cds.conformance import run

    for url, result in (("http://cds.example.org", Result.NOT_MET), ("https://cds.example.org", Result.MET)):
        with httpx.Client(transport=httpx.MockTransport(answer)) as http:
            rows = run(url, http).rows
        assert [row.result for row in rows if row.requirement.check == "https"] == [result]


def test_no_answer_is_said():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError, match="gives no answer"):
        hold(url, [], None)


@pytest.mark.parametrize("url", ["not an address", "ftp://x", "http://"])
def test_what_is_no_address_is_said(url):
    with pytest.raises(InputError, match="gives no answer"):
        hold(url, [], None)


def test_a_service_that_stops_answering_ends_the_run():
    def answer(request):
        if request.method == "GET":
            return httpx.Response(200, json=Parts().discovery)
        raise httpx.ReadTimeout("slow")

    from cds.conformance import run

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, pytest.raises(Unreachable, match="slow"):
        run("http://127.0.0.1", http)


def test_one_call_without_an_answer_is_a_fault_of_that_call():
    parts = Parts()

    def answer(request):
        if request.method == "GET":
            return httpx.Response(200, json=parts.discovery)
        if request.content == b'{"hook": ':
            raise httpx.ReadTimeout("slow")
        return httpx.Response(404)

    from cds.conformance import run

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        rows = {row.requirement.check: row for row in run("http://127.0.0.1", http).rows}
    assert rows["error-not-json"].detail == "right: gives no answer (slow)"


def test_redirects_are_not_followed():
    def answer(request):
        assert request.url.host == "cds.example.org"
        return httpx.Response(302, headers={"Location": "http://169.254.169.254/"})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        assert Client("http://cds.example.org", http).send("GET", "http://cds.example.org/cds-services").status == 302


def test_an_endless_answer_is_cut():
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=iter([b" " * 1_000_000] * 6)))
    with httpx.Client(transport=transport) as http:
        answer = Client("http://cds.example.org", http).send("GET", "http://cds.example.org/cds-services")
    assert (answer.status, answer.said) == (0, "gives no answer (more than 5000000 bytes)")
