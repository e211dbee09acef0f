"""Pairs of baclofen and another drug, whichever of the two is being ordered."""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug


def beside_baclofen(chart: Chart, *classes: str) -> tuple[OtherDrug, ...]:
    """The drugs of these value sets that meet baclofen in this signing.

    Baclofen is ordered: every such drug, on file or drafted. Or the patient takes baclofen and such a drug is drafted: then all of
    them, for two that are taken already weigh as much as the new one. Else none: neither side of the pair is being ordered.
    """
    drugs = chart.taking(*classes)
    if chart.therapy.checked:
        return drugs
    return drugs if chart.therapy.taken and any(drug.draft for drug in drugs) else ()


def names(drugs: tuple[OtherDrug, ...]) -> tuple[str, ...]:
    """Their names, each once, drafted ones first."""
    ordered = sorted(drugs, key=lambda drug: not drug.draft)
    return tuple(dict.fromkeys(drug.name for drug in ordered))
