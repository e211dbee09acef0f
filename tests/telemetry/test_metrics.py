import json
import subprocess
import sys

import pytest

from cds.evaluation import Answer
from cds.evaluation.report import UNKNOWN_READINGS
from cds.examples import ORDER_SIGN
from cds.protocol.response import Response
from cds.rules.registry import all_rules
from cds.telemetry import Record, current, fetch_failed, limited, refused
from tests.calls import body
from tests.telemetry.service import BUILD, Service

ORDER = ORDER_SIGN.read_bytes()
OF_SIGN = {"service": "baclofen-order-sign", "hook": "order-sign"}


def test_a_call_is_counted_by_all_that_it_came_to():
    service = Service()
    cards = service(content=ORDER).json()["cards"]
    service(content=ORDER)
    assert service.figure("cds_requests_total", **OF_SIGN, status="200") == 2
    assert service.figure("cds_findings_total", rule="RenalSevere", indicator="critical", hook="order-sign") == 2
    critical = sum(card["indicator"] == "critical" for card in cards)
    assert service.figure("cds_cards_total", indicator="critical") == 2 * critical > 0
    for phase in ("receive", "decode", "fetch", "read", "evaluate", "encode", "whole"):
        assert service.figure("cds_phase_seconds_count", phase=phase) == 2
    assert service.figure("cds_phase_seconds_bucket", phase="whole", le="+Inf") == 2
    assert service.figure("cds_requests_in_flight") == 0
    assert service.figure("cds_build_info", **BUILD) == 1


def test_what_was_unknown_is_counted_by_its_kind():
    service = Service()
    order = json.loads(ORDER)
    del order["prefetch"]
    service(content=body(order))
    for kind in ("patient", "conditions", "allergies", "medications", "renal_function"):
        assert service.figure("cds_unknown_readings_total", kind=kind) == 1


def test_buckets_run_from_a_tenth_of_a_millisecond_to_a_second():
    service = Service()
    service(content=ORDER)
    bounds = [
        line.split('le="')[1].split('"')[0]
        for line in service.metrics().splitlines()
        if 'le="' in line and '"whole"' in line
    ]
    assert (bounds[0], bounds[-2:]) == ("0.0001", ["1.0", "+Inf"])


def test_what_is_no_hook_call_has_neither_service_nor_time():
    service = Service()
    service("GET", "/cds-services")
    service("GET", "/nowhere")
    assert service.figure("cds_requests_total", service="none", hook="none", status="200") == 1
    assert service.figure("cds_requests_total", service="none", hook="none", status="404") == 1
    assert service.figure("cds_phase_seconds_count", phase="whole") == 0


def test_faults_are_counted_by_what_is_behind_them():
    def fails(*_, **__):
        raise RuntimeError("Secret")

    service = Service(evaluate=fails)
    assert service(content=ORDER).status_code == 500
    assert service("GET", "/readyz").status_code == 503
    assert service("GET", "/nowhere").status_code == 404
    assert service.figure("cds_faults_total", error="InternalError") == 1
    assert service.figure("cds_faults_total", error="NotReady") == 1
    assert service.metrics().count("cds_faults_total{") == 2


def test_unknown_services_are_one():
    service = Service()
    for number in range(3):
        service(path=f"/cds-services/made-up-{number}", content=ORDER)
    assert service.figure("cds_requests_total", service="other", hook="other", status="404") == 3
    assert "made-up" not in service.metrics()


def saying(request, *_, **__):
    """What those that fetch, authenticate and set limits call."""
    fetch_failed("its FHIR server failed (HTTP {status})")
    fetch_failed("its FHIR server failed (HTTP {status})")
    fetch_failed("https://ehr.example/Patient/Secret")
    limited("rate")
    refused("the token has expired")
    return Answer(Response(cards=()))


def test_what_went_wrong_around_a_call_is_counted_by_kind(logged):
    service = Service(evaluate=saying)
    service(content=ORDER)
    assert service.figure("cds_fetch_failures_total", kind="its_fhir_server_failed_http") == 2
    assert service.figure("cds_fetch_failures_total", kind="other") == 1
    assert service.figure("cds_limits_hit_total", kind="rate") == 1
    assert service.figure("cds_authentication_failures_total", reason="the_token_has_expired") == 1
    (line,) = logged.requests()
    assert line["fetch_failures"] == {"its_fhir_server_failed_http": 2, "other": 1}
    assert (line["limits"], line["refusal"]) == ({"rate": 1}, "the_token_has_expired")
    assert "Secret" not in service.metrics() + logged.text()


def test_outside_a_request_it_goes_nowhere():
    fetch_failed("timeout")
    limited("rate")
    refused("expired")
    record = current()
    assert (record.fetch_failures, record.limits, record.refusal) == ({}, {}, Record().refusal)


def test_kinds_are_few():
    metrics = Service().telemetry.metrics
    record = Record("0" * 32)
    record.fetch_failures = {f"kind_{number}": 1 for number in range(100)}
    metrics.count(record, 200, {})
    text, _ = metrics.exposition("")
    assert text.count(b"cds_fetch_failures_total{") == 41
    assert b'kind="other"} 60.0' in text


def test_requests_in_flight():
    service = Service(
        evaluate=lambda *_, **__: seen.append(service.figure("cds_requests_in_flight")) or Answer(Response(cards=()))
    )
    seen = []
    service(content=ORDER)
    assert seen == [1]
    assert service.figure("cds_requests_in_flight") == 0


@pytest.mark.parametrize(
    ("access", "client", "headers", "status"),
    [
        ("loopback", ("127.0.0.1", 9), {}, 200),
        ("loopback", ("::1", 9), {}, 200),
        ("loopback", ("192.0.2.1", 9), {}, 404),
        ("loopback", ("127.0.0.1", 9), {"x-forwarded-for": "127.0.0.1"}, 404),
        ("loopback", ("127.0.0.1", 9), {"forwarded": "for=127.0.0.1"}, 404),
        ("loopback", None, {}, 404),
        ("loopback", ("unix", 0), {}, 404),
        ("direct", ("192.0.2.1", 9), {}, 200),
        ("direct", None, {}, 200),
        ("direct", ("192.0.2.1", 9), {"x-forwarded-for": "192.0.2.2"}, 404),
        ("direct", ("127.0.0.1", 9), {"via": "1.1 proxy"}, 404),
        ("open", ("192.0.2.1", 9), {}, 200),
        ("open", ("192.0.2.1", 9), {"x-forwarded-for": "192.0.2.2"}, 200),
        ("off", ("127.0.0.1", 9), {}, 404),
    ],
)
def test_the_figures_are_for_this_machine_unless_opened(access, client, headers, status):
    answer = Service(metrics=access, client=client)("GET", "/metrics", headers=headers)
    assert answer.status_code == status
    assert ("cds_build_info" in answer.text) == (status == 200)
    if status == 404:
        assert answer.json()["resourceType"] == "OperationOutcome"


def test_the_scraper_chooses_the_format():
    service = Service()
    assert service("GET", "/metrics").headers["content-type"].startswith("text/plain")
    answer = service("GET", "/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_every_rule_that_says_unknown_has_a_kind():
    rules = {rule.id for rule in all_rules()}
    assert set(UNKNOWN_READINGS) <= rules
    assert {rule for rule in rules if rule.endswith(("Unknown", "NotComputable"))} == set(UNKNOWN_READINGS)


WORKER = """
import asyncio, sys
from cds.telemetry import Record, Telemetry
telemetry = Telemetry({"version": "1", "knowledge": "2"})
telemetry.metrics.in_flight.inc()
telemetry.metrics.count(Record("0" * 32, service="s", hook="h"), 200, {"whole": 1_000_000})
if sys.argv[1] == "last":
    text = telemetry.metrics.exposition("")[0].decode()
    print(text)
telemetry.close()
"""


def test_the_figures_of_workers_are_summed(tmp_path):
    def work(which):
        environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PATH": ""}
        run = subprocess.run(
            [sys.executable, "-c", WORKER, which], env=environment, capture_output=True, text=True, check=True
        )
        return run.stdout.splitlines()

    work("first")
    lines = work("last")
    assert 'cds_requests_total{hook="h",service="s",status="200"} 2.0' in lines
    assert 'cds_phase_seconds_count{phase="whole"} 2.0' in lines
    assert "cds_requests_in_flight 1.0" in lines  # the first one ended
    assert 'cds_build_info{knowledge="2",version="1"} 1.0' in lines


def test_figures_of_two_services_are_their_own():
    one, two = Service(), Service()
    one(content=ORDER)
    assert two.figure("cds_requests_total", **OF_SIGN, status="200") == 0
