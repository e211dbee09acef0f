"""What it takes to evaluate a call, told before it is done.

Nearly all work is in proportion to the body. Two things cost far more than their bytes: a dosing instruction in words (about 14 µs a
character) and a unit of measurement that stands in no table (about 4 ms each). Both are counted and bounded; nobody's record comes near.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds.chart.build.chart import Call
from cds.fhir.datatypes import Dosage, Quantity, Range, Ratio
from cds.fhir.record import Record
from cds.fhir.resources import (
    Medication,
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Observation,
)
from cds.limits import Limits
from cds.protocol.errors import LimitExceeded

__all__ = ["refuse_excess"]


def refuse_excess(call: Call, record: Record, limits: Limits) -> None:
    """Refuse a call that holds more than any record does.

    Args:
        call: its drafts.
        record: what came with it.
        limits: how much is read.

    Raises:
        LimitExceeded: too many words or too many units.
    """
    requests = [draft for draft, _ in call.drafts] + record.of(MedicationRequest)
    dosages = [dosage for request in requests for dosage in request.dosageInstruction or ()]
    dosages += [dosage for statement in record.of(MedicationStatement) for dosage in statement.dosage or ()]
    if sum(len(dosage.text or dosage.patientInstruction or "") for dosage in dosages) > limits.dosing_text:
        raise LimitExceeded("", f"The dosing instructions of this call are longer than {limits.dosing_text} characters")
    quantities = [*_of_orders(requests, dosages), *_of_medicines([*call.medications.values(), *record.of(Medication)])]
    quantities += _of_record(record)
    units = {(one.code, one.unit) for one in quantities if one is not None}
    if len(units) > limits.units:
        raise LimitExceeded("", f"The quantities of this call are in more than {limits.units} different units")


def _of_orders(requests: Iterable[MedicationRequest], dosages: Iterable[Dosage]) -> Iterator[Quantity | None]:
    for request in requests:
        if request.dispenseRequest is not None:
            yield from (request.dispenseRequest.quantity, request.dispenseRequest.expectedSupplyDuration)
    for dosage in dosages:
        yield from (dosage.doseQuantity, dosage.rateQuantity, dosage.maxDosePerAdministration)
        for amount in dosage.doseAndRate or ():
            yield from (amount.doseQuantity, amount.rateQuantity)
            yield from _of_pairs(amount.doseRange, amount.rateRange, amount.rateRatio)
        caps = dosage.maxDosePerPeriod
        yield from _of_pairs(*(caps if isinstance(caps, list) else [caps]))


def _of_medicines(medications: Iterable[Medication]) -> Iterator[Quantity | None]:
    for medication in medications:
        for ingredient in medication.ingredient or ():
            yield from _of_pairs(ingredient.strength, ingredient.strengthRatio)


def _of_record(record: Record) -> Iterator[Quantity | None]:
    for dispense in record.of(MedicationDispense):
        yield from (dispense.daysSupply, dispense.quantity)
    for administration in record.of(MedicationAdministration):
        yield administration.dosage.dose if administration.dosage is not None else None
    for observation in record.of(Observation):
        yield observation.valueQuantity
        yield from (component.valueQuantity for component in observation.component or ())


def _of_pairs(*pairs: Range | Ratio | None) -> Iterator[Quantity | None]:
    for pair in pairs:
        if isinstance(pair, Range):
            yield from (pair.low, pair.high)
        elif pair is not None:
            yield from (pair.numerator, pair.denominator)
