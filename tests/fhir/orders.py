"""Small orders to read, and products to read them with."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from cds.fhir.datatypes import Dosage
from cds.fhir.dosage import read_dosage
from cds.fhir.lenient import fit
from cds.pharmacology.dose import DosePlan, Span
from cds.pharmacology.product import Product

TABLETS = Product("Baclofen 10 mg tablet", baclofen="code", strength_mg=Fraction(10), form="tablet")
LIQUID = Product("Baclofen 5 mg/5 mL", baclofen="text", concentration_mg_per_ml=Fraction(1), form="liquid")
AMPOULE = Product("Baclofen 2000 mcg/mL", baclofen="text", concentration_mg_per_ml=Fraction(2), form="injection")
UNKNOWN = Product("baclofen", baclofen="code")

INTRATHECAL = {"route": {"coding": [{"system": "http://snomed.info/sct", "code": "72607000"}]}}


def dose(value: Any, code: str = "mg") -> dict[str, Any]:
    """A doseAndRate with one quantity."""
    return {"doseAndRate": [{"doseQuantity": {"value": value, "code": code}}]}


def every(frequency: int | None = None, period: Any = 1, unit: str = "d", **others: Any) -> dict[str, Any]:
    """A timing."""
    repeat = {"period": period, "periodUnit": unit, **others}
    return {"timing": {"repeat": repeat if frequency is None else {"frequency": frequency, **repeat}}}


def plan(*dosages: dict[str, Any], product: Product = TABLETS) -> DosePlan:
    """The plan of these instructions."""
    return read_dosage([fit(dosage, Dosage)[0] for dosage in dosages], product)


def span(low: Any, high: Any = None) -> Span:
    """A span from numbers, exactly as they are written."""
    return Span(Fraction(Decimal(str(low))), Fraction(Decimal(str(low if high is None else high))))
