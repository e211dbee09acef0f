"""AutonomicDysreflexia: a history of it, present or past, and baclofen is ordered or stopped.

Info; a warning with an intrathecal order or a stop, cancel or hold of baclofen, by whatever route. Not covered: a spinal cord injury above
T6 without recorded dysreflexia.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._conditions import labels, on_record
from cds.rules.finding import Finding, Indicator

RULE = "AutonomicDysreflexia"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The history on record; a list that was not sent is said by ChecksIncomplete."""
    found = on_record(chart, "autonomic_dysreflexia", past=True)
    therapy = chart.therapy
    if not (found and (therapy.checked or therapy.stops)):
        return None
    message = "stop" if therapy.stops else "intrathecal" if therapy.checked_intrathecal else "on_record"
    indicator = Indicator.INFO if message == "on_record" else Indicator.WARNING
    return Finding(RULE, indicator, message, facts={"conditions": labels(found)})
