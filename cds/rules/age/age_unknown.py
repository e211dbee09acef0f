"""A baclofen order for a patient whose age cannot be told.

Fires where the record has no birth date, where it cannot be read and where the record was not sent; an incomplete birth date is an age
range and no reason. The rules for children and for older adults did not run then, and the adult figures were used.

Deliberately not covered: an age written elsewhere than in the birth date.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import notes
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED, years

RULE = "AgeUnknown"

_KNOWN = Phrase("The age is known: {age}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - no figure is compared
    """Inform of an age that cannot be told."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    match chart.age:
        case Known(age):
            return Silent(_KNOWN, {"age": years(age)})
        case Absent():
            return Finding(RULE, Indicator.INFO, "no_birth_date", notes=notes(chart))
        case Unknown(because):
            return Finding(RULE, Indicator.INFO, "unknown", facts={"because": because}, notes=notes(chart))
