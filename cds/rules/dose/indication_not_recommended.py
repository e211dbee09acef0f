"""A reason on the order for which the American and Canadian labels do not recommend oral baclofen.

Stroke, cerebral palsy, Parkinson disease and rheumatic disorders, only as the order's own reason: the same problem on the list may be
there beside the one that baclofen is for. European labels license some of these, so the rule is silent elsewhere.

Deliberately not covered: intrathecal baclofen, which is licensed for spasticity of cerebral origin.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import notes
from cds.rules.finding import Finding, Indicator

RULE = "IndicationNotRecommended"

JURISDICTIONS = frozenset({"US", "CA"})
REASONS = frozenset({"stroke", "cerebral_palsy", "parkinson", "rheumatic_disorder"})


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - no figure is compared
    """Inform of a reason that the labels do not recommend."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is being ordered
    if chart.jurisdiction.code not in JURISDICTIONS:
        return None  # labels elsewhere do not say so
    if chart.indication.source != "order":
        return None  # no reason on the order
    if chart.indication.reasons.isdisjoint(REASONS):
        return None  # another reason
    facts = {"reason": ", ".join(chart.indication.labels), "jurisdiction": chart.jurisdiction.code}
    return Finding(RULE, Indicator.INFO, "not_recommended", facts=facts, notes=notes(chart))
