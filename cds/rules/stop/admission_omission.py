"""AdmissionOmission: baclofen is taken at home and no inpatient order carries it on.

A warning when the stay begins, which names the dose to order; critical at patient-view more than 6 hours into an inpatient encounter
(at exactly 6 hours silent). An ambulatory encounter is no admission. Surgery and nil by mouth change nothing.

Silent where an order without a category may be the inpatient order, and where the orders are not completely known (ChecksIncomplete).
Not covered: as-needed baclofen alone, as in AbruptStop; intrathecal baclofen, which the pump carries on; an inpatient order at another dose.
"""

from __future__ import annotations

from cds.chart.model import Chart, Hook, Known
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.stop._stay import omission

RULE = "AdmissionOmission"
HOOKS: frozenset[Hook] = frozenset({"encounter-start", "patient-view"})


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Home medication against the orders for the ward."""
    stay = chart.stay
    if not stay.home or stay.undecided or stay.inpatient.entries or not stay.inpatient.complete:
        return None
    if not isinstance(chart.setting, Known) or chart.setting.value != "inpatient":
        return None
    if chart.hook == "encounter-start":
        return omission(chart, RULE, Indicator.WARNING, "start")
    limit = knowledge.figure("admission.omission", chart.today)
    if isinstance(stay.hours, Known) and stay.hours.value > limit:
        return omission(chart, RULE, Indicator.CRITICAL, "late")
    return None
