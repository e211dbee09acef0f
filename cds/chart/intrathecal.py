"""Intrathecal baclofen as the pump rules see it: what is ordered, what was given, which pump.

Amounts are µg and µg/24 h, concentrations µg/mL. Boluses are never added to a daily dose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.phrases import Phrase

SpasticityOrigin = Literal["spinal", "cerebral"]

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as exactly as it was written: a minute, or any minute of a day.

    Attributes:
        earliest, latest: the first and the last minute it can mean; both with an offset.
    """

    earliest: datetime
    latest: datetime

    @property
    def exact(self) -> bool:
        """Whether it names one minute."""
        return self.earliest == self.latest

    def hours_after(self, earlier: Moment) -> Fraction:
        """Hours between another moment and this one at the most: to the minute where both are exact."""
        return Fraction((self.latest - earlier.earliest) // _MINUTE, 60)


@dataclass(frozen=True, slots=True)
class PumpOrder:
    """An intrathecal order, drafted or on file.

    Attributes:
        order: what is ordered; its amounts are in µg.
        at: when a bolus is to be given, or when an infusion's dose begins; None where nothing says so.
        refill: drug goes into the reservoir; otherwise only the programme changes.
        concentration: of the product, µg/mL; None where not known.
    """

    order: Order
    at: Moment | None = None
    refill: bool = False
    concentration: Fraction | None = None

    @property
    def bolus(self) -> Fraction | None:
        """µg of a single dose; None for an infusion."""
        return self.order.plan.bolus

    @property
    def daily(self) -> Fraction | None:
        """µg/24 h of the highest phase; None for a bolus, or where it cannot be told."""
        return None if self.bolus is not None else self.order.peak

    @property
    def first_daily(self) -> Fraction | None:
        """µg/24 h of the first phase."""
        phases = self.order.plan.phases
        return phases[0].peak if phases and self.bolus is None else None


@dataclass(frozen=True, slots=True)
class Response:
    """How long the response to a test dose lasted.

    Attributes:
        hours: 0 where there was none.
        comparator: `<`, `<=`, `>`, `>=` where the time was not observed to its end.
    """

    hours: Fraction
    comparator: str | None = None

    @property
    def positive(self) -> bool:
        """Whether there was a response at all."""
        return self.hours > 0

    def outlasts(self, limit: Fraction) -> bool | None:
        """Whether it lasted longer than so many hours; None where the comparator leaves it open."""
        match self.comparator:
            case None:
                return self.hours > limit
            case ">":
                return True if self.hours >= limit else None
            case ">=":
                return True if self.hours > limit else None
            case _:
                return False if self.hours <= limit else None


@dataclass(frozen=True, slots=True)
class TestBolus:
    """A test dose that was given.

    Attributes:
        amount: µg.
        at: when.
        response: known where it was recorded, absent where the readings are all there and none is of this dose.
    """

    __test__ = False  # for pytest: no class of tests

    amount: Fraction
    at: Moment
    response: Reading[Response] = field(default_factory=Absent)


@dataclass(frozen=True, slots=True)
class PumpStep:
    """One change of the 24-hour dose.

    Attributes:
        before, after: µg/24 h.
        hours: how long the dose before was in effect, at the most; None where not known.
        exact: `hours` is known to the minute.
        refill: it is made at a refill; otherwise it is a titration.
    """

    before: Fraction
    after: Fraction
    hours: Fraction | None = None
    exact: bool = True
    refill: bool = False

    @property
    def percent(self) -> Fraction:
        """The change in percent of the dose before; negative downward."""
        return (self.after - self.before) / self.before * 100


@dataclass(frozen=True, slots=True)
class Pump:
    """An implanted intrathecal pump, or what shows that there is one.

    Attributes:
        name: the device in the EHR's words, else a few of our own.
        opens_in_field: its make is known to open its valve in a magnetic field.
    """

    name: str
    opens_in_field: bool = False


@dataclass(frozen=True, slots=True)
class Intrathecal:
    """Intrathecal baclofen before and in this signing.

    Attributes:
        boluses: drafted single doses that rules are run for, in the order of their time.
        in_cart: drafted single doses that lie in the cart unchosen.
        infusions: drafted 24-hour doses that rules are run for.
        earlier: infusions on file that began before, the newest first.
        test_doses: single doses that were given, the oldest first.
        steps: the changes of the 24-hour dose: from the dose before to the draft, then from phase to phase.
        origin: of the spasticity, by the indication.
        programmed_concentration: what the pump is set to, µg/mL.
        predicted_empty: the day on which the pump's supply ends.
        pump: whether the patient has a pump.
        reported_oral: oral baclofen that is only reported, where no order for it runs or is drafted.
    """

    boluses: tuple[PumpOrder, ...] = ()
    in_cart: tuple[PumpOrder, ...] = ()
    infusions: tuple[PumpOrder, ...] = ()
    earlier: Listing[PumpOrder] = field(
        default_factory=lambda: Listing(missing=Unknown(Phrase("the medication list was not sent")))
    )
    test_doses: Listing[TestBolus] = field(
        default_factory=lambda: Listing(missing=Unknown(Phrase("the administrations were not sent")))
    )
    steps: tuple[PumpStep, ...] = ()
    origin: Reading[SpasticityOrigin] = field(default_factory=lambda: Unknown(Phrase("no problem list was sent")))
    programmed_concentration: Reading[Fraction] = field(
        default_factory=lambda: Unknown(Phrase("the pump readings were not sent"))
    )
    predicted_empty: Reading[date] = field(default_factory=lambda: Unknown(Phrase("the pump readings were not sent")))
    pump: Reading[Pump] = field(default_factory=lambda: Unknown(Phrase("the device list was not sent")))
    reported_oral: tuple[Order, ...] = ()

    @property
    def begins(self) -> bool:
        """Whether a first 24-hour dose is being ordered: no earlier infusion is on file, and the orders are all known."""
        return bool(self.infusions) and not self.earlier.entries and self.earlier.complete

    @property
    def refills(self) -> tuple[Order, ...]:
        """The infusions, drafted and on file, with which drug goes into the reservoir."""
        return tuple(one.order for one in (*self.infusions, *self.earlier.entries) if one.refill)

    @property
    def effective_test_dose(self) -> Reading[TestBolus]:
        """The last test dose with a response; unknown where a missing list or response leaves it open."""
        unknown = self.test_doses.missing
        for dose in reversed(self.test_doses.entries):
            match dose.response:
                case Known(response) if response.positive:
                    return Known(dose)
                case Unknown():
                    unknown = unknown or dose.response
                case _:
                    pass
        return unknown or Absent()
