"""French signings for alcohol use disorder, for the RTU rules' tests."""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction
from typing import Any

from cds.chart.model import Chart, Opinion, Programme
from cds.chart.reading import Absent, Listing, Unknown
from cds.pharmacology.product import Product
from cds.rules.rtu import (
    alcohol_minor,
    fr_alcohol_product,
    rtu_collegial_opinion,
    rtu_contraindication,
    rtu_dose_ceiling,
    rtu_follow_up,
    rtu_patient_registration,
    rtu_prescriber_registration,
    rtu_prescription_mention,
    rtu_second_opinion,
)
from tests.charts import chart, order, phase, therapy

ALCOHOL = frozenset({"alcohol"})
BEFORE = date(2014, 3, 16)
FIRST = date(2014, 3, 17)
IN_2014 = date(2014, 5, 10)
LAST = date(2020, 12, 13)
AFTER = date(2020, 12, 14)
OF_THE_PROGRAMME = (
    alcohol_minor,
    fr_alcohol_product,
    rtu_collegial_opinion,
    rtu_contraindication,
    rtu_dose_ceiling,
    rtu_follow_up,
    rtu_patient_registration,
    rtu_prescriber_registration,
    rtu_prescription_mention,
    rtu_second_opinion,
)
LIORESAL = Product("Lioresal 10 mg", "code", Fraction(10), form="tablet", jurisdiction="FR", cis="60304050")


def french(
    daily: float = 60, *, on: date = IN_2014, product: Product = LIORESAL, rtu: bool = True, **changes: Any
) -> Chart:
    draft = order(phase(daily), product=product, mentions_rtu=rtu, authored=on, start=on)
    fields: dict[str, Any] = {"jurisdiction": "FR", "indications": ALCOHOL, "therapy": therapy(draft, before=daily)}
    return chart(on=on, **(fields | changes))


def baclocur(strength: int | None) -> Product:
    amount = None if strength is None else Fraction(strength)
    return Product(
        f"Baclocur {strength} mg",
        "code",
        amount,
        jurisdiction="FR",
        baclocur=True,
        cis="1",
        authorised_for_alcohol=True,
    )


def programme(**changes: Any) -> Programme:
    return dataclasses.replace(Programme(Absent(), Absent(), Listing(), Absent()), **changes)


def opinions(*kinds: Any, missing: Unknown | None = None) -> Programme:
    return programme(opinions=Listing(tuple(Opinion(kind, date(2014, 5, 2)) for kind in kinds), missing=missing))


OUT_OF_SCOPE: list[dict[str, Any]] = [
    {"jurisdiction": "US"},
    {"indications": frozenset({"spasticity"})},
    {"indications": frozenset()},
    {"therapy": therapy()},
]
"""Another country, another indication, none, no oral order."""
