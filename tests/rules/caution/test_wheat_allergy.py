"""Wheat starch in French tablets."""

from fractions import Fraction

import pytest

from cds.chart.reading import Listing
from cds.pharmacology.product import Product
from cds.rules.caution import wheat_allergy
from tests.charts import chart, order, phase, therapy
from tests.rules.caution.caution_cases import NOT_SENT, PUMP, allergies
from tests.rules.said import level, said
from tests.speaking import card_of

WHEAT = allergies("wheat_allergy")


def product(name="Baclofen 10 mg", cis=None, form="tablet"):
    return Product(name, "code", Fraction(10), form=form, cis=cis)


def ordering(*products, **changes):
    orders = [order(phase(10), product=one, reference=one.name) for one in products]
    return chart(**({"jurisdiction": "FR", "allergies": WHEAT, "therapy": therapy(*orders)} | changes))


@pytest.mark.parametrize("cis", ["60304050", "64073783", "62173429", "63011070", "65621371", "60314354"])
def test_lioresal_and_its_generics(cis):
    on = ordering(product("Some name", cis))
    finding = said(wheat_allergy, on)
    assert level(finding) == ("warning", "contains")
    assert "Some name" in card_of(finding, on).summary


@pytest.mark.parametrize("cis", ["66009893", "69650566", "68677400", "69038793"])
def test_baclocur(cis):
    assert said(wheat_allergy, ordering(product(cis=cis))) is None


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (product("LIORESAL 10 mg"), "contains"),
        (product("Baclocur 20 mg"), None),
        (product(), "depends"),
        (product(form="unknown"), "depends"),
        (product(cis="12345678"), "depends"),
        (product("Lioresal 10 mg", cis="66009893"), None),
        (product(form="liquid"), None),
        (product(form="granules"), None),
    ],
)
def test_other_products(one, expected):
    assert level(said(wheat_allergy, ordering(one))) == (expected and ("warning", expected))


def test_of_two_tablets_the_one_with_wheat_is_named():
    finding = said(wheat_allergy, ordering(product(), product("Lioresal 10 mg", "60304050")))
    assert level(finding) == ("warning", "contains")
    assert finding.facts["products"] == ("Lioresal 10 mg",)


@pytest.mark.parametrize(
    "changes",
    [
        {"jurisdiction": "US"},
        {"jurisdiction": "DE"},
        {"allergies": allergies("baclofen_allergy")},
        {"allergies": Listing(missing=NOT_SENT)},
        {"therapy": PUMP},
        {"therapy": therapy()},
    ],
)
def test_silent(changes):
    assert said(wheat_allergy, ordering(product("Lioresal 10 mg", "60304050"), **changes)) is None
