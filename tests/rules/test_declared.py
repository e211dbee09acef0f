"""What a rule's page says of it is what its code does."""

import re

import pytest

from cds.knowledge import load_knowledge
from cds.knowledge.rule_entries import FIGURE
from tests.rules.reach import modules, reach

KNOWLEDGE = load_knowledge()
SETTING_DECIDES = {"RtuPatientRegistration", "RtuPrescriberRegistration"}
"""They look at the programme's period, and speak outside of it as CDS_RTU_REGISTRATION says."""

RULES = modules()


@pytest.fixture(params=sorted(RULES), name="rule")
def _rule(request):
    return KNOWLEDGE.rule(request.param)


@pytest.fixture
def code(rule):
    return reach(RULES[rule.id])


def test_every_rule_of_the_knowledge_has_code():
    assert set(RULES) == {rule.id for rule in KNOWLEDGE.rules}


def test_the_figures_are_those_it_rests_on(rule, code):
    assert set(rule.parameters) == code.figures(KNOWLEDGE.parameters)


def test_the_attributes_are_what_it_reads_of_the_patient(rule, code):
    assert set(rule.attributes) == code.attributes()


def test_the_regime_columns_are_those_it_reads(rule, code):
    assert set(rule.regime) == code.regime_columns()


def test_the_indicators_are_those_it_can_bear(rule, code):
    assert set(rule.indicators) == code.indicators


def test_the_period_is_one_it_asks_for(rule, code):
    asked = code.known(KNOWLEDGE.periods)
    if rule.id in SETTING_DECIDES:
        assert rule.period is None
    else:
        assert (rule.period in asked) if asked else rule.period is None


def test_the_history_begins_with_the_first_version(rule):
    days = [change.on for change in rule.history]
    assert days == sorted(days)
    assert rule.history[0].text == "First version."
    assert days[0] >= KNOWLEDGE.transparency.released


def test_it_says_what_it_compares_with(rule):
    """A figure in a sentence is named by its id, never written out; the 24-hour dose of a pump is a name."""
    assert rule.fires
    for sentence in rule.fires:
        assert not re.search(r"\d", FIGURE.sub("", sentence).replace("24-hour", "")), sentence


class TestTheReader:
    """The reader of the source itself: it sees literals, f-strings, constants, helpers; and sees what is missing."""

    def test_a_literal_a_constant_and_an_f_string(self):
        found = reach(RULES["PediatricDailyMaximum"])
        ids = {"pediatric.maximum.uk_fr.older.dose", "pediatric.maximum.elsewhere.infant.below_age", "age.adult"}
        assert found.known(ids) == ids - {"age.adult"}

    def test_helpers_are_followed(self):
        assert "renal.toxicity_signs.days" in reach(RULES["RenalSevere"]).texts

    def test_a_member_of_the_chart_that_nobody_explained_is_an_error(self):
        found = reach(RULES["AgeUnknown"])
        strange = type(found)(chart={*found.chart, "shoe_size"})
        with pytest.raises(KeyError, match="shoe_size"):
            strange.attributes()
