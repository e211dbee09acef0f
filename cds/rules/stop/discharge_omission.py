"""DischargeOmission: baclofen is taken at home, and no discharge order carries it on.

Critical. Silent with a taper on record: a falling order of the record that reaches zero by the discharge, whatever its status but cancelled
or entered in error, or one drafted for the time after. The end of an ambulatory encounter is no discharge.

Silent where an order without a category may be the discharge order, and where the orders are not completely known (ChecksIncomplete).
Not covered: as-needed baclofen alone, as in AbruptStop; baclofen begun during the stay; intrathecal baclofen.
"""

from __future__ import annotations

from cds.chart.model import Chart, Hook, Known
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.stop._stay import not_missing, omission

RULE = "DischargeOmission"
HOOKS: frozenset[Hook] = frozenset({"encounter-discharge"})
DISCHARGE = Phrase("Baclofen ordered for the time after discharge")

_CARRIED_ON = Phrase("Baclofen is ordered for the time after discharge: {orders}.")
_TAPERED = Silent(Phrase("A taper to zero is on record, or ordered for the time after discharge."))
_AMBULATORY = Silent(Phrase("The encounter is ambulatory, and its end therefore no discharge."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - no figure: the contract names none
    """Home medication against the discharge orders."""
    stay = chart.stay
    silent = not_missing(chart, DISCHARGE, _CARRIED_ON, stay.discharge)
    if silent is not None:
        return silent
    if stay.taper_on_record:
        return _TAPERED
    if isinstance(chart.setting, Known) and chart.setting.value == "outpatient":
        return _AMBULATORY
    return omission(chart, RULE, Indicator.CRITICAL, "omitted")
