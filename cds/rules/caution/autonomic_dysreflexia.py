"""AutonomicDysreflexia: a history of it, present or past, and baclofen is ordered or stopped.

Info; a warning with an intrathecal order or a stop, cancel or hold of baclofen, by whatever route. Not covered: a spinal cord injury above
T6 without recorded dysreflexia.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import labels, not_recorded, on_record
from cds.rules.finding import Finding, Indicator, Silent

RULE = "AutonomicDysreflexia"
WHAT = Phrase("Autonomic dysreflexia")

_NOTHING_SIGNED = Silent(Phrase("Baclofen is neither being ordered nor stopped."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The history on record."""
    therapy = chart.therapy
    if not (therapy.checked or therapy.stops):
        return _NOTHING_SIGNED
    found = on_record(chart, "autonomic_dysreflexia", past=True)
    if not found:
        return not_recorded(chart, WHAT)
    message = "stop" if therapy.stops else "intrathecal" if therapy.checked_intrathecal else "on_record"
    indicator = Indicator.INFO if message == "on_record" else Indicator.WARNING
    return Finding(RULE, indicator, message, facts={"conditions": labels(found)})
