"""RefillGap: the last supply of oral baclofen has run out.

One day ago a warning below 60 mg/day and critical from 60; critical from two days on. Supply that ends today is no gap. Speaks where an
order is signed, and of baclofen on file when the record is opened; not where an inpatient order runs in a hospital stay, for then the ward
supplies it.

Not covered: an order without dispenses and without an expected supply; one with a dispense of which nothing tells how long it lasts or for
which order it is; dispenses that were not sent; an as-needed order.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import ORDER_HOOKS, Absent, Chart, Hook, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY
from cds.rules._interaction import BACLOFEN_ON_FILE
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH, cannot_be_told, not_sent
from cds.rules.stop._stay import products

RULE = "RefillGap"
HOOKS: frozenset[Hook] = ORDER_HOOKS | {"patient-view"}
DISPENSED = Phrase("By the dispenses on record")
EXPECTED = Phrase("By the days of supply written on the order")
SUPPLY = Phrase("End of the last supply of oral baclofen")

_NO_SUPPLY = Silent(Phrase("Nothing on file tells until when a scheduled order of oral baclofen is supplied."))
_BY_THE_WARD = Phrase("The patient is in hospital, where the ward supplies baclofen: {orders}.")
_SUPPLIED = Phrase("The supply runs out on {since}: {gap} without it, less than {limit}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Days since the run-out day, and the dose that ran out."""
    if chart.hook in ORDER_HOOKS and not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if _supplied_by_the_ward(chart):
        return Silent(_BY_THE_WARD, {"orders": products(chart.stay.inpatient.entries)})
    match chart.therapy.supply_end:
        case Known(end):
            gap = (chart.evaluation_date - end.on).days
            facts: dict[str, Fact] = {"since": end.on, "source": DISPENSED if end.dispensed else EXPECTED}
        case Absent():
            missing = chart.drugs.missing
            return _NO_SUPPLY if missing is None else not_sent(BACLOFEN_ON_FILE, missing)
        case Unknown() as unknown:
            return cannot_be_told(SUPPLY, unknown)
    on = chart.evaluation_date
    first = knowledge.figure("refill.gap.first", on)
    if gap < first:
        without = Measure(Fraction(max(gap, 0)), DAYS)
        return Silent(_SUPPLIED, {"since": facts["since"], "gap": without, "limit": Measure(first, DAYS)})
    values: dict[str, Value] = {"gap": Measure(Fraction(gap), DAYS)}
    high = gap >= knowledge.figure("refill.gap.critical", on)
    message = "run_out_dose_unknown"
    if isinstance(chart.therapy.before, Known):
        values["dailyDose"] = Measure(chart.therapy.before.value, MG_PER_DAY)
        high = high or chart.therapy.before.value >= knowledge.figure("refill.gap.high_dose", on)
        message = "run_out"
    return Finding(RULE, Indicator.CRITICAL if high else Indicator.WARNING, message, values, facts)


def _supplied_by_the_ward(chart: Chart) -> bool:
    in_hospital = isinstance(chart.setting, Known) and chart.setting.value == "inpatient"
    return in_hospital and bool(chart.stay.inpatient.entries)
