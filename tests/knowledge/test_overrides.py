"""Override reasons: few, coded, every one known and offered."""

import re

import pytest

OVERRIDES = "override_reasons.yaml"
RULE = "rules/dose/UnitMismatch.yaml"


def keys(knowledge, rule):
    return [reason.key for reason in knowledge.override_reasons(rule)]


def test_every_rule_that_may_interrupt_offers_three_to_five(knowledge):
    for rule in knowledge.rules:
        offered = knowledge.override_reasons(rule.id)
        assert len(set(offered)) == len(offered)
        assert offered == () if rule.family == "missing" else 3 <= len(offered) <= 5, rule.id


def test_a_reason_is_a_code_and_a_few_words(knowledge):
    reasons = {reason for rule in knowledge.rules for reason in knowledge.override_reasons(rule.id)}
    assert len({reason.code for reason in reasons}) == len(reasons)
    assert len({reason.display for reason in reasons}) == len(reasons)
    for reason in reasons:
        assert re.fullmatch(r"[A-Za-z0-9]{1,100}", reason.code)
        assert len(reason.display) <= 60


def test_a_rule_without_a_list_has_its_familys(knowledge):
    assert keys(knowledge, "RenalSevere") == [
        "benefit_outweighs", "renal_function_known", "nephrology_agreed", "record_wrong",
    ]  # fmt: skip


def test_a_rule_may_name_its_own(knowledge):
    assert keys(knowledge, "RtuSecondOpinion")[0] == "second_opinion"
    assert keys(knowledge, "RtuCollegialOpinion")[0] == "collegial_opinion"
    assert "second_opinion" not in keys(knowledge, "RtuCollegialOpinion")


def test_a_card_that_only_informs_has_none(knowledge):
    assert keys(knowledge, "ChecksIncomplete") == []


def test_an_unknown_rule(knowledge):
    with pytest.raises(KeyError):
        knowledge.override_reasons("NoSuchRule")


def test_a_rule_that_names_an_unknown_reason(folder):
    line = folder.replace(RULE, "pharmacy_confirmed", "somebody_confirmed")
    folder.refuses(f"{RULE}:{line}", "unknown override reason 'somebody_confirmed'")


def test_a_family_that_names_an_unknown_reason(folder):
    line = folder.replace(OVERRIDES, "dose: [specialist_confirmed", "dose: [somebody_confirmed")
    folder.refuses(f"{OVERRIDES}:{line}", "unknown override reason 'somebody_confirmed'")


def test_a_reason_that_nobody_offers(folder):
    line = folder.replace(OVERRIDES, "families:\n", "  idle:\n    code: Idle\n    display: Idle\nfamilies:\n")
    folder.refuses(f"{OVERRIDES}:{line}", "nobody offers the override reason 'idle'")


def test_two_reasons_with_one_code(folder):
    line = folder.replace(OVERRIDES, "code: LongTolerated", "code: SpecialistConfirmed")
    folder.refuses(f"{OVERRIDES}:{line}", "is taken by specialist_confirmed")


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        ("code: LongTolerated", "code: Long-Tolerated", "Long-Tolerated"),
        ("code: LongTolerated", 'code: LongTolerated\n    colour: "red"', "unknown key 'colour'"),
        ("dose: [specialist_confirmed, long_tolerated, checked_as_written, record_wrong]", "dose: []", "dose"),
        ("  dose: [", "  doses: [", "'dose"),
    ],
)
def test_a_file_that_its_schema_refuses(folder, old, new, because):
    folder.replace(OVERRIDES, old, new)
    with pytest.raises(Exception, match=because) as caught:
        folder.load()
    assert str(caught.value).startswith(f"{OVERRIDES}:")
