"""AlcoholUse: current alcohol use in a patient for whom baclofen is ordered for something else.

An active alcohol use disorder, or drinks a day above zero in the newest social-history entry. Alcohol use disorder as the indication is
dealt with by its own rules and is not said again. Not covered: a history of drinking that is over, and alcohol in medicines.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import labels, on_record
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED, not_sent

RULE = "AlcoholUse"
WHAT = Phrase("Alcohol use disorder")

_INDICATION = Silent(Phrase("Alcohol use disorder is what baclofen is ordered for, so it is not said again."))
_NO_DRINKS = Phrase("No active alcohol use disorder on the problem list; drinks a day by the social history: {drinks}.")
_NOT_SAID = Silent(Phrase("No active alcohol use disorder on the problem list, and no drinks a day on file."))
_NOT_TOLD = Phrase(
    "No active alcohol use disorder on the problem list; drinks a day: cannot be told, because {because}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """What is on record."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    if chart.indication.alcohol_on_order:
        return _INDICATION
    found = on_record(chart, "alcohol_use_disorder")
    if found:
        return Finding(RULE, Indicator.INFO, "disorder", facts={"conditions": labels(found)})
    drinks = chart.alcohol_use
    if isinstance(drinks, Known) and drinks.value > 0:
        return Finding(RULE, Indicator.INFO, "drinks", facts={"drinks": drinks.value})
    if chart.problems.missing is not None:
        return not_sent(WHAT, chart.problems.missing)
    match drinks:
        case Known(none):
            return Silent(_NO_DRINKS, {"drinks": none})
        case Absent():
            return _NOT_SAID
        case Unknown(because):
            return Silent(_NOT_TOLD, {"because": because})
