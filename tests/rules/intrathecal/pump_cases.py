"""Signings with a pump, for the tests of the intrathecal rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from cds.chart.intrathecal import Intrathecal, Moment, Pump, PumpOrder, PumpStep, Response, TestBolus
from cds.chart.model import Chart, Problem, Therapy
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Listing, Unknown
from cds.phrases import Phrase
from tests.charts import TODAY, chart, intrathecal

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
NOT_SENT = Unknown(Phrase("the EHR sent null"))
NOTHING = Intrathecal(
    earlier=Listing(),
    test_doses=Listing(),
    origin=Known("spinal"),
    programmed_concentration=Absent(),
    predicted_empty=Absent(),
    pump=Absent(),
)
"""Every list is complete and shows nothing; the spasticity is of spinal origin."""


def at(*, hours: int = 0, minutes: int = 0, days: int = 0) -> Moment:
    """So long before noon of the day, to the minute."""
    moment = NOON - timedelta(days=days, hours=hours, minutes=minutes)
    return Moment(moment, moment)


def some_time(days: int = 0) -> Moment:
    """Any minute of the day so many days ago."""
    start = (NOON - timedelta(days=days)).replace(hour=0)
    return Moment(start, start.replace(hour=23, minute=59))


def bolus(amount: float, moment: Moment | None = None, concentration: float | None = 50) -> PumpOrder:
    """A drafted single dose in µg, at noon."""
    strength = None if concentration is None else Fraction(str(concentration))
    return PumpOrder(intrathecal(bolus=amount), moment or at(), concentration=strength)


def given(amount: float, moment: Moment, response: float | None = None) -> TestBolus:
    """A test dose that was given; its response in hours, absent where None."""
    recorded = Absent() if response is None else Known(Response(Fraction(str(response))))
    return TestBolus(Fraction(str(amount)), moment, recorded)


def infusion(daily: float | None, **changes: Any) -> PumpOrder:
    """An infusion of so many µg/24 h; `status` is that of the order, the rest fields of `PumpOrder`."""
    fields = {"status": changes.pop("status")} if "status" in changes else {}
    return PumpOrder(intrathecal(daily, **fields), **({"at": at()} | changes))


def step(before: float, after: float, hours: float | None = 1000, **changes: Any) -> PumpStep:
    """A change of the 24-hour dose after so many hours."""
    length = None if hours is None else Fraction(str(hours))
    return PumpStep(Fraction(str(before)), Fraction(str(after)), length, **changes)


def signing(*orders: Order, **changes: Any) -> Therapy:
    """These orders are being signed."""
    fields: dict[str, Any] = {
        "checked": orders,
        "oral": tuple(one for one in orders if one.oral),
        "intrathecal": tuple(one for one in orders if one.intrathecal),
        "starts": Known(value=True),
        "before": Absent(),
    }
    return Therapy(**(fields | changes))


def pumped(*drafts: PumpOrder, age: Any = 40, problems: tuple[Problem, ...] = (), **changes: Any) -> Chart:
    """A chart with these boluses and infusions drafted; `changes` are fields of `Intrathecal`, of `Therapy` under `therapy`, or of the chart
    under `chart`."""
    of_chart, of_therapy = changes.pop("chart", {}), changes.pop("therapy", {})
    fields = {name: getattr(NOTHING, name) for name in NOTHING.__dataclass_fields__}
    fields["boluses"] = tuple(one for one in drafts if one.bolus is not None)
    fields["infusions"] = tuple(one for one in drafts if one.bolus is None)
    return chart(
        age=age,
        therapy=signing(*(one.order for one in drafts), **of_therapy),
        intrathecal=Intrathecal(**(fields | changes)),
        problems=Listing(problems),
        **of_chart,
    )


PROMETRA = Known(Pump("Prometra II", opens_in_field=True))
PUMP = Known(Pump("Implantable intrathecal infusion pump"))
