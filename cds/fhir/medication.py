"""Which medicine an order names: where it stands, whether it is baclofen, how strong it is.

What a code says comes before what the Medication resource says, and that before what a text says. A bare ingredient has no strength.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from typing import Protocol

from cds.fhir.datatypes import MAX_KEY, CodeableConcept, ConceptKey, Ratio, Reference
from cds.fhir.label import Strength, form_of_code, form_of_text, strength_of_text
from cds.fhir.lenient import Unreadable, fit
from cds.fhir.quantity import exact, unit_of
from cds.fhir.resources import CodeableReference, Medication, MedicationIngredient
from cds.knowledge import Knowledge, ProductEntry
from cds.pharmacology.product import Form, Product, Recognition

BACLOFEN_SET = "baclofen_ingredient"

MAX_CACHED = 2048
"""Products kept by what orders write: words of records, in memory only."""

_NAMES = re.compile(
    r"\b(?:baclofen[eo]?|baclofenum|baklofen|lioresal|baclocur|ozobax|fleqsuvy|lyvispah|gablofen|kemstro|baclosal|lyflex|spacyr|lebic)\b"
)
_BACLOCUR = re.compile(r"\bbaclocur\b")
_COMPOUNDED = re.compile(r"\b(?:compound(?:ed|ing)?|extemporaneous(?:ly)?|magistrale?s?|preparation officinale)\b")
_COUNTRIES = {"cis": "FR", "cip": "FR", "ndc": "US", "dmd": "UK", "pzn": "DE"}
_FORMS: dict[str, Form] = {
    "tablet": "tablet",
    "granules": "granules",
    "solution": "liquid",
    "suspension": "liquid",
    "injection": "injection",
}


class NamesMedication(Protocol):
    """A resource that names a medicine: MedicationRequest, -Statement, -Dispense, -Administration of R4 or R5."""

    @property
    def medicationCodeableConcept(self) -> CodeableConcept | None: ...  # noqa: N802, D102 - FHIR's name

    @property
    def medicationReference(self) -> Reference | None: ...  # noqa: N802, D102 - FHIR's name

    @property
    def medication(self) -> CodeableReference | None: ...  # noqa: D102 - FHIR's name

    @property
    def contained(self) -> list[dict[str, object]] | None: ...  # noqa: D102 - FHIR's name


def resolve(
    order: NamesMedication, lookup: Mapping[str, Medication]
) -> tuple[CodeableConcept | None, Medication | None, str]:
    """Where an order's medicine stands.

    Args:
        order: the resource that names it.
        lookup: Medication resources by `Medication/id` (or by a fullUrl that orders refer to).

    Returns:
        the concept on the order, the Medication it refers to (an entry beside it or contained), and the reference's display;
        a reference that leads nowhere leaves its display.
    """
    concept, reference = order.medicationCodeableConcept, order.medicationReference
    if order.medication is not None:
        concept = concept or order.medication.concept
        reference = reference or order.medication.reference
    if reference is None:
        return concept, None, ""
    return concept, _referenced(reference, order.contained, lookup), reference.display or ""


def _referenced(
    reference: Reference, contained: list[dict[str, object]] | None, lookup: Mapping[str, Medication]
) -> Medication | None:
    target = reference.target
    if target is None:
        return None
    if target.startswith("#"):
        for resource in contained or ():
            if (
                resource.get("resourceType") == "Medication"
                and str(resource.get("id", "")).removeprefix("#") == target[1:]
            ):
                try:
                    return fit(resource, Medication)[0]
                except Unreadable:
                    return None
        return None
    return lookup.get(target) or lookup.get(reference.reference or "")


def identify(
    concept: CodeableConcept | None, medication: Medication | None, knowledge: Knowledge, display: str = ""
) -> Product:
    """The product that an order names.

    Args:
        concept: the order's own medication concept.
        medication: the Medication it refers to.
        knowledge: products and the codes that mean baclofen.
        display: display of a reference; the only thing left where it leads nowhere.
    """
    if medication is None:
        key = None if concept is None else concept.key
        if (key is not None or concept is None) and len(display) <= MAX_KEY:
            return _identified(key, knowledge, display)
    return _identify(concept, medication, knowledge, display)


@functools.lru_cache(maxsize=MAX_CACHED)
def _identified(key: ConceptKey | None, knowledge: Knowledge, display: str) -> Product:
    """What a concept alone names; kept, since a hospital orders few products, each many times."""
    return _identify(None if key is None else CodeableConcept.of(key), None, knowledge, display)


def _identify(
    concept: CodeableConcept | None, medication: Medication | None, knowledge: Knowledge, display: str
) -> Product:
    concepts = [each for each in (concept, medication.code if medication else None) if each is not None]
    codes = tuple(dict.fromkeys(pair for each in concepts for pair in each.pairs))
    labels = [label for label in (*_labels(concepts), display.strip()) if label]
    ingredients = tuple(medication.ingredient or ()) if medication else ()
    entry = next((found for system, code in codes if (found := knowledge.product(system, code)) is not None), None)
    plain = plain_text(" | ".join(labels))
    strength = _strength(entry, ingredients, labels, knowledge)
    form = _form(entry, medication, plain)
    names = {name for system, _ in codes if (name := knowledge.systems.name(system)) is not None}
    country = next((_COUNTRIES[name] for name in _COUNTRIES if name in names), None)
    return Product(
        name=labels[0] if labels else (entry.name if entry else ""),
        baclofen=_recognise(codes, ingredients, entry, plain, knowledge),
        strength_mg=strength.mg if form not in {"liquid", "injection"} else None,
        concentration_mg_per_ml=strength.mg_per_ml,
        form=form if form != "unknown" or strength.mg_per_ml is None else "liquid",
        codes=codes,
        jurisdiction=country or (entry.jurisdiction if entry and not names & {"rxnorm"} else None),
        weak_jurisdiction="US" if country is None and "rxnorm" in names else None,
        baclocur=entry.baclocur if entry else _BACLOCUR.search(plain) is not None,
        cis=entry.cis
        if entry
        else next((code for system, code in codes if knowledge.systems.name(system) == "cis"), None),
        authorised_for_alcohol=entry.authorised_for_alcohol if entry else False,
        told=bool(labels or entry or ingredients or names & knowledge.systems.drugs),
        compounded=any(each.isActive is False for each in ingredients) or _COMPOUNDED.search(plain) is not None,
    )


def plain_text(text: str) -> str:
    """The text in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _labels(concepts: list[CodeableConcept]) -> list[str]:
    found: list[str] = []
    for concept in concepts:
        found += [text.strip() for text in (concept.text, *(coding.display for coding in concept.coding or ())) if text]
    return list(dict.fromkeys(found))


def _recognise(
    codes: tuple[tuple[str, str], ...],
    ingredients: tuple[MedicationIngredient, ...],
    entry: ProductEntry | None,
    plain: str,
    knowledge: Knowledge,
) -> Recognition:
    if entry is not None or any(BACLOFEN_SET in knowledge.sets_of(system, code) for system, code in codes):
        return "code"
    concepts = [each.itemCodeableConcept for each in ingredients if each.itemCodeableConcept is not None]
    if any(_is_baclofen(concept, knowledge) for concept in concepts):
        return "code"
    texts = plain_text(" | ".join(_labels(concepts)))
    return "text" if _NAMES.search(plain) or _NAMES.search(texts) else "none"


def mentions_baclofen(text: str) -> bool:
    """Whether words name baclofen or a product of it."""
    return _NAMES.search(plain_text(text)) is not None


def _is_baclofen(concept: CodeableConcept, knowledge: Knowledge) -> bool:
    return any(
        BACLOFEN_SET in knowledge.sets_of(system, code) or knowledge.product(system, code) is not None
        for system, code in concept.pairs
    )


def _form(entry: ProductEntry | None, medication: Medication | None, plain: str) -> Form:
    if entry is not None:
        return _FORMS[entry.form]
    concept = (medication.form or medication.doseForm) if medication else None
    if concept is not None:
        by_code = next((form for _, code in concept.pairs if (form := form_of_code(code)) != "unknown"), None)
        if by_code is not None:
            return by_code
        by_text = form_of_text(plain_text(" | ".join(_labels([concept]))))
        if by_text != "unknown":
            return by_text
    return form_of_text(plain)


def _strength(
    entry: ProductEntry | None, ingredients: tuple[MedicationIngredient, ...], labels: list[str], knowledge: Knowledge
) -> Strength:
    if entry is not None and (entry.strength_mg is not None or entry.strength_mg_per_ml is not None):
        return Strength(entry.strength_mg, entry.strength_mg_per_ml)
    active = [each for each in ingredients if each.isActive is not False]
    if len(active) > 1:  # of several, the one that is baclofen
        active = [
            each
            for each in active
            if each.itemCodeableConcept is not None and _names_baclofen(each.itemCodeableConcept, knowledge)
        ]
    for ingredient in active:
        strength = _strength_of_ratio(ingredient.strength or ingredient.strengthRatio)
        if strength is not None:
            return strength
    found = {strength for label in labels if (strength := strength_of_text(plain_text(label))) is not None}
    # Two texts that say different strengths say none.
    return found.pop() if len(found) == 1 else Strength()


def _names_baclofen(concept: CodeableConcept, knowledge: Knowledge) -> bool:
    return _is_baclofen(concept, knowledge) or _NAMES.search(plain_text(" | ".join(_labels([concept])))) is not None


def _strength_of_ratio(ratio: Ratio | None) -> Strength | None:
    """A ratio of mass to volume or to dose units; None for anything else, such as Epic's 10 mg / 10 mg."""
    if ratio is None or ratio.numerator is None:
        return None
    value, unit = exact(ratio.numerator.value), unit_of(ratio.numerator)
    if value is None or unit is None or value <= 0:
        return None
    if unit.dimension == "mass/volume" and ratio.denominator is None:
        return Strength(mg_per_ml=value * unit.factor)
    if unit.dimension != "mass" or ratio.denominator is None:
        return None
    below = exact(ratio.denominator.value)
    below_unit = unit_of(ratio.denominator)
    if below is None or below <= 0:
        return None
    if below_unit is None:  # `1` with no unit, or with UCUM's unity: one piece
        unity = ratio.denominator.code in {None, "1"} and ratio.denominator.unit in {None, "", "1"}
        return Strength(mg=value * unit.factor / below) if unity else None
    if below_unit.dimension == "volume":
        return Strength(mg_per_ml=value * unit.factor / (below * below_unit.factor))
    if below_unit.dimension == "count":
        return Strength(mg=value * unit.factor / below)
    return None
