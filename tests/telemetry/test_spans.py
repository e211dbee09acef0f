import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from cds import _assembly
from cds.examples import ORDER_SIGN
from cds.settings import ConfigurationError, Settings
from cds.telemetry.spans import Spans, asked_for, provider_for
from tests.charts import KNOWLEDGE
from tests.telemetry.service import Service

ORDER = ORDER_SIGN.read_bytes()
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def spans(exporter):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Spans(provider)


def test_a_request_is_a_span_and_its_phases_are_inside(spans, exporter):
    answer = Service(spans=spans)(content=ORDER)
    *phases, whole = exporter.get_finished_spans()
    assert (whole.name, whole.kind, whole.parent) == ("/cds-services/{service_id}", SpanKind.SERVER, None)
    assert [phase.name for phase in phases] == ["receive", "decode", "fetch", "read", "evaluate", "encode"]
    for phase in phases:
        assert phase.parent.span_id == whole.context.span_id
        assert whole.start_time <= phase.start_time <= phase.end_time <= whole.end_time
    assert whole.attributes["cds.request_id"] == answer.headers["x-request-id"]
    assert whole.attributes["cds.outcome"] == "cards"
    assert whole.attributes["cds.hook"] == "order-sign"
    assert whole.attributes["http.response.status_code"] == 200
    assert "RenalSevere" in whole.attributes["cds.rules"]


def test_the_caller_s_trace_goes_on_without_its_words(spans, exporter):
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "tracestate": "ehr=JaneDoe", "baggage": "name=JaneDoe"}
    Service(spans=spans)(content=ORDER, headers=headers)
    whole = exporter.get_finished_spans()[-1]
    assert f"{whole.context.trace_id:032x}" == TRACE
    assert "JaneDoe" not in "".join(span.to_json() for span in exporter.get_finished_spans())


def test_a_traceparent_that_is_none_begins_a_new_trace(spans, exporter):
    Service(spans=spans)(content=ORDER, headers={"traceparent": "Jane Doe"})
    assert exporter.get_finished_spans()[-1].parent is None


def test_a_fault_is_an_error(spans, exporter):
    def failing(*_, **__):
        raise RuntimeError("Jane Doe")

    Service(spans=spans, evaluate=failing)(content=ORDER)
    whole = exporter.get_finished_spans()[-1]
    assert whole.status.status_code is StatusCode.ERROR
    assert whole.attributes["error.type"] == "InternalError"
    assert "Jane Doe" not in whole.to_json()


def test_what_has_not_been_sent_is_sent_at_the_end(exporter):
    spans = Spans(provider_for(exporter, "1.2.3"))
    service = Service(spans=spans)
    service(content=ORDER)
    service.telemetry.close()
    whole = exporter.get_finished_spans()[-1]
    assert whole.resource.attributes["service.version"] == "1.2.3"


@pytest.mark.parametrize(
    ("setting", "environ", "wanted"),
    [
        ("auto", {}, False),
        ("auto", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ("auto", {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ("auto", {"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ("auto", {"OTEL_TRACES_EXPORTER": "none"}, False),
        ("auto", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ("on", {}, True),
        ("off", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
    ],
)
def test_traces_are_sent_where_they_are_asked_for(setting, environ, wanted):
    assert asked_for(setting, environ) is wanted


def test_asked_for_and_not_installed_is_a_fault_of_configuration(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigurationError, match=r"baclofen-cds\[otel\]"):
        _assembly.telemetry_of(Settings(otel="on"), KNOWLEDGE)


def test_unasked_nothing_of_it_is_loaded():
    program = (
        "import sys, cds.telemetry, cds.telemetry.spans; sys.exit(any('opentelemetry' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
