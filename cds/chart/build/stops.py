"""Orders that a signing stops, cancels or holds, with nothing that carries their dose on."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from cds.chart.build.supply import first_day
from cds.chart.build.tapers import led_to_zero, runs, tapers
from cds.chart.orders import Order, StopEvent, StopKind
from cds.chart.reading import Known, Reading

if TYPE_CHECKING:
    from cds.chart.build.therapy import Histories, Signing

KINDS: dict[str, StopKind] = {"stopped": "stop", "completed": "stop", "cancelled": "cancel", "on-hold": "hold"}


def stop_events(
    signing: Signing, histories: Histories, kept: list[Order], before: Reading[Fraction], today: date
) -> tuple[StopEvent, ...]:
    """The stops of scheduled baclofen that nothing carries on.

    Not a stop: an order that is not active on file although the list is complete, one that is only as needed or a single test dose, one
    that another order of the signing carries on (linked by priorPrescription, or at half the dose and more).
    """
    events = []
    for draft in signing.stopped:
        on_file = next((order for order in histories.orders if order.reference == draft.reference), None)
        if on_file is None and histories.current_missing is None:
            continue
        if on_file is not None and on_file.status != "active":
            continue
        order = on_file or draft
        if not _lasts(order) and order.plan.phases:
            continue
        if _carried_on(order, signing, histories, before):
            continue
        first = first_day(order, histories) if on_file is not None else None
        others = [one for one in kept if one.oral and one.reference != order.reference]
        events.append(
            StopEvent(
                order=order,
                kind=KINDS[draft.status],
                toxicity=draft.reference in signing.toxic,
                taper_on_record=_taper_on_record(order, signing, histories, today),
                exposure=None if first is None else max(0, (today - first).days),
                continues=sum((one.floor for one in others), Fraction(0)) if order.oral else Fraction(0),
            )
        )
    return tuple(events)


def _lasts(order: Order) -> bool:
    """Whether it is scheduled beyond one dose: neither as needed alone nor a test dose."""
    return order.plan.scheduled and order.plan.bolus is None


def _carried_on(order: Order, signing: Signing, histories: Histories, before: Reading[Fraction]) -> bool:
    same_route = [draft for draft in signing.prescribed if draft.intrathecal == order.intrathecal and _lasts(draft)]
    if any(order.reference in (draft.prior, draft.reference) for draft in same_route):
        return True
    if order.intrathecal:
        return bool(same_route)
    after = sum((draft.floor for draft in same_route), Fraction(0))
    return bool(same_route) and isinstance(before, Known) and after >= before.value * histories.carried_fraction


def _taper_on_record(order: Order, signing: Signing, histories: Histories, today: date) -> bool:
    """A falling order to zero: in the same signing; on file and running beside the stopped one; or on file and at its end."""
    if any(draft.oral == order.oral and tapers(draft) for draft in signing.prescribed):
        return True
    for other in histories.orders:
        beside = other.reference != order.reference and runs(other, today)
        if beside and other.oral == order.oral and tapers(other):
            return True
        if led_to_zero(other, order, today):
            return True
    return False
