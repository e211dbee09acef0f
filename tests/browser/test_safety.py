"""The committee's pharmacist: an EHR calls and tells what became of a card, and the dashboard shows it."""

import csv
import io
import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from cds.examples import ORDER_SIGN
from cds.language import catalogue
from tests.browser.walking import PHONE

PASSWORD = "three plain words"
HOOK = "/cds-services/baclofen-order-sign"
DEMO = "/safety?data=demo"


def call_and_tell(base):
    """Eleven orders: the prescriber overrides five of the cards with a word, accepts one, and tells nothing of the others; the cards."""
    with httpx.Client(base_url=base) as ehr:
        ids = []
        for _ in range(11):
            order = json.loads(ORDER_SIGN.read_bytes()) | {
                "hookInstance": str(uuid.uuid4())
            }  # another one, other cards
            ids.append(ehr.post(HOOK, json=order).raise_for_status().json()["cards"][0]["uuid"])
        reason = {"reason": {"code": "NephrologyAgreed", "system": "urn:baclofen-cds:override"}, "userComment": "asked <them>"}  # fmt: skip
        items = [{"card": card, "outcome": "overridden", "overrideReason": reason} for card in ids[:5]]
        items += [{"card": ids[5], "outcome": "accepted"}]
        told = ehr.post(f"{HOOK}/feedback", json={"feedback": items}).raise_for_status().json()
    assert told["received"] == len(set(ids[:6])) == 6
    return ids


def sign_in(walk):
    walk.page.get_by_label("Password of the administrator").fill(PASSWORD)
    walk.page.get_by_role("button", name="Sign in").click()


def open_until(walk, path, text, seconds=20):
    """Open a page again until what the service counted is written."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        walk.open(path)
        if walk.page.get_by_text(text).count():
            return
        time.sleep(0.5)
    pytest.fail(f"{text!r} does not come up")


def test_from_a_call_to_its_figures(walker, new_service):
    new_service.command("admin", "password", told=f"{PASSWORD}\n{PASSWORD}\n")
    walk = walker(new_service.base)
    page = walk.page
    walk.open("/safety")
    sign_in(walk)
    expect(page).to_have_url(f"{walk.base}/safety")
    expect(page.get_by_text("No call was counted in this period with these filters.")).to_be_visible()
    walk.sound("safety-empty")
    call_and_tell(new_service.base)
    open_until(walk, "/safety", "11 of 11 (100 %) calls")
    rows = [row for row in _file(page, "rules") if row["overridden"] == "5"]
    assert [(row["accepted"], row["cards"], row["overridden_percent"]) for row in rows] == [("1", "11", "45.5")]
    expect(page.locator("#rules canvas")).to_be_visible()
    page.locator("#reasons summary").click()
    expect(page.locator("#reasons")).to_contain_text("Agreed with nephrology")
    expect(page.get_by_text("asked <them>")).to_have_count(5)
    walk.sound("safety-figures")
    page.get_by_label("Indicator", exact=True).select_option("info")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Calls have no rule and no indicator").first).to_be_visible()
    expect(page.get_by_label("Indicator", exact=True)).to_have_value("info")
    page.get_by_label("First day", exact=True).fill("2020-01-01")
    expect(page.get_by_label("Period", exact=True)).to_have_value("dates")
    page.get_by_label("Last day", exact=True).fill("2020-01-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Period: 1 January 2020 to 31 January 2020, days in UTC.").first).to_be_visible()
    expect(page.get_by_text("No call was counted in this period with these filters.")).to_be_visible()


def _file(page, key):
    """The rows of a section's file, taken with its link."""
    with page.expect_download() as download:
        page.locator(f'a[href*="safety/{key}.csv"]').click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_demonstration_is_open_and_says_what_it_is(walk):
    page = walk.page
    walk.open(DEMO)
    expect(page.get_by_text("Invented figures.")).to_be_visible()
    for key in ("findings", "silenced", "rules", "overridden", "reasons", "units", "weeks", "unknown", "latency"):
        expect(page.locator(f"#{key} canvas")).to_be_visible()
    walk.sound("safety-demo")
    assert {row["data"] for row in _file(page, "weeks")} == {"demo"}
    page.get_by_role("link", name="Older comments").click()
    expect(page.get_by_role("link", name="Newer comments")).to_be_visible()
    page.get_by_label("Unit", exact=True).select_option("Nephrology")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Unit: Nephrology")).to_be_visible()
    expect(page.get_by_text("Invented figures.")).to_be_visible()
    page.locator("#overridden summary").click()
    rule = page.locator("#overridden tbody a").first
    name = rule.inner_text()
    rule.click()
    expect(page).to_have_url(f"{walk.base}/rules/{name}")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_in_french_with_the_tables_open(walk):
    page = walk.page
    walk.open(f"{DEMO}&period=30&lang=fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableau de bord de la sécurité")
    for summary in page.locator("figure summary").all():
        summary.click()
    walk.sound("safety-demo-fr")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("Invented figures.")).to_be_visible()
    expect(page.get_by_label("Period", exact=True)).to_have_value("30")


def test_with_the_keyboard_alone(walk):
    page = walk.page
    walk.open(DEMO)
    walk.tab_to("Period")
    page.keyboard.type("the last 7")
    walk.tab_to("Show")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Period", exact=True)).to_have_value("7")
    walk.tab_to("Figures as a table: Findings by rule and indicator", most=60)
    page.keyboard.press("Enter")
    expect(page.locator("#findings table")).to_be_visible()


def test_without_javascript_the_tables_stand(walker, service):
    walk = walker(service.base, java_script_enabled=False)
    walk.open(f"{DEMO}&period=365")
    for key in ("findings", "silenced", "rules", "overridden", "reasons", "units", "weeks", "unknown", "latency"):
        expect(walk.page.locator(f"#{key} table").first).to_be_visible()
    walk.page.get_by_label("Period", exact=True).select_option("dates")
    first = datetime.now(UTC).date() - timedelta(days=40)
    walk.page.get_by_label("First day", exact=True).fill(first.isoformat())
    walk.page.get_by_role("button", name="Show").click()
    expect(walk.page.get_by_text(f"Period: {catalogue('en').date(first)} to").first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_chosen_period_is_not_cut(walk, language):
    """The widest option has room between the padding and the arrow, which is as wide as the text is high."""
    walk.open(f"{DEMO}&lang={language}")
    room = walk.page.locator("#period").evaluate(
        """one => {
            const style = getComputedStyle(one);
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = style.font;
            const widest = Math.max(...[...one.options].map((option) => pen.measureText(option.text).width));
            return one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - parseFloat(style.fontSize) - widest;
        }"""
    )
    assert room >= 0


def test_labels_of_a_table_on_a_phone_do_not_run_into_the_figures(walker, service):
    walk = walker(service.base, viewport=PHONE)
    walk.open(f"{DEMO}&lang=fr")
    walk.page.locator("#latency summary").click()
    cells = walk.page.locator("#latency td").evaluate_all(
        """all => all.map((one) => {
            const label = getComputedStyle(one, "::before");
            return [label.position, label.whiteSpace, parseFloat(label.height) <= one.clientHeight];
        })"""
    )
    assert len(cells) > 20
    assert {tuple(cell) for cell in cells} == {("static", "normal", True)}
