"""The catalogue is searched by words and filters, the same as a page and as JSON."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds.settings import JURISDICTIONS
from cds.web.catalogue.search import folded
from cds.web.catalogue.words import PLACES
from tests.web.pages import KNOWLEDGE, Page, client

SEARCHED = client()
ALL = {rule.id for rule in KNOWLEDGE.rules}


@pytest.fixture(scope="module")
def web():
    return client()


@pytest.fixture(scope="module")
def ask(web):
    def ask(**parameters):
        """The ids that JSON gives, which are those of the page."""
        data = web.get("/rules", params=parameters, headers={"Accept": "application/json"}).json()
        ids = [rule["id"] for family in data["families"] for rule in family["rules"]]
        assert data["found"] == len(ids) == len(set(ids))
        assert data["total"] == len(ALL)
        page = Page(web.get("/rules", params=parameters).text)
        heads = [one["href"].partition("?")[0] for one in page.all("a") if one["href"].startswith("./rules/")]
        assert heads == [f"./rules/{rule}" for rule in ids]
        return set(ids)

    return ask


def test_nothing_asked_is_everything(ask):
    assert ask() == ask(q="", family="", jurisdiction="", indicator="") == ask(q="  ") == ALL


@pytest.mark.parametrize("q", ["RenalSevere", "renalsevere", "RENAL severe", "  severe   renal "])
def test_words_in_any_case_and_order(ask, q):
    assert "RenalSevere" in ask(q=q)


def test_every_word_has_to_stand_there(ask):
    assert ask(q="dialysis") > ask(q="dialysis lithium")
    assert ask(q="dialysis lithium") <= ask(q="lithium")
    assert ask(q="xyzzy") == set()


def test_what_fires_card_texts_and_sources_are_searched(ask):
    rule = KNOWLEDGE.rule("WheatAllergy")
    for text in (rule.fires[0], next(iter(rule.texts.values())).summary, KNOWLEDGE.reference(rule.references[0]).title):
        assert "WheatAllergy" in ask(q=text.replace("{", " ").split("}")[0][:150].rsplit(" ", 1)[0])


def test_words_are_those_of_the_language_and_accents_do_not_matter(ask):
    french = ask(q="épilepsie", lang="fr")
    assert "Epilepsy" in french
    assert french == ask(q="EPILEPSIE", lang="fr") == ask(q="e\u0301pilepsie", lang="fr")
    assert "Epilepsy" not in ask(q="épilepsie", lang="en")


def test_figures_are_found_as_they_are_on_the_day(ask):
    assert "RtuSecondOpinion" in ask(q="120 mg/day", on="2014-03-17")
    assert "RtuSecondOpinion" in ask(q="no figure in force", on="2014-03-16")


@pytest.mark.parametrize("family", ["dose", "renal", "rtu", "missing"])
def test_families(ask, family):
    assert ask(family=family) == {rule.id for rule in KNOWLEDGE.rules if rule.family == family}


@pytest.mark.parametrize("indicator", ["info", "warning", "critical"])
def test_indicators(ask, indicator):
    assert ask(indicator=indicator) == {rule.id for rule in KNOWLEDGE.rules if indicator in rule.indicators}


def test_jurisdictions_are_those_of_the_service():
    assert tuple(PLACES) == JURISDICTIONS


def test_where_a_rule_can_fire(ask):
    france, america = ask(jurisdiction="FR"), ask(jurisdiction="US")
    assert {"WheatAllergy", "RtuDoseCeiling", "OralDailyMaximum"} <= france
    assert "IndicationNotRecommended" in america - france
    assert america.isdisjoint({"WheatAllergy", "RtuDoseCeiling"})
    assert "AgePediatricOral" not in ask(jurisdiction="UK")


@pytest.mark.parametrize(
    ("rule", "day", "fires"),
    [
        ("RtuContraindication", "2014-03-16", False),
        ("RtuContraindication", "2014-03-17", True),
        ("RtuContraindication", "2020-12-13", True),
        ("RtuContraindication", "2020-12-14", False),
    ],
)
def test_a_rule_fires_in_a_jurisdiction_while_it_is_in_force(ask, rule, day, fires):
    assert (rule in ask(jurisdiction="FR", on=day)) is fires
    assert rule in ask(on=day)


def test_filters_together(ask):
    both = ask(family="rtu", indicator="critical", jurisdiction="FR", q="programme")
    assert both
    assert both <= ask(family="rtu") & ask(indicator="critical") & ask(jurisdiction="FR") & ask(q="programme")


def test_what_was_asked_stays_in_the_form_and_in_the_other_language(web):
    page = Page(web.get("/rules?q=%22taper%22+%26+more&family=stop&on=2016-01-01").text)
    (words,) = [one for one in page.all("input") if one.get("name") == "q"]
    assert words["value"] == '"taper" & more'
    assert [one["value"] for one in page.all("option") if "selected" in one] == ["stop"]
    (french,) = [one["href"] for one in page.all("a") if one.get("hreflang") == "fr"]
    assert french == "./rules?q=%22taper%22+%26+more&family=stop&on=2016-01-01&lang=fr"


def test_nothing_found_is_said(web):
    text = Page(web.get("/rules?q=xyzzy").text).text
    assert f"Rules found: 0 of {len(ALL)}." in text
    assert "No rule has all of this." in text
    assert "Aucune règle ne réunit tout cela." in Page(web.get("/rules?q=xyzzy&lang=fr").text).text


@pytest.mark.parametrize("name", ["family", "jurisdiction", "indicator"])
def test_a_filter_that_there_is_not(web, name):
    page = web.get("/rules", params={name: "none"})
    assert page.status_code == 400
    assert "There is nothing of this kind to choose" in page.text
    data = web.get("/rules", params={name: "none"}, headers={"Accept": "application/json"})
    assert data.status_code == 400
    assert data.json()["issue"][0]["expression"] == [name]


@given(st.text())
def test_folding_leaves_no_accent_and_no_case(text):
    plain = folded(text)
    assert not any(unicodedata.combining(sign) for sign in plain)
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300))
def test_any_words_are_answered(text):
    answer = SEARCHED.get("/rules", params={"q": text}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert folded(text).split() or answer.json()["found"] == len(ALL)


def test_today_in_the_form_is_no_choice_of_a_day(web):
    hrefs = [one["href"] for one in Page(web.get("/rules?on=2026-11-25").text).all("a")]
    assert not [href for href in hrefs if "on=" in href]
