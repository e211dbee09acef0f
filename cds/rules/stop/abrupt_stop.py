"""AbruptStop: active scheduled baclofen is stopped, cancelled or held and no taper is on record.

Oral: critical above 60 days of exposure, a warning from 14 to 60 (and where the exposure is unknown), info below 14. Intrathecal: critical at
any exposure. Stopped for overdose, toxicity or a serious adverse reaction: a warning to watch for withdrawal.

Not covered: an as-needed order alone; an order that another one of the same signing carries on.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Chart
from cds.chart.orders import StopEvent
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY
from cds.rules._toxicity import recent_toxicity
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value

RULE = "AbruptStop"

UG_PER_DAY = "ug/d"
KINDS = {"stop": Phrase("stopped"), "cancel": Phrase("cancelled"), "hold": Phrase("put on hold")}


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The most severe of the signing's stops."""
    findings = [_judge(stop, chart, knowledge) for stop in chart.therapy.stops if not stop.taper_on_record]
    return max(findings, key=lambda finding: finding.indicator, default=None)


def _judge(stop: StopEvent, chart: Chart, knowledge: Knowledge) -> Finding:
    indicator, message = _grade(stop, chart.today, knowledge)
    phase = stop.order.phase_on(chart.today)
    dose = phase[0].peak if phase else None
    values: dict[str, Value] = {}
    facts: dict[str, Fact] = {"kind": KINDS[stop.kind], "dose": Phrase("of unknown dose")}
    if dose is not None:
        measure = Measure(dose, UG_PER_DAY if stop.order.intrathecal else MG_PER_DAY)
        values["dailyDose"], facts["dose"] = measure, measure
    if stop.exposure is not None:
        values["exposure"] = Measure(Fraction(stop.exposure), DAYS)
    notes = []
    if stop.exposure is None and not stop.order.intrathecal:
        facts |= {
            "short": Measure(knowledge.figure("stop.exposure.short", chart.today), DAYS),
            "long": Measure(knowledge.figure("stop.exposure.long", chart.today), DAYS),
        }
        notes.append("exposure_unknown")
    signs = recent_toxicity(chart, knowledge)
    if signs and not stop.toxicity:
        facts["signs"] = tuple(sign.name for sign in signs)
        notes.append("toxicity_signs_at_stop")
    if stop.continues:
        facts["continues"] = Measure(stop.continues, MG_PER_DAY)
        notes.append("other_orders_continue")
    return Finding(RULE, indicator, message, values, facts, tuple(notes))


def _grade(stop: StopEvent, today: date, knowledge: Knowledge) -> tuple[Indicator, str]:
    if stop.toxicity:
        return Indicator.WARNING, "toxicity"
    if stop.order.intrathecal:
        return Indicator.CRITICAL, "intrathecal"
    if stop.exposure is None:
        return Indicator.WARNING, "unknown_exposure"
    if stop.exposure > knowledge.figure("stop.exposure.long", today):
        return Indicator.CRITICAL, "long"
    if stop.exposure >= knowledge.figure("stop.exposure.short", today):
        return Indicator.WARNING, "medium"
    return Indicator.INFO, "short"
