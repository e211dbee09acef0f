"""Signings, conditions and other drugs for the cautions' tests."""

from __future__ import annotations

from typing import Any

from cds.chart.model import Allergy, Listing, OtherDrug, Problem, Therapy, Unknown
from cds.chart.orders import StopEvent
from tests.charts import KNOWLEDGE, changed, intrathecal, order, phase, therapy

PUMP_ORDER = intrathecal(300)
PUMP = therapy(PUMP_ORDER, total=None, intrathecal=(PUMP_ORDER,))
"""An infusion is ordered."""

NOTHING = therapy()
"""No baclofen in the signing and none on file."""

NOT_SENT = Unknown("the EHR sent null")


def kinds(name: str) -> frozenset[str]:
    """A drug value set and those that include it."""
    first = KNOWLEDGE.value_set(name).codes[0]
    return KNOWLEDGE.sets_of(first.system, first.code)


def oral(daily: float = 60) -> Therapy:
    """Oral baclofen is ordered, as before."""
    return therapy(order(phase(daily)), before=daily)


def on_file(signing: Therapy) -> Therapy:
    """The same baclofen on file, and none ordered."""
    return changed(signing, checked=(), taken=signing.checked)


def stopped(signing: Therapy) -> Therapy:
    """The same baclofen on file, and stopped by this signing."""
    events = tuple(StopEvent(one, "stop") for one in signing.checked)
    ending = frozenset(one.reference for one in signing.checked)
    gone = {"checked": (), "oral": (), "intrathecal": (), "total": None}
    return changed(signing, taken=signing.checked, stops=events, ending=ending, **gone)


def conditions(*kinds: str, missing: Unknown | None = None, **changes: Any) -> Listing[Problem]:
    """A problem list of one condition that belongs to these value sets."""
    return Listing((Problem(f"Recorded {kinds[0]}", frozenset(kinds), **changes),), missing=missing)


def allergies(kind: str, missing: Unknown | None = None) -> Listing[Allergy]:
    """An allergy list of one entry."""
    return Listing((Allergy(f"Recorded {kind}", frozenset({kind})),), missing=missing)


def drugs(
    *classes: str, drafted: frozenset[str] | set[str] = frozenset(), missing: Unknown | None = None
) -> Listing[OtherDrug]:
    """One drug of each class, named after it; those of `drafted` are being ordered."""
    found = (OtherDrug(f"drug of {name}", kinds(name), draft=name in drafted) for name in classes)
    return Listing(tuple(found), missing=missing)
