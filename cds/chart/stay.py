"""The stay a call is about, and whether the baclofen taken at home goes along with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from cds.chart.orders import Order
from cds.chart.reading import Absent, Listing, Reading, Unknown
from cds.phrases import Phrase

NOT_SENT: Listing[Order] = Listing(missing=Unknown(Phrase("the medication list was not sent")))


@dataclass(frozen=True, slots=True)
class Stay:
    """Oral baclofen before, in and after a stay.

    Attributes:
        hours: hours since the encounter began, at least; absent where the call names no encounter or the encounter is over.
        home: scheduled home medication: orders for the community, orders without a category from before the encounter, else active
            reported medication.
        home_dose: mg/day of it, of the phase in force; absent without home medication.
        inpatient: scheduled orders for the ward.
        discharge: scheduled orders for the time after.
        undecided: scheduled orders without a category of which nothing tells whether they are home medication or belong to the stay.
        taper_on_record: a falling order that reaches zero by today, or one planned for the time after.
    """

    hours: Reading[Fraction] = field(default_factory=lambda: Unknown(Phrase("the encounter was not sent")))
    home: tuple[Order, ...] = ()
    home_dose: Reading[Fraction] = field(default_factory=Absent)
    inpatient: Listing[Order] = NOT_SENT
    discharge: Listing[Order] = NOT_SENT
    undecided: tuple[Order, ...] = ()
    taper_on_record: bool = False
