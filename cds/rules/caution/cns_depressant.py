"""CnsDepressant: baclofen together with another depressant of the central nervous system, whichever of the two is being ordered.

A warning. Critical with two or more of the first six kinds (opioid, benzodiazepine, barbiturate, gabapentinoid, Z-drug, other muscle
relaxant), two drugs of one kind being one, and with an opioid in a patient with sleep apnoea. One card names them all, and a tricyclic with
them; a tricyclic alone is Tricyclic's, sodium oxybate SodiumOxybate's. Not covered: doses of the other drugs, and their half-lives after
a course has ended.
"""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import labels, on_record
from cds.rules._interaction import apart, beside_baclofen, together
from cds.rules.finding import Finding, Indicator, Silent

RULE = "CnsDepressant"
STRONG = ("opioid", "benzodiazepine", "barbiturate", "gabapentinoid", "z_drug", "muscle_relaxant")
"""The kinds that add up to a critical pair."""
CLASSES = ("cns_depressant",)
WHAT = Phrase("Other depressant of the central nervous system")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Every such drug; a problem list that was not sent hides sleep apnoea, which ChecksIncomplete says."""
    found = beside_baclofen(chart, *CLASSES)
    if not found:
        return apart(chart, WHAT, *CLASSES)
    strong = _kinds(found).intersection(STRONG)
    apnoea = on_record(chart, "sleep_apnoea") if "opioid" in strong else ()
    several = len(strong) >= knowledge.figure("caution.depressant_kinds", chart.evaluation_date)
    return together(
        RULE,
        Indicator.CRITICAL if apnoea or several else Indicator.WARNING,
        "apnoea" if apnoea else "several" if several else "together",
        chart,
        found + chart.taking("tricyclic"),
        conditions=labels(apnoea),
    )


def _kinds(drugs: tuple[OtherDrug, ...]) -> frozenset[str]:
    return frozenset().union(*(drug.classes for drug in drugs))
