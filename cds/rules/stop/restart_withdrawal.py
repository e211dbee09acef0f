"""RestartWithdrawal: withdrawal symptoms are on record, with onset in a gap of supply or during a running taper.

Resume the earlier dose under supervision; the limits of a titration step do not apply. Symptoms without a date count; those that began
before the gap or the taper do not.

Not covered: symptoms without a recorded gap or taper.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY, notes
from cds.rules._withdrawal import gap_with_withdrawal, withdrawal_on_record
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH, earlier_unknown, not_sent

RULE = "RestartWithdrawal"
SYMPTOMS = Phrase("Withdrawal symptoms")

_NEITHER = Silent(Phrase("No order that this one goes on from had run out of supply, and no taper is running."))
_UNTOLD = Phrase("Whether withdrawal symptoms began in a gap in supply or in a taper cannot be told: {because}.")
_NONE_IN_THE_GAP = Phrase("No withdrawal symptoms on record that began in the gap in supply since {since}.")
_NONE_IN_THE_TAPER = Silent(Phrase("No withdrawal symptoms on record that began during the running taper."))
_GAP_UNKNOWN = Phrase(
    "No withdrawal symptoms on record that began during a running taper; a gap in supply: cannot be told, because {because}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - no figure: the contract names none
    """Symptoms in the gap, else during the taper."""
    symptoms = withdrawal_on_record(chart)
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if symptoms is None:
        return _no_symptoms(chart)
    gap = gap_with_withdrawal(chart)
    facts: dict[str, Fact] = {"symptoms": symptoms}
    if gap is None:  # in the taper the phase in force is the reduced dose, not the one to go back to
        return Finding(RULE, Indicator.WARNING, "taper_dose_unknown", facts=facts, notes=notes(chart))
    values: dict[str, Value] = {"gap": Measure(Fraction(gap.days), DAYS)}
    if gap.dose is None:
        return Finding(RULE, Indicator.WARNING, "gap_dose_unknown", values, facts, notes(chart))
    facts["earlier"] = Measure(gap.dose, MG_PER_DAY)
    return Finding(RULE, Indicator.WARNING, "gap", values, facts, notes(chart))


def _no_symptoms(chart: Chart) -> Silent:
    """Why none count: no list that could show them, no time in which they would, or none in it."""
    taper, unknown = chart.therapy.running_taper, earlier_unknown(chart)
    match chart.therapy.gap:
        case Absent() if not taper and unknown is None:
            return _NEITHER
        case _ if chart.problems.missing is not None:
            return not_sent(SYMPTOMS, chart.problems.missing)
        case Known(gap):
            return Silent(_NONE_IN_THE_GAP, {"since": gap.since})
        case Absent() if taper:
            return _NONE_IN_THE_TAPER
        case Absent() | Unknown() if unknown is not None:
            return Silent(_UNTOLD, {"because": unknown.because})
        case Absent():
            return _NEITHER
        case Unknown(because):
            return Silent(_GAP_UNKNOWN, {"because": because})
