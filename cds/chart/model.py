"""The chart: one patient, one moment, one signing, as the rules see it.

Everything is already resolved for the evaluation date: ages in completed years, laboratory values in force, the regime, which orders
run after the signing. Rules compare; they do not look things up in resources.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.chart.intrathecal import Intrathecal
from cds.chart.kidneys import AcuteInjury, Egfr, ImplausibleCreatinine, Kidneys, LaterResult
from cds.chart.orders import DoseStep, Gap, Order, StopEvent, SupplyEnd, Total
from cds.chart.patient import (
    AgeRange,
    Allergy,
    Indication,
    Jurisdiction,
    Opinion,
    OrderedService,
    OtherDrug,
    Problem,
    Programme,
    Reason,
    Weight,
)
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.chart.stay import Stay
from cds.knowledge import Regime
from cds.phrases import Phrase

__all__ = [
    "NO_ALLERGIES",
    "NO_DRUGS",
    "NO_PROBLEMS",
    "ORDER_HOOKS",
    "Absent",
    "AcuteInjury",
    "AgeRange",
    "Allergy",
    "Chart",
    "Egfr",
    "Hook",
    "ImplausibleCreatinine",
    "Indication",
    "Jurisdiction",
    "Kidneys",
    "Known",
    "LastOrder",
    "LaterResult",
    "Listing",
    "MissingData",
    "Opinion",
    "OrderedService",
    "OtherDrug",
    "Problem",
    "Programme",
    "Reading",
    "Reason",
    "RegistrationPolicy",
    "Setting",
    "Sex",
    "Therapy",
    "Unknown",
    "Weight",
]

Hook = Literal[
    "order-select", "order-sign", "medication-refill", "patient-view", "encounter-start", "encounter-discharge"
]
ORDER_HOOKS: frozenset[Hook] = frozenset({"order-select", "order-sign", "medication-refill"})
"""The hooks that bring orders; the others are about the record."""

Sex = Literal["male", "female"]
Setting = Literal["inpatient", "outpatient"]
RegistrationPolicy = Literal["required", "by-date", "off"]


@dataclass(frozen=True, slots=True)
class Therapy:
    """Baclofen before and after the signing.

    Attributes:
        checked: the drafted baclofen orders that rules are run for (not stops), oral and intrathecal.
        taken: baclofen running on file before the signing, any route: active orders, else active reported medication.
        oral: every oral order that runs after the signing: drafts, cart and what is kept on file; where no baclofen is drafted, baclofen on
            file (else reported).
        intrathecal: the same for the intrathecal route.
        total: D: oral mg/day on the heaviest dosing day after the signing; None where no amount at all can be told.
        before: oral mg/day in effect before the signing, replaced and kept orders together; absent where there was none.
        before_since: the first day of the dose in effect before; None where not dated.
        starts: whether this is a start of oral baclofen: True, False, or unknown because a list is missing.
        steps: the changes of dose in order: first from the dose before, then from phase to phase; increases and decreases.
        reaches_zero: a falling sequence that ends at zero.
        duplicates: concurrent oral orders that are not one regimen; empty or two and more.
        renewals: (draft, order on file) pairs taken for one order though nothing links them.
        stops: orders that the signing stops, cancels or holds.
        ending: references of all orders that the signing ends, those that another order carries on included.
        exposure: days of continuous oral baclofen up to the evaluation date.
        supply_end: when the last supply of the order before ran out.
        gap: days without supply before a restart.
        running_taper: a falling order is active on file.
        taper_withdrawal: withdrawal symptoms on record with onset in that taper, in the EHR's words.
        hinted: something on file points to baclofen, taken now or not: an order of any status, reported medication, a dispense or an
            administration.
    """

    checked: tuple[Order, ...] = ()
    taken: tuple[Order, ...] = ()
    oral: tuple[Order, ...] = ()
    intrathecal: tuple[Order, ...] = ()
    total: Total | None = None
    before: Reading[Fraction] = field(default_factory=lambda: Unknown(Phrase("the medication list was not sent")))
    before_since: date | None = None
    starts: Reading[bool] = field(default_factory=lambda: Unknown(Phrase("the medication list was not sent")))
    steps: tuple[DoseStep, ...] = ()
    reaches_zero: bool = False
    duplicates: tuple[Order, ...] = ()
    renewals: tuple[tuple[Order, Order], ...] = ()
    stops: tuple[StopEvent, ...] = ()
    ending: frozenset[str] = frozenset()
    exposure: Reading[int] = field(default_factory=lambda: Unknown(Phrase("the medication list was not sent")))
    supply_end: Reading[SupplyEnd] = field(default_factory=lambda: Unknown(Phrase("no dispense was sent")))
    gap: Reading[Gap] = field(default_factory=lambda: Unknown(Phrase("no dispense was sent")))
    running_taper: bool = False
    taper_withdrawal: str | None = None
    hinted: bool = False

    @property
    def checked_oral(self) -> tuple[Order, ...]:
        """The drafted oral orders that rules are run for."""
        return tuple(order for order in self.checked if order.oral)

    @property
    def checked_intrathecal(self) -> tuple[Order, ...]:
        """The drafted intrathecal orders that rules are run for."""
        return tuple(order for order in self.checked if order.intrathecal)

    @property
    def is_start(self) -> bool:
        """Whether this is known to be a start."""
        return isinstance(self.starts, Known) and self.starts.value

    @property
    def increases(self) -> tuple[DoseStep, ...]:
        """The steps upward."""
        return tuple(step for step in self.steps if step.change > 0)

    @property
    def decreases(self) -> tuple[DoseStep, ...]:
        """The steps downward."""
        return tuple(step for step in self.steps if step.change < 0)

    @property
    def is_start_or_increase(self) -> bool:
        """Whether the signing is known to start baclofen or to raise its dose."""
        return self.is_start or bool(self.increases)

    @property
    def is_taper(self) -> bool:
        """Whether the checked orders only lower the dose, in phases or to zero."""
        return bool(self.decreases) and not self.increases and (self.reaches_zero or len(self.decreases) > 1)


@dataclass(frozen=True, slots=True)
class LastOrder:
    """The newest running order of oral baclofen, and what the record told on its day.

    Attributes:
        on: day of its `authoredOn`.
        kidneys: renal function on that day, by the values then on file; problems without any date count as known then.
    """

    on: date
    kidneys: Kidneys


@dataclass(frozen=True, slots=True)
class MissingData:
    """A part of the record that was not there, or not whole.

    Attributes:
        topic: patient, conditions, allergies, medications, dispenses, administrations, renal_labs, procedures, encounter, pump_readings,
            devices or orders.
        because: why, in plain English.
    """

    topic: str
    because: Phrase


NO_PROBLEMS: Listing[Problem] = Listing(missing=Unknown(Phrase("no problem list was sent")))


NO_ALLERGIES: Listing[Allergy] = Listing(missing=Unknown(Phrase("no allergy list was sent")))


NO_DRUGS: Listing[OtherDrug] = Listing(missing=Unknown(Phrase("no medication list was sent")))


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient at one call.

    Attributes:
        alcohol_use: drinks a day by the newest entry of the social history; 0 is known, too.
        stay: the encounter, and home, inpatient and discharge orders.
        last_order: read at patient-view only; None where no running oral order has a date.
    """

    hook: Hook
    evaluation_date: date
    today: date
    regime: Regime
    jurisdiction: Jurisdiction = field(default_factory=lambda: Jurisdiction("FR", "default"))
    setting: Reading[Setting] = field(default_factory=lambda: Unknown(Phrase("the encounter was not sent")))
    age: Reading[AgeRange] = field(default_factory=lambda: Unknown(Phrase("the patient's record was not sent")))
    sex: Reading[Sex] = field(default_factory=lambda: Unknown(Phrase("the patient's record was not sent")))
    weight: Reading[Weight] = field(default_factory=lambda: Unknown(Phrase("no weight was sent")))
    indication: Indication = field(default_factory=Indication)
    therapy: Therapy = Therapy()
    kidneys: Kidneys = field(default_factory=Kidneys)
    problems: Listing[Problem] = NO_PROBLEMS
    allergies: Listing[Allergy] = NO_ALLERGIES
    drugs: Listing[OtherDrug] = NO_DRUGS
    alcohol_use: Reading[Fraction] = field(default_factory=lambda: Unknown(Phrase("no social history was sent")))
    services: tuple[OrderedService, ...] = ()
    intrathecal: Intrathecal = field(default_factory=Intrathecal)
    stay: Stay = field(default_factory=Stay)
    last_order: LastOrder | None = None
    programme: Programme = field(default_factory=Programme)
    registration_policy: RegistrationPolicy = "required"
    missing: tuple[MissingData, ...] = ()

    @property
    def in_programme(self) -> bool:
        """Whether oral baclofen is being ordered in France for alcohol use disorder: what the French programme is about."""
        return self.jurisdiction.code == "FR" and self.indication.alcohol_on_order and bool(self.therapy.checked_oral)

    def active(self, *kinds: str) -> Reading[Problem]:
        """An active problem of one of these value sets: known, absent from a complete list, or unknown."""
        return self.problems.first(lambda problem: problem.active and not problem.kinds.isdisjoint(kinds))

    def ordering(self, *kinds: str) -> tuple[OrderedService, ...]:
        """The procedures and examinations of these value sets that are being ordered."""
        return tuple(service for service in self.services if not service.kinds.isdisjoint(kinds))

    def taking(self, *classes: str) -> tuple[OtherDrug, ...]:
        """The other drugs of these value sets, drafted or on file."""
        return self.drugs.every(lambda drug: not drug.classes.isdisjoint(classes))

    def orders_beside(self, classes: Collection[str], services: Collection[str]) -> bool:
        """Whether a drug or a procedure of these value sets is being ordered."""
        return any(drug.draft for drug in self.taking(*classes)) or bool(self.ordering(*services))
