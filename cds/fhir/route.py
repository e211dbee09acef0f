"""How a drug is given, from a route's codes or words."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from cds.fhir.datatypes import CodeableConcept, Dosage
from cds.fhir.label import form_of_text
from cds.fhir.medication import plain_text
from cds.pharmacology.dose import Route
from cds.pharmacology.product import Product

_MAX_TEXT = 500

_CODES: dict[str, Route] = {
    # SNOMED CT; 260548002 is what Epic sends; a tube into the gut is by mouth for every rule
    **dict.fromkeys(("26643006", "260548002", "127490009", "127492001", "418136008"), "oral"),
    "72607000": "intrathecal",
    "47625008": "intravenous",
    "255560000": "intravenous",
    "78421000": "intramuscular",
    "34206005": "subcutaneous",
    "404820008": "epidural",
    "6064005": "topical",
    "37161004": "other",
    # EDQM Standard Terms
    **dict.fromkeys(("20053000", "20043000"), "oral"),
    "20042000": "intrathecal",
    "20045000": "intravenous",
    "20035000": "intramuscular",
    "20066000": "subcutaneous",
    "20009000": "epidural",
    "20003000": "topical",
    # HL7 v3 RouteOfAdministration
    **dict.fromkeys(("PO", "NGT", "GT"), "oral"),
    "ITINJ": "intrathecal",
    **dict.fromkeys(("IVINJ", "IV"), "intravenous"),
    "IM": "intramuscular",
    "SQ": "subcutaneous",
    "EPI": "epidural",
}

_WORDS: tuple[tuple[re.Pattern[str], Route], ...] = (
    (re.compile(r"\b(?:intra-?thecal\w*|intrarachidien\w*|intra-rachidien\w*)"), "intrathecal"),
    (re.compile(r"\b(?:epidural\w*|peridural\w*)"), "epidural"),
    (re.compile(r"\b(?:intra-?venous\w*|intraveineu\w*|iv)\b"), "intravenous"),
    (re.compile(r"\b(?:intra-?muscular\w*|intramusculaire|im)\b"), "intramuscular"),
    (re.compile(r"\b(?:sub-?cutaneous\w*|sous-?cutane\w*|sc)\b"), "subcutaneous"),
    (re.compile(r"\b(?:topical\w*|cutane\w*|transdermal\w*)"), "topical"),
    (re.compile(r"\b(?:oral\w*|per os|po|by mouth|orale|bouche|enteral\w*|nasogastric)\b"), "oral"),
    (re.compile(r"\b(?:rectal\w*|nebuli[sz]\w*|inhal\w*)"), "other"),
)


def read_route(dosages: Sequence[Dosage], product: Product) -> Route:
    """The route of an order: its own, else what its text or the product says; `unknown` where nothing tells."""
    written = _written(dosages)
    if written is not None:
        return written
    for text in (*(dosage.text or "" for dosage in dosages), product.name):
        if _of_text(text[:_MAX_TEXT]) == "intrathecal":
            return "intrathecal"
    if product.form == "injection":
        return "intrathecal"
    return "oral" if product.form != "unknown" or product.baclofen != "none" else "unknown"


def read_other_route(dosages: Sequence[Dosage], name: str) -> Route:
    """The route of an order for another drug than baclofen: its own, else what its text or the drug's name says.

    `other` where only that it is an injection can be told, `unknown` where nothing tells.
    """
    written = _written(dosages)
    if written is not None:
        return written
    for text in (*(dosage.text or "" for dosage in dosages), name):
        found = _of_text(text[:_MAX_TEXT])
        if found is not None:
            return found
    return "other" if form_of_text(plain_text(name[:_MAX_TEXT])) == "injection" else "unknown"


def _written(dosages: Sequence[Dosage]) -> Route | None:
    """The first route that stands in a dosage's own member."""
    found = (route_of_concept(dosage.route) for dosage in dosages if dosage.route is not None)
    return next((route for route in found if route is not None), None)


def route_of_concept(concept: CodeableConcept) -> Route | None:
    """The route a concept names, by its codes, else by its words; None where neither is known."""
    for _, code in concept.pairs:
        if code in _CODES:
            return _CODES[code]
    texts = (concept.text, *(coding.display for coding in concept.coding or ()))
    return next((route for text in texts if text and (route := _of_text(text[:_MAX_TEXT])) is not None), None)


@functools.lru_cache(maxsize=2048)
def _of_text(text: str) -> Route | None:
    plain = plain_text(text)
    return next((route for pattern, route in _WORDS if pattern.search(plain)), None)
