"""BaclocurSuspended and FrAlcoholProduct."""

import dataclasses
from datetime import date
from fractions import Fraction

import pytest

from cds.chart.model import Indication
from cds.pharmacology.product import Product
from cds.rules.finding import Indicator
from cds.rules.rtu import baclocur_suspended, fr_alcohol_product
from tests.charts import KNOWLEDGE, TABLET, changed
from tests.rules.rtu.french_cases import AFTER, LAST, LIORESAL, baclocur, french
from tests.rules.said import asked
from tests.speaking import card_of

SUSPENDED = date(2020, 6, 18)
ZENTIVA = dataclasses.replace(LIORESAL, name="Baclofène Zentiva 10 mg", cis="64073783", authorised_for_alcohol=True)


@pytest.mark.parametrize(
    ("on", "fires"),
    [
        (date(2020, 6, 16), False),
        (date(2020, 6, 17), True),
        (date(2020, 11, 24), True),
        (date(2020, 11, 25), False),
    ],
)
def test_suspended_on_these_days(on, fires):
    patient = french(40, on=on, product=baclocur(40))
    finding = asked(baclocur_suspended.check)(patient, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.WARNING
        assert f"{on.day} {on:%B} {on.year}" in card_of(finding, patient).summary


@pytest.mark.parametrize(("strength", "fires"), [(10, True), (20, True), (30, False), (40, True), (None, False)])
def test_suspended_strengths(strength, fires):
    patient = french(40, on=SUSPENDED, product=baclocur(strength))
    assert (asked(baclocur_suspended.check)(patient, KNOWLEDGE) is not None) == fires


def test_other_products_were_not_suspended():
    assert asked(baclocur_suspended.check)(french(40, on=SUSPENDED), KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("indication", "fires"),
    [(Indication(), True), (Indication(frozenset({"spasticity"}), "order"), False)],
)
def test_baclocur_without_an_indication_is_for_alcohol(indication, fires):
    patient = changed(french(40, on=SUSPENDED, product=baclocur(20)), indication=indication)
    assert (asked(baclocur_suspended.check)(patient, KNOWLEDGE) is not None) == fires


def test_suspension_is_a_french_matter():
    assert (
        asked(baclocur_suspended.check)(french(40, on=SUSPENDED, product=baclocur(20), jurisdiction="US"), KNOWLEDGE)
        is None
    )


@pytest.mark.parametrize(("on", "fires"), [(LAST, False), (AFTER, True), (date(2022, 3, 1), True)])
def test_product_for_spasticity_from_december_2020(on, fires):
    patient = french(on=on)
    finding = asked(fr_alcohol_product.check)(patient, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.INFO
        assert "Lioresal 10 mg" in card_of(finding, patient).detail


@pytest.mark.parametrize(
    "product",
    [
        baclocur(20),
        ZENTIVA,
        TABLET,
        Product("Baclofène 10 mg", "text", Fraction(10), jurisdiction="FR"),
        Product("Lioresal 10 mg", "code", Fraction(10), cis="60304050"),
    ],
)
def test_authorised_products_and_those_that_cannot_be_judged(product):
    assert asked(fr_alcohol_product.check)(french(on=AFTER, product=product), KNOWLEDGE) is None
