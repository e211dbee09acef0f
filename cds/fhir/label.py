"""What a product's label says in words: strength and dose form, English and French.

Texts come in small letters and without accents (`plain_text`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cds.pharmacology.product import Form

_MG = {"mg": Fraction(1), "g": Fraction(1000), "mcg": Fraction(1, 1000), "ug": Fraction(1, 1000)}
_NUMBER = r"\d{1,6}(?:[.,]\d{1,4})?"
_MASS = r"(?:mg|mcg|ug|μg|g|milligrams?|milligrammes?|micrograms?|microgrammes?)"
_CONCENTRATION = re.compile(
    rf"({_NUMBER})\s*({_MASS})\s*(?:/|per|par|dans|in)\s*({_NUMBER})?\s*(?:ml|millilitres?|milliliters?)\b"
)
_AMOUNT = re.compile(
    rf"(?<![\d.,/])({_NUMBER})\s*({_MASS})\b(?!\s*(?:/|per|par|dans|in)\s*(?:{_NUMBER}\s*)?(?:ml|kg|m2|day|jour|j|d|h))"
)

_FORM_CODES: dict[str, Form] = {
    "385055001": "tablet",  # SNOMED CT: tablet dose form
    "421026006": "tablet",  # SNOMED CT: conventional release oral tablet
    "385023001": "liquid",  # SNOMED CT: oral solution
    "385024007": "liquid",  # SNOMED CT: oral suspension
    "385219001": "injection",  # SNOMED CT: conventional release solution for injection
    "10219000": "tablet",  # EDQM
    "10221000": "tablet",  # EDQM: film-coated tablet
    "10210000": "tablet",  # EDQM: capsule, hard
    "10105000": "liquid",  # EDQM: oral solution
    "10106000": "liquid",  # EDQM: oral suspension
    "11201000": "injection",  # EDQM: solution for injection
    "11213000": "injection",  # EDQM: solution for infusion
}

_FORM_WORDS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (
        "injection",
        re.compile(
            r"\b(?:inject\w*|intrathecal\w*|ampoules?|ampules?|prefilled syringe|infusion|perfusion|parenteral\w*)\b"
        ),
    ),
    ("granules", re.compile(r"\b(?:granules?|granulat\w*|packets?|sachets?)\b")),
    ("liquid", re.compile(r"\b(?:solution|soln|suspension|susp|syrup|sirop|liquid|elixir|buvable)\b")),
    ("tablet", re.compile(r"\b(?:tab(?:let)?s?|comprimes?|cp|cpr|capsules?|gelules?|caps?|pills?|odt)\b")),
)


@dataclass(frozen=True, slots=True)
class Strength:
    """Strength of a product: mg in a dose unit, mg in a mL; None where not known."""

    mg: Fraction | None = None
    mg_per_ml: Fraction | None = None


def strength_of_text(plain: str) -> Strength | None:
    """The strength a label states; None where it states none, or several."""
    concentrations = {
        _fraction(value) * _mass(unit) / _fraction(volume or "1")
        for value, unit, volume in _CONCENTRATION.findall(plain)
        if _nonzero(volume)
    }
    if concentrations:
        return Strength(mg_per_ml=concentrations.pop()) if len(concentrations) == 1 else None
    amounts = {_fraction(value) * _mass(unit) for value, unit in _AMOUNT.findall(plain)}
    amounts.discard(Fraction(0))
    return Strength(mg=amounts.pop()) if len(amounts) == 1 else None


def form_of_text(plain: str) -> Form:
    """The dose form a label names; `unknown` where it names none."""
    return next((form for form, words in _FORM_WORDS if words.search(plain)), "unknown")


def form_of_code(code: str) -> Form:
    """The dose form of a SNOMED CT or EDQM code."""
    return _FORM_CODES.get(code, "unknown")


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def _nonzero(text: str) -> bool:
    return not text or _fraction(text) > 0


def _mass(unit: str) -> Fraction:
    if unit.startswith("milli"):
        return Fraction(1)
    if unit.startswith("micro") or unit == "μg":
        return Fraction(1, 1000)
    return _MG[unit]
