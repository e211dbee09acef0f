"""The doses, rates and caps that a Dosage writes, in the order in which they count; of R4, R5 and STU3."""

from __future__ import annotations

from cds.fhir.amounts import Amount, of_quantity, of_range, rate_per_day
from cds.fhir.datatypes import Dosage, DoseAndRate, Ratio
from cds.pharmacology.product import Product

_RANKS = {"ordered": 0, "calculated": 1, "admin-amount": 2}
_LAST = 2


def amounts_of(dosage: Dosage, product: Product) -> list[Amount]:
    """The doses written, those that count first: ordered, calculated, and what is administered where no mass is written."""
    ranked: list[tuple[int, Amount]] = []
    for entry in _entries(dosage):
        amount = of_quantity(entry.doseQuantity, product) if entry.doseQuantity else None
        if amount is None and entry.doseRange is not None:
            amount = of_range(entry.doseRange, product)
        if amount is not None:
            ranked.append((_rank(entry), amount))
    ranked.sort(key=lambda pair: pair[0])
    amounts = [amount for _, amount in ranked]
    masses = [amount for amount in amounts if amount.kind == "mass"]
    if masses and ranked[0][0] == _LAST:
        return masses + [amount for amount in amounts if amount.kind != "mass"]
    return amounts


def rate_of(dosage: Dosage, product: Product) -> Amount | None:
    """The rate of an infusion, the ordered one first; None where none is written."""
    for entry in sorted(_entries(dosage), key=_rank):
        rate = entry.rateQuantity or entry.rateRatio or entry.rateRange
        if rate is not None:
            return rate_per_day(rate, product)
    return None


def caps_of(dosage: Dosage) -> list[Ratio]:
    """The maximum doses per period: one in R4, several in R5."""
    caps = dosage.maxDosePerPeriod
    return [] if caps is None else caps if isinstance(caps, list) else [caps]


def _entries(dosage: Dosage) -> list[DoseAndRate]:
    """The doses of an instruction, of STU3 where they stand on the dosage itself."""
    if dosage.doseAndRate:
        return dosage.doseAndRate
    own = DoseAndRate(
        doseQuantity=dosage.doseQuantity,
        doseRange=dosage.doseRange,
        rateQuantity=dosage.rateQuantity,
        rateRange=dosage.rateRange,
        rateRatio=dosage.rateRatio,
    )
    return [own] if own != DoseAndRate() else []


def _rank(entry: DoseAndRate) -> int:
    if entry.type is None:
        return 0
    names = [code for _, code in entry.type.pairs] + [entry.type.text or ""]
    return next((_RANKS[name.lower()] for name in names if name.lower() in _RANKS), 0)
