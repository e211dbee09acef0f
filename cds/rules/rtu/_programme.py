"""What the rules of the French programme share: whom it concerns, and the rungs of advice on the daily dose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cds.chart.model import Absent, Chart, Known, Opinion, Reading, Unknown
from cds.chart.orders import Total
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import notes
from cds.rules.finding import Fact, Indicator, Measure

Evidence = Literal["on_record", "missing", "unknown"]

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


def concerns(chart: Chart) -> bool:
    """Whether the signing orders oral baclofen in France for alcohol use disorder."""
    return chart.jurisdiction.code == "FR" and chart.indication.alcohol_on_order and bool(chart.therapy.checked_oral)


def dose_on_ladder(chart: Chart, knowledge: Knowledge) -> Total | None:
    """The daily dose where the ladder applies; None where it does not, or where no amount can be told."""
    if not concerns(chart) or not knowledge.period("rtu.ladder").contains(chart.evaluation_date):
        return None
    return chart.therapy.total


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
