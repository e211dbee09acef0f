"""AdmissionOmission: baclofen is taken at home and no inpatient order carries it on.

A warning when the stay begins, which names the dose to order; critical at patient-view more than 6 hours into an inpatient encounter
(at exactly 6 hours silent). An ambulatory encounter is no admission. Surgery and nil by mouth change nothing.

Silent where an order without a category may be the inpatient order, and where the orders are not completely known (ChecksIncomplete).
Not covered: as-needed baclofen alone, as in AbruptStop; intrathecal baclofen, which the pump carries on; an inpatient order at another dose.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Hook, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import HOURS, clock
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import not_sent
from cds.rules.stop._stay import not_missing, omission

RULE = "AdmissionOmission"
HOOKS: frozenset[Hook] = frozenset({"encounter-start", "patient-view"})
WARD = Phrase("Baclofen ordered for the ward")
SETTING = Phrase("Whether this is an inpatient encounter")
BEGAN = Phrase("Hours since the encounter began")

_ON_THE_WARD = Phrase("Baclofen is ordered for the ward: {orders}.")
_AMBULATORY = Silent(Phrase("The encounter is ambulatory, and therefore no admission."))
_NO_ENCOUNTER = Silent(Phrase("The call names no encounter, so nothing tells of an admission."))
_OVER = Silent(Phrase("The encounter is over."))
_EARLY = Phrase("{hours} since the encounter began: not above {limit}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Home medication against the orders for the ward."""
    stay = chart.stay
    silent = not_missing(chart, WARD, _ON_THE_WARD, stay.inpatient) or _not_admitted(chart)
    if silent is not None:
        return silent
    if chart.hook == "encounter-start":
        return omission(chart, RULE, Indicator.WARNING, "start")
    limit = knowledge.figure("admission.omission", chart.today)
    match stay.hours:
        case Known(hours) if hours > limit:
            return omission(chart, RULE, Indicator.CRITICAL, "late")
        case Known(hours):
            return Silent(_EARLY, {"hours": clock(hours), "limit": Measure(limit, HOURS)})
        case Absent():
            return _OVER
        case Unknown() as unknown:
            return not_sent(BEGAN, unknown)


def _not_admitted(chart: Chart) -> Silent | None:
    match chart.setting:
        case Known("inpatient"):
            return None
        case Known():
            return _AMBULATORY
        case Absent():
            return _NO_ENCOUNTER
        case Unknown() as unknown:
            return not_sent(SETTING, unknown)
