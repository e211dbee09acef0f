"""A test dose that is too large, too early, not from the ampoule for tests, or out of order.

Critical: more than 100 µg; under 24 h since the last test dose, given or ordered in the same signing; a product known not to hold
50 µg/mL. Warning: out of the order 50, 75, 100 µg, where all earlier test doses are known. One finding; the other critical points stand
on it as notes.

The order. The first dose is 50 µg, or 25 µg under 4 years (of an unknown age 25 µg is let pass: it is the more cautious dose). After a
dose without a response on record the next rung alone is in order, neither the same dose again nor a lower one. A response ends the
search for an effective dose, so a bolus after it is not a rung but a repetition, a second screening or one step more for a response
that was too weak: any rung up to the next one is silent, and only a rung passed over is out of order.

Silent: exactly 100 µg, exactly 24 h, times known only by the day unless it is the same day, a concentration that is not known. Not
covered: boluses on file that nobody has recorded as given, and boluses through a pump that are no test doses, which cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from cds.chart.intrathecal import Moment, PumpOrder
from cds.chart.model import Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import HOURS, UG, clock, may_be_at_least
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.intrathecal._pump import UG_PER_ML, gravest

RULE = "IntrathecalTestDose"

_NO_BOLUS = Silent(Phrase("No single intrathecal dose is being ordered."))
_EARLIER_UNKNOWN = Phrase(
    "{singleDose}: not above {most}; concentration {concentration}, for tests {test_concentration}; "
    "earlier test doses cannot all be told, because {because}."
)
_FIRST = Phrase(
    "{singleDose}, the first test dose: not above {most}; concentration {concentration}, for tests {test_concentration}."
)
_IN_ORDER = Phrase(
    "{singleDose} after {last}: in order, and not above {most}; {after} later: not under {least_hours}; "
    "concentration {concentration}, for tests {test_concentration}."
)
_IN_ORDER_BY_DAY = Phrase(
    "{singleDose} after {last}: in order, and not above {most}; not on the same day; "
    "concentration {concentration}, for tests {test_concentration}."
)
_IN_ORDER_UNTIMED = Phrase(
    "{singleDose} after {last}: in order, and not above {most}; when it is to be given is not known; "
    "concentration {concentration}, for tests {test_concentration}."
)
NOT_KNOWN = Phrase("not known")

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A test dose before the one that is looked at, given or ordered in the same signing."""

    at: Moment
    amount: Fraction
    responded: bool = False


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding about the drafted bolus that has most wrong with it."""
    boluses = chart.intrathecal.boluses
    return gravest([_check(bolus, chart, knowledge) for bolus in boluses]) if boluses else _NO_BOLUS


def _check(bolus: PumpOrder, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    on, amount = chart.evaluation_date, bolus.bolus
    if amount is None:
        return _NO_BOLUS
    most = knowledge.figure("intrathecal.test.third", on)
    least_hours = knowledge.figure("intrathecal.test.interval", on)
    ampoule = knowledge.figure("intrathecal.test.concentration", on)
    earlier = _earlier(bolus, chart)
    values: dict[str, Value] = {"singleDose": Measure(amount, UG)}
    facts: dict[str, Fact] = {
        "most": Measure(most, UG),
        "least_hours": Measure(least_hours, HOURS),
        "test_concentration": Measure(ampoule, UG_PER_ML),
    }
    early, to_the_minute = False, False
    if earlier and bolus.at is not None:
        hours = bolus.at.hours_after(earlier[-1].at)
        early, to_the_minute = hours < least_hours, bolus.at.exact and earlier[-1].at.exact
        if to_the_minute:
            values["interval"] = Measure(hours, HOURS)
            facts["after"] = clock(hours)
    if bolus.concentration is not None:
        values["concentration"] = Measure(bolus.concentration, UG_PER_ML)
    wrong_ampoule = bolus.concentration is not None and bolus.concentration != ampoule
    concentration_too = ("it_concentration_too",) if wrong_ampoule else ()
    if amount > most:
        also = (("it_interval_too",) if early else ()) + concentration_too
        return Finding(RULE, Indicator.CRITICAL, "too_much", values, facts, also)
    if early:
        message = "too_early" if to_the_minute else "same_day"
        return Finding(RULE, Indicator.CRITICAL, message, values, facts, concentration_too)
    if wrong_ampoule:
        return Finding(RULE, Indicator.CRITICAL, "wrong_ampoule", values, facts)
    missing = chart.intrathecal.test_doses.missing
    wrong = _out_of_order(amount, earlier, chart, knowledge) if missing is None else None
    if wrong is not None:
        return Finding(RULE, Indicator.WARNING, wrong[0], values, facts | wrong[1])
    return _in_order(bolus, earlier, missing, {"concentration": NOT_KNOWN} | facts | values)


def _in_order(bolus: PumpOrder, earlier: list[_Earlier], missing: Unknown | None, compared: dict[str, Fact]) -> Silent:
    """Nothing is wrong, as far as what came before is known."""
    if missing is not None:
        return Silent(_EARLIER_UNKNOWN, compared | {"because": missing.because})
    if not earlier:
        return Silent(_FIRST, compared)
    why = _IN_ORDER_UNTIMED if bolus.at is None else _IN_ORDER if "after" in compared else _IN_ORDER_BY_DAY
    return Silent(why, compared | {"last": Measure(earlier[-1].amount, UG)})


def _earlier(bolus: PumpOrder, chart: Chart) -> list[_Earlier]:
    """The test doses before this one, the oldest first."""
    pump = chart.intrathecal
    found = [
        _Earlier(dose.at, dose.amount, isinstance(dose.response, Known) and dose.response.value.positive)
        for dose in pump.test_doses.entries
        if bolus.at is None or dose.at.earliest <= bolus.at.latest
    ]
    for other in sorted((*pump.boluses, *pump.in_cart), key=lambda one: one.at.earliest if one.at else LAST):
        if other is bolus:
            break
        if other.at is not None and other.bolus is not None:
            found.append(_Earlier(other.at, other.bolus))
    return sorted(found, key=lambda dose: dose.at.earliest)


def _out_of_order(
    amount: Fraction, earlier: list[_Earlier], chart: Chart, knowledge: Knowledge
) -> tuple[str, dict[str, Fact]] | None:
    """Why a dose is not the one that comes next, and what the text needs; None where it is."""
    on = chart.evaluation_date
    small, *usual = (
        knowledge.figure(f"intrathecal.test.{name}", on) for name in ("small_first", "first", "second", "third")
    )
    if not earlier:
        small_child = not may_be_at_least(chart.age, knowledge.figure("intrathecal.test.small_child_age", on))
        if amount == usual[0] or (amount == small and small_child):
            return None  # the first rung
        return "not_first", {"expected": Measure(usual[0], UG)}
    last = earlier[-1]
    following = next((rung for rung in (small, *usual) if rung > last.amount), None)
    if following is None and not last.responded:
        return "no_candidate", {"last": Measure(last.amount, UG)}
    reached = following or usual[-1]
    if amount == following or (last.responded and amount in (small, *usual) and amount <= reached):
        return None  # the next rung; or, after a response, one that passes none over
    return "out_of_order", {"last": Measure(last.amount, UG), "expected": Measure(reached, UG)}
