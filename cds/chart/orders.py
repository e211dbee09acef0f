"""Baclofen orders as the chart holds them: what is ordered, what it amounts to, what follows on what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from cds.pharmacology.dose import DosePhase, DosePlan
from cds.pharmacology.product import Product
from cds.phrases import Phrase

StopKind = Literal["stop", "cancel", "hold"]

_RTU = re.compile(r"(?<![^\W\d_])RTU(?![^\W\d_])")


def names_rtu(text: str) -> bool:
    """Whether a text mentions the RTU, and not a word such as OUVERTURE that only holds its letters."""
    return _RTU.search(text) is not None


@dataclass(frozen=True, slots=True)
class Order:
    """One baclofen order, drafted or on file.

    Attributes:
        reference: `MedicationRequest/id`, or `MedicationStatement/id`; the type alone of a draft without an id.
        status: FHIR status.
        draft: it stands in the request, not on file.
        product: what is ordered.
        plan: how it is dosed.
        text: the order in the EHR's words.
        authored: day of `authoredOn`.
        start: day the dose begins: the timing's bounds, else `authored`.
        end: last day, where the timing's bounds give one.
        categories: community, inpatient, discharge.
        group: (system, value) of its group identifier.
        prior: `MedicationRequest/id` of the order it follows.
        mentions_rtu: a note or a dosage text says "RTU", not inside a word.
        unreadable: names of members that could not be read.
        over: phases before those of the plan that are over already; see `ahead`.
    """

    reference: str
    status: str
    product: Product
    plan: DosePlan
    draft: bool = False
    text: str = ""
    authored: date | None = None
    start: date | None = None
    end: date | None = None
    categories: frozenset[str] = frozenset()
    group: tuple[str, str] | None = None
    prior: str | None = None
    mentions_rtu: bool = False
    unreadable: tuple[str, ...] = ()
    over: tuple[DosePhase, ...] = ()

    @property
    def identified(self) -> bool:
        """Whether it bears an id; two without one share their reference and are still two."""
        return "/" in self.reference

    @property
    def oral(self) -> bool:
        """Given by mouth; an order whose route nothing tells is taken for oral unless it is an injection."""
        return self.plan.route == "oral" or (self.plan.route == "unknown" and self.product.form != "injection")

    @property
    def scheduled(self) -> bool:
        """Whether it is more than as needed, which carries nothing on; of an order that cannot be read it is taken that it is."""
        return self.plan.scheduled or not self.plan.phases

    @property
    def tablets(self) -> bool:
        """Tablets by the product's form; ordered in pieces where the product does not tell its form."""
        return self.product.form == "tablet" or (self.product.form == "unknown" and self.plan.by_count)

    @property
    def intrathecal(self) -> bool:
        """Given into the spinal canal."""
        return self.plan.route == "intrathecal"

    @property
    def peak(self) -> Fraction | None:
        """The most that may be taken on one day of the highest phase, mg or µg; None where no phase can be told."""
        peaks = [peak for phase in self.plan.phases if (peak := phase.peak) is not None]
        return max(peaks) if peaks else None

    @property
    def partly_unknown(self) -> bool:
        """Whether a phase, or an as-needed part without a limit, cannot be told."""
        return not self.plan.phases or any(phase.peak is None for phase in self.plan.phases)

    @property
    def floor(self) -> Fraction:
        """What is certainly allowed on the heaviest day: the peak, or the scheduled part where an as-needed part has no limit."""
        return max((phase.floor for phase in self.plan.phases), default=Fraction(0))

    @property
    def levels(self) -> tuple[DosePhase, ...]:
        """The phases, neighbours of one daily dose joined: it lasts as long as they do together, however it is divided over the day."""
        return _levels(self.plan.phases)

    @property
    def falling(self) -> bool:
        """A sequence that only goes down, what is over of it included."""
        phases = self.over + self.plan.phases
        if len(phases) <= 1:
            return False
        peaks = [phase.peak for phase in _levels(phases)]
        return len(peaks) > 1 and all(a is not None and b is not None and b < a for a, b in pairwise(peaks))

    @property
    def ends_at_zero(self) -> bool:
        """The last phase is 0, or lasts a given time and nothing follows it in the sequence."""
        if not self.plan.phases:
            return False
        last = self.plan.phases[-1]
        sequence = len(self.over + self.plan.phases) > 1 or self.plan.sequenced
        return last.peak == 0 or (sequence and last.days is not None)

    def ahead(self, day: date) -> Order:
        """The order without the phases that are over on a day, which nobody takes any more; the last one stays.

        Whole where it has no date; after a phase of unknown length nothing is over.
        """
        phases, begins = self.plan.phases, self.start
        while begins is not None and len(phases) > 1:
            length = phases[0].days
            if length is None or (day - begins).days < length:
                break
            begins += timedelta(days=float(length))
            phases = phases[1:]
        if len(phases) == len(self.plan.phases):
            return self
        over = self.plan.phases[: -len(phases)]
        return replace(self, plan=replace(self.plan, phases=phases), start=begins, over=self.over + over)

    def phase_on(self, day: date) -> tuple[DosePhase, date | None] | None:
        """The phase in force on a day, neighbours of one daily dose joined, and the day it began.

        The last phase, where the sequence has run out without ending at zero or the order has no dates. None without phases.
        """
        levels = self.levels
        if not levels:
            return None
        begins = self.start
        for phase in levels:
            if begins is None or phase.days is None:
                return phase, begins
            ends = begins + timedelta(days=float(phase.days))
            if day < ends or phase is levels[-1]:
                return phase, begins
            begins = ends
        return None


def _levels(phases: tuple[DosePhase, ...]) -> tuple[DosePhase, ...]:
    if len(phases) <= 1:
        return phases
    joined: list[DosePhase] = []
    for phase in phases:
        if joined and phase.peak is not None and joined[-1].peak == phase.peak:
            days, more = joined[-1].days, phase.days
            joined[-1] = replace(phase, days=None if days is None or more is None else days + more)
        else:
            joined.append(phase)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of daily doses.

    Attributes:
        value: mg/day.
        at_least: some of it, or the list it rests on, is unknown: it can only be more.
        because: why it is only "at least", in plain English; None otherwise.
        orders: what was added up.
    """

    value: Fraction
    at_least: bool = False
    because: Phrase | None = None
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One change of the daily dose.

    Attributes:
        before, after: mg/day.
        days: whole days that the dose before was in effect (for the first step), or the length of the phase before; None where unknown.
        first: the step from the dose on file to the first phase of the draft.
    """

    before: Fraction
    after: Fraction
    days: Fraction | None
    first: bool = False

    @property
    def change(self) -> Fraction:
        """mg/day; negative downward."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class StopEvent:
    """A baclofen order that the signing stops, cancels or holds, with nothing that carries its dose on.

    Attributes:
        order: as on file, else as sent.
        kind: stop, cancel or hold.
        toxicity: the reason is overdose, toxicity, poisoning or a serious adverse reaction.
        taper_on_record: a falling order in the same signing or on file leads to the stop.
        exposure: days of continuous baclofen; None where unknown.
        continues: mg/day of other oral baclofen that goes on.
    """

    order: Order
    kind: StopKind
    toxicity: bool = False
    taper_on_record: bool = False
    exposure: int | None = None
    continues: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class SupplyEnd:
    """The first day without supply of an order.

    Attributes:
        order: whose supply it is.
        on: that day.
        dispensed: dispenses show it, and not only what the order lets be dispensed.
    """

    order: Order
    on: date
    dispensed: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without supply before the evaluation date, and the dose before them.

    Attributes:
        days: evaluation date minus the run-out day.
        since: the run-out day.
        dose: mg/day of the order that ran out; None where it cannot be told.
        withdrawal: withdrawal symptoms on record with onset in the gap, in the EHR's words.
    """

    days: int
    since: date
    dose: Fraction | None
    withdrawal: str | None = None
