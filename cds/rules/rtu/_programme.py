"""What the rules of the French programme share: whom it concerns, and the rungs of advice on the daily dose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cds.chart.model import Absent, Chart, Known, Opinion, Reading, Unknown
from cds.chart.orders import Total
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import notes
from cds.rules.finding import Fact, Indicator, Measure, Silent
from cds.rules.silence import NO_AMOUNT, NOTHING_BY_MOUTH, abroad, not_in_period

Evidence = Literal["on_record", "missing", "unknown"]

_INDICATION_UNKNOWN = Silent(Phrase("What baclofen is ordered for is not known."))
_INDICATION_UNTOLD = Phrase(
    "Whether baclofen is ordered for alcohol use disorder cannot be told: no order says what it is for, and the problem "
    "list is not whole: {because}."
)
_OTHER_INDICATION = Silent(Phrase("Baclofen is not ordered for alcohol use disorder."))
_TWO_INDICATIONS = Silent(
    Phrase(
        "The problem list names alcohol use disorder and spasticity, and no order says which of them baclofen is for."
    )
)

OPINIONS = {"second": Phrase("second opinion"), "collegial": Phrase("collegial opinion")}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is on record for a rung, as the card says it.

    Attributes:
        message: key of the rule's text.
        indicator: info where an opinion is on record.
        facts: which opinion of which day, or why none can be told.
    """

    message: Evidence
    indicator: Indicator
    facts: dict[str, Fact]


def unconcerned(chart: Chart) -> Silent | None:
    """Why the programme is not concerned; None where the signing orders oral baclofen in France for alcohol use disorder."""
    elsewhere = abroad(chart)
    if elsewhere is not None:
        return elsewhere
    if not chart.indication.alcohol_on_order:
        return _not_for_alcohol(chart)
    return None if chart.therapy.checked_oral else NOTHING_BY_MOUTH


def _not_for_alcohol(chart: Chart) -> Silent:
    """What the order says, or a whole problem list; one that is cut off may name alcohol on the page that is lost."""
    indication, missing = chart.indication, chart.problems.missing
    if not indication.kinds:
        return _INDICATION_UNKNOWN
    if "alcohol" in indication.kinds:
        return _TWO_INDICATIONS
    if indication.unread:
        return _INDICATION_UNKNOWN
    if indication.source == "problem list" and missing is not None:
        return Silent(_INDICATION_UNTOLD, {"because": missing.because})
    return _OTHER_INDICATION


def outside(chart: Chart, knowledge: Knowledge, period: str) -> Silent | None:
    """Why a rule of the programme does not apply: it is not concerned, or the day is outside of the rule's period."""
    elsewhere = unconcerned(chart)
    if elsewhere is not None:
        return elsewhere
    span = knowledge.period(period)
    return None if span.contains(chart.evaluation_date) else not_in_period(span, chart.evaluation_date)


def dose_on_ladder(chart: Chart, knowledge: Knowledge) -> Total | Silent:
    """The daily dose where the ladder applies; else why it does not, or that no amount can be told."""
    elsewhere = outside(chart, knowledge, "rtu.ladder")
    if elsewhere is not None:
        return elsewhere
    return NO_AMOUNT if chart.therapy.total is None else chart.therapy.total


def programme_notes(chart: Chart, *, age: bool = False) -> tuple[str, ...]:
    """The notes of a rule of the programme: the text in force on the day, and what is uncertain."""
    return ("text_in_force", *notes(chart, dose=chart.therapy.total, age=age))


def answer(opinion: Reading[Opinion], unanswered: Indicator, valid: Measure) -> Answer:
    """How a rung stands: answered by an opinion, not answered, or not to be told, which counts as not answered and says so.

    Args:
        opinion: what is on record.
        unanswered: the indicator without one.
        valid: how long an opinion answers.
    """
    facts: dict[str, Fact] = {"valid": valid}
    match opinion:
        case Known(given):
            facts |= {"opinion": OPINIONS[given.kind], "opinion_date": given.on}
            return Answer("on_record", Indicator.INFO, facts)
        case Absent():
            return Answer("missing", unanswered, facts)
        case Unknown(because):
            return Answer("unknown", unanswered, facts | {"because": because})


def opinion_valid(chart: Chart, knowledge: Knowledge) -> Measure:
    """How long an opinion answers its rung."""
    return Measure(knowledge.figure("rtu.opinion_valid_months", chart.evaluation_date), "mo")
