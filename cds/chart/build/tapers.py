"""Tapers: falling orders that end at zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cds.chart.model import Problem
from cds.chart.orders import Order
from cds.chart.reading import Listing


def tapers(order: Order) -> bool:
    """Whether an order only goes down, to zero."""
    return order.falling and order.ends_at_zero


def zero_by(order: Order, day: date) -> bool:
    """Whether a taper's last phase is over by a day; not where its start or the length of a phase is unknown."""
    lengths = [phase.days for phase in order.plan.phases if phase.peak != 0]
    known = [length for length in lengths if length is not None]
    if order.start is None or len(known) < len(lengths):
        return False
    return (day - order.start).days >= sum(known)


def runs(order: Order, on: date) -> bool:
    """Active, begun, and neither past its end nor a taper that has reached zero."""
    if order.status != "active" or (order.authored is not None and order.authored > on):
        return False
    if order.end is not None and order.end < on:
        return False
    return not (tapers(order) and zero_by(order, on))


def led_to_zero(taper: Order, order: Order, day: date) -> bool:
    """Whether a falling order brought the dose of another one to zero by a day: an old taper, from before that order was written, did not."""
    older = taper.start is not None and order.start is not None and taper.start < order.start
    return taper.oral == order.oral and tapers(taper) and zero_by(taper, day) and not older


def withdrawal_since(problems: Listing[Problem], since: date | None) -> str | None:
    """Baclofen withdrawal on the problem list that began on a day or later, in the EHR's words; without an onset it counts."""
    for problem in problems.entries:
        began_in_it = problem.onset is None or since is None or problem.onset >= since
        if problem.active and "baclofen_withdrawal" in problem.kinds and began_in_it:
            return problem.name
    return None


def withdrawal_in_taper(running: Iterable[Order], problems: Listing[Problem]) -> str | None:
    """Withdrawal symptoms on record with onset in a running taper by mouth."""
    falling = [order for order in running if order.oral and order.falling]
    found = (withdrawal_since(problems, order.start) for order in falling)
    return next((symptom for symptom in found if symptom is not None), None)
