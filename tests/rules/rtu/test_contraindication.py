"""RtuContraindication: what the programme excluded while it ran."""

from datetime import timedelta
from fractions import Fraction

import pytest

from cds.cards.build import build_cards
from cds.chart.model import Egfr, Problem
from cds.chart.reading import Absent, Known, Listing, Unknown
from cds.protocol.response import FINDINGS_EXTENSION
from cds.rules.finding import Indicator, Measure
from cds.rules.registry import check_of
from cds.rules.rtu import rtu_contraindication
from cds.rules.rtu.rtu_contraindication import CONTRAINDICATED
from tests.charts import KNOWLEDGE, changed
from tests.rules.rtu.french_cases import AFTER, BEFORE, FIRST, IN_2014, LAST, french
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(rtu_contraindication.check)


def problem(*kinds, **changes):
    return Problem("Condition", frozenset(kinds), **changes)


def with_problems(*problems, on=IN_2014, missing=None, **kidneys):
    base = french(on=on, problems=Listing(problems, missing=missing))
    return changed(base, kidneys=changed(base.kidneys, **kidneys))


def test_every_condition_is_a_value_set():
    assert {kind for kind in CONTRAINDICATED if KNOWLEDGE.value_set(kind)} == CONTRAINDICATED


@pytest.mark.parametrize("kind", sorted(CONTRAINDICATED))
def test_each_condition_is_critical_and_named(kind):
    on = with_problems(problem(kind))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (Indicator.CRITICAL, "conditions")
    assert finding.facts["kinds"] == (kind,)
    assert "Condition" in card_of(finding, on).summary


@pytest.mark.parametrize(
    "other",
    [
        problem("epilepsy"),
        problem("alcohol_use_disorder"),
        problem("psychiatric_disorder"),
        problem("schizophrenia_psychosis", active=False),
        problem(),
    ],
)
def test_other_and_past_conditions_are_none(other):
    assert check(with_problems(other), KNOWLEDGE) is None


@pytest.mark.parametrize(("on", "fires"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
def test_only_while_the_programme_ran(on, fires):
    assert (check(with_problems(problem("bipolar"), on=on), KNOWLEDGE) is not None) == fires


@pytest.mark.parametrize(("days", "fires"), [(314, True), (315, True), (316, False)])
def test_pregnancy_counts_for_45_weeks(days, fires):
    pregnancy = problem("pregnancy", onset=IN_2014 - timedelta(days=days))
    assert (check(with_problems(pregnancy), KNOWLEDGE) is not None) == fires


def test_an_old_onset_of_another_condition_counts():
    assert check(with_problems(problem("porphyria", onset=IN_2014 - timedelta(days=4000))), KNOWLEDGE) is not None


@pytest.mark.parametrize(("value", "fires"), [("29.999", True), ("30", False), ("30.001", False)])
def test_severe_renal_insufficiency_by_egfr(value, fires):
    on = with_problems(egfr=Known(Egfr(Fraction(value), IN_2014)))
    finding = check(on, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.message == "kidneys"
        assert finding.values["eGFR"] == Measure(Fraction(value), "mL/min/{1.73_m2}")
        card_of(finding, on)


def test_dialysis_is_severe_renal_insufficiency():
    dialysis = Problem("Haemodialysis", frozenset({"dialysis"}))
    on = with_problems(dialysis, egfr=Absent(), dialysis=Known(dialysis))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.facts["conditions"] == ("Haemodialysis",)


def test_names_all_that_are_found_once():
    schizophrenia = Problem("Schizophrenia", frozenset({"schizophrenia_psychosis", "psychiatric_disorder"}))
    porphyria = Problem("Porphyria", frozenset({"porphyria"}))
    severe = Known(Egfr(Fraction(20), IN_2014))
    on = with_problems(schizophrenia, porphyria, schizophrenia, egfr=severe)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.message == "both"
    assert finding.facts["conditions"] == ("Schizophrenia", "Porphyria")
    assert finding.facts["kinds"] == ("egfr", "porphyria", "schizophrenia_psychosis")
    detail = card_of(finding, on).detail
    assert "Schizophrenia, Porphyria; severe renal insufficiency" in detail


def test_a_partial_list_proves_what_it_shows_and_no_absence():
    missing = Unknown("the problem list was cut off")
    unknown = {"egfr": Unknown("no results"), "dialysis": missing}
    assert check(with_problems(problem("bipolar"), missing=missing, **unknown), KNOWLEDGE) is not None
    assert check(with_problems(missing=missing, **unknown), KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("schizophrenia_psychosis", "PsychiatricDisorder"),
        ("bipolar", "SuicideRisk"),
        ("depression_severe", "SuicideRisk"),
        ("pregnancy", "Pregnancy"),
    ],
)
def test_shares_a_card_with_the_rule_of_the_same_condition(kind, rule):
    on = with_problems(problem(kind))
    findings = [one(on, KNOWLEDGE) for one in (check, asked(check_of(rule)))]
    (card,) = build_cards(on, findings, KNOWLEDGE, rules_url="https://example.org/rules", seed="test", key=b"test")
    assert card.source.topic.code == "RtuContraindication"
    assert [entry["rule"] for entry in card.extension[FINDINGS_EXTENSION]] == ["RtuContraindication", rule]


def test_joins_lead_from_conditions_of_its_own_to_rules():
    joins = KNOWLEDGE.rule("RtuContraindication").joins
    assert joins.keys() <= CONTRAINDICATED | {"egfr", "dialysis"}
    assert all(KNOWLEDGE.rule(rule) for rule in joins.values())
