"""Pairs of baclofen and another drug, whichever of the two is being ordered."""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug
from cds.chart.orders import Order
from cds.phrases import Phrase
from cds.rules._common import dose_facts, dose_values, notes
from cds.rules.finding import Fact, Finding, Indicator, Silent
from cds.rules.silence import not_sent

BACLOFEN_ON_FILE = Phrase("Baclofen on file")

_NO_DRUG = Phrase("{what}: none that is current on file, and none being ordered.")
_NEITHER = Phrase("{what}: none is being ordered, and neither is baclofen.")
_STOPPED = Phrase("No baclofen is being ordered, and what is on file is stopped in this signing.")
_NOT_TAKEN = Phrase("No baclofen is being ordered, and none that runs is on file.")


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


def apart(chart: Chart, what: Phrase, *classes: str) -> Silent:
    """Why no drug of these value sets meets baclofen in this signing: what `beside_baclofen` found missing.

    Args:
        chart: the patient.
        what: the drugs in words.
        classes: the drug value sets.
    """
    missing = chart.drugs.missing
    if chart.therapy.checked:
        return Silent(_NO_DRUG, {"what": what}) if missing is None else not_sent(what, missing)
    if not any(drug.draft for drug in chart.taking(*classes)):
        return Silent(_NEITHER, {"what": what})
    if missing is not None:
        return not_sent(BACLOFEN_ON_FILE, missing)
    return Silent(_STOPPED if chart.therapy.taken else _NOT_TAKEN)


def still_taken(chart: Chart) -> tuple[Order, ...]:
    """Baclofen on file that this signing does not end, as needed included: of a pair whose baclofen ends, nothing is left to warn of."""
    return tuple(order for order in chart.therapy.taken if order.reference not in chart.therapy.ending)


def names(drugs: tuple[OtherDrug, ...]) -> tuple[str, ...]:
    """Their names, each once, drafted ones first."""
    ordered = sorted(drugs, key=lambda drug: not drug.draft)
    return tuple(dict.fromkeys(drug.name for drug in ordered))


def together(
    rule: str, indicator: Indicator, message: str, chart: Chart, drugs: tuple[OtherDrug, ...], **facts: Fact
) -> Finding:
    """The finding of a pair: baclofen with its dose, every drug by name, further facts."""
    return Finding(
        rule,
        indicator,
        message,
        values={"drugs": names(drugs)} | dose_values(chart),
        facts=dose_facts(chart) | facts,
        notes=notes(chart, dose=chart.therapy.total),
    )
