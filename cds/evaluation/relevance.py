"""Whether a call concerns the service, and what may then be said.

Two steps. Before the record is read, the drafts tell what could concern us; most orders that an EHR signs end here. With the chart at hand it
is decided whether there is anything to check: an order of baclofen, baclofen on file, or baclofen that nothing rules out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from cds.chart.build.chart import Call
from cds.chart.build.drafts import may_be_baclofen_of_another
from cds.chart.build.orders import STOPPED, Draft, is_nameless
from cds.chart.build.problems import NOT_ORDERED, drug_classes
from cds.chart.build.sources import concept_kinds
from cds.chart.model import ORDER_HOOKS, Chart, Known
from cds.fhir.medication import resolve
from cds.knowledge import Knowledge
from cds.rules.registry import other_side_classes, other_side_services

Concern = Literal["baclofen", "other side", "doubt", "record", "none"]
"""What a call may be about: a drafted baclofen order; a drafted drug or procedure that matters to a patient on baclofen; a draft of which
nothing tells what it is; the record itself (hooks without orders); or none of these."""


def concern_of(call: Call, drafts: list[Draft], knowledge: Knowledge) -> Concern:
    """What a call may be about, by its hook and its drafts alone.

    Args:
        call: the call.
        drafts: its drafted orders, read without the record.
        knowledge: value sets.
    """
    if call.hook not in ORDER_HOOKS:
        return "record"
    if any(draft.about_baclofen for draft in drafts):
        return "baclofen"
    if any(draft.focus and _interacts(draft, call, knowledge) for draft in drafts) or _services_matter(call, knowledge):
        return "other side"
    doubtful = call.unreadable or any(is_nameless(draft.order) for draft in drafts)
    return "doubt" if doubtful or may_be_baclofen_of_another(call, knowledge) else "none"


def _interacts(draft: Draft, call: Call, knowledge: Knowledge) -> bool:
    """Whether a drafted order is for a drug that is checked from the other side: a lookup of its codes."""
    if draft.order.status in STOPPED or draft.request.doNotPerform:
        return False
    concept, medication, display = resolve(draft.request, call.medications)
    return not other_side_classes().isdisjoint(drug_classes(concept, medication, display, knowledge))


def _services_matter(call: Call, knowledge: Knowledge) -> bool:
    return any(
        not other_side_services().isdisjoint(concept_kinds(knowledge, service.code, "procedure"))
        for service in call.services
        if service.status not in NOT_ORDERED
        and not service.doNotPerform
        and (call.selections is None or service.reference in call.selections)
    )


def baclofen_possible(chart: Chart) -> bool:
    """Whether baclofen is ordered, taken, in a pump, or not excluded by complete medication lists."""
    therapy = chart.therapy
    ordered = bool(therapy.checked or therapy.stops or therapy.taken)
    return ordered or isinstance(chart.intrathecal.pump, Known) or not chart.drugs.complete


def worth_checking(chart: Chart, concern: Concern) -> Chart | None:
    """The chart that rules are run on; None where nothing is to be said.

    Baclofen among the drafts need not be an order that is judged: it lies in the cart unchosen, or is ended without being missed. What is
    chosen beside it is then checked as if it stood alone.

    An interacting drug for a patient whose medication lists cannot be read is passed over unless something of the record points to
    baclofen. Few patients take it, and a card at every ibuprofen of an EHR that sends no lists would teach prescribers to dismiss the one
    that matters. A hook without orders is another matter: it was asked about the patient, so it says that it could not tell.
    """
    therapy = chart.therapy
    if therapy.checked or therapy.stops:
        return chart
    takes = bool(therapy.taken)
    pump = isinstance(chart.intrathecal.pump, Known)
    possible = takes or not chart.drugs.complete
    beside = chart.orders_beside(other_side_classes(), other_side_services())
    match concern:
        case "record" if possible:
            return chart
        case "record" if pump:
            readings = tuple(part for part in chart.missing if part.topic == "pump_readings")
            return replace(chart, missing=readings)  # of a pump without orders only its supply can be told, or not
        case "record":
            return None
        case "other side" | "baclofen" if beside and (takes or pump or (therapy.hinted and possible)):
            return chart
        case _:
            orders = tuple(part for part in chart.missing if part.topic == "orders")
            return replace(chart, missing=orders) if orders else None
