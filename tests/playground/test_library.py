"""Every case shows what it says it shows, in every language, and every family has one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cds.cards.wording import NOT_KNOWN
from cds.documents import DocumentError
from cds.knowledge import load_knowledge
from cds.language import LANGUAGES, catalogue
from cds.playground import library
from cds.playground.examination import play
from cds.playground.form import decode, encode
from cds.playground.library import cases
from cds.settings import load_settings

KNOWLEDGE = load_knowledge()
SETTINGS = load_settings({})
TODAY = date(2026, 11, 25)
CASES = cases()


def played(case, *, language="en", today=TODAY):
    return play(case.typed(today), KNOWLEDGE, SETTINGS, today, language=language)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_rules_that_fire_are_those_of_the_case(case):
    result = played(case)
    assert result.errors == ()
    shown = {one.rule: one.indicator for one in result.examination.verdicts if one.indicator and not one.held_back}
    assert shown == case.fires


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_says_something_and_nothing_has_a_hole(case, language):
    examination = played(case, language=language).examination
    assert [one.rule for one in examination.verdicts] == [rule.id for rule in KNOWLEDGE.rules]
    told = [one.said for one in examination.verdicts] + [one.value for one in examination.facts]
    told += [shown for dose in examination.doses for _, shown in dose.figures]
    assert all(told)
    hole = catalogue(language).phrase(NOT_KNOWN)
    assert [text for text in told if "{" in text or hole in text] == []


def test_a_case_shows_the_same_on_another_day():
    """Days of a case are relative, or it has a day of its own."""
    for case in CASES:
        shown = {one.rule for one in played(case, today=date(2031, 2, 28)).examination.verdicts if one.indicator}
        assert shown == set(case.fires), case.id


def test_every_family_has_a_case():
    fired = {KNOWLEDGE.rule(rule).family for case in CASES for rule in case.fires}
    assert fired == {rule.family for rule in KNOWLEDGE.rules}


def test_cases_have_places_of_their_own():
    assert len({case.title for case in CASES}) == len(CASES) >= 20
    assert any(not case.fires for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_form_comes_back_as_it_was_written(case):
    form = decode(case.typed(TODAY), TODAY, KNOWLEDGE).form
    again = decode(encode(form, KNOWLEDGE), date(2000, 1, 1), KNOWLEDGE)
    assert (again.form, again.errors) == (form, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("position: 1\ntitle: a\nteaching: b\nfires: {}\n", "form"),
        ("position: 1\ntitle: a\nteaching: b\nfires: {X: loud}\nform: {}\n", "loud"),
        ("position: 1\ntitle: a\nteaching: b\nfires: {}\nform: {}\nmore: 1\n", "more"),
    ],
)
def test_a_case_that_is_not_as_its_schema_wants_it(tmp_path, monkeypatch, text, fault):
    (tmp_path / "wrong.yaml").write_text(text)
    monkeypatch.setattr(library, "CASES", Path(tmp_path))
    with pytest.raises(DocumentError, match=fault):
        cases.__wrapped__()
