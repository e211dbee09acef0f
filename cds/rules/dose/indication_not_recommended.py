"""A reason on the order for which the American and Canadian labels do not recommend oral baclofen.

Stroke, cerebral palsy, Parkinson disease and rheumatic disorders, only as the order's own reason: the same problem on the list may be
there beside the one that baclofen is for. European labels license some of these, so the rule is silent elsewhere.

Deliberately not covered: intrathecal baclofen, which is licensed for spasticity of cerebral origin.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import notes
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "IndicationNotRecommended"

JURISDICTIONS = frozenset({"US", "CA"})
REASONS = frozenset({"stroke", "cerebral_palsy", "parkinson", "rheumatic_disorder"})

_ELSEWHERE = Phrase("Only the American and Canadian labels say so; jurisdiction: {jurisdiction}.")
_NO_REASON = Silent(Phrase("No reason for baclofen stands on the order."))
_REASON_UNREAD = Silent(Phrase("What the order is for cannot be told: the reason that it refers to was not sent."))
_BY_CODE = Phrase("a reason given as a code alone")
_OTHER_REASON = Phrase("The reason on the order is none that these labels advise against: {reasons}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - no figure is compared
    """Inform of a reason that the labels do not recommend."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if chart.jurisdiction.code not in JURISDICTIONS:
        return Silent(_ELSEWHERE, {"jurisdiction": chart.jurisdiction.code})
    if chart.indication.source != "order":
        return _REASON_UNREAD if chart.indication.unread else _NO_REASON
    if not chart.indication.among(*REASONS):
        return Silent(_OTHER_REASON, {"reasons": chart.indication.names or (_BY_CODE,)})
    facts = {"reason": chart.indication.naming(*REASONS) or _BY_CODE, "jurisdiction": chart.jurisdiction.code}
    return Finding(RULE, Indicator.INFO, "not_recommended", facts=facts, notes=notes(chart))
