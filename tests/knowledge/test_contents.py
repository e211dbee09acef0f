"""What stands in the knowledge folder: complete, cited, exact."""

import string
from datetime import date, timedelta
from fractions import Fraction

import pytest

import cds.knowledge
from cds.knowledge import KnowledgeError, UnknownEntryError, load_knowledge

TODAY = date(2026, 11, 22)

FIGURES = {
    "dose.single.usual": 20,
    "dose.single.usual_daily_limit": 80,
    "dose.single.warning": 150,
    "dose.single.critical": 200,
    "dose.gradual_step": 15,
    "dose.per_day.minimum": 2,
    "dose.per_day.maximum": 4,
    "dose.per_day.low_dose": 10,
    "older_adult.age": 65,
    "unit.intrathecal.spinal.low": 12,
    "unit.intrathecal.spinal.high": 2003,
    "unit.intrathecal.cerebral.low": 22,
    "unit.intrathecal.cerebral.high": 1400,
    "unit.intrathecal.child.low": 24,
    "unit.intrathecal.child.high": 1199,
    "unit.intrathecal.child_age": 12,
    "unit.intrathecal.mg_threshold": 12,
    "renal.severe": 30,
    "renal.moderate": 60,
    "renal.moderate_high.egfr": 45,
    "renal.moderate_high.dose": 20,
    "renal.per_day_exempt_egfr": 60,
    "renal.acute.ratio": Fraction(3, 2),
    "renal.acute.window": 7,
    "renal.lookback": 12,
    "renal.lookback_at_risk": 3,
    "renal.unknown_warning.dose": 20,
    "renal.implausible.mg_dl": 20,
    "renal.implausible.umol_l": 10,
    "renal.scaled.mild.reduction": Fraction(1, 3),
    "renal.scaled.moderate.reduction": Fraction(1, 2),
    "renal.scaled.severe.reduction": Fraction(2, 3),
    "renal.start.moderate": Fraction(15, 2),
    "renal.start.severe": 5,
    "renal.risk.egfr_45_59": Fraction(42, 100),
    "renal.risk.egfr_30_44": Fraction(123, 100),
    "renal.risk.egfr_below_30": Fraction(29, 10),
    "renal.risk.dialysis": Fraction(72, 10),
    "age.pediatric_oral": 12,
    "age.pediatric_oral_fr": 6,
    "age.adult": 18,
    "age.daily_maximum_adult": 16,
    "age.intrathecal": 4,
    "pediatric.maximum.uk_fr.younger.below_age": 8,
    "pediatric.maximum.uk_fr.younger.dose": 40,
    "pediatric.maximum.uk_fr.older.below_age": 18,
    "pediatric.maximum.uk_fr.older.dose": 60,
    "pediatric.maximum.elsewhere.infant.below_age": 2,
    "pediatric.maximum.elsewhere.infant.dose": 40,
    "pediatric.maximum.elsewhere.younger.below_age": 8,
    "pediatric.maximum.elsewhere.younger.dose": 60,
    "pediatric.maximum.elsewhere.older.below_age": 16,
    "pediatric.maximum.elsewhere.older.dose": 80,
    "pediatric.mg_per_kg": 2,
    "pediatric.start_mg_per_kg": Fraction(3, 10),
    "pediatric.tablet_weight": 33,
    "pediatric.weight_age_days": 90,
    "rtu.second_opinion": 120,
    "rtu.collegial": 180,
    "rtu.collegial_older.age": 65,
    "rtu.collegial_older.dose": 120,
    "rtu.ceiling": 300,
    "rtu.opinion_valid_months": 12,
    "rtu.follow_up_days": 31,
    "stop.exposure.long": 60,
    "stop.exposure.short": 14,
    "taper.step": 15,
    "taper.interval": 2,
    "taper.length": 7,
    "taper.length_long": 14,
    "restart.gap": 2,
    "restart.fraction": Fraction(9, 10),
    "restart.dose": 15,
    "exposure.pause": 7,
    "pregnancy.weeks": 45,
    "intrathecal.test.small_first": 25,
    "intrathecal.test.small_child_age": 4,
    "intrathecal.test.first": 50,
    "intrathecal.test.second": 75,
    "intrathecal.test.third": 100,
    "intrathecal.test.interval": 24,
    "intrathecal.test.concentration": 50,
    "intrathecal.initial.long_response": 8,
    "intrathecal.initial.factor_short": 2,
    "intrathecal.initial.factor_long": 1,
    "intrathecal.initial.tolerance": 5,
    "intrathecal.titration.spinal": 30,
    "intrathecal.titration.cerebral_or_child": 15,
    "intrathecal.titration.critical": 40,
    "intrathecal.titration.interval": 24,
    "intrathecal.refill.spinal": 40,
    "intrathecal.refill.cerebral": 20,
    "intrathecal.decrease": 20,
    "intrathecal.limited_experience": 1000,
    "intrathecal.jump": 2,
    "intrathecal.reservoir.low": 500,
    "intrathecal.reservoir.middle": 1000,
    "intrathecal.reservoir.high": 2000,
    "intrathecal.brain_injury_years": 1,
    "intrathecal.sudden.increase": 40,
    "intrathecal.sudden.refills": 3,
    "caution.high_dose": 80,
    "caution.depressant_kinds": 2,
}


@pytest.mark.parametrize(("key", "value"), FIGURES.items())
def test_figures_of_the_contract(knowledge, key, value):
    figure = knowledge.figure(key, TODAY)
    assert isinstance(figure, Fraction)
    assert figure == value


def test_every_parameter_is_cited_checked_and_has_a_unit(knowledge):
    for dated in knowledge.parameters.values():
        for parameter in dated:
            assert parameter.references
            assert all(knowledge.reference(key) for key in parameter.references)
            assert isinstance(parameter.last_checked, date)
            assert parameter.unit
            assert parameter.title
            assert parameter.confidence in {"source", "read", "derived", "background"}


def test_references_are_complete(knowledge):
    for reference in knowledge.references.values():
        assert reference.label
        assert reference.title
        assert reference.url is None or reference.url.startswith("https://")
        assert reference.year <= reference.last_checked.year


@pytest.mark.parametrize("key", ["rtu.second_opinion", "rtu.collegial", "rtu.ceiling"])
def test_the_rungs_begin_with_the_programme(knowledge, key):
    assert knowledge.figure(key, date(2014, 3, 17))
    assert knowledge.parameter(key, TODAY).valid_from == date(2014, 3, 17)
    with pytest.raises(UnknownEntryError, match="not in force on 2014-03-16"):
        knowledge.figure(key, date(2014, 3, 16))


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("rtu.programme", date(2014, 3, 17), date(2020, 12, 13)),
        ("rtu.contraindications", date(2014, 3, 17), date(2020, 12, 13)),
        ("rtu.prescription_mention", date(2014, 3, 17), date(2020, 12, 13)),
        ("rtu.ladder", date(2014, 3, 17), None),
        ("rtu.line_at_80", date(2017, 7, 24), None),
        ("baclocur.suspension", date(2020, 6, 17), date(2020, 11, 24)),
        ("fr_alcohol_product", date(2020, 12, 14), None),
    ],
)
def test_periods_hold_their_first_and_last_day(knowledge, key, start, end):
    period = knowledge.period(key)
    day = timedelta(days=1)
    assert period.contains(start)
    assert not period.contains(start - day)
    if end is None:
        assert period.contains(date(2100, 1, 1))
    else:
        assert period.contains(end)
        assert not period.contains(end + day)
    assert all(knowledge.reference(reference) for reference in period.references)


@pytest.mark.parametrize("ask", ["reference", "period", "value_set", "rule", "note"])
def test_asking_for_something_unknown(knowledge, ask):
    with pytest.raises(UnknownEntryError, match=r"no .* 'nothing'") as caught:
        getattr(knowledge, ask)("nothing")
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, KnowledgeError)
    assert str(caught.value).endswith("'nothing'")


def test_an_unknown_figure(knowledge):
    with pytest.raises(UnknownEntryError, match=r"no parameter 'no\.such'"):
        knowledge.figure("no.such", TODAY)


def test_rules_are_in_the_order_of_the_contract(knowledge):
    positions = [rule.position for rule in knowledge.rules]
    assert positions == sorted(positions)
    assert len(set(positions)) == len(positions)
    for rule in knowledge.rules:
        assert knowledge.rule(rule.id) is rule
        assert rule.texts
        assert rule.references
        for message in rule.texts.values():
            fixed = "".join(text for text, *_ in string.Formatter().parse(message.summary))
            assert len(fixed) <= 139


def test_a_rule_of_the_amount(knowledge):
    rule = knowledge.rule("OralDailyMaximum")
    assert (rule.family, rule.cause) == ("dose", "amount")
    meanings = {(row.regime.warn_meaning, row.regime.critical_meaning) for row in knowledge.regime_rows}
    assert set(rule.texts) >= {meaning for pair in meanings for meaning in pair}


def test_the_version_names_a_day_and_the_files(knowledge):
    day, _, digest = knowledge.version.partition("+")
    assert day == "2026.11.22"
    assert len(digest) == 12


def test_the_package_folder_is_loaded_once():
    assert load_knowledge() is load_knowledge()


def test_public_names_are_sorted_and_exist():
    assert cds.knowledge.__all__ == sorted(cds.knowledge.__all__)
    for name in cds.knowledge.__all__:
        assert hasattr(cds.knowledge, name)
