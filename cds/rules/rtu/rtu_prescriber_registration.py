"""The prescriber is not in the programme's registry, or nobody could be asked.

Dates and policy as for RtuPatientRegistration. Not covered: a prescriber who signs on behalf of a registered one.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Silent
from cds.rules.rtu._registration import unregistered

RULE = "RtuPrescriberRegistration"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    return unregistered(RULE, chart.programme.prescriber_registered, chart, knowledge)
