"""From 180 mg/day, or from 120 mg/day over 65 years (66 and older): the collegial opinion of an addiction centre.

Fires at exactly 180 and 120; at 65 only from 180. From 2014-03-17 on without end, critical at every date until a collegial opinion is on
record; a second opinion does not stand in for it. RtuDoseCeiling stands instead where it fires. An unknown age counts from 180 only,
and AgeUnknown says so. Not covered: opinions kept outside the EHR.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, AgeRange, Chart, Known, Unknown
from cds.chart.orders import Total
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, YEARS
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.rtu._programme import answer, dose_on_ladder, opinion_valid, programme_notes
from cds.rules.silence import age_unknown_because, dose_below, years

RULE = "RtuCollegialOpinion"

_YOUNGER = Phrase("{value}: below {rung}. {age}: not above {limit}, beyond which {older_rung} is the line.")
_AGELESS = Phrase(
    "{value}: below {rung}. Whether the patient is above {limit}, beyond which {older_rung} is the line, cannot be told: "
    "{because}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    total = dose_on_ladder(chart, knowledge)
    if isinstance(total, Silent):
        return total
    day = chart.evaluation_date
    rung = knowledge.figure("rtu.collegial", day)
    older = _older(chart, knowledge)
    by_age = total.value < rung  # only the age can ask for it
    if by_age:
        rung = knowledge.figure("rtu.collegial_older.dose", day)
        if total.value < rung:
            return dose_below(total, rung)
        if older is None:
            return _by_dose_alone(total, chart, knowledge)
    collegial = chart.programme.opinions.first(lambda opinion: opinion.kind == "collegial")
    found = answer(collegial, Indicator.CRITICAL, opinion_valid(chart, knowledge))
    values: dict[str, Value] = {"dailyDose": Measure(total.value, MG_PER_DAY), "maximum": Measure(rung, MG_PER_DAY)}
    said = programme_notes(chart, age=by_age)
    if by_age and older is not None:
        values["age"] = Measure(Fraction(older.high), YEARS)
        said = ("rtu_collegial_by_age", *said)
    facts = found.facts | {
        "rung": Measure(rung, MG_PER_DAY),
        "younger": Measure(knowledge.figure("rtu.collegial", day), MG_PER_DAY),
    }
    return Finding(RULE, found.indicator, found.message, values=values, facts=facts, notes=said)


def _older(chart: Chart, knowledge: Knowledge) -> AgeRange | None:
    """The age, where it may be over the line."""
    match chart.age:
        case Known(age):
            return age if age.high > knowledge.figure("rtu.collegial_older.age", chart.evaluation_date) else None
        case Absent() | Unknown():
            return None


def _by_dose_alone(total: Total, chart: Chart, knowledge: Knowledge) -> Silent:
    """A dose between the two rungs, of a patient who is not known to be older."""
    day = chart.evaluation_date
    rung = knowledge.figure("rtu.collegial", day)
    if total.at_least:
        return dose_below(total, rung)
    facts: dict[str, Fact] = {
        "value": Measure(total.value, MG_PER_DAY),
        "rung": Measure(rung, MG_PER_DAY),
        "older_rung": Measure(knowledge.figure("rtu.collegial_older.dose", day), MG_PER_DAY),
        "limit": Measure(knowledge.figure("rtu.collegial_older.age", day), YEARS),
    }
    match chart.age:
        case Known(age):
            return Silent(_YOUNGER, facts | {"age": years(age)})
        case Absent() | Unknown() as untold:
            return Silent(_AGELESS, facts | {"because": age_unknown_because(untold)})
