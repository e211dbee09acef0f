"""What the pump rules share: units, the origin of the spasticity, notes, who gets intrathecal baclofen."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from cds.chart.intrathecal import PumpOrder, SpasticityOrigin
from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.pharmacology.dose import MG_TO_UG
from cds.phrases import Phrase
from cds.rules._common import UG_PER_DAY
from cds.rules.finding import Measure, Value

UG_PER_ML = "ug/mL"
HOURS = "h"
PERCENT = "%"


def origin_of(chart: Chart) -> SpasticityOrigin | None:
    """Where the spasticity comes from; None where the record does not tell, or names both."""
    match chart.intrathecal.origin:
        case Known(origin):
            return origin
        case Absent() | Unknown():
            return None


def origin_note(chart: Chart) -> tuple[str, ...]:
    """The note that the stricter figure was used, where the origin is not known."""
    return () if origin_of(chart) else ("it_origin_unknown",)


def first_dose_note(chart: Chart) -> tuple[str, ...]:
    """The note that a first dose could not be compared with a test dose, because no effective one is on record."""
    pump = chart.intrathecal
    return ("it_not_compared",) if pump.begins and not isinstance(pump.effective_test_dose, Known) else ()


def highest_daily(infusions: Iterable[PumpOrder]) -> Fraction | None:
    """The highest µg/24 h that is ordered; None where none can be told."""
    return max((daily for one in infusions if (daily := one.daily) is not None), default=None)


def is_unit_error(daily: Fraction, chart: Chart, knowledge: Knowledge) -> bool:
    """Whether a 24-hour dose in µg is so high that milligrams were meant to be micrograms: UnitMismatch says so, once."""
    return daily >= knowledge.figure("unit.intrathecal.mg_threshold", chart.evaluation_date) * MG_TO_UG


def gets_intrathecal(chart: Chart) -> bool:
    """Whether intrathecal baclofen is on file or being ordered."""
    therapy = chart.therapy
    return bool(therapy.intrathecal) or any(order.intrathecal for order in (*therapy.checked, *therapy.taken))


def has_pump(chart: Chart) -> bool:
    """Whether a device, an infusion or an implantation shows a pump. Where the lists are missing nothing shows one."""
    return isinstance(chart.intrathecal.pump, Known)


def intrathecal_dose(chart: Chart) -> dict[str, Value]:
    """The 24-hour dose that is ordered, else on file, among a finding's values; empty where none can be told."""
    therapy = chart.therapy
    for orders in (therapy.checked_intrathecal, therapy.intrathecal, therapy.taken):
        known = [
            peak
            for order in orders
            if order.intrathecal and order.plan.bolus is None and (peak := order.peak) is not None
        ]
        if known:
            return {"dailyDose": Measure(max(known), UG_PER_DAY)}
    return {}


def clock(hours: Fraction) -> Phrase:
    """A time in hours and minutes: `23 h 59 min`."""
    whole = int(hours)
    minutes = int((hours - whole) * 60)
    return (
        Phrase("{hours} h {minutes} min", hours=whole, minutes=minutes) if minutes else Phrase("{hours} h", hours=whole)
    )
