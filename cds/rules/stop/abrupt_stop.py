"""AbruptStop: active scheduled baclofen is stopped, cancelled or held and no taper is on record.

Oral: critical above 60 days of exposure, a warning from 14 to 60 (and where the exposure is unknown), info below 14; several orders that end
together are one stop of their whole dose, after the longest of their exposures. Intrathecal: critical at any exposure. Stopped for overdose, toxicity or a serious adverse reaction: a warning to watch for withdrawal.

Not covered: an as-needed order alone; an order that another one of the same signing carries on.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Chart
from cds.chart.orders import StopEvent
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY, UG_PER_DAY
from cds.rules._toxicity import recent_toxicity
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value

RULE = "AbruptStop"

KINDS = {"stop": Phrase("stopped"), "cancel": Phrase("cancelled"), "hold": Phrase("put on hold")}

_UNKNOWN_DOSE = Phrase("of unknown dose")
_NO_STOP = Silent(Phrase("No baclofen order is being stopped, cancelled or put on hold."))
_NOT_MISSED = Silent(
    Phrase(
        "The baclofen order that ends is carried on by another one, or is as needed only, or a single dose, or is not active on file."
    )
)
_TAPERED = Silent(Phrase("A taper to zero that leads to the stop is on record or being ordered."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The most severe of the signing's stops, those by mouth taken together; of two alike the pump's, which kills sooner."""
    stops = [stop for stop in chart.therapy.stops if not stop.taper_on_record]
    if not stops:
        return _TAPERED if chart.therapy.stops else _NOT_MISSED if chart.therapy.ending else _NO_STOP
    together = [
        [stop for stop in stops if stop.order.intrathecal == intrathecal and stop.toxicity == toxicity]
        for intrathecal in (False, True)
        for toxicity in (False, True)
    ]
    findings = [_judge(group, chart, knowledge) for group in together if group]
    return max(findings, key=lambda finding: (finding.indicator, finding.message == "intrathecal"))


def _judge(stops: list[StopEvent], chart: Chart, knowledge: Knowledge) -> Finding:
    stop = max(stops, key=lambda one: (_grade(one, chart.today, knowledge)[0], one.exposure or 0))
    indicator, message = _grade(stop, chart.today, knowledge)
    dose = _measured(stops, chart.today)
    values: dict[str, Value] = {}
    facts: dict[str, Fact] = {"kind": KINDS[stop.kind], "dose": dose or _UNKNOWN_DOSE}
    if dose is not None:
        values["dailyDose"] = dose
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
    by_mouth = [one for one in chart.therapy.stops if one.order.oral and not (one.toxicity or one.taper_on_record)]
    if message == "intrathecal" and by_mouth:
        facts["by_mouth"] = _measured(by_mouth, chart.today) or _UNKNOWN_DOSE
        notes.append("oral_ends_too")
    return Finding(RULE, indicator, message, values, facts, tuple(notes))


def _measured(stops: list[StopEvent], day: date) -> Measure | None:
    dose = _dose(stops, day)
    return None if dose is None else Measure(dose, UG_PER_DAY if stops[0].order.intrathecal else MG_PER_DAY)


def _dose(stops: list[StopEvent], day: date) -> Fraction | None:
    """What ends in all, mg/day or µg/24 h; None where a part cannot be told."""
    phases = [stop.order.phase_on(day) for stop in stops]
    doses = [phase[0].peak if phase else None for phase in phases]
    known = [dose for dose in doses if dose is not None]
    return sum(known, Fraction(0)) if len(known) == len(doses) else None


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
