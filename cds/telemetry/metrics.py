"""Counters and histograms for Prometheus.

Every label value comes from a short list of ours or from the operator's files, so that no client can make the number of series grow.
Where `PROMETHEUS_MULTIPROC_DIR` names a folder, the figures of all worker processes that share it are summed; the variable has to be set before
the process starts, and the folder emptied before the service does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, multiprocess
from prometheus_client.exposition import choose_encoder

from cds.telemetry.record import Record

__all__ = ["PHASES", "Metrics"]

PHASES = ("receive", "authenticate", "decode", "read", "fetch", "registry", "evaluate", "encode", "whole")
"""What a call's time goes into: waiting for its body, checking who calls, the envelope, the record, what prefetch did not bring, the
registry of the French programme, the rules and cards, the answer; and all of it."""

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_MOST_KINDS = 40
_FIRST_FAULT = 500
_NS_PER_S = 1_000_000_000
_SHARED = "PROMETHEUS_MULTIPROC_DIR"

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each, of no use to anybody here


class Metrics:
    """The figures of one service.

    Args:
        build: label values of `cds_build_info`: `version` and `knowledge`.
    """

    def __init__(self, build: Mapping[str, str]) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "cds_requests",
            "Requests; no service and hook where it was no hook call",
            ("service", "hook", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "cds_phase_seconds", "Time of hook calls by phase", ("phase",), buckets=_BUCKETS, registry=registry
        )
        self._findings = Counter("cds_findings", "Findings on cards", ("rule", "indicator", "hook"), registry=registry)
        self._silenced = Counter(
            "cds_silenced",
            "Findings that the operator keeps from prescribers",
            ("issuer", "rule", "indicator", "hook"),
            registry=registry,
        )
        self._cards = Counter("cds_cards", "Cards", ("indicator",), registry=registry)
        self._silenced_cards = Counter(
            "cds_silenced_cards",
            "Cards more that there would be if silent rules spoke",
            ("issuer", "indicator"),
            registry=registry,
        )
        self._unknown = Counter(
            "cds_unknown_readings", "Calls that could not read something", ("kind",), registry=registry
        )
        self._feedback = Counter(
            "cds_feedback", "What was told of cards, repeats left out", ("rule", "outcome"), registry=registry
        )
        self._faults = Counter(
            "cds_faults", "Answers of 500 and more, by the error behind them", ("error",), registry=registry
        )
        self._fetches = Counter("cds_fetch_failures", "Fetches that failed", ("kind",), registry=registry)
        self._refusals = Counter(
            "cds_authentication_failures", "Calls refused as not authentic", ("reason",), registry=registry
        )
        self._limits = Counter("cds_limits_hit", "Limits that were hit", ("kind",), registry=registry)
        self.in_flight = Gauge(
            "cds_requests_in_flight", "Requests being answered", registry=registry, multiprocess_mode="livesum"
        )
        info = Gauge("cds_build_info", "Always 1", tuple(build), registry=registry, multiprocess_mode="livemax")
        info.labels(**build).set(1)
        self._phases = {phase: self._seconds.labels(phase) for phase in PHASES}
        self._series: dict[tuple[Counter, tuple[str, ...]], Counter] = {}
        self._kinds: dict[Counter, set[str]] = {}

    def count(self, record: Record, status: int, spent: Mapping[str, int]) -> None:
        """Count one request that has ended.

        Args:
            record: what was noted of it.
            status: HTTP status; 499 where the client did not wait for it.
            spent: ns by phase.
        """
        hook, issuer = record.hook or "none", record.issuer or "none"
        self._add(self._requests, record.service or "none", hook, str(status))
        if record.service is not None:
            for phase, ns in spent.items():
                if phase in self._phases:
                    self._phases[phase].observe(ns / _NS_PER_S)
        if status >= _FIRST_FAULT:
            self._add(self._faults, self._kind(self._faults, record.error or "none"))
        once: list[tuple[Counter, Iterable[tuple[str, ...]]]] = [
            (self._findings, ((*finding, hook) for finding in record.findings)),
            (self._silenced, ((issuer, *finding, hook) for finding in record.silenced)),
            (self._silenced_cards, ((issuer, indicator) for indicator in record.silenced_cards)),
            (self._cards, ((indicator,) for indicator in record.cards)),
            (self._unknown, ((kind,) for kind in record.unknown)),
            (self._feedback, record.outcomes),
        ]
        for counter, happened in once:
            for labels in happened:
                self._add(counter, *labels)
        for kind, times in record.fetch_failures.items():
            self._add(self._fetches, self._kind(self._fetches, kind), times=times)
        for kind, times in record.limits.items():
            self._add(self._limits, self._kind(self._limits, kind), times=times)
        if record.refusal is not None:
            self._add(self._refusals, self._kind(self._refusals, record.refusal))

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """The figures in the text format that the scraper accepts, and its media type."""
        registry = self._registry
        if _SHARED in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type

    def close(self) -> None:
        """The process ends: its gauges no longer count among those of the other workers."""
        if _SHARED in os.environ:
            multiprocess.mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]

    def _add(self, counter: Counter, *labels: str, times: int = 1) -> None:
        """Count; the series are kept, because looking one up by its labels costs more than counting."""
        series = self._series.get((counter, labels))
        if series is None:
            series = self._series[counter, labels] = counter.labels(*labels)
        series.inc(times)

    def _kind(self, counter: Counter, kind: str) -> str:
        """A kind as label; a fault that made kinds out of a client's words would end as `other`."""
        seen = self._kinds.setdefault(counter, set())
        if kind not in seen and len(seen) >= _MOST_KINDS:
            return "other"
        seen.add(kind)
        return kind
