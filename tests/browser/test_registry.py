"""A prescriber follows a card's link; somebody who runs the programme looks at the records; anybody at the demo's figures."""

import csv
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cds.rtu.context import FormContext
from cds.security import load_keys
from cds.security.pseudonym import pseudonym
from cds.security.sealed import seal
from cds.web.frame import local_day
from tests.browser.walking import axe

PASSWORD = "three plain words"
EHR = "https://ehr.example.org/fhir"


class Card:
    """Links as cards of the running service have them."""

    def __init__(self, service):
        self.keys = load_keys(Path(service.environment["CDS_DATA_DIR"]) / "secret")
        self.name = pseudonym(self.keys.pseudonym, EHR, "p1")

    def link(self, form="patient", minutes=30, **more):
        context = FormContext(
            form, self.name, (f"{EHR}|Practitioner/7",), "60", on=local_day().isoformat(), starts=True, **more
        )
        return f"/registry/form?context={seal(self.keys.link, context, int(time.time()) + 60 * minutes)}"


def said(page):
    return page.get_by_role("main").inner_text()


def test_registration_from_a_card_is_quick(walker, new_service):
    card = Card(new_service)
    walk = walker(new_service.base)
    page = walk.page
    walk.open(card.link())
    expect(page).to_have_url(re.compile(r"/registry/form/[0-9a-f]{16}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Register the patient")
    walk.sound("registry-form")
    expect(page.get_by_label("Daily dose of baclofen, mg")).to_have_value("60")
    expect(page.get_by_label("Baclofen was started on")).to_have_value(local_day().isoformat())
    actions = 0
    for label, value in (("Year of birth", "1970"), ("Name of the prescriber", "Dr Hélène Roux")):
        page.get_by_label(label).fill(value)
        actions += 1
    for label in ("female", "CSAPA (centre for addiction care)"):
        page.get_by_label(label, exact=True).check()
        actions += 1
    for label in ("The patient has been informed", "The programme’s contraindications"):
        page.get_by_label(label).check()
        actions += 1
    page.get_by_role("main").get_by_role("button", name="Register the patient").click()
    assert actions <= 6  # what a prescriber has to answer, with the button seven actions
    expect(page.get_by_role("heading", level=1)).to_have_text("The patient is registered")
    expect(page.get_by_text("go back to the EHR")).to_be_visible()
    walk.sound("registry-done")
    page.reload()
    page.get_by_role("link", name="Record a follow-up visit").click()
    page.get_by_label("Declared consumption of alcohol").fill("30,5")
    page.get_by_label("Craving").select_option("4")
    page.get_by_label("drowsiness, sedation").check()
    walk.sound("registry-visit")
    page.get_by_role("main").get_by_role("button", name="Record a follow-up visit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The visit is recorded")
    page.get_by_role("link", name="Record a stop").click()
    page.get_by_label("Reason of the stop").select_option("no effect")
    page.get_by_label("yes").first.check()
    page.get_by_label("Length of the taper, days").fill("14")
    walk.sound("registry-stop")
    page.get_by_role("main").get_by_role("button", name="Record a stop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The stop is recorded")


def test_what_is_wrong_is_told_and_what_was_typed_stays(walker, new_service):
    walk = walker(new_service.base, locale="fr-FR")
    page = walk.page
    walk.open(Card(new_service).link())
    page.get_by_label("Posologie journalière de baclofène").fill("1200")
    page.get_by_label("Année de naissance").fill("70")
    page.get_by_label("féminin", exact=True).check()
    page.get_by_label("Nom du prescripteur").fill("Dr Roux")
    page.get_by_label("Numéro RPPS").fill("123")
    page.get_by_label("hôpital", exact=True).check()
    page.get_by_role("main").get_by_role("button", name="Inscrire le patient").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Rien n’est encore enregistré")
    expect(alert.get_by_role("link")).to_have_count(5)  # three faults, and two boxes that are asked about once
    walk.sound("registry-form-faults-fr")
    alert.get_by_role("link").first.click()
    page.get_by_label("Posologie journalière de baclofène").fill("120")
    page.get_by_label("Année de naissance").fill("1970")
    page.get_by_label("Numéro RPPS").fill("10001234567")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Le patient est inscrit")
    walk.sound("registry-done-fr")


def test_with_the_keyboard_alone(walker, new_service):
    walk = walker(new_service.base)
    page = walk.page
    walk.open(Card(new_service).link())
    walk.tab_to("Year of birth")
    page.keyboard.type("1970")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    walk.tab_to("The patient has been informed of the programme and of the registration")
    page.keyboard.press("Space")
    walk.tab_to("The programme’s contraindications have been checked")
    page.keyboard.press("Space")
    walk.tab_to("Name of the prescriber")
    page.keyboard.type("Dr Roux")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The patient is registered")


def test_a_link_that_is_too_old(walker, new_service):
    walk = walker(new_service.base)
    walk.open(Card(new_service).link(minutes=-1))
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("This link does not open a form")
    walk.sound("registry-old-link")


def _sign_in(walk, service):
    service.command("admin", "password", told=f"{PASSWORD}\n{PASSWORD}\n")
    walk.open("/registry")
    walk.sound("registry-welcome")
    walk.page.get_by_role("main").get_by_role("link", name="Sign in").click()
    walk.page.get_by_label("Password of the administrator").fill(PASSWORD)
    walk.page.get_by_role("button", name="Sign in").click()


def test_a_registration_by_hand_and_its_history(walker, new_service):
    walk = walker(new_service.base)
    page = walk.page
    _sign_in(walk, new_service)
    expect(page.get_by_role("heading", level=1)).to_have_text("The registry")
    page.get_by_role("link", name="Register a prescriber").click()
    page.get_by_label("Name of the prescriber").fill("Dr Roux")
    page.get_by_label("hospital", exact=True).check()
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("rowheader", name="Dr Roux")).to_be_visible()
    walk.sound("registry-prescribers")
    walk.open("/registry/patients/find")
    page.get_by_label("Address of the EHR’s FHIR server").fill(EHR)
    page.get_by_label("The EHR’s identifier of the patient").fill("p1")
    walk.sound("registry-find")
    page.get_by_role("button", name="Find").click()
    expect(page).to_have_url(re.compile(r"/[0-9a-f]{64}/register$"))
    page.get_by_label("Prescriber", exact=True).select_option(label="Dr Roux")
    page.get_by_label("Daily dose of baclofen, mg").fill("60")
    page.get_by_label("Baclofen was started on").fill((local_day() - timedelta(60)).isoformat())
    page.get_by_label("Year of birth").fill("1961")
    page.get_by_label("male", exact=True).check()
    page.get_by_label("The patient has been informed").check()
    page.get_by_label("contraindications have been checked").check()
    walk.sound("registry-register")
    page.get_by_role("button", name="Register the patient").click()
    expect(page.get_by_role("status")).to_have_text("The patient is registered")
    for days, dose, alcohol in ((40, "75", "60"), (20, "90", "40"), (3, "120", "")):
        page.get_by_role("link", name="Record a follow-up visit").click()
        page.get_by_label("Date of the visit").fill((local_day() - timedelta(days)).isoformat())
        page.get_by_label("Daily dose of baclofen, mg").fill(dose)
        page.get_by_label("Declared consumption of alcohol").fill(alcohol)
        page.get_by_label("insomnia").check()
        page.get_by_role("button", name="Record a follow-up visit").click()
        expect(page.get_by_role("status")).to_have_text("The visit is recorded")
    expect(page.locator("figure canvas")).to_have_count(2)
    walk.sound("registry-patient")
    walk.open("/registry/patients?show=all")
    walk.sound("registry-patients")
    page.get_by_role("rowheader").get_by_role("link").click()
    page.get_by_role("link", name="Erase the patient’s records").click()
    walk.sound("registry-erase")
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("The patient’s records are erased.")
    expect(page.get_by_text("No patient here.")).to_be_visible()


def test_a_full_registry(walker, new_service):
    new_service.command("registry", "demo")
    walk = walker(new_service.base)
    page = walk.page
    _sign_in(walk, new_service)
    expect(page.get_by_text("Of them stopped: 5.")).to_be_visible()
    walk.sound("registry-overview")
    page.get_by_role("link", name="Patients due for a visit").click()
    expect(page.get_by_role("row")).to_have_count(51)
    axe(page)
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("Page 2")).to_be_visible()
    page.get_by_label("Show").select_option("all")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"show=all"))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_figures_of_the_demo(walker, service, tmp_path, lang):
    walk = walker(service.base)
    page = walk.page
    walk.open("/registry")
    page.get_by_role("link", name="Figures of an invented registry").click()
    if lang == "fr":
        page.get_by_role("link", name="Français").click()
    expect(page.locator("figure canvas")).to_have_count(4)
    text = said(page)
    for figure in ("600", "1400", "30", "4"):
        assert figure in text
    walk.sound(f"registry-figures-{lang}")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").click()
    table = tmp_path / "figures.csv"
    downloading.value.save_as(table)
    assert downloading.value.suggested_filename == "registry-figures-demo.csv"
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = {row["figure"]: row for row in csv.DictReader(file)}
    assert rows["stops"]["numerator"] == "5"
    assert rows["patients"]["numerator_of"] == ("registered patients" if lang == "en" else "patients inscrits")
