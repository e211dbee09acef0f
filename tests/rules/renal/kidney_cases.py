"""Kidneys and signings for the renal rules' tests."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from cds.chart.model import AcuteInjury, Egfr, Kidneys, Problem, Therapy
from cds.chart.orders import Order, Total
from cds.chart.reading import Absent, Known, Listing, Unknown
from tests.charts import TODAY, intrathecal, order, phase, therapy

NOT_SENT = Unknown("the EHR sent no laboratory results")


def egfr(value: float | str, **changes: Any) -> Known[Egfr]:
    return Known(Egfr(Fraction(str(value)), TODAY, **changes))


def kidneys(**changes: Any) -> Kidneys:
    fields: dict[str, Any] = {
        "egfr": egfr(95),
        "creatinine_clearance": Absent(),
        "dialysis": Absent(),
        "acute": Absent(),
    }
    return Kidneys(**(fields | changes))


def dialysis() -> Known[Problem]:
    return Known(Problem("Dependence on renal dialysis", frozenset({"dialysis"})))


def acute() -> Known[AcuteInjury]:
    return Known(AcuteInjury(condition="Acute kidney injury"))


def start(daily: float) -> Therapy:
    return therapy(order(phase(daily)))


def going_on(daily: float) -> Therapy:
    return therapy(order(phase(daily)), before=daily)


def raised(before: float, daily: float) -> Therapy:
    return therapy(order(phase(daily)), before=before)


def unclear(daily: float) -> Therapy:
    """A signing where the medication list was not sent."""
    draft = order(phase(daily))
    missing = Unknown("the EHR sent no medication list")
    total = Total(Fraction(str(daily)), at_least=True, because=missing.because, orders=(draft,))
    return Therapy(checked=(draft,), oral=(draft,), total=total, before=missing, starts=missing)


def pump() -> Therapy:
    dose: Order = intrathecal(300)
    return therapy(dose, before=None, total=None, intrathecal=(dose,), steps=())


def sign(days_ago: int | None) -> Listing[Problem]:
    onset = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return Listing((Problem("New confusion and drowsiness", frozenset({"toxicity_signs"}), onset=onset),))
