"""Signings as the tests of the therapy write them: drafts, what is on file, and the therapy of both."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from cds.chart.build.therapy import Histories, Signing, therapy_of
from cds.chart.model import Problem, Therapy
from cds.chart.orders import Order
from cds.chart.reading import Listing, Unknown
from cds.pharmacology.dose import DosePhase
from cds.pharmacology.product import Product
from tests.charts import TODAY, order

TWENTY = Product(
    name="Baclofen 20 MG Oral Tablet",
    baclofen="code",
    strength_mg=Fraction(20),
    form="tablet",
    codes=(("rx", "197392"),),
)
TEN = Product(
    name="Baclofen 10 MG Oral Tablet",
    baclofen="code",
    strength_mg=Fraction(10),
    form="tablet",
    codes=(("rx", "197391"),),
)
NOT_SENT = Unknown("the EHR sent no prefetch")


def draft(*phases: DosePhase, **changes: Any) -> Order:
    return order(*phases, **({"product": TEN} | changes))


def filed(*phases: DosePhase, days: int = 100, **changes: Any) -> Order:
    """An order on file, active since so many days."""
    since = TODAY - timedelta(days=days)
    fields = {
        "reference": "MedicationRequest/old",
        "status": "active",
        "draft": False,
        "authored": since,
        "start": since,
        "product": TEN,
    }
    return order(*phases, **(fields | changes))


def sign(*drafts: Order, file: tuple[Order, ...] = (), problems: tuple[Problem, ...] = (), **histories: Any) -> Therapy:
    stopped = tuple(one for one in drafts if one.status in ("stopped", "cancelled", "on-hold"))
    checked = tuple(one for one in drafts if one not in stopped)
    known = Histories(orders=file, longest_pause=7, carried_fraction=Fraction(1, 2), **histories)
    return therapy_of(Signing(checked=checked, stopped=stopped), known, Listing(problems), TODAY, TODAY)


def total(therapy: Therapy) -> Fraction:
    assert therapy.total is not None
    return therapy.total.value
