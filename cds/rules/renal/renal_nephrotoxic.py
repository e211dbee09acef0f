"""Baclofen by mouth together with an NSAID or another drug that lowers renal clearance, at an eGFR below 60 or from age 65.

Counts drugs on file and drafted ones, as needed included. It is checked from the other side, too: such a drug ordered for a patient who
takes baclofen. Not covered: contrast media, a course that has ended, topical use.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import may_be_at_least
from cds.rules._interaction import beside_baclofen, names
from cds.rules.finding import Finding, Indicator, Value
from cds.rules.renal._kidneys import age_value, impaired, kidney_facts, kidney_notes, kidney_values, usable_egfr

RULE = "RenalNephrotoxic"
CLASSES = ("nsaid", "lowers_renal_clearance")


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    drugs = beside_baclofen(chart, *CLASSES, oral=True)
    if not drugs:
        return None
    egfr = usable_egfr(chart)
    low = egfr is not None and impaired(egfr, chart, knowledge)
    old = may_be_at_least(chart.age, knowledge.figure("older_adult.age", chart.evaluation_date))
    if not (low or old):
        return None
    named: dict[str, Value] = {"drugs": names(drugs)}
    return Finding(
        RULE,
        Indicator.WARNING,
        "kidneys" if low else "age",
        values=kidney_values(chart) | age_value(chart) | named,
        facts=kidney_facts(chart),
        notes=kidney_notes(chart, age=not low),  # the birth date matters only where the age decides
    )
