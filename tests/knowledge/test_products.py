from fractions import Fraction

import pytest

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CIS = "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique"
CIP = "http://data.esante.gouv.fr/ansm/medicament/Presentation"
NDC = "http://hl7.org/fhir/sid/ndc"


@pytest.mark.parametrize(("code", "strength"), [("430902", 5), ("197391", 10), ("2679605", 15), ("197392", 20)])
def test_tablets(knowledge, code, strength):
    product = knowledge.product(RXNORM, code)
    assert (product.strength_mg, product.form, product.route) == (strength, "tablet", "oral")
    assert product.jurisdiction is None


@pytest.mark.parametrize(("code", "strength", "form"), [("2593376", 5, "suspension"), ("2667941", 2, "solution")])
def test_liquids(knowledge, code, strength, form):
    product = knowledge.product(RXNORM, code)
    assert (product.strength_mg_per_ml, product.strength_mg, product.form) == (strength, None, form)


@pytest.mark.parametrize(
    ("cis", "cip7", "cip13", "strength"),
    [
        ("66009893", "3016352", "3400930163528", 10),
        ("69650566", "3016359", "3400930163597", 20),
        ("68677400", "3018688", "3400930186886", 30),
        ("69038793", "3016366", "3400930163665", 40),
    ],
)
def test_baclocur_by_each_of_its_codes(knowledge, cis, cip7, cip13, strength):
    found = {knowledge.product(CIS, cis), knowledge.product(CIP, cip7), knowledge.product(CIP, cip13)}
    assert len(found) == 1
    product = found.pop()
    assert (product.strength_mg, product.cis, product.jurisdiction) == (strength, cis, "FR")
    assert product.baclocur
    assert product.authorised_for_alcohol


def test_authorised_for_alcohol(knowledge):
    authorised = {product.cis for product in knowledge.products.values() if product.authorised_for_alcohol}
    assert authorised == {"66009893", "69650566", "68677400", "69038793", "64073783"}
    assert not knowledge.product(CIS, "60304050").authorised_for_alcohol


@pytest.mark.parametrize("code", ["87519-003", "87519-003-11", "87519-0003-11", "87519000311"])
def test_national_drug_code_with_or_without_package(knowledge, code):
    product = knowledge.product(NDC, code)
    assert (product.brand, product.strength_mg, product.form, product.jurisdiction) == (
        "Lyvispah",
        10,
        "granules",
        "US",
    )


@pytest.mark.parametrize("code", ["87519-004", "87519", "", "87519-003-11-1", "99999000311"])
def test_other_national_drug_codes(knowledge, code):
    assert knowledge.product(NDC, code) is None


def test_injections(knowledge):
    assert knowledge.product(RXNORM, "1047437").strength_mg_per_ml == Fraction(1, 20)
    assert knowledge.product(CIS, "62311182").strength_mg_per_ml == Fraction(1, 2)
    assert knowledge.product(CIS, "65317023").strength_mg_per_ml == 2
    unverified = knowledge.product(RXNORM, "308517")
    assert (unverified.route, unverified.strength_mg, unverified.strength_mg_per_ml) == ("intrathecal", None, None)


def test_the_ingredient_is_no_product(knowledge):
    assert knowledge.product(RXNORM, "1292") is None


def test_every_oral_product_has_its_strength(knowledge):
    for product in knowledge.products.values():
        if product.route == "oral":
            assert (product.strength_mg is None) is not (product.strength_mg_per_ml is None)
        else:
            assert product.form == "injection"
        assert all(knowledge.reference(key) for key in product.references)
