"""What was read of patient and orders, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

from cds.cards.escaping import plain
from cds.cards.wording import fact, order_line, span
from cds.chart.kidneys import EGFR_UNIT, as_printed
from cds.chart.model import Absent, Chart, Egfr, Indication, Known, Reading, Setting, Unknown
from cds.chart.orders import Order
from cds.language import Catalogue
from cds.pharmacology.dose import ReadFrom, Span
from cds.phrases import Phrase
from cds.playground.model import DoseRead, FactRead
from cds.rules.finding import Fact, Measure, Value
from cds.rules.silence import years

__all__ = ["as_on_card", "doses_read", "facts_read"]

T = TypeVar("T")

NOT_ON_FILE = Phrase("none on file")
READ_FROM: Mapping[ReadFrom, Phrase] = {
    "structure": Phrase("the structured data"),
    "text": Phrase("the words"),
    "nothing": Phrase("nothing"),
}
BECAUSE: Mapping[str, Phrase] = {
    "issuer": Phrase("{code}, by the configuration of the calling EHR"),
    "product": Phrase("{code}, by the product's code"),
    "country": Phrase("{code}, by the patient's address"),
    "rxnorm": Phrase("{code}, since the drug has a code of the US"),
    "default": Phrase("{code}, since nothing tells"),
}
SOURCES: Mapping[str, Phrase] = {
    "order": Phrase("on the order"),
    "problem list": Phrase("on the problem list"),
    "unknown": Phrase("nowhere"),
}
KINDS: Mapping[str, Phrase] = {
    "spasticity": Phrase("spasticity"),
    "alcohol": Phrase("alcohol use disorder"),
    "neuropathic": Phrase("neuropathic pain"),
    "other": Phrase("another indication"),
}
METHODS: Mapping[str, Phrase] = {
    "reported": Phrase("{value} of {day}, reported by the laboratory"),
    "CKD-EPI 2021": Phrase("{value} of {day}, computed by CKD-EPI 2021 from a creatinine of {creatinine}"),
    "bedside Schwartz": Phrase(
        "{value} of {day}, computed by the bedside Schwartz formula from a creatinine of {creatinine}"
    ),
}
SETTINGS: Mapping[Setting, Phrase] = {"inpatient": Phrase("inpatient"), "outpatient": Phrase("outpatient")}
ROUTES: Mapping[str, Phrase] = {
    "oral": Phrase("by mouth"),
    "intrathecal": Phrase("intrathecal"),
    "intravenous": Phrase("intravenous"),
    "intramuscular": Phrase("intramuscular"),
    "subcutaneous": Phrase("subcutaneous"),
    "epidural": Phrase("epidural"),
    "topical": Phrase("on the skin"),
    "other": Phrase("another route"),
    "unknown": Phrase("not known"),
}


def doses_read(chart: Chart, words: Catalogue) -> tuple[DoseRead, ...]:
    """The orders as they were read: those being signed, then those on file."""
    therapy = chart.therapy
    stopped = [event.order for event in therapy.stops]
    others = therapy.ending - {order.reference for order in stopped}
    stopped += [order for order in therapy.taken if order.reference in others]
    placed: list[tuple[Order, Phrase]] = [(order, Phrase("this order")) for order in therapy.checked]
    placed += [(order, Phrase("being stopped or held")) for order in stopped]
    known = [order for order, _ in placed]
    for order in (*therapy.oral, *therapy.intrathecal, *therapy.taken):
        if order not in known and order.reference not in therapy.ending:
            known.append(order)
            placed.append((order, Phrase("in the cart") if order.draft else Phrase("on file")))
    return tuple(_dose(order, place, words) for order, place in placed)


def _dose(order: Order, place: Phrase, words: Catalogue) -> DoseRead:
    plan = order.plan
    amount, daily = ("ug", "ug/d") if plan.unit == "ug" else ("mg", "mg/d")
    figures: list[tuple[Phrase, str]] = [(Phrase("Route"), words.phrase(ROUTES[plan.route]))]

    def add(label: Phrase, value: Span | Fraction | None, unit: str) -> None:
        if value is not None:
            shown = span(value, words) if isinstance(value, Span) else words.number(value)
            one = words.is_one(value.high if isinstance(value, Span) else value)
            figures.append((label, words.with_unit(shown, unit, one=one)))

    add(Phrase("In a day"), plan.dosing_day, daily)
    add(Phrase("At one time"), plan.per_dose, amount)
    add(Phrase("Times a day"), plan.doses_per_day, "1")
    add(Phrase("As needed, at most"), plan.as_needed_maximum, daily)
    add(Phrase("Written maximum"), plan.maximum, daily)
    figures.append((Phrase("Read from"), words.phrase(READ_FROM[plan.read_from])))
    return DoseRead(
        place=words.phrase(place),
        line=order_line(order, words),
        figures=tuple((words.phrase(label), shown) for label, shown in figures),
        problems=tuple(fact(problem.text, plain, words) for problem in plan.problems),
    )


def as_on_card(value: Value) -> Value:
    """A figure as the cards have it."""
    if isinstance(value, Measure) and value.unit == EGFR_UNIT:
        return Measure(as_printed(value.value), EGFR_UNIT)
    return value


def facts_read(chart: Chart, words: Catalogue) -> tuple[FactRead, ...]:
    """What rules were given of the patient."""
    return tuple(
        FactRead(words.phrase(label), fact(value, plain, words), known=known) for label, (value, known) in _facts(chart)
    )


def _facts(chart: Chart) -> Iterator[tuple[Phrase, tuple[Fact, bool]]]:
    place = Phrase(BECAUSE[chart.jurisdiction.because].template, code=chart.jurisdiction.code)
    yield Phrase("Evaluated as of"), (chart.evaluation_date, True)
    yield Phrase("Country"), (place, True)
    yield Phrase("Regime"), (Phrase(chart.regime.title), True)
    yield Phrase("Indication"), _indication(chart.indication)
    yield Phrase("Care setting"), _read(chart.setting, lambda value: SETTINGS[value])
    yield Phrase("Age"), _read(chart.age, years)
    yield Phrase("Weight"), _read(chart.weight, lambda weight: Measure(weight.kg, "kg"))
    yield Phrase("eGFR"), _read(chart.kidneys.egfr, _egfr)
    clearance = chart.kidneys.creatinine_clearance
    yield Phrase("Creatinine clearance"), _read(clearance, lambda value: Measure(value, "mL/min"))
    yield Phrase("Dialysis"), _read(chart.kidneys.dialysis, lambda problem: problem.name)
    total = chart.therapy.total
    if total is not None:
        daily = Measure(total.value, "mg/d")
        yield (
            Phrase("By mouth in a day"),
            (Phrase("at least {amount}", amount=daily) if total.at_least else daily, True),
        )
        if total.because is not None:
            yield Phrase("Why at least"), (total.because, False)
    yield Phrase("Baclofen by mouth before"), _read(chart.therapy.before, lambda value: Measure(value, "mg/d"))
    if not isinstance(chart.therapy.exposure, Absent):
        yield Phrase("Taken for"), _read(chart.therapy.exposure, lambda days: Measure(Fraction(days), "d"))


def _read(reading: Reading[T], say: Callable[[T], Fact]) -> tuple[Fact, bool]:
    match reading:
        case Known(value):
            return say(value), True
        case Absent():
            return NOT_ON_FILE, True
        case Unknown(because):
            return Phrase("not known: {because}", because=because), False


def _indication(indication: Indication) -> tuple[Fact, bool]:
    if not indication.kinds:
        return Phrase("not known"), False
    kinds = tuple(KINDS[kind] for kind in sorted(indication.kinds))
    return Phrase("{kinds}, {place}", kinds=kinds, place=SOURCES[indication.source]), True


def _egfr(egfr: Egfr) -> Fact:
    value: Fact = Measure(as_printed(egfr.value), EGFR_UNIT)
    if egfr.comparator is not None:
        value = Phrase("{comparator} {value}", comparator=egfr.comparator, value=value)
    from_creatinine = {} if egfr.creatinine is None else {"creatinine": Measure(egfr.creatinine, "umol/L")}
    return Phrase(METHODS[egfr.method].template, value=value, day=egfr.on, **from_creatinine)
