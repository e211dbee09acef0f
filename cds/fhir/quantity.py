"""Quantities: what a FHIR unit means, and exact conversion.

A unit is read from its UCUM `code`, failing that from the human `unit` text, failing that (code lists of dose forms) from a table of
SNOMED, EDQM and KBV codes. Common units stand in a table with exact factors; everything else goes through a UCUM parser, which is loaded
when it is first needed. Every reading is cached by its text.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cds.fhir.datatypes import Quantity
from cds.fhir.lenient import clinical_size
from cds.fhir.units import BASES, CODED_COUNTS, HUMAN, MICROGRAMS, PER_BODY, UCUM

MAX_UNIT_TEXT = 40
MAX_CACHED = 2048


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit text means.

    Attributes:
        dimension: `mass`, `volume`, `count` (of tablets, capsules, packets), `time`, `length`, `area`, `substance`, or several of them joined
            by a slash (`mass/time`).
        factor: size of one unit in mg, mL, pieces, days, cm, m², µmol, or their quotient.
        micrograms: the mass is written in µg.
    """

    dimension: str
    factor: Fraction
    micrograms: bool = False

    @property
    def per_body(self) -> bool:
        """Whether the unit is per kg or per m² of the patient."""
        return self.dimension.startswith("mass/mass") or any(f"/{part}" in self.dimension for part in PER_BODY)


def exact(number: Decimal | None) -> Fraction | None:
    """The number as an exact fraction; None where it is absent, not finite, or of no clinical size (so that 1e999999999 costs nothing)."""
    return Fraction(number) if number is not None and clinical_size(number) else None


def unit_of(quantity: Quantity) -> Unit | None:
    """What the quantity's unit means; None where nothing tells."""
    return read_unit(quantity.code, quantity.unit, quantity.system)


@functools.lru_cache(maxsize=MAX_CACHED)
def read_unit(code: str | None, unit: str | None, system: str | None = None) -> Unit | None:
    """What a unit means.

    Args:
        code: UCUM, SNOMED CT, EDQM or KBV code.
        unit: the human text.
        system: the code's system.
    """
    if code and (code in CODED_COUNTS or (code == "1" and "DOSIEREINHEIT" in (system or ""))):
        return Unit("count", Fraction(1))
    for text in (code, unit):
        if text and len(text) <= MAX_UNIT_TEXT:
            reading = _read_text(text.strip())
            if reading is not None:
                return reading
    return None


def convert(quantity: Quantity, target: str) -> Fraction | None:
    """The quantity's value in the target UCUM unit, exactly; None where the unit is unknown or of another dimension.

    `mL/min` and `mL/min/{1.73_m2}` are different dimensions here, although UCUM ignores annotations: one is a clearance, the other is scaled
    to body surface.
    """
    value = exact(quantity.value)
    source, wanted = unit_of(quantity), _read_text(target)
    if value is None or source is None or wanted is None or source.dimension != wanted.dimension:
        return None
    return value * source.factor / wanted.factor


def days(quantity: Quantity | None) -> Fraction | None:
    """A Duration in days (UCUM month 30.4375, year 365.25); None where it is absent or no time."""
    return None if quantity is None else convert(quantity, "d")


@functools.lru_cache(maxsize=MAX_CACHED)
def _read_text(text: str) -> Unit | None:
    pieces = _pieces(text)
    numerator, *denominators = (_read_piece(piece) for piece in pieces)
    divisors = [part for part in denominators if part is not None]
    if numerator is None or len(divisors) < len(denominators):
        return _through_library(text)
    dimension, factor = numerator
    for part in divisors:
        dimension = f"{dimension}/{part[0]}" if part[0] else dimension
        factor /= part[1]
    if not dimension:
        return None
    return Unit(dimension, factor, micrograms=_plain(pieces[0]) in MICROGRAMS)


def _pieces(text: str) -> list[str]:
    """The parts between slashes; a slash inside an annotation does not count."""
    pieces, depth = [""], 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if character == "/" and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece.strip() for piece in pieces]


def _plain(piece: str) -> str:
    return piece.casefold().replace("µ", "u").replace("μ", "u").replace("²", "2").rstrip(".")


def _read_piece(piece: str) -> tuple[str, Fraction] | None:
    if piece in UCUM:
        return UCUM[piece]
    plain = _plain(piece)
    if plain in HUMAN:
        return UCUM[HUMAN[plain]]
    if (
        plain.startswith("{")
        and plain.endswith("}")
        and plain[1:-1] in HUMAN
        and UCUM[HUMAN[plain[1:-1]]][0] == "count"
    ):
        return UCUM["{tbl}"]
    return None


@functools.cache
def _registry() -> Any:
    # Loading takes most of a second, and the table answers for nearly every unit an order uses.
    return importlib.import_module("ucumvert").PintUcumRegistry()


def _through_library(text: str) -> Unit | None:
    """A unit outside the table, through the UCUM parser. Annotations and arbitrary units (U, [iU]) have no size and stay unknown."""
    if "{" in text or not text.isascii() or not text or text in {"u", "U"}:
        return None
    try:
        quantity = _registry().from_ucum(text)
        dimensionality = {str(name): int(power) for name, power in quantity.dimensionality.items()}
        base = BASES.get(frozenset(dimensionality.items()))
        if base is None:
            return None
        dimension, pint_unit = base
        size = float(quantity.to(pint_unit).magnitude)
    except Exception:  # noqa: BLE001 - the parser raises many kinds of errors for text that is no unit
        return None
    factor = _near(size)
    return None if factor is None else Unit(dimension, factor)


def _near(size: float) -> Fraction | None:
    """The exact factor that a float stands for: twelve digits are more than any clinical unit has."""
    number = Decimal(f"{size:.12g}")
    if not clinical_size(number) or number <= 0:
        return None
    inverse = Decimal(f"{1 / size:.12g}")
    return (
        1 / Fraction(inverse) if clinical_size(inverse) and inverse == inverse.to_integral_value() else Fraction(number)
    )
