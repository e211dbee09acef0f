import asyncio
import io
import json
import logging
import re

import pytest
import structlog

from cds.examples import ORDER_SIGN
from cds.store import Store, sqlite_url
from cds.telemetry import configure_logs, log_failure
from tests.calls import body, call
from tests.telemetry.service import FEEDBACK, SIGN, Service

ORDER = ORDER_SIGN.read_bytes()
OTHER_DRUG = body(call(context={"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": {
    "resourceType": "MedicationRequest", "id": "a", "status": "draft", "intent": "order",
    "medicationCodeableConcept": {"text": "Amoxicillin 500 MG Oral Capsule"},
}}]}}))  # fmt: skip


def failing(*_, **__):
    raise RuntimeError("Jane Doe")


def test_one_line_a_request_says_what_it_came_to(logged):
    answer = Service()(content=ORDER)
    (line,) = logged.requests()
    assert (line["level"], line["route"]) == ("info", "/cds-services/{service_id}")
    assert (line["service"], line["hook"], line["status"]) == ("baclofen-order-sign", "order-sign", 200)
    assert line["outcome"] == "cards"
    assert line["rules"]["RenalSevere"] == "critical"
    assert line["cards"] == len(answer.json()["cards"])
    assert list(line["ms"]) == ["receive", "decode", "fetch", "read", "evaluate", "encode", "whole"]
    assert all(spent >= 0 for spent in line["ms"].values())
    assert line["ms"]["whole"] >= line["ms"]["read"] + line["ms"]["evaluate"]
    assert line["request_id"] == answer.headers["x-request-id"]


def test_of_feedback_the_log_has_counts(logged, tmp_path):
    told = [{"card": "a", "outcome": "overridden", "overrideReason": {"userComment": "Jane"}}, {"card": "b"}]
    service = Service(store=Store(sqlite_url(tmp_path)))
    assert service(path=FEEDBACK, content=body({"feedback": told}), whole_life=True).status_code == 200
    (line,) = logged.requests()
    assert (line["route"], line["outcome"]) == ("/cds-services/{service_id}/feedback", "served")
    assert line["feedback"] == {"received": 1, "repeated": 0, "unknown": 1, "left_out": 1}
    assert "Jane" not in logged.text()


def test_what_was_unknown_is_named_by_its_kind(logged):
    order = json.loads(ORDER)
    del order["prefetch"]
    Service()(content=body(order))
    assert {"patient", "conditions", "allergies", "medications", "renal_function"} <= set(
        logged.requests()[0]["unknown"]
    )


@pytest.mark.parametrize(
    ("options", "outcome", "more"),
    [
        ({"content": OTHER_DRUG}, "not concerned", {"status": 200}),
        ({"content": b"{"}, "refused", {"status": 400, "error": "MalformedJson"}),
        ({"content": b"", "path": "/cds-services/x"}, "refused", {"status": 404, "service": "other", "hook": "other"}),
        ({"path": "/nowhere"}, "refused", {"status": 404, "route": "none"}),
        ({"method": "GET", "path": "/cds-services"}, "served", {"status": 200, "route": "/cds-services"}),
    ],
)
def test_outcomes(logged, options, outcome, more):
    Service()(**options)
    (line,) = logged.requests()
    assert line.items() >= {"outcome": outcome, **more}.items()
    assert "rules" not in line


def test_a_failure_inside_is_an_error_with_the_same_request_id(logged):
    answer = Service(evaluate=failing)(content=ORDER)
    failure, line = logged.own()
    assert (line["level"], line["outcome"], line["error"]) == ("error", "failed", "InternalError")
    assert "RuntimeError" in failure["failure"]
    assert "test_logs.py" in failure["failure"]
    assert failure["request_id"] == line["request_id"] == answer.headers["x-request-id"]
    assert "Jane Doe" not in logged.text()


def test_a_client_that_goes_away_is_told(logged):
    async def gone():
        return {"type": "http.disconnect"}

    async def nobody(message):
        raise AssertionError(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": SIGN,
        "raw_path": SIGN.encode(),
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(Service().app(scope, gone, nobody))
    (line,) = logged.requests()
    assert (line["outcome"], line["error"]) == ("client gone", "ClientDisconnect")
    assert "status" not in line


def test_probes_are_quiet_unless_something_is_wrong(logged):
    service = Service()
    service("GET", "/healthz")
    service("GET", "/readyz")  # not warmed up: 503
    alive, ready = logged.requests()
    assert (alive["level"], ready["level"]) == ("debug", "error")


@pytest.mark.parametrize("given", ["0a9c8b7d-1e2f-4a3b-8c5d-6e7f80912a3b", "0123456789ABCDEF", "f" * 64])
def test_an_id_is_taken_over(logged, given):
    assert Service()(content=ORDER, headers={"x-request-id": given}).headers["x-request-id"] == given
    assert logged.requests()[0]["request_id"] == given


@pytest.mark.parametrize(
    "given", ["", "0123456789abcde", "f" * 65, "Jane-Doe-1948-03-14", "0123456789abcdef\tx", "é" * 20]
)
def test_anything_else_is_not(logged, given):
    answer = Service()(content=ORDER, headers={"x-request-id": given.encode()})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert logged.requests()[0]["request_id"] == answer.headers["x-request-id"]


def test_libraries_are_told_by_place_and_the_server_by_its_message(logged):
    for name in ("httpx", "uvicorn", "uvicorn.error", "asyncio", "py.warnings"):
        logger = logging.getLogger(name)  # a server of another test may have set a level of its own
        logger.setLevel(logging.NOTSET)
        logger.disabled = False
    logging.getLogger("httpx").info("HTTP Request: GET %s", "https://ehr.example/Patient/secret")
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    try:
        raise ValueError("secret")  # noqa: TRY301
    except ValueError:
        logging.getLogger("asyncio").exception("secret")
    logging.getLogger("py.warnings").warning("%s", "secret")
    library, server, failure, warning = logged.all()
    assert (library["logger"], library["level"]) == ("httpx", "info")
    assert library["place"].startswith("test_logs.py:")
    assert server["event"] == "Started server process [7]"
    assert "builtins.ValueError at" in failure["failure"]
    assert warning["logger"] == "py.warnings"
    assert "secret" not in logged.text()


def test_levels_below_the_setting_are_left_out(logged):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    configure_logs("warning", "json", out)
    structlog.get_logger("cds").info("no")
    logging.getLogger("uvicorn").info("no")
    structlog.get_logger("cds").warning("yes")
    logging.getLogger("uvicorn").log(35, "yes")
    assert [json.loads(line)["event"] for line in out.buffer.getvalue().splitlines()] == ["yes", "yes"]


@pytest.mark.parametrize(
    ("form", "terminal", "json_lines"),
    [("auto", False, True), ("auto", True, False), ("json", True, True), ("console", False, False)],
)
def test_people_at_a_terminal_get_lines_for_people(logged, monkeypatch, form, terminal, json_lines):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(out, "isatty", lambda: terminal, raising=False)
    configure_logs("info", form, out)
    structlog.get_logger("cds").info("request", status=200)
    line = out.buffer.getvalue().decode()
    assert line.startswith("{") == json_lines
    assert "request" in line


def test_causes_are_told_to_the_fifth(logged):
    def chain(depth):
        try:
            if depth:
                chain(depth - 1)
        except ValueError as error:
            raise ValueError("secret") from error
        raise ValueError("secret")

    try:
        chain(9)
    except ValueError as error:
        log_failure("it failed", error)
    (line,) = logged.all()
    assert line["failure"].count("; from ") == 4
    assert "request_id" not in line
    assert "secret" not in logged.text()


def test_timings_stand_on_hook_answers_and_may_be_read_across_origins(logged):
    service = Service()
    headers = {"origin": "https://ehr.example.org"}
    answer = service(content=ORDER, headers=headers)
    timing = dict(part.split(";dur=") for part in answer.headers["server-timing"].split(", "))
    assert list(timing) == ["receive", "decode", "fetch", "read", "evaluate", "encode", "whole"]
    assert float(timing["whole"]) > float(timing["read"]) > 0
    exposed = answer.headers["access-control-expose-headers"].lower()
    assert "server-timing" in exposed
    assert "x-request-id" in exposed
    assert "server-timing" in service(content=b"{", headers=headers).headers
    assert "server-timing" not in service("GET", "/cds-services").headers
    assert service(path=SIGN, content=b"{").headers["x-request-id"]
