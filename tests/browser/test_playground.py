"""A pharmacist tries the service: loads a case, changes the order, accepts what a card offers, and looks at why."""

import re

import pytest
from playwright.sync_api import expect

CARD = "article.ehr"


def opened(walk, case, query=""):
    walk.open(f"/playground/cases/{case}{query}")
    expect(walk.page.locator("#play")).to_be_visible()
    return walk.page


def test_a_card_appears_while_the_dose_is_typed(walk):
    walk.open("/")
    page = walk.page
    page.get_by_text("Cases to load").click()
    page.get_by_role("link", name="Exactly 80 mg a day", exact=True).click()
    expect(page.locator(".said")).to_have_text("No card.")
    expect(page.get_by_text("80 mg/day: not above 80 mg/day.")).to_be_visible()
    walk.sound("at-the-maximum")
    dose = page.get_by_label("Amount of one intake, phase 1", exact=True)
    dose.fill("21.25")
    expect(page.locator(CARD)).to_contain_text("Baclofen 85 mg/day: above the maximum of 80 mg/day")
    expect(page.locator(CARD).get_by_text("warning", exact=True)).to_be_visible()
    expect(dose).to_be_focused()
    expect(page.locator("#status")).to_have_text("Cards: 1 warning.")
    walk.sound("above-the-maximum")
    dose.fill("20")
    expect(page.locator(CARD)).to_have_count(0)


def test_links_to_cases_are_high_enough_for_a_finger(walk):
    page = opened(walk, "abrupt-stop")
    page.get_by_text("Cases to load").click()
    links = page.locator(".library a, .case a")
    expect(links.first).to_be_visible()
    heights = links.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert len(heights) > 5
    assert min(heights) >= 24


def test_an_accepted_suggestion_changes_the_order(walk):
    page = opened(walk, "start-too-high")
    page.get_by_role("button", name=re.compile("^Order baclofen 5 mg")).click()
    expect(page.locator("#accepted")).to_be_focused()
    expect(page.get_by_label("Amount of one intake, phase 1", exact=True)).to_have_value("5")
    expect(page.locator(".said")).to_have_text("No card.")
    walk.sound("accepted")
    page.get_by_label("Amount of one intake, phase 1", exact=True).fill("10")
    expect(page.locator(CARD)).to_have_count(1)


def test_a_stop_becomes_a_taper_in_french(walk):
    page = opened(walk, "abrupt-stop", "?lang=fr")
    walk.sound("abrupt-stop-fr")
    page.locator("button[name=accept]").click()
    expect(page.locator("#accepted")).to_contain_text("Accepté")
    expect(page.locator("#f-change")).to_have_value("order")
    expect(page.locator("#f-sig_fhir")).to_be_visible()
    expect(page.locator(CARD)).to_have_count(0)
    walk.sound("taper-fr")


def test_another_language_keeps_what_was_typed(walk):
    page = opened(walk, "severe-kidneys")
    page.get_by_label("Weight kg").fill("61.5")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_label("Poids kg")).to_have_value("61.5")
    expect(page.locator(CARD)).to_contain_text("DFG")
    assert "?lang=fr" in page.url
    assert "61" not in page.url


def test_what_cannot_be_read_is_named_beside_its_field(walk):
    page = opened(walk, "safe-order")
    weight = page.get_by_label("Weight kg")
    weight.fill("heavy")
    expect(weight).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#e-weight")).to_have_text("This is not a number; write it in digits, such as 12.5.")
    walk.sound("fault")
    page.get_by_role("link", name="Weight", exact=True).click()
    expect(weight).to_be_focused()
    weight.fill("65")
    expect(page.locator("#e-weight")).to_be_hidden()
    expect(weight).not_to_have_attribute("aria-invalid", "true")


def test_the_rules_are_filtered_and_lead_to_their_pages(walk):
    page = opened(walk, "opioid-apnoea")
    page.get_by_label("Amount of one intake, phase 1", exact=True).fill("15")
    expect(page.locator("#doses + .dose")).to_contain_text("45 mg/day")
    page.get_by_label("Filter the rules").fill("peptic")
    shown = page.locator("[data-verdict]:visible")
    expect(shown).to_have_count(1)
    page.get_by_label("Filter the rules").fill("xyzzy")
    expect(page.get_by_text("No rule has this word.")).to_be_visible()
    page.get_by_label("Filter the rules").fill("peptic")
    shown.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("PepticUlcer")


def test_the_call_can_be_copied(walker, service):
    walk = walker(service.base, permissions=["clipboard-read", "clipboard-write"])
    page = opened(walk, "safe-order")
    page.get_by_text("The same call as a command").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -s ")
    assert copied == page.locator("#text-curl").inner_text()


def test_folded_parts_stay_as_they_were(walk):
    page = opened(walk, "severe-kidneys")
    page.get_by_text("Reasons to override it").click()
    page.locator("#silent-caution summary").click()
    page.get_by_label("Amount of one intake, phase 1", exact=True).fill("10")
    expect(page.locator("#doses + .dose")).to_contain_text("30 mg/day")
    assert page.locator("#silent-caution").evaluate("part => part.open")


def test_with_the_keyboard_alone(walk):
    page = opened(walk, "start-too-high")
    walk.tab_to("When the EHR asks")
    page.locator("#f-dose").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    expect(page.locator("#doses + .dose")).to_contain_text("36 mg/day")
    page.locator("button[name=accept]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#accepted")).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_without_its_script_the_button_does_it(walker, service, script):
    walk = walker(service.base, java_script_enabled=script)
    page = opened(walk, "at-the-maximum")
    page.locator("#f-dose").fill("21.25")
    page.get_by_role("button", name="Check this order").click()
    expect(page.locator(CARD)).to_contain_text("85 mg/day")
    page.get_by_role("button", name=re.compile("^Order baclofen 20 mg")).click()
    expect(page.locator("#accepted")).to_be_visible()
    expect(page.locator("#f-dose")).to_have_value("20")


def test_a_service_that_does_not_answer_is_said(walk):
    page = opened(walk, "safe-order")
    page.route("**/playground", lambda route: route.abort())
    page.locator("#f-dose").fill("30")
    expect(page.locator(".said")).to_have_text("No answer came.")
    expect(page.locator("#status")).to_have_text("No answer came.")
    walk.faults.clear()  # what the browser says of the call that was cut


def test_dark(walker, service):
    walk = walker(service.base, color_scheme="dark")
    opened(walk, "severe-kidneys")
    walk.sound("dark")


def test_the_first_field_of_a_panel_stands_off_its_title(walk):
    walk.open("/")
    gaps = walk.page.locator(".play > fieldset").evaluate_all(
        """all => all.map((one) =>
            one.querySelector(".field > label").getBoundingClientRect().top - one.querySelector("legend").getBoundingClientRect().bottom)"""
    )
    assert len(gaps) == 3
    assert max(gaps) - min(gaps) < 1
    assert min(gaps) > 6
