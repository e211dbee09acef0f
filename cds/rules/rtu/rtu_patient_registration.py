"""The patient is not in the programme's registry, or nobody could be asked.

`CDS_RTU_REGISTRATION` decides when it speaks: at every date (required), while the programme ran (by-date), never (off). After the
programme the card says that the national portal has closed and which registry was asked. Not covered: a patient who withdrew consent.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Silent
from cds.rules.rtu._registration import unregistered

RULE = "RtuPatientRegistration"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    return unregistered(RULE, chart.programme.patient_registered, chart, knowledge)
