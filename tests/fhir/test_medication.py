from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.datatypes import CodeableConcept
from cds.fhir.label import Strength, form_of_text, strength_of_text
from cds.fhir.lenient import fit
from cds.fhir.medication import identify, plain_text, resolve
from cds.fhir.resources import Medication, MedicationRequest
from cds.knowledge import load_knowledge

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CIS = "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique"
CIP = "http://data.esante.gouv.fr/ansm/medicament/Presentation"


def concept(text=None, *codings):
    document = {
        "text": text,
        "coding": [{"system": system, "code": code, "display": display} for system, code, display in codings],
    }
    return fit(document, CodeableConcept)[0]


def product(text=None, *codings, medication=None, display=""):
    given_concept = concept(text, *codings) if text or codings else None
    found = fit({"resourceType": "Medication", **medication}, Medication)[0] if medication else None
    return identify(given_concept, found, load_knowledge(), display)


def strength(numerator, denominator):
    return {
        "numerator": dict(zip(("value", "code"), numerator, strict=True)),
        "denominator": dict(zip(("value", "code"), denominator, strict=True)),
    }


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (RXNORM, "1292"),
        (RXNORM, "197391"),
        ("http://www.whocc.no/atc", "M03BX01"),
        ("http://snomed.info/sct", "387342009"),
        (CIS, "60304050"),
        (CIP, "3400930163528"),
    ],
)
def test_baclofen_by_code(system, code):
    assert product(None, (system, code, None)).baclofen == "code"


@pytest.mark.parametrize(
    "text",
    [
        "Baclofen 10 mg",
        "BACLOFÈNE ZENTIVA",
        "Lioresal",
        "Liorésal 10 mg cp",
        "Ozobax DS",
        "Fleqsuvy",
        "Lyvispah",
        "Gablofen",
        "Baclocur 20",
    ],
)
def test_baclofen_by_name(text):
    assert product(text).baclofen == "text"
    assert product(display=text).baclofen == "text"


@pytest.mark.parametrize("text", ["arbaclofen", "Bactrim", "tizanidine", ""])
def test_other_medicines(text):
    assert product(text).baclofen == "none"


@pytest.mark.parametrize(
    ("code", "mg", "mg_per_ml", "form"),
    [
        ("430902", 5, None, "tablet"),
        ("197391", 10, None, "tablet"),
        ("197392", 20, None, "tablet"),
        ("2593376", None, 5, "liquid"),
        ("2667941", None, 2, "liquid"),
    ],
)
def test_strength_follows_from_the_code(code, mg, mg_per_ml, form):
    found = product("baclofen", (RXNORM, code, None))
    assert (found.strength_mg, found.concentration_mg_per_ml, found.form) == (mg, mg_per_ml, form)


def test_an_ingredient_code_has_no_strength():
    found = product("baclofen oral tablets", (RXNORM, "1292", "baclofen"))
    assert (found.strength_mg, found.concentration_mg_per_ml, found.form) == (None, None, "tablet")


def ingredient(ratio, **others):
    return {"ingredient": [{"itemCodeableConcept": {"text": "baclofen"}, "strength": ratio, **others}]}


@pytest.mark.parametrize(
    ("ratio", "mg", "mg_per_ml"),
    [
        (strength((10, "mg"), (1, "{tbl}")), 10, None),
        (strength((5, "mg"), (5, "mL")), None, 1),
        (strength((2000, "ug"), (1, "mL")), None, 2),
        (strength((10, "mg"), (10, "mg")), None, None),
        (strength((10, "mg"), (0, "mL")), None, None),
        (strength((0, "mg"), (1, "mL")), None, None),
    ],
)
def test_strength_of_a_medication(ratio, mg, mg_per_ml):
    found = product(medication=ingredient(ratio))
    assert (found.strength_mg, found.concentration_mg_per_ml) == (mg, mg_per_ml)
    assert found.baclofen == "text"


def test_of_several_ingredients_the_strength_is_that_of_baclofen():
    other = {"itemCodeableConcept": {"text": "morphine"}, "strength": strength((20, "mg"), (1, "mL"))}
    mine = {"itemCodeableConcept": {"text": "baclofen"}, "strength": strength((1, "mg"), (1, "mL"))}
    found = product(medication={"ingredient": [other, mine], "form": {"coding": [{"code": "385219001"}]}})
    assert (found.concentration_mg_per_ml, found.form) == (1, "injection")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Baclofen 10 MG Oral Tablet", Strength(mg=Fraction(10))),
        ("baclofen 25 mg/5 mL oral suspension", Strength(mg_per_ml=Fraction(5))),
        ("Baclofen 5 MG/ML", Strength(mg_per_ml=Fraction(5))),
        ("20 ML baclofen 0,5 mg/ml", Strength(mg_per_ml=Fraction(1, 2))),
        ("Lioresal 2000 mcg/mL", Strength(mg_per_ml=Fraction(2))),
        ("Lioresal 10 mg/20 mL", Strength(mg_per_ml=Fraction(1, 2))),
        ("50 µg/mL", Strength(mg_per_ml=Fraction(1, 20))),
        ("baclofen 10 mg or 20 mg", None),
        ("baclofen", None),
        ("baclofen 0 mg", None),
        ("10 mg/day", None),
        ("5 mg/0 mL", None),
    ],
)
def test_strength_in_words(text, expected):
    assert strength_of_text(plain_text(text)) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("comprimé sécable", "tablet"),
        ("gélule", "tablet"),
        ("solution buvable", "liquid"),
        ("oral suspension", "liquid"),
        ("solution injectable", "injection"),
        ("intrathecal solution", "injection"),
        ("granules in packet", "granules"),
        ("cream", "unknown"),
    ],
)
def test_form_in_words(text, form):
    assert form_of_text(plain_text(text)) == form


@pytest.mark.parametrize(
    ("system", "country", "weak"),
    [
        (CIS, "FR", None),
        (CIP, "FR", None),
        ("http://hl7.org/fhir/sid/ndc", "US", None),
        ("https://dmd.nhs.uk", "UK", None),
        ("http://fhir.de/CodeSystem/ifa/pzn", "DE", None),
        (RXNORM, None, "US"),
        ("http://www.whocc.no/atc", None, None),
        ("http://snomed.info/sct", None, None),
    ],
)
def test_the_country_of_a_code_even_where_the_code_is_not_known(system, country, weak):
    found = product("baclofen", (system, "999999", None))
    assert (found.jurisdiction, found.weak_jurisdiction) == (country, weak)


def test_baclocur_by_code_and_by_name():
    assert product(None, (CIS, "66009893", None)).baclocur
    assert product("Baclocur 20 mg").baclocur
    assert product(None, (CIS, "66009893", None)).cis == "66009893"
    assert not product("Lioresal").baclocur


def test_compounded():
    assert product("Compounded baclofen 4000 mcg/mL").compounded
    diluent = {
        "ingredient": [
            {"itemCodeableConcept": {"text": "baclofen"}},
            {"itemCodeableConcept": {"text": "saline"}, "isActive": False},
        ]
    }
    assert product(medication=diluent).compounded
    assert not product("Lioresal 10 mg").compounded


MED = Medication(resourceType="Medication", id="m1", code=CodeableConcept(text="baclofen 10 mg tablet"))


@pytest.mark.parametrize(
    ("members", "found", "display"),
    [
        ({"medicationCodeableConcept": {"text": "baclofen"}}, None, ""),
        ({"medicationReference": {"reference": "Medication/m1", "display": "x"}}, MED, "x"),
        ({"medicationReference": {"reference": "https://ehr.example/fhir/Medication/m1/_history/2"}}, MED, ""),
        ({"medicationReference": {"reference": "Medication/absent", "display": "baclofen"}}, None, "baclofen"),
        ({"medicationReference": {"display": "baclofen"}}, None, "baclofen"),
        ({"medication": {"reference": {"reference": "Medication/m1"}}}, MED, ""),
        ({"medicationReference": {"reference": "#gone"}}, None, ""),
    ],
)
def test_where_the_medicine_stands(members, found, display):
    request = fit({"resourceType": "MedicationRequest", **members}, MedicationRequest)[0]
    assert resolve(request, {"Medication/m1": MED})[1:] == (found, display)


def test_a_contained_medication():
    contained = [
        {"resourceType": "Organization", "id": "c"},
        {"resourceType": "Medication", "id": "c", "code": {"text": "baclofen"}},
    ]
    request = fit({"medicationReference": {"reference": "#c"}, "contained": contained}, MedicationRequest)[0]
    _, medication, _ = resolve(request, {})
    assert medication is not None
    assert medication.code.text == "baclofen"


def test_the_r5_concept():
    request = fit({"medication": {"concept": {"text": "baclofen"}}}, MedicationRequest)[0]
    assert resolve(request, {})[0].text == "baclofen"


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_no_text_breaks_the_recognition(text, system, code):
    found = product(text, (system, code, text), display=text)
    assert found.strength_mg is None or found.strength_mg > 0
