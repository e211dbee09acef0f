"""The chart: one patient, one moment, one signing, as the rules see it.

Everything is already resolved for the evaluation date: ages in completed years, laboratory values in force, the regime, which orders
run after the signing. Rules compare; they do not look things up in resources.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.chart.intrathecal import Intrathecal
from cds.chart.orders import DoseStep, Gap, Order, StopEvent, SupplyEnd, Total
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.chart.stay import Stay
from cds.knowledge import Regime
from cds.phrases import Phrase

__all__ = ["ORDER_HOOKS", "Absent", "Chart", "Known", "Listing", "Reading", "Unknown"]

Hook = Literal[
    "order-select", "order-sign", "medication-refill", "patient-view", "encounter-start", "encounter-discharge"
]
ORDER_HOOKS: frozenset[Hook] = frozenset({"order-select", "order-sign", "medication-refill"})
"""The hooks that bring orders; the others are about the record."""

Sex = Literal["male", "female"]
Setting = Literal["inpatient", "outpatient"]
RegistrationPolicy = Literal["required", "by-date", "off"]


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Age in completed years on the evaluation date; a partial birth date makes a range."""

    low: int
    high: int

    @property
    def partial(self) -> bool:
        """Whether the birth date is incomplete."""
        return self.low != self.high

    def below(self, years: Fraction | int) -> bool:
        """Whether the age may be below: a rule that holds at either end fires."""
        return self.low < years

    def at_least(self, years: Fraction | int) -> bool:
        """Whether the age may be this or above."""
        return self.high >= years


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whose rules apply.

    Attributes:
        code: US, CA, UK, FR, DE, or the ISO code of another country.
        because: `issuer`, `product`, `country`, `rxnorm` or `default`.
    """

    code: str
    because: Literal["issuer", "product", "country", "rxnorm", "default"]


@dataclass(frozen=True, slots=True)
class Indication:
    """Why baclofen is ordered.

    Attributes:
        kinds: any of spasticity, alcohol, neuropathic, other; empty where unknown.
        source: where it was read: on the order, on the problem list, or nowhere.
        labels: the reasons in the EHR's words.
        reasons: value sets that the order's own reason belongs to (stroke, cerebral_palsy …); empty without one.
    """

    kinds: frozenset[str] = frozenset()
    source: Literal["order", "problem list", "unknown"] = "unknown"
    labels: tuple[str, ...] = ()
    reasons: frozenset[str] = frozenset()

    @property
    def alcohol_on_order(self) -> bool:
        """Whether alcohol use disorder is the indication: the order's reason, or the only thing on the list that could be."""
        return "alcohol" in self.kinds and not (self.source == "problem list" and "spasticity" in self.kinds)


@dataclass(frozen=True, slots=True)
class Problem:
    """A condition on record.

    Attributes:
        name: in the EHR's words.
        kinds: the value sets it belongs to.
        active: active, recurrence or relapse; otherwise past.
        onset: the day it began, where recorded.
        reference: `Condition/id`.
        recorded: the day it came on the list, where that is said.
    """

    name: str
    kinds: frozenset[str]
    active: bool = True
    onset: date | None = None
    reference: str = ""
    recorded: date | None = None

    @property
    def since(self) -> date | None:
        """The day it began, else the day it came on the list."""
        return self.onset or self.recorded


@dataclass(frozen=True, slots=True)
class OtherDrug:
    """A drug other than baclofen that the patient takes or is being ordered: active or drafted, PRN included, topical not.

    Attributes:
        name: in the EHR's words.
        classes: the drug value sets it belongs to.
        draft: it is being ordered now.
    """

    name: str
    classes: frozenset[str]
    draft: bool = False
    route: str = "unknown"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class OrderedService:
    """A procedure or an examination that is being ordered in this signing.

    Attributes:
        name: in the EHR's words.
        kinds: the procedure value sets it belongs to (`mri`, `hyperbaric_oxygen`, `pump_implantation` …).
        reference: `ServiceRequest/id`.
    """

    name: str
    kinds: frozenset[str]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy or intolerance that is not refuted."""

    name: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Egfr:
    """An estimated glomerular filtration rate.

    Attributes:
        value: mL/min/1.73 m², unrounded.
        on: the day of the sample.
        method: `reported`, `CKD-EPI 2021` or `bedside Schwartz`.
        comparator: `<`, `<=`, `>`, `>=` where the laboratory gave one.
        creatinine: the creatinine it was computed from, µmol/L; None where reported.
    """

    value: Fraction
    on: date
    method: Literal["reported", "CKD-EPI 2021", "bedside Schwartz"] = "reported"
    comparator: Literal["<", "<=", ">", ">="] | None = None
    creatinine: Fraction | None = None

    def below(self, limit: Fraction | int) -> bool:
        """Whether it is below the limit; `>60` is not below 60, `<30` is below 30."""
        if self.comparator == "<":
            return self.value <= limit
        return self.value < limit


@dataclass(frozen=True, slots=True)
class ImplausibleCreatinine:
    """A creatinine whose figure cannot be in its unit."""

    value: Fraction
    unit: str
    on: date


@dataclass(frozen=True, slots=True)
class AcuteInjury:
    """Acute kidney injury.

    Attributes:
        condition: its name on the problem list; None where only the creatinine shows it.
        creatinine, earlier: µmol/L, where the rise shows it.
        ratio: creatinine over the earlier value.
        days: between the two.
    """

    condition: str | None = None
    creatinine: Fraction | None = None
    earlier: Fraction | None = None
    ratio: Fraction | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Kidneys:
    """Renal function on the evaluation date.

    Attributes:
        egfr: the newest usable one of the last 12 months (3 at age 65 and over or with known chronic kidney disease).
        stale: the newest one before that window, for the card's text.
        creatinine_clearance: Cockcroft-Gault, mL/min, where creatinine, weight, age and sex are known; shown, never swapped in.
        dialysis: the condition or procedure that shows it.
        acute: acute kidney injury.
        implausible: creatinine values that cannot be in their unit.
        unreadable: eGFR results whose unit or value cannot be read.
    """

    egfr: Reading[Egfr] = field(default_factory=lambda: Unknown(Phrase("no laboratory results were sent")))
    stale: Egfr | None = None
    creatinine_clearance: Reading[Fraction] = field(
        default_factory=lambda: Unknown(Phrase("no creatinine or weight was sent"))
    )
    dialysis: Reading[Problem] = field(default_factory=lambda: Unknown(Phrase("no problem list was sent")))
    acute: Reading[AcuteInjury] = field(default_factory=lambda: Unknown(Phrase("no problem list was sent")))
    implausible: tuple[ImplausibleCreatinine, ...] = ()
    unreadable: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """Body weight, kg, and the day it was taken."""

    kg: Fraction
    on: date


@dataclass(frozen=True, slots=True)
class Opinion:
    """A second or collegial opinion on record."""

    kind: Literal["second", "collegial"]
    on: date


@dataclass(frozen=True, slots=True)
class Programme:
    """What is known of the French programme for this patient and prescriber.

    Attributes:
        patient_registered, prescriber_registered: the identifier that shows it.
        opinions: completed opinions that are on or before the evaluation date and not older than their validity.
        last_prescription: newest `authoredOn` of baclofen on file before the signing.
    """

    patient_registered: Reading[str] = field(
        default_factory=lambda: Unknown(Phrase("the patient's record was not sent"))
    )
    prescriber_registered: Reading[str] = field(
        default_factory=lambda: Unknown(Phrase("the prescriber's record was not sent"))
    )
    opinions: Listing[Opinion] = field(
        default_factory=lambda: Listing(missing=Unknown(Phrase("service requests were not sent")))
    )
    last_prescription: Reading[date] = field(
        default_factory=lambda: Unknown(Phrase("the medication list was not sent"))
    )


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
        not_computable: baclofen orders on file whose dose cannot be told.
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
    not_computable: tuple[Order, ...] = ()

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
        topic: patient, conditions, allergies, medications, renal_labs, body_measures, encounter, practitioner, service_requests,
            procedures, administrations, pump_readings, devices or orders.
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
    jurisdiction: Jurisdiction = Jurisdiction("FR", "default")
    setting: Reading[Setting] = field(default_factory=lambda: Unknown(Phrase("the encounter was not sent")))
    age: Reading[AgeRange] = field(default_factory=lambda: Unknown(Phrase("the patient's record was not sent")))
    sex: Reading[Sex] = field(default_factory=lambda: Unknown(Phrase("the patient's record was not sent")))
    weight: Reading[Weight] = field(default_factory=lambda: Unknown(Phrase("no weight was sent")))
    indication: Indication = Indication()
    therapy: Therapy = Therapy()
    kidneys: Kidneys = Kidneys()
    problems: Listing[Problem] = NO_PROBLEMS
    allergies: Listing[Allergy] = NO_ALLERGIES
    drugs: Listing[OtherDrug] = NO_DRUGS
    alcohol_use: Reading[Fraction] = field(default_factory=lambda: Unknown(Phrase("no social history was sent")))
    services: tuple[OrderedService, ...] = ()
    intrathecal: Intrathecal = field(default_factory=Intrathecal)
    stay: Stay = field(default_factory=Stay)
    last_order: LastOrder | None = None
    programme: Programme = Programme()
    registration_policy: RegistrationPolicy = "required"
    missing: tuple[MissingData, ...] = ()

    def active(self, *kinds: str) -> Reading[Problem]:
        """An active problem of one of these value sets: known, absent from a complete list, or unknown."""
        return self.problems.first(lambda problem: problem.active and not problem.kinds.isdisjoint(kinds))

    def ordering(self, *kinds: str) -> tuple[OrderedService, ...]:
        """The procedures and examinations of these value sets that are being ordered."""
        return tuple(service for service in self.services if not service.kinds.isdisjoint(kinds))

    def taking(self, *classes: str) -> tuple[OtherDrug, ...]:
        """The other drugs of these value sets, drafted or on file."""
        return self.drugs.every(lambda drug: not drug.classes.isdisjoint(classes))
