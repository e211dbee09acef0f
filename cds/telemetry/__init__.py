"""What an operator learns of the service, and nothing of a patient: one log line a request, metrics, `Server-Timing`, traces.

`record` collects what may be told of one request; `observe` tells it when the request has ended: to the log (`logs`), to Prometheus
(`metrics`, `scrape`) and, where it is asked for, to OpenTelemetry (`spans`). Everything that is told is a word of ours, a number or a name from
the operator's own files. Knows no rules, no FHIR and no medicine.
"""

from cds.telemetry.failures import log_failure
from cds.telemetry.logs import configure_logs
from cds.telemetry.observe import Observed, Telemetry
from cds.telemetry.record import Record, current, fetch_failed, limited, refused
from cds.telemetry.scrape import metrics_endpoint

__all__ = [
    "Observed",
    "Record",
    "Telemetry",
    "configure_logs",
    "current",
    "fetch_failed",
    "limited",
    "log_failure",
    "metrics_endpoint",
    "refused",
]
