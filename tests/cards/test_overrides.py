from cds.cards.merge import Group
from cds.cards.overrides import MOST, override_reasons
from cds.knowledge import load_knowledge
from cds.knowledge.rule_entries import OVERRIDE_SYSTEM
from cds.language import catalogue
from cds.rules.finding import Finding, Indicator

KNOWLEDGE = load_knowledge()


def offered(*findings):
    group = Group(tuple(Finding(rule, indicator, "any") for rule, indicator in findings))
    codings = override_reasons(group, KNOWLEDGE, catalogue("en"))
    assert all(coding.system == OVERRIDE_SYSTEM and coding.display for coding in codings)
    return [coding.code for coding in codings]


def of(rule):
    return [reason.code for reason in KNOWLEDGE.override_reasons(rule)]


def test_a_card_has_the_reasons_of_its_rule():
    assert offered(("RenalSevere", Indicator.CRITICAL)) == of("RenalSevere")


def test_a_merged_card_adds_the_reasons_of_the_others_once_each():
    found = offered(("RtuSecondOpinion", Indicator.WARNING), ("OralDailyMaximum", Indicator.WARNING))
    assert found[:4] == of("RtuSecondOpinion")
    assert len(set(found)) == len(found)
    assert set(found) == {*of("RtuSecondOpinion"), *of("OralDailyMaximum")}


def test_no_card_has_more_than_can_be_read():
    rules = ("RtuSecondOpinion", "OralDailyMaximum", "DuplicateOrders", "PediatricTablet")
    found = offered(*((rule, Indicator.WARNING) for rule in rules))
    assert len(found) == MOST
    assert found[:4] == of("RtuSecondOpinion")


def test_what_only_informs_adds_none():
    assert offered(("RenalUnknown", Indicator.INFO)) == []
    both = offered(("RenalSevere", Indicator.CRITICAL), ("RenalUnknown", Indicator.INFO))
    assert both == of("RenalSevere")
