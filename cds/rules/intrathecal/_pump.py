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
from cds.rules.finding import Finding, Measure, Silent, Value
from cds.rules.silence import cannot_be_told, not_sent

UG_PER_ML = "ug/mL"
BEFORE = Phrase("24-hour dose before")
ON_FILE = Phrase("Intrathecal baclofen on file")
PUMP = Phrase("Intrathecal pump")

DOSE_UNKNOWN = Silent(Phrase("The 24-hour dose that is ordered cannot be told."))
NO_PUMP = Silent(Phrase("No intrathecal pump is on record."))

_NO_INFUSION = Silent(Phrase("No 24-hour dose of intrathecal baclofen is being ordered."))
_NONE_BEFORE = Silent(Phrase("No 24-hour dose before is on file."))
_BEFORE_UNKNOWN = Silent(Phrase("The 24-hour dose before cannot be told, or was 0."))
_UNCHANGED = Phrase("The 24-hour dose stays at {before}.")
_NOT_INTRATHECAL = Silent(Phrase("No intrathecal baclofen runs or is being ordered."))


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


def unit_error(chart: Chart, knowledge: Knowledge) -> Fraction:
    """The 24-hour dose in µg from which on milligrams were meant to be micrograms: UnitMismatch says so, once."""
    return knowledge.figure("unit.intrathecal.mg_threshold", chart.evaluation_date) * MG_TO_UG


def gets_intrathecal(chart: Chart) -> bool:
    """Whether intrathecal baclofen is on file or being ordered."""
    therapy = chart.therapy
    return bool(therapy.intrathecal) or any(order.intrathecal for order in (*therapy.checked, *therapy.taken))


def has_pump(chart: Chart) -> bool:
    """Whether a device, an infusion or an implantation shows a pump. Where the lists are missing nothing shows one."""
    return isinstance(chart.intrathecal.pump, Known)


def not_intrathecal(chart: Chart) -> Silent:
    """Why nothing shows that the patient gets intrathecal baclofen."""
    missing = chart.drugs.missing
    return _NOT_INTRATHECAL if missing is None else not_sent(ON_FILE, missing)


def no_infusion(chart: Chart) -> Silent:
    """Why there is no 24-hour dose to look at: none is ordered, or of the order nothing tells a dose."""
    unread = any(order.plan.bolus is None for order in chart.therapy.checked_intrathecal)
    return DOSE_UNKNOWN if unread else _NO_INFUSION


def no_change(chart: Chart) -> Silent:
    """Why no step of the 24-hour dose is known."""
    pump = chart.intrathecal
    if not pump.infusions:
        return no_infusion(chart)
    if any(infusion.first_daily is None for infusion in pump.infusions):
        return DOSE_UNKNOWN
    if pump.earlier.entries:
        before = pump.earlier.entries[0].daily
        return Silent(_UNCHANGED, {"before": Measure(before, UG_PER_DAY)}) if before else _BEFORE_UNKNOWN
    missing = pump.earlier.missing or chart.drugs.missing  # without an order on file, reported medication may tell
    return _NONE_BEFORE if missing is None else cannot_be_told(BEFORE, missing)


def gravest(said: list[Finding | Silent]) -> Finding | Silent:
    """Of what is said of several orders the most severe finding, else the first reason for silence."""
    findings = [one for one in said if isinstance(one, Finding)]
    return max(findings, key=lambda finding: finding.indicator) if findings else said[0]


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
