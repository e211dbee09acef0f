"""What is on file about baclofen: orders, reported medication, what was dispensed and given."""

from __future__ import annotations

from collections.abc import Mapping

from cds.chart.build.orders import product_of, read_order, read_statement, supply_end
from cds.chart.build.sources import (
    ADMINISTRATIONS,
    CURRENT_REQUESTS,
    DISPENSES,
    REQUESTS,
    STATEMENTS,
    Sources,
)
from cds.chart.build.therapy import Histories
from cds.chart.orders import Order, SupplyEnd
from cds.fhir.resources import (
    Medication,
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
)
from cds.knowledge import Knowledge

NEVER_TAKEN = frozenset({"entered-in-error", "cancelled"})
HANDED_OVER = frozenset({"completed", "in-progress", None})


def histories_of(sources: Sources, drafted: Mapping[str, Medication]) -> Histories:
    """The baclofen on file: every order that may have been taken, active statements, supply.

    Args:
        sources: the record.
        drafted: Medication resources among the drafts.
    """
    record, knowledge, zone = sources.record, sources.knowledge, sources.now.tzinfo
    medications = {**record.medications, **drafted}
    dispenses = [one for one in record.of(MedicationDispense) if one.status not in ("entered-in-error", "cancelled")]
    handed = [one for one in dispenses if one.status in HANDED_OVER]
    on_file = frozenset(request.reference for request in record.of(MedicationRequest))
    stray = [
        one
        for one in handed
        if on_file.isdisjoint(_prescriptions(one)) and _is_oral_baclofen(one, medications, knowledge)
    ]
    orders: list[Order] = []
    planned: list[Order] = []
    supply: dict[str, SupplyEnd] = {}
    for request in record.of(MedicationRequest):
        if request.status in NEVER_TAKEN or request.doNotPerform:
            continue
        if product_of(request, medications, knowledge).baclofen == "none":
            continue
        order = read_order(request, medications, knowledge, zone)
        if request.status == "draft":
            planned.append(order)
            continue
        orders.append(order)
        linked = [one for one in handed if order.reference in _prescriptions(one)]
        ends = supply_end(order, request, linked, stray, zone)
        if ends is not None:
            supply[order.reference] = ends
    statements = [
        read_statement(statement, medications, knowledge, zone)
        for statement in record.of(MedicationStatement)
        if statement.current and product_of(statement, medications, knowledge).baclofen != "none"
    ]
    given: list[MedicationDispense | MedicationAdministration] = [
        *dispenses,
        *(one for one in record.of(MedicationAdministration) if one.status in ("completed", "in-progress")),
    ]
    return Histories(
        orders=tuple(orders),
        planned=tuple(planned),
        statements=tuple(statements),
        supplied=any(_is_oral_baclofen(one, medications, knowledge) for one in given),
        current_missing=sources.missing(CURRENT_REQUESTS),
        history_missing=sources.missing(REQUESTS, STATEMENTS, DISPENSES, ADMINISTRATIONS),
        supply={} if sources.missing(DISPENSES) else supply,
        dispenses_missing=sources.missing(DISPENSES),
        longest_pause=int(knowledge.figure("exposure.pause", sources.evaluation_date)),
        carried_fraction=knowledge.figure("taper.new_order_fraction", sources.evaluation_date),
    )


def _prescriptions(dispense: MedicationDispense) -> set[str | None]:
    return {reference.target for reference in dispense.authorizingPrescription or ()}


def _is_oral_baclofen(
    given: MedicationDispense | MedicationAdministration, medications: Mapping[str, Medication], knowledge: Knowledge
) -> bool:
    product = product_of(given, medications, knowledge)
    return product.baclofen != "none" and product.form != "injection"
