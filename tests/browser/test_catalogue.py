"""A pharmacist looks up what the service checks."""

import re

import pytest
from playwright.sync_api import expect


def test_from_the_start_to_a_rule(walk):
    page = walk.page
    walk.open("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Rules").click()
    expect(page).to_have_url(f"{walk.base}/rules")
    expect(page.get_by_role("heading", level=1)).to_have_text("The rules")
    walk.sound("rules")
    page.get_by_role("link", name="RenalSevere", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("RenalSevere")
    walk.sound("rule")
    page.get_by_role("link", name="All rules").first.click()
    expect(page).to_have_url(f"{walk.base}/rules")


def test_a_search_with_filters(walk):
    page = walk.page
    walk.open("/rules")
    page.get_by_label("Words").fill("programme")
    page.get_by_label("Fires in").select_option("France")
    page.get_by_label("Indicator").select_option("critical")
    page.get_by_label("Day").fill("2016-01-01")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"q=programme.*jurisdiction=FR&indicator=critical&on=2016-01-01"))
    expect(page.get_by_role("status")).to_contain_text("Rules found: ")
    expect(page.get_by_role("link", name="RtuDoseCeiling")).to_be_visible()
    expect(page.get_by_label("Fires in")).to_have_value("FR")
    walk.sound("search")
    page.get_by_role("link", name="RtuDoseCeiling").click()
    expect(page.get_by_label("Day")).to_have_value("2016-01-01")


def test_a_search_that_finds_nothing(walk):
    page = walk.page
    walk.open("/rules")
    page.get_by_label("Words").fill("xyzzy")
    page.get_by_label("Words").press("Enter")
    expect(page.get_by_text("No rule has all of this.")).to_be_visible()
    walk.sound("nothing")
    page.get_by_role("main").get_by_role("link", name="All rules").last.click()
    expect(page.get_by_role("link", name="AbruptStop", exact=True)).to_be_visible()


def test_the_other_language_keeps_what_was_asked(walk):
    page = walk.page
    walk.open("/rules?q=taper&family=stop")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_label("Mots")).to_have_value("taper")
    expect(page.get_by_label("Famille")).to_have_value("stop")
    page.get_by_label("Mots").fill("decroissance")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("link", name="TaperTooFast")).to_be_visible()
    walk.sound("search-fr")
    page.get_by_role("link", name="TaperTooFast").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    walk.sound("rule-fr")


def test_a_browser_in_french_gets_french(walker, service):
    walk = walker(service.base, locale="fr-FR")
    walk.open("/rules")
    expect(walk.page.locator("html")).to_have_attribute("lang", "fr")


def test_with_the_keyboard_alone(walk):
    page = walk.page
    walk.open("/rules")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    walk.tab_to("Words")
    page.keyboard.type("dialysis")
    walk.tab_to("Search")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Rules found: ")
    walk.tab_to("RenalDialysis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("RenalDialysis")


def test_without_javascript(walker, service):
    walk = walker(service.base, java_script_enabled=False)
    walk.open("/rules")
    walk.page.get_by_label("Words").fill("taper")
    walk.page.get_by_role("button", name="Search").click()
    expect(walk.page.get_by_role("link", name="TaperTooFast")).to_be_visible()


def test_an_address_that_leads_nowhere(walk):
    walk.open("/rules/Nothing")
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("There is no rule of this name")
    walk.sound("absent")


@pytest.mark.parametrize(("width", "size"), [(1280, "200%"), (320, "100%")])
def test_large_letters_and_narrow_windows(walker, service, width, size):
    """Text at twice its size, and a window of 320 px: nothing has to be read sideways (WCAG 1.4.4, 1.4.10)."""
    walk = walker(service.base, viewport={"width": width, "height": 800})
    for path in ("/rules", "/rules/OralDailyMaximum", "/rules/RtuPrescriptionMention?lang=fr"):
        walk.open(path)
        walk.page.evaluate("size => document.documentElement.style.fontSize = size", size)
        wide = walk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
