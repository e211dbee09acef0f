"""SodiumOxybate: baclofen together with sodium oxybate, whichever of the two is being ordered.

Both act on GABA-B receptors. The French thesaurus advises against the pair and does not contraindicate it, so the card says avoid. Not covered:
gamma-hydroxybutyrate taken without a prescription.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._interaction import apart, beside_baclofen, together
from cds.rules.finding import Finding, Indicator, Silent

RULE = "SodiumOxybate"
CLASSES = ("sodium_oxybate",)
WHAT = Phrase("Sodium oxybate")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The pair, or what of it is missing."""
    drugs = beside_baclofen(chart, *CLASSES)
    return together(RULE, Indicator.CRITICAL, "together", chart, drugs) if drugs else apart(chart, WHAT, *CLASSES)
