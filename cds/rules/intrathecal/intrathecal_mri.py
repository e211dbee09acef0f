"""Magnetic resonance imaging or hyperbaric oxygen ordered for a patient with an intrathecal pump.

Warning: a pump can stop in the field and start late, and pressure slows it. Critical for imaging with a pump whose valve opens in the field
(Prometra), which can let the whole reservoir into the spinal canal. It works without any baclofen order: the examination is what is signed.

A pump is shown by an active device, an active infusion or one ordered now, or a completed implantation. Where none of these is on record the
rule is silent, and also where lists are missing: nearly nobody carries a pump, and a card at every examination of every patient would be
noise. Where a pump is known by its infusion alone the make is not, so every text names the dangerous one. Not covered: whether the pump was
emptied, other magnets, diving.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.intrathecal._pump import NO_PUMP, PUMP, intrathecal_dose
from cds.rules.silence import cannot_be_told

RULE = "IntrathecalMri"

SERVICES: tuple[str, ...] = ("mri", "hyperbaric_oxygen")

_NOT_ORDERED = Silent(Phrase("Neither magnetic resonance imaging nor hyperbaric oxygen is being ordered."))


def check(chart: Chart, _knowledge: Knowledge) -> Finding | Silent:
    """The examination and the pump."""
    imaging, pressure = chart.ordering("mri"), chart.ordering("hyperbaric_oxygen")
    ordered = imaging or pressure
    if not ordered:
        return _NOT_ORDERED
    match chart.intrathecal.pump:
        case Known(pump):
            values = intrathecal_dose(chart)
            facts = {"examination": ordered[0].name, "pump": pump.name}
            notes: tuple[str, ...] = ()
            if imaging and pressure:
                facts["treatment"], notes = pressure[0].name, ("pressure_too",)
            if imaging and pump.opens_in_field:
                return Finding(RULE, Indicator.CRITICAL, "opens_in_field", values, facts, notes)
            return Finding(RULE, Indicator.WARNING, "imaging" if imaging else "pressure", values, facts, notes)
        case Absent():
            return NO_PUMP
        case Unknown() as unknown:
            return cannot_be_told(PUMP, unknown)
