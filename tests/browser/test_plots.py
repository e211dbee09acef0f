"""Plots under the pages' own Content-Security-Policy: drawn from their tables, in both schemes, and tables without JavaScript."""

import contextlib

import pytest
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import expect
from starlette.applications import Starlette

import cds.web.render
from cds.web import web_routes
from tests.security.serving import serving
from tests.web.pages import KNOWLEDGE

PAGE = """{% extends "base.html" %}{% import "plots.html" as plots with context %}
{% block title %}Figures{% endblock %}
{% block styles %}{{ plots.styles() }}{% endblock %}
{% block scripts %}{{ plots.scripts() }}{% endblock %}
{% block content %}<h1>Figures</h1><div class="plots">
{{ plots.plot("weeks", "Registrations a week", "bar", "Week", weeks, [{"name": "Patients", "values": patients}], note="All patients.") }}
{{ plots.plot("bands", "Adverse events by dose", "stacked", "Dose", bands, events, note="Of the visits at that dose.") }}
{{ plots.plot("share", "Acceptance", "line", "Week", weeks, [{"name": "Accepted", "values": shares}], unit="%") }}
{{ plots.plot("top", "Overridden most", "ranking", "Rule", rules, [{"name": "Overridden", "values": counts, "of": shown}]) }}
{{ plots.plot("none", "Nothing", "bar", "Week", [], []) }}
{{ plots.plot("withheld", "Withheld", "line", "Week", weeks, [{"name": "Accepted", "values": nothing}], unit="%", undrawn="Too few.") }}
{{ plots.plot("one", "One rule", "stacked-ranking", "Rule", ["Lithium"], one, axis="findings") }}
</div>{% endblock %}"""
FIGURES = {
    "weeks": [f"2014-W{week}" for week in range(12, 17)],
    "patients": [120, 340, 410, 290, 240],
    "bands": ["up to 80 mg", "81 to 180 mg", "181 to 300 mg"],
    "events": [
        {"name": "serious", "values": [1, 3, 7], "of": [700, 400, 300]},
        {"name": "other", "values": [40, 62, 81], "of": [700, 400, 300]},
    ],
    "shares": [12.5, None, 33, 40, 41.25],
    "nothing": [None] * 5,
    "one": [{"name": "critical", "values": [14]}, {"name": "warning", "values": [3]}],
    "rules": ["RenalUnknown", "OralDailyMaximum", "CnsDepressant"],
    "counts": [1200, 80, 7],
    "shown": [2000, 100, 9],
}


@pytest.fixture(scope="module")
def base():
    """Pages with one more, whose template is here."""
    environment = cds.web.render._environment().overlay()
    environment.loader = ChoiceLoader([DictLoader({"figures.html": PAGE}), environment.loader])

    def area(frame):
        async def figures(request):
            return await frame.page(request, "figures.html", **FIGURES)

        return [frame.route("/figures", figures)]

    with contextlib.ExitStack() as stack:
        patch = pytest.MonkeyPatch()
        stack.callback(patch.undo)
        patch.setattr("cds.web.render._environment", lambda: environment)
        yield stack.enter_context(serving(Starlette(routes=web_routes(KNOWLEDGE, areas=[area]))))


def _painted(canvas):
    """How many colours a drawing has."""
    return canvas.evaluate(
        """one => new Set(new Uint32Array(one.getContext("2d").getImageData(0, 0, one.width, one.height).data.buffer)).size"""
    )


def test_tables_become_drawings(walker, base):
    walk = walker(base)
    page = walk.page
    walk.open("/figures")
    drawings = page.locator("figure canvas")
    expect(drawings).to_have_count(5)
    assert all(_painted(drawings.nth(place)) > 3 for place in range(5))
    expect(page.get_by_role("img", name="Plot: Acceptance.")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(1)
    expect(page.locator("#withheld")).to_contain_text("Too few.")
    expect(page.locator("#withheld table")).to_be_visible()
    walk.sound("plots")
    page.get_by_text("Figures as a table").nth(3).click()
    expect(page.get_by_role("table")).to_have_count(2)
    expect(page.get_by_role("row", name="RenalUnknown")).to_contain_text("1200 of 2000")
    expect(page.get_by_text("Nothing to show yet.")).to_be_visible()
    walk.sound("plots-table")


def test_drawings_follow_the_scheme(walker, base):
    walk = walker(base)
    walk.open("/figures")
    canvas = walk.page.locator("#weeks canvas")

    bar = "one => Chart.getChart(one).data.datasets[0].backgroundColor"
    light = canvas.evaluate(bar)
    walk.page.emulate_media(color_scheme="dark")
    # The browser tells the page of the change after the call has returned.
    walk.page.wait_for_function(f"light => ({bar})(document.querySelector('#weeks canvas')) !== light", arg=light)
    assert canvas.evaluate("one => Chart.getChart(one).options.animation") is False


def test_a_single_bar_that_lies_is_as_thick_as_one_of_several(walker, base):
    walk = walker(base)
    walk.open("/figures")
    bar = "one => Chart.getChart(one).getDatasetMeta(0).data[0].height"
    alone = walk.page.locator("#one canvas").evaluate(bar)
    assert alone > 0.6 * walk.page.locator("#top canvas").evaluate(bar)
    assert alone >= 12


def test_what_is_not_known_is_a_gap(walker, base):
    walk = walker(base)
    walk.open("/figures")
    data = walk.page.locator("#share canvas").evaluate("one => Chart.getChart(one).data.datasets[0].data")
    assert data == [12.5, None, 33, 40, 41.25]


def test_tables_stand_alone_without_javascript(walker, base):
    walk = walker(base, java_script_enabled=False)
    page = walk.page
    walk.open("/figures?lang=fr")
    expect(page.get_by_role("table")).to_have_count(6)
    expect(page.locator("#share").get_by_role("row", name="2014-W13")).to_contain_text("inconnu")
    expect(page.locator("#share").get_by_role("row", name="2014-W16")).to_contain_text("41,25")
