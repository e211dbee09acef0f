"""Pairs of baclofen and another drug, whichever of the two is being ordered."""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug
from cds.chart.orders import Order
from cds.rules._common import dose_facts, dose_values, notes
from cds.rules.finding import Fact, Finding, Indicator


def beside_baclofen(chart: Chart, *classes: str, oral: bool = False) -> tuple[OtherDrug, ...]:
    """The drugs of these value sets that meet baclofen in this signing.

    Baclofen is ordered: every such drug, on file or drafted. Or the patient goes on taking baclofen and such a drug is drafted: then all
    of them, for two that are taken already weigh as much as the new one. Else none: neither side of the pair is being ordered.

    Args:
        chart: the patient.
        classes: the drug value sets.
        oral: only baclofen by mouth counts.
    """
    drugs = chart.taking(*classes)
    if chart.therapy.checked_oral if oral else chart.therapy.checked:
        return drugs
    goes_on = any(order.oral or not oral for order in still_taken(chart))
    return drugs if goes_on and any(drug.draft for drug in drugs) else ()


def still_taken(chart: Chart) -> tuple[Order, ...]:
    """Baclofen on file that this signing does not stop: of a pair whose baclofen ends, nothing is left to warn of."""
    stopped = {stop.order.reference for stop in chart.therapy.stops}
    return tuple(order for order in chart.therapy.taken if order.reference not in stopped)


def names(drugs: tuple[OtherDrug, ...]) -> tuple[str, ...]:
    """Their names, each once, drafted ones first."""
    ordered = sorted(drugs, key=lambda drug: not drug.draft)
    return tuple(dict.fromkeys(drug.name for drug in ordered))


def together(
    rule: str, indicator: Indicator, message: str, chart: Chart, drugs: tuple[OtherDrug, ...], **facts: Fact
) -> Finding | None:
    """The finding of a pair: baclofen with its dose, every drug by name, further facts; None without a drug."""
    if not drugs:
        return None
    return Finding(
        rule,
        indicator,
        message,
        values={"drugs": names(drugs)} | dose_values(chart),
        facts=dose_facts(chart) | facts,
        notes=notes(chart, dose=chart.therapy.total),
    )
