"""OpenTelemetry, if it is installed (`pip install baclofen-cds[otel]`) and asked for: a span for the request, one for each phase.

The spans are made when the request has ended, out of its record, with the times that were measured anyway. So they hold what the log line holds,
and nothing is paid while the request is answered. The variables are OpenTelemetry's own (OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …).
"""
# ruff: noqa: PLC0415 -- the packages are optional, and nobody pays for loading them unasked

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cds.telemetry.record import Record

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

__all__ = ["Spans", "asked_for", "open_spans"]

_ASKING = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
_FIRST_FAULT = 500


def asked_for(setting: str, environ: Mapping[str, str]) -> bool:
    """Whether traces are wanted.

    Args:
        setting: `on`, `off`, or `auto`: where a variable of OpenTelemetry says where traces go.
        environ: the environment.
    """
    if setting != "auto":
        return setting == "on"
    disabled = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not disabled and any(environ.get(name, "none").strip().lower() not in ("", "none") for name in _ASKING)


def open_spans(version: str) -> Spans:
    """Traces that go where OpenTelemetry's variables say, over OTLP/HTTP.

    Args:
        version: of this service.

    Raises:
        ImportError: the extra is not installed.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return Spans(provider_for(OTLPSpanExporter(), version))


def provider_for(exporter: SpanExporter, version: str) -> TracerProvider:
    """A provider that sends to an exporter in batches, in a thread of its own."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "baclofen-cds", "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class Spans:
    """Writes records as spans.

    Args:
        provider: where they go.
    """

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("cds.telemetry")
        self._trace = trace
        self._propagator = TraceContextTextMapPropagator()

    def tell(
        self, record: Record, *, route: str, status: int | None, outcome: str, whole: int, traceparent: str | None
    ) -> None:
        """Write one request.

        Args:
            record: what was noted of it.
            route: the template of its address.
            status: HTTP status; None where nothing was answered.
            outcome: in a word.
            whole: ns.
            traceparent: the caller's header, hexadecimal by its form. `tracestate` is left out: it is text.
        """
        parent = self._propagator.extract({"traceparent": traceparent} if traceparent else {})
        span = self._tracer.start_span(
            route,
            context=parent,
            kind=self._trace.SpanKind.SERVER,
            attributes=_attributes(record, route, status, outcome),
            start_time=record.began,
        )
        if status is not None and status >= _FIRST_FAULT:
            span.set_status(self._trace.StatusCode.ERROR)
        inside = self._trace.set_span_in_context(span)
        for lap in tuple(record.laps):
            phase = self._tracer.start_span(lap.phase, context=inside, start_time=record.moment(lap.start))
            phase.end(record.moment(lap.end))
        span.end(record.began + whole)

    def close(self) -> None:
        """Send what is left and stop the thread."""
        self._provider.shutdown()


def _attributes(record: Record, route: str, status: int | None, outcome: str) -> dict[str, str | int | tuple[str, ...]]:
    given: dict[str, str | int | tuple[str, ...] | None] = {
        "http.route": route,
        "http.response.status_code": status,
        "error.type": record.error,
        "cds.request_id": record.id,
        "cds.outcome": outcome,
        "cds.issuer": record.issuer,
        "cds.service": record.service,
        "cds.hook": record.hook,
        "cds.cards": len(record.cards),
        "cds.rules": tuple(rule for rule, _ in record.findings),
        "cds.unknown": record.unknown,
    }
    return {name: value for name, value in given.items() if value not in (None, ())}
