"""Baclofen before and after the signing: which orders run, what they add up to, what changes and since when.

Pure: orders in, therapy out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from cds.chart.build.stops import stop_events
from cds.chart.build.supply import exposure_days, gap_before
from cds.chart.build.tapers import runs, withdrawal_in_taper
from cds.chart.model import Problem, Therapy
from cds.chart.orders import DoseStep, Order, SupplyEnd, Total
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Histories:
    """What is on file about baclofen.

    Attributes:
        orders: MedicationRequests, any status but entered-in-error, cancelled or draft.
        planned: MedicationRequests on file that are still drafts.
        statements: active MedicationStatements.
        supplied: some dispense or administration of oral baclofen is on file.
        current_missing: why the current orders are not all known.
        history_missing: why "no baclofen before" cannot be concluded.
        supply: first day without supply, by order reference.
        dispenses_missing: why the dispenses are not all known.
        longest_pause: days without an order that do not end exposure.
        carried_fraction: share of the dose before at which an unlinked order carries a stopped one on.
    """

    orders: tuple[Order, ...] = ()
    planned: tuple[Order, ...] = ()
    statements: tuple[Order, ...] = ()
    supplied: bool = False
    current_missing: Unknown | None = None
    history_missing: Unknown | None = None
    supply: Mapping[str, SupplyEnd] = field(default_factory=dict)
    dispenses_missing: Unknown | None = None
    longest_pause: int = 0
    carried_fraction: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Signing:
    """The drafted baclofen orders of one call.

    Attributes:
        checked: prescriptions that rules are run for.
        cart: prescriptions that lie in the cart unchosen.
        stopped: drafts that stop, cancel or hold an order.
        toxic: references of stopped orders whose reason is overdose, toxicity or a serious adverse reaction.
    """

    checked: tuple[Order, ...] = ()
    cart: tuple[Order, ...] = ()
    stopped: tuple[Order, ...] = ()
    toxic: frozenset[str] = frozenset()

    @property
    def prescribed(self) -> tuple[Order, ...]:
        """Checked and cart together."""
        return self.checked + self.cart


def therapy_of(signing: Signing, histories: Histories, problems: Listing[Problem], on: date, today: date) -> Therapy:
    """Baclofen before and after the signing; see `Therapy` for each field."""
    running = [order for order in histories.orders if runs(order, on)]
    links = {draft.prior for draft in signing.prescribed} | {draft.reference for draft in signing.prescribed}
    links |= {stopped.reference for stopped in signing.stopped}
    replaced = [order for order in histories.orders if order.identified and order.reference in links]
    kept = [order for order in running if order not in replaced]
    renewals = _renewals(signing.prescribed, kept, histories.orders, on)
    renewed = {order.reference for _, order in renewals}
    replaced += [order for order in kept if order.reference in renewed]
    kept = [order for order in kept if order.reference not in renewed]

    oral_drafts = [order for order in signing.prescribed if order.oral]
    goes_on = [order.ahead(on) for order in kept]
    oral_kept = [order for order in goes_on if order.oral]
    reported = [order for order in histories.statements if runs(order, on)]
    oral_reported = [order.ahead(on) for order in reported if order.oral]
    drafted = bool(signing.prescribed or signing.stopped)
    in_force = tuple(oral_drafts + oral_kept) if drafted else tuple(oral_kept or oral_reported)
    before_orders = [order for order in replaced + kept if order.oral]
    before_orders = before_orders or [order for order in reported if order.oral]
    before, since = _dose_before(before_orders, histories, on)
    checked_oral = [order for order in signing.checked if order.oral]
    others = [order for order in in_force if order not in checked_oral]
    steps, reaches_zero = _steps(checked_oral, others, before, since, on)
    gap = gap_before([o for o in replaced if o.oral], histories, problems, before, on) if checked_oral else Absent()
    return Therapy(
        checked=signing.checked,
        taken=tuple(order.ahead(on) for order in running or reported),
        oral=in_force,
        intrathecal=tuple(order for order in [*signing.prescribed, *goes_on] if order.intrathecal),
        total=_total(in_force, histories.current_missing),
        before=before,
        before_since=since,
        starts=_starts(histories),
        steps=steps,
        reaches_zero=reaches_zero,
        duplicates=_duplicates(in_force, checked_oral),
        renewals=renewals,
        ending=frozenset(order.reference for order in signing.stopped),
        stops=stop_events(signing, histories, goes_on, before, today),
        exposure=exposure_days(before_orders, histories, on),
        supply_end=_supply_end(before_orders, histories),
        gap=gap,
        running_taper=any(order.oral and order.falling for order in running),
        taper_withdrawal=withdrawal_in_taper(running, problems),
        hinted=bool(histories.orders or histories.statements) or histories.supplied,
    )


def same_product(a: Order, b: Order) -> bool:
    """The same product: a coding and the strength in common, or the same text."""
    one, other = a.product, b.product
    strengths = (one.strength_mg, one.concentration_mg_per_ml, one.form)
    if set(one.codes) & set(other.codes):
        return strengths == (other.strength_mg, other.concentration_mg_per_ml, other.form)
    return not (one.codes and other.codes) and bool(one.name) and one.name.casefold() == other.name.casefold()


def _renewals(
    drafts: Iterable[Order], kept: list[Order], on_file: Iterable[Order], on: date
) -> tuple[tuple[Order, Order], ...]:
    """Drafts without any link that repeat what is left of a running order: same product and daily dose, whatever the times of day."""
    references = {order.reference for order in on_file}
    pairs: list[tuple[Order, Order]] = []
    taken: set[str] = set()
    for draft in drafts:
        if draft.prior in references or draft.reference in references or draft.peak is None:
            continue
        for order in kept:
            if order.reference not in taken and same_product(draft, order) and order.ahead(on).peak == draft.peak:
                taken.add(order.reference)
                pairs.append((draft, order))
                break
    return tuple(pairs)


def dose_on(order: Order, day: date) -> Fraction | None:
    """mg/day of the phase in force on a day; None where it cannot be told."""
    phase = order.phase_on(day)
    return phase[0].peak if phase else None


def _floor_on(order: Order, day: date) -> Fraction:
    """mg/day that the phase in force on a day certainly allows."""
    phase = order.phase_on(day)
    return phase[0].floor if phase else Fraction(0)


def _dose_before(orders: list[Order], histories: Histories, on: date) -> tuple[Reading[Fraction], date | None]:
    if not orders:
        return histories.current_missing or Absent(), None
    doses = [dose_on(order, on) for order in orders]
    if any(dose is None for dose in doses):
        return Unknown(Phrase("the dose of an order on file cannot be told")), None
    total = sum((dose for dose in doses if dose is not None), Fraction(0))
    return Known(total), _in_effect_since(orders, histories.orders, on)


def _in_effect_since(orders: list[Order], on_file: Iterable[Order], on: date) -> date | None:
    """The first day of the whole dose: the latest of the orders' own, each followed back through renewals of the same dose."""
    by_reference = {order.reference: order for order in on_file}
    days = [_same_dose_since(order, by_reference, on) for order in orders]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _same_dose_since(order: Order, by_reference: Mapping[str, Order], on: date) -> date | None:
    """The first day of an order's dose, through earlier orders of the same dose that it renews."""
    phase = order.phase_on(on)
    since = phase[1] if phase else None
    current, seen = order, {order.reference}
    while since is not None and since == current.start:
        earlier = by_reference.get(current.prior or "")
        if earlier is None or earlier.reference in seen or earlier.start is None:
            break
        if len(earlier.levels) != 1 or earlier.peak != dose_on(order, on):
            break
        seen.add(earlier.reference)
        current, since = earlier, min(since, earlier.start)
    return since


def _starts(histories: Histories) -> Reading[bool]:
    earlier = [order for order in (*histories.orders, *histories.statements) if order.oral]
    if earlier or histories.supplied:
        return Known(value=False)
    return histories.history_missing or Known(value=True)


def _total(orders: tuple[Order, ...], missing: Unknown | None) -> Total | None:
    if not orders:
        return None
    known = [order for order in orders if order.plan.phases]
    value = sum((order.floor for order in known), Fraction(0))
    if value == 0 and any(order.partly_unknown for order in orders):
        return None
    if any(order.partly_unknown for order in orders):
        return Total(value, at_least=True, because=Phrase("the dose of one order cannot be told"), orders=orders)
    return Total(value, missing is not None, missing.because if missing else None, orders)


def _steps(
    drafts: list[Order], others: list[Order], before: Reading[Fraction], since: date | None, on: date
) -> tuple[tuple[DoseStep, ...], bool]:
    """The changes of dose that the checked drafts make, in order, and whether they end at zero."""
    if not drafts:
        return (), False
    base = sum((_floor_on(order, on) for order in others), Fraction(0))
    firsts = [order.plan.phases[0].peak if order.plan.phases else None for order in drafts]
    steps: list[DoseStep] = []
    reaches_zero = False
    if isinstance(before, Known) and not any(first is None for first in firsts):
        after = base + sum((first for first in firsts if first is not None), Fraction(0))
        if after != before.value:
            days = None if since is None else Fraction(max(0, (on - since).days))
            steps.append(DoseStep(before.value, after, days, first=True))
    for order, first in zip(drafts, firsts, strict=True):
        rest = base + sum((f for f in firsts if f is not None), Fraction(0)) - (first or 0)
        phases = order.levels
        for earlier, later in pairwise(phases):
            if earlier.peak is not None and later.peak is not None:
                steps.append(DoseStep(rest + earlier.peak, rest + later.peak, earlier.days))
        falls = order.falling or (len(phases) == 1 and bool(steps) and steps[0].change < 0)
        if order.ends_at_zero and falls:
            last = phases[-1]
            reaches_zero = rest == 0
            if last.peak:
                steps.append(DoseStep(rest + last.peak, rest, last.days))
    return tuple(steps), reaches_zero


def _duplicates(in_force: tuple[Order, ...], checked: list[Order]) -> tuple[Order, ...]:
    """Concurrent scheduled orders that are not one regimen: no common group, none of them as needed."""
    scheduled = [order for order in in_force if not (order.plan.as_needed and not order.plan.scheduled)]
    regimens = {
        order.group or (order.reference, 0 if order.identified else place) for place, order in enumerate(scheduled)
    }
    if len(regimens) <= 1 or not any(order in checked for order in scheduled):
        return ()
    return tuple(scheduled)


def _supply_end(orders: list[Order], histories: Histories) -> Reading[SupplyEnd]:
    ends = [
        histories.supply[order.reference] for order in orders if order.scheduled and order.reference in histories.supply
    ]
    if ends:
        return Known(max(ends, key=lambda end: end.on))
    return histories.dispenses_missing or Absent()
