"""DischargeOmission: baclofen is taken at home, and no discharge order carries it on.

Critical. Silent with a taper on record: a falling order of the record that reaches zero by the discharge, whatever its status but cancelled
or entered in error, or one drafted for the time after. The end of an ambulatory encounter is no discharge.

Silent where an order without a category may be the discharge order, and where the orders are not completely known (ChecksIncomplete).
Not covered: as-needed baclofen alone, as in AbruptStop; baclofen begun during the stay; intrathecal baclofen.
"""

from __future__ import annotations

from cds.chart.model import Chart, Hook, Known
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.stop._stay import omission

RULE = "DischargeOmission"
HOOKS: frozenset[Hook] = frozenset({"encounter-discharge"})


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - no figure: the contract names none
    """Home medication against the discharge orders."""
    stay = chart.stay
    if not stay.home or stay.undecided or stay.discharge.entries or not stay.discharge.complete:
        return None
    if stay.taper_on_record or (isinstance(chart.setting, Known) and chart.setting.value == "outpatient"):
        return None
    return omission(chart, RULE, Indicator.CRITICAL, "omitted")
