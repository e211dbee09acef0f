"""Baclofen and another drug, whichever of the two is ordered."""

from fractions import Fraction

import pytest

from cds.chart.model import OtherDrug
from cds.chart.reading import Listing
from cds.rules.caution import (
    antihypertensive,
    cns_depressant,
    levodopa,
    lithium,
    monoamine_oxidase_inhibitor,
    sodium_oxybate,
    tricyclic,
)
from cds.rules.finding import Measure
from tests.charts import KNOWLEDGE, at_least, changed, chart, intrathecal, therapy
from tests.rules.caution.caution_cases import (
    NOT_SENT,
    NOTHING,
    PUMP,
    conditions,
    drugs,
    kinds,
    on_file,
    oral,
    stopped,
)
from tests.rules.said import level, said
from tests.speaking import card_of

PAIRS = [
    (sodium_oxybate, "critical"),
    (tricyclic, "warning"),
    (lithium, "warning"),
    (monoamine_oxidase_inhibitor, "warning"),
    (levodopa, "warning"),
    (antihypertensive, "info"),
]
EVERY_PAIR = [(rule, name) for rule, _ in PAIRS for name in rule.CLASSES] + [
    (cns_depressant, name) for name in cns_depressant.CLASSES
]


def one(name: str, *, draft: bool = False):
    return drugs(name, drafted={name} if draft else set())


@pytest.mark.parametrize(("rule", "indicator"), PAIRS)
def test_indicator_of_each_pair(rule, indicator):
    for name in rule.CLASSES:
        assert said(rule, chart(therapy=oral(), drugs=one(name))).indicator.code == indicator


@pytest.mark.parametrize(("rule", "name"), EVERY_PAIR)
@pytest.mark.parametrize("signing", [oral(), PUMP])
def test_baclofen_ordered_beside_it(rule, name, signing):
    for listed in (one(name), one(name, draft=True), Listing(one(name).entries, missing=NOT_SENT)):
        assert said(rule, chart(therapy=signing, drugs=listed)).values["drugs"] == (f"drug of {name}",)
    assert said(rule, chart(therapy=signing, drugs=Listing(missing=NOT_SENT))) is None
    assert said(rule, chart(therapy=signing, drugs=one("nsaid"))) is None


@pytest.mark.parametrize(("rule", "name"), EVERY_PAIR)
@pytest.mark.parametrize("signing", [oral(), PUMP])
def test_ordered_for_a_patient_who_takes_baclofen(rule, name, signing):
    assert said(rule, chart(therapy=on_file(signing), drugs=one(name, draft=True))) is not None
    assert said(rule, chart(therapy=on_file(signing), drugs=one(name))) is None
    assert said(rule, chart(therapy=NOTHING, drugs=one(name, draft=True))) is None
    assert said(rule, chart(therapy=stopped(signing), drugs=one(name, draft=True))) is None


@pytest.mark.parametrize(
    ("signing", "dose", "words"),
    [
        (oral(60), Measure(Fraction(60), "mg/d"), "60 mg/day"),
        (at_least(oral(60)), Measure(Fraction(60), "mg/d"), "at least 60 mg/day"),
        (PUMP, Measure(Fraction(300), "ug/d"), "300 µg/day"),
        (changed(oral(), total=None), None, "dose unknown"),
    ],
)
@pytest.mark.parametrize("rule", [rule for rule, _ in PAIRS] + [cns_depressant])
@pytest.mark.parametrize("ordered", [True, False])
def test_names_the_dose_of_baclofen(rule, signing, dose, words, ordered):
    on = chart(therapy=signing if ordered else on_file(signing), drugs=one(rule.CLASSES[0], draft=not ordered))
    finding = said(rule, on)
    assert finding.values.get("dailyDose") == dose
    assert words in card_of(finding, on).summary
    assert ("at_least" in finding.notes) == words.startswith("at least")


def test_names_the_bolus_of_a_test_dose():
    bolus = intrathecal(bolus=50)
    on = chart(therapy=therapy(bolus, total=None, intrathecal=(bolus,)), drugs=one("lithium"))
    finding = said(lithium, on)
    assert "dailyDose" not in finding.values
    assert "Baclofen 50 µg " in card_of(finding, on).summary


@pytest.mark.parametrize("name", cns_depressant.CLASSES)
def test_each_kind_alone_is_a_warning(name):
    assert level(said(cns_depressant, chart(therapy=oral(), drugs=one(name)))) == ("warning", "together")


@pytest.mark.parametrize("name", cns_depressant.STRONG)
def test_two_strong_kinds_are_critical(name):
    second = "benzodiazepine" if name != "benzodiazepine" else "z_drug"
    finding = said(cns_depressant, chart(therapy=oral(), drugs=drugs(name, second)))
    assert level(finding) == ("critical", "several")
    assert finding.values["drugs"] == (f"drug of {name}", f"drug of {second}")


def test_two_drugs_of_one_kind_are_one_kind():
    two = Listing((OtherDrug("Diazepam", kinds("benzodiazepine")), OtherDrug("Lorazepam", kinds("benzodiazepine"))))
    assert level(said(cns_depressant, chart(therapy=oral(), drugs=two))) == ("warning", "together")


def test_one_drug_of_two_kinds_is_two_kinds():
    both = Listing((OtherDrug("Butalbital and codeine", kinds("barbiturate") | kinds("opioid")),))
    assert level(said(cns_depressant, chart(therapy=oral(), drugs=both))) == ("critical", "several")


@pytest.mark.parametrize("name", [name for name in cns_depressant.CLASSES if name not in cns_depressant.STRONG])
def test_the_other_kinds_do_not_add_up(name):
    others = [other for other in cns_depressant.CLASSES if other not in cns_depressant.STRONG]
    assert level(said(cns_depressant, chart(therapy=oral(), drugs=drugs("opioid", name)))) == ("warning", "together")
    many = cns_depressant.check(chart(therapy=oral(), drugs=drugs(*others)), KNOWLEDGE)  # too many names for a summary
    assert level(many) == ("warning", "together")


@pytest.mark.parametrize(
    ("name", "problems", "expected"),
    [
        ("opioid", conditions("sleep_apnoea"), ("critical", "apnoea")),
        ("opioid", conditions("sleep_apnoea", active=False), ("warning", "together")),
        ("opioid", conditions("respiratory_disease"), ("warning", "together")),
        ("opioid", Listing(missing=NOT_SENT), ("warning", "together")),
        ("benzodiazepine", conditions("sleep_apnoea"), ("warning", "together")),
    ],
)
def test_an_opioid_with_sleep_apnoea(name, problems, expected):
    on = chart(therapy=oral(), drugs=one(name), problems=problems)
    assert level(said(cns_depressant, on)) == expected


def test_a_tricyclic_raises_its_own_rule_only():
    on = chart(therapy=oral(), drugs=one("tricyclic"))
    assert said(cns_depressant, on) is None
    assert said(tricyclic, on) is not None


def test_a_tricyclic_is_named_beside_another_depressant_and_makes_it_no_worse():
    on = chart(therapy=oral(), drugs=drugs("tricyclic", "opioid"))
    finding = said(cns_depressant, on)
    assert level(finding) == ("warning", "together")
    assert finding.values["drugs"] == ("drug of opioid", "drug of tricyclic")


def test_a_tricyclic_that_is_ordered_is_no_order_of_a_depressant():
    listed = drugs("tricyclic", "opioid", drafted={"tricyclic"})
    on = chart(therapy=on_file(oral()), drugs=listed)
    assert said(cns_depressant, on) is None
    assert said(tricyclic, on) is not None


def test_drafted_drugs_are_named_first():
    listed = drugs("opioid", "z_drug", drafted={"z_drug"})
    finding = said(cns_depressant, chart(therapy=on_file(oral()), drugs=listed))
    assert level(finding) == ("critical", "several")
    assert finding.values["drugs"] == ("drug of z_drug", "drug of opioid")


@pytest.mark.parametrize("signing", [PUMP, on_file(PUMP), changed(on_file(PUMP), intrathecal=())])
def test_blood_pressure_with_intrathecal_baclofen(signing):
    on = chart(therapy=signing, drugs=one("antihypertensive", draft=True))
    assert level(said(antihypertensive, on)) == ("warning", "intrathecal")


def test_blood_pressure_with_oral_baclofen_beside_a_pump():
    both = changed(oral(), intrathecal=PUMP.intrathecal)
    on = chart(therapy=both, drugs=one("antihypertensive"))
    assert level(said(antihypertensive, on)) == ("warning", "intrathecal")


def test_sodium_oxybate_is_to_be_avoided_and_not_called_contraindicated():
    on = chart(therapy=oral(), drugs=one("sodium_oxybate"))
    card = card_of(said(sodium_oxybate, on), on)
    assert "avoid" in card.summary
    assert "contraindicated" not in f"{card.summary} {card.detail}".lower()
