import itertools
import re

import pytest

from tests.web.pages import KNOWLEDGE, Page, client

RULES = [rule.id for rule in KNOWLEDGE.rules]
ADDRESSES = ["/rules", *(f"/rules/{rule}" for rule in RULES)]


@pytest.fixture(scope="module")
def web():
    return client()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_well_formed_and_has_no_holes(web, address, language):
    answer = web.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    page = Page(answer.text)
    assert page.all("html") == [{"lang": language}]
    assert not re.search(r"[{}]|Markup|None|Undefined|Fraction\(|datetime\.", page.text)
    assert not re.search(r"&lt;[a-z/!]|&amp;[a-z]+;", answer.text), "escaped twice"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
    _headings_go_down_one_at_a_time(page)
    _labels_point_at_something(page)
    _tables_have_headings(page)


def _headings_go_down_one_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def _labels_point_at_something(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    pointed = {attrs["aria-labelledby"] for _, attrs in page.elements if "aria-labelledby" in attrs}
    pointed |= {attrs["for"] for attrs in page.all("label")}
    assert pointed <= set(ids)
    assert page.all("a")[0]["href"].removeprefix("#") in ids  # the skip link


def _tables_have_headings(page):
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    assert len(page.all("table")) == len([attrs for attrs in page.all("div") if attrs.get("class") == "wide"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_comes_from_elsewhere_and_nothing_runs(web, address):
    page = Page(web.get(address).text)
    assert not page.all("iframe", "object", "style", "img")
    assert all(attrs["src"].startswith(("./assets/", "../assets/")) for attrs in page.all("script"))
    assert not [attrs for _, attrs in page.elements if any(name == "style" or name.startswith("on") for name in attrs)]
    assert all(
        attrs["href"].startswith("../assets/") or attrs["href"].startswith("./assets/") for attrs in page.all("link")
    )
    outside = [attrs for attrs in page.all("a") if attrs["href"].startswith("http")]
    assert all(attrs["rel"] == "noreferrer" and attrs["href"].startswith("https://") for attrs in outside)


@pytest.mark.parametrize("rule", KNOWLEDGE.rules, ids=RULES)
def test_a_page_says_everything_that_is_known_of_its_rule(web, rule):
    text = Page(web.get(f"/rules/{rule.id}").text).text
    assert rule.title in text
    for key in rule.parameters:
        assert key in text
        assert all(value.title in text for value in KNOWLEDGE.parameters[key])
    for gap in rule.not_covered:
        assert gap in text
    for change in rule.history:
        assert change.text in text
    for reference in rule.references:
        assert KNOWLEDGE.reference(reference).title in text
    for reason in KNOWLEDGE.override_reasons(rule.id):
        assert f"{reason.display} {reason.code}" in text
    for usage in KNOWLEDGE.transparency.usages:
        assert f"{usage.title} {usage.of(rule.attributes)}" in text


def test_the_links_of_the_catalogue_lead_to_the_rules(web):
    hrefs = [attrs["href"] for attrs in Page(web.get("/rules").text).all("a")]
    assert [href for href in hrefs if href.startswith("./rules/")] == [
        f"./rules/{rule.id}" for rule in sorted(KNOWLEDGE.rules, key=_order)
    ]


def _order(rule):
    families = ["dose", "renal", "age", "rtu", "stop", "intrathecal", "caution", "missing"]
    return families.index(rule.family), rule.position


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/rules/OralStartingDose?on=2020-12-13", "RTU 2017"),
        ("/rules/OralStartingDose?on=2020-12-14", "marketing authorisation, first text"),
        ("/rules/OralStartingDose?on=2020-06-16", "only for: Baclocur 10 mg"),
        ("/rules/OralStartingDose?on=2020-06-17", "only for: Baclocur 30 mg"),
        ("/rules/RtuSecondOpinion?on=2014-03-16", "the oral daily dose is (no figure in force) or more"),
        ("/rules/RtuSecondOpinion?on=2014-03-16", "Not in force on 16 March 2014."),
        ("/rules/RtuSecondOpinion?on=2014-03-17", "the oral daily dose is 120 mg/day or more"),
        ("/rules/RtuContraindication?on=2020-12-14", "Not in force on 14 December 2020."),
        ("/rules?on=2014-03-16", "not in force on 16 March 2014"),
    ],
)
def test_a_page_shows_the_day_it_is_asked_for(web, address, expected):
    assert expected in Page(web.get(address).text).text


@pytest.mark.parametrize(
    "address", ["/rules/RtuContraindication?on=2020-12-13", "/rules/RtuSecondOpinion?on=2014-03-17"]
)
def test_a_rule_in_force_is_not_said_to_be_out_of_it(web, address):
    assert "Not in force" not in Page(web.get(address).text).text


def test_a_figure_that_is_no_decimal_stands_as_a_fraction(web):
    assert "2/3" in Page(web.get("/rules/RenalSevere").text).text


def test_french_pages_write_figures_and_days_as_french_does(web):
    text = Page(web.get("/rules/RenalModerate?lang=fr&on=2026-11-01").text).text
    assert "7,5" in text
    assert "1er novembre 2026" in text


def test_links_keep_the_day_and_the_language_that_were_chosen(web):
    hrefs = [attrs["href"] for attrs in Page(web.get("/rules/AgeUnknown?on=2016-01-01&lang=fr").text).all("a")]
    assert "../rules?on=2016-01-01&lang=fr" in hrefs
    assert "../rules/AgeUnknown?on=2016-01-01&lang=en" in hrefs


def test_card_texts_are_escaped_and_their_placeholders_marked():
    from cds.web.render import with_holes

    assert with_holes("<b>{drug} & more\nthen") == "&lt;b&gt;<var>drug</var> &amp; more<br>then"
