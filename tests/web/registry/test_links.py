"""Forms that cards lead to."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cds.rtu.keys import rpps_keys
from cds.rtu.model import Prescriber
from tests.web.pages import TODAY, Page
from tests.web.registry.walks import DOCTOR, EHR, NAME, OTHER, PATIENT, PRESCRIBER, VISIT, walking
from tests.web.site import KEYS


def asked(page):
    """The names of what a form asks, in order, each once."""
    return list(
        dict.fromkeys(
            one["name"]
            for one in Page(page.text).all("input", "select", "textarea")
            if one.get("type") != "hidden" and "name" in one
        )
    )


def leads_to(page):
    """The fields that the list of faults leads to; each has its own fault."""
    found = {one["href"][1:] for one in Page(page.text).all("a") if one["href"].startswith("#")} - {"content"}
    ids = {one.get("id") for one in Page(page.text).all("p", "input", "select", "fieldset")}
    assert {f"{name}-fault" for name in found} | found <= ids
    return found


def standing(page):
    return {
        one["name"]: one.get("value") for one in Page(page.text).all("input") if one.get("type") in ("text", "date")
    }


@walking()
async def test_the_link_leaves_the_address_and_everything_is_asked_on_one_page(walk):
    moved = await walk.browser.get(walk.link(daily_dose="60", on="2026-11-25", starts=True))
    assert (moved.status_code, moved.headers["referrer-policy"]) == (303, "no-referrer")
    assert "context" not in moved.headers["location"]
    cookie = moved.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=1800" in cookie
    path, page = await walk.follow(walk.link(daily_dose="60", on="2026-11-25", starts=True))
    assert (
        f"Path={path}"
        in (await walk.browser.get(walk.link(daily_dose="60", on="2026-11-25", starts=True))).headers["set-cookie"]
    )
    assert page.headers["cache-control"] == "no-store"
    assert asked(page) == [*PATIENT, *PRESCRIBER]
    shown = standing(page)
    assert (shown["dose"], shown["started_on"]) == ("60", "2026-11-25")
    assert NAME not in page.text
    assert DOCTOR not in page.text


@walking()
async def test_patient_and_prescriber_are_registered_together_and_twice_is_once(walk):
    path, _ = await walk.follow(walk.link())
    token = await walk.web.token(path)
    for _ in range(2):
        sent = {"csrf": token, "form": "patient", **PATIENT, **PRESCRIBER}
        assert (await walk.browser.post(path, data=sent)).status_code == 303
    page = await walk.browser.get(f"{path}?done=patient")
    assert "The patient is registered" in page.text
    assert "25 November 2026" in page.text
    contents = await walk.register.contents()
    assert len(contents.prescribers) == len(contents.patients) == 1
    patient, prescriber = contents.patients[0], contents.prescribers[0]
    assert (patient.pseudonym, patient.prescriber, patient.dose) == (NAME, prescriber.id, Decimal(60))
    assert (patient.registered_on, patient.started_on) == (TODAY, date(2026, 11, 20))
    assert (prescriber.name, prescriber.setting, prescriber.keys) == ("Dr Hélène Roux", "csapa", (DOCTOR,))


@walking()
async def test_a_prescriber_who_is_registered_is_not_asked_again(walk):
    await walk.register_all()
    path, page = await walk.follow(walk.link(patient=OTHER))
    assert asked(page) == list(PATIENT)
    assert (await walk.fill(path, "patient", **PATIENT)).status_code == 303
    assert len((await walk.register.contents()).patients) == 2
    assert "Hélène" not in page.text


@walking()
async def test_without_an_identifier_of_the_ehr_the_rpps_number_is_needed(walk):
    path, _ = await walk.follow(walk.link(prescribers=()))
    refused = await walk.fill(path, "patient", **PATIENT, **PRESCRIBER)
    assert refused.status_code == 422
    assert 'href="#rpps"' in refused.text
    assert (await walk.fill(path, "patient", **PATIENT, **PRESCRIBER | {"rpps": "10001234567"})).status_code == 303
    second, _ = await walk.follow(walk.link(patient=OTHER, prescribers=()))
    again = {**PRESCRIBER, "name": "HELENE  ROUX", "rpps": "10001234567"}
    assert (await walk.fill(second, "patient", **PATIENT, **again)).status_code == 303
    contents = await walk.register.contents()
    assert [one.name for one in contents.prescribers] == ["Dr Hélène Roux"]
    assert len(contents.patients) == 2


@walking()
async def test_who_is_known_by_rpps_keeps_what_was_told_and_gets_the_key(walk):
    await walk.register.register_prescriber(
        Prescriber("d1", date(2014, 3, 20), "Dr Roux", "10001234567", "Psychiatrie", "hospital")
    )
    path, _ = await walk.follow(walk.link(form="prescriber"))
    changed = {**PRESCRIBER, "name": "roux", "rpps": "10001234567", "setting": "town"}
    done = await walk.fill(path, "prescriber", **changed)
    assert done.status_code == 303
    shown = await walk.browser.get(f"{path}?{done.headers['location'].partition('?')[2]}")
    assert "It is the registration of Dr Roux, RPPS number 10001234567" in shown.text
    kept = await walk.register.prescriber(rpps_keys("10001234567"))
    assert (kept.name, kept.setting, kept.keys) == ("Dr Roux", "hospital", (DOCTOR,))
    page = await walk.browser.get(path)
    assert "Registered already" in page.text
    assert "Dr Roux" not in page.text


@walking()
async def test_an_rpps_number_with_another_name_binds_nobody(walk):
    known = Prescriber("d1", date(2014, 3, 20), "Dr Anne Roux", "10001234567", "Psychiatrie", "hospital")
    await walk.register.register_prescriber(known)
    for form, more in (("prescriber", {}), ("patient", PATIENT)):
        path, _ = await walk.follow(walk.link(form=form))
        refused = await walk.fill(path, form, **more, **PRESCRIBER | {"name": "Paul Roux", "rpps": "10001234567"})
        assert refused.status_code == 422
        assert leads_to(refused) == {"rpps"}
        assert "is registered under another name" in refused.text
        assert "Anne" not in refused.text
    contents = await walk.register.contents()
    assert (contents.prescribers, contents.patients) == ((known,), ())
    await walk.sign_in()
    home = "/registry/prescribers/d1"
    told = {"name": "Dr Anne Roux", "rpps": "10001234567", "specialty": "", "setting": "csapa", "keys": DOCTOR}
    assert (await walk.web.submit(home, **told)).status_code == 303
    assert DOCTOR in (await walk.browser.get(home)).text
    assert (await walk.register.prescriber([DOCTOR])).id == "d1"
    assert (await walk.web.submit(home, **told | {"keys": ""})).status_code == 303
    assert await walk.register.prescriber([DOCTOR]) is None


@walking()
async def test_faults_are_told_by_field_and_what_was_typed_stays(walk):
    path, _ = await walk.follow(walk.link())
    wrong = {**PATIENT, "dose": "ten", "started_on": "20/11/2026", "birth_year": "", "sex": ""}
    refused = await walk.fill(path, "patient", **wrong, **PRESCRIBER | {"rpps": "123", "name": ""})
    assert refused.status_code == 422
    assert leads_to(refused) == {"dose", "started_on", "birth_year", "sex", "name", "rpps"}
    shown = standing(refused)
    assert (shown["dose"], shown["rpps"], shown["specialty"]) == ("ten", "123", "Addictologie")
    wrong = {**PATIENT, "dose": "1000.5", "started_on": "2026-11-26", "birth_year": "1906"}
    refused = await walk.fill(path, "patient", **wrong, **PRESCRIBER | {"rpps": "123"})
    assert leads_to(refused) == {"dose", "started_on", "rpps"}
    assert "start of baclofen lies in the future" in refused.text
    assert "RPPS number has not 11 digits" in refused.text
    assert (await walk.register.contents()).size == 0


@pytest.mark.parametrize(
    ("dose", "kept"), [("1000", True), ("1000.001", False), ("0", True), ("7,5", True), ("ten", False)]
)
def test_doses_at_the_bounds(tmp_path, dose, kept):
    @walking()
    async def run(walk):
        path, _ = await walk.follow(walk.link())
        done = await walk.fill(path, "patient", **PATIENT | {"dose": dose}, **PRESCRIBER)
        assert done.status_code == (303 if kept else 422)

    run(tmp_path)


@walking()
async def test_a_box_that_is_not_ticked_is_a_no(walk):
    path, _ = await walk.follow(walk.link())
    ticked = {name: value for name, value in PATIENT.items() if name not in ("informed", "contraindications_checked")}
    refused = await walk.fill(path, "patient", **ticked, **PRESCRIBER)
    assert refused.status_code == 422
    assert leads_to(refused) == {"informed", "contraindications_checked"}
    asked_of = [one["value"] for one in Page(refused.text).all("input") if one.get("name") == "asked"]
    assert (await walk.fill(path, "patient", **ticked, **PRESCRIBER, asked=asked_of)).status_code == 303
    patient = (await walk.register.contents()).patients[0]
    assert (patient.informed, patient.contraindications_checked) == (False, False)


@pytest.mark.parametrize(("days", "dose"), [(0, 90), (1, 60)])
def test_a_link_corrects_a_registration_on_its_day_and_no_later(tmp_path, days, dose):
    @walking()
    async def run(walk):
        await walk.register_all()
        patient = (await walk.register.contents()).patients[0]
        await walk.register.register_patient(replace(patient, registered_on=TODAY - timedelta(days)))
        path, page = await walk.follow(walk.link())
        assert "Registered already" in page.text
        changed = {**PATIENT, "dose": "90"}
        done = await walk.web.submit(path, page=f"{path}?form=visit", form="patient", **changed)
        assert done.status_code == 303
        (kept,) = (await walk.register.contents()).patients
        assert kept == replace(patient, registered_on=TODAY - timedelta(days), dose=Decimal(dose))

    run(tmp_path)


@pytest.mark.parametrize("days", [0, 1])
def test_another_prescribers_link_changes_no_registration_and_says_so(tmp_path, days):
    @walking()
    async def run(walk):
        await walk.register_all()
        (patient,) = (await walk.register.contents()).patients
        await walk.register.register_patient(replace(patient, registered_on=TODAY - timedelta(days)))
        path, _ = await walk.follow(walk.link(prescribers=(f"{EHR}|Practitioner/8",)))
        other = {**PRESCRIBER, "name": "Dr Paul"}
        done = await walk.web.submit(
            path, page=f"{path}?form=visit", form="patient", **PATIENT | {"dose": "90"}, **other
        )
        assert done.headers["location"].endswith("?form=patient")
        page = await walk.browser.get(f"{path}?form=patient")
        assert "Registered already" in page.text
        day = "25 November 2026" if days == 0 else "24 November 2026"
        assert f"The patient has been registered since {day}." in page.text
        assert (await walk.register.contents()).patients == (replace(patient, registered_on=TODAY - timedelta(days)),)

    run(tmp_path)


@walking()
async def test_a_visit_needs_the_registration_first(walk):
    path, page = await walk.follow(walk.link(form="visit"))
    assert "This patient is not registered yet." in page.text
    assert asked(page) == [*PATIENT, *PRESCRIBER]
    assert (await walk.fill(path, "patient", **PATIENT, **PRESCRIBER)).status_code == 303
    page = await walk.browser.get(path)
    assert asked(page) == ["on", "dose", "alcohol", "craving", "events", "event_text"]
    assert (await walk.fill(path, "visit", **VISIT, events=["drowsiness", "fall"])).status_code == 303
    assert (await walk.fill(path, "visit", **VISIT, events=["fall", "drowsiness"])).status_code == 303
    (visit,) = (await walk.register.contents()).visits
    assert (visit.patient, visit.dose, visit.events, visit.craving) == (NAME, Decimal(75), ("drowsiness", "fall"), 4)
    page = await walk.browser.get(f"{path}?done=visit")
    assert "The last visit on record is of 24 November 2026." in page.text


@walking()
async def test_an_opinion_and_a_stop_of_the_same_patient(walk):
    path = await walk.register_all()
    opinion = {"kind": "collegial", "on": "2026-11-20", "centre": "CSAPA", "favourable": "no"}
    assert (await walk.web.submit(path, page=f"{path}?form=opinion", form="opinion", **opinion)).status_code == 303
    stop = {"on": "2026-11-25", "reason": "inefficacy", "taper_planned": "no", "taper_days": "7"}
    refused = await walk.web.submit(path, page=f"{path}?form=stop", form="stop", **stop)
    assert refused.status_code == 422
    assert "although no taper is planned" in refused.text
    stop["taper_planned"] = "yes"
    assert (await walk.web.submit(path, page=f"{path}?form=stop", form="stop", **stop)).status_code == 303
    contents = await walk.register.contents()
    assert [(one.kind, one.favourable) for one in contents.opinions] == [("collegial", False)]
    assert [(one.reason, one.taper_days) for one in contents.stops] == [("inefficacy", 7)]


@walking()
async def test_forms_of_two_patients_in_one_browser_stay_apart(walk):
    await walk.register_all()
    mine, _ = await walk.follow(walk.link(form="visit"))
    await walk.register_all(patient=OTHER)
    theirs, _ = await walk.follow(walk.link(form="visit", patient=OTHER))
    assert mine != theirs
    assert (await walk.fill(mine, "visit", **VISIT)).status_code == 303
    assert [one.patient for one in (await walk.register.contents()).visits] == [NAME]


@pytest.mark.parametrize(
    "address",
    [
        "/registry/form",
        "/registry/form?context=",
        "/registry/form?context=x",
        "/registry/form?context=é",
        "/registry/form/0123456789abcdef",
        "old",
        "foreign",
    ],
)
def test_links_that_open_nothing(tmp_path, address):
    @walking()
    async def run(walk):
        given = {"old": walk.link(minutes=-1), "foreign": walk.link(key=KEYS.session)}.get(address, address)
        page = await walk.browser.get(given)
        assert page.status_code == 403
        assert "This link does not open a form" in page.text
        assert "the new card has a new link" in page.text
        french = await walk.browser.get(given, headers={"accept-language": "fr"})
        assert "Ce lien n’ouvre pas de formulaire" in french.text

    run(tmp_path)


@walking()
async def test_a_form_holds_for_half_an_hour(walk):
    path, _ = await walk.follow(walk.link())
    token = await walk.web.token(path)
    walk.web.clock.now += 30 * 60
    assert (await walk.browser.get(path)).status_code == 200
    walk.web.clock.now += 1
    assert (await walk.browser.get(path)).status_code == 403
    late = await walk.browser.post(path, data={"csrf": token, "form": "patient", **PATIENT, **PRESCRIBER})
    assert late.status_code == 403
    assert (await walk.register.contents()).size == 0


@walking()
async def test_a_form_opens_no_longer_than_its_link(walk):
    address = walk.link()
    walk.web.clock.now += 20 * 60
    moved = await walk.browser.get(address)
    assert "Max-Age=600" in moved.headers["set-cookie"]
    path, _ = await walk.follow(address)
    walk.web.clock.now += 10 * 60
    assert (await walk.browser.get(path)).status_code == 200
    walk.web.clock.now += 1
    assert (await walk.browser.get(path)).status_code == 403


@walking()
async def test_a_link_holds_until_its_last_second(walk):
    address = walk.link(minutes=1)
    walk.web.clock.now += 60
    assert (await walk.browser.get(address)).status_code == 303
    walk.web.clock.now += 1
    assert (await walk.browser.get(address)).status_code == 403


@walking()
async def test_a_form_without_its_token_changes_nothing(walk):
    path, _ = await walk.follow(walk.link())
    sent = await walk.browser.post(path, data={"form": "patient", **PATIENT, **PRESCRIBER})
    assert sent.status_code == 403
    assert (await walk.register.contents()).size == 0


@walking()
async def test_a_link_shows_nothing_of_the_registry(walk):
    path = await walk.register_all()
    for address in (path, f"{path}?form=visit", f"{path}?form=stop", f"{path}?form=prescriber"):
        page = await walk.browser.get(address)
        for secret in ("Hélène", "1970", "Addictologie", NAME, DOCTOR, EHR):
            assert secret not in page.text, address
    assert (await walk.browser.get("/registry/patients")).status_code == 303


@pytest.mark.parametrize("dose", ["1e+06", "NaN", "-1", "x", None])
def test_a_dose_that_cannot_be_is_not_filled_in(tmp_path, dose):
    @walking()
    async def run(walk):
        _, page = await walk.follow(walk.link(daily_dose=dose))
        assert standing(page)["dose"] == ""

    run(tmp_path)


@walking()
async def test_the_form_in_french(walk):
    path, _ = await walk.follow(walk.link())
    page = await walk.browser.get(f"{path}?lang=fr")
    assert "Inscrire le patient" in page.text
    refused = await walk.web.submit(f"{path}?lang=fr", form="patient", **PATIENT | {"dose": ""}, **PRESCRIBER)
    assert "posologie journalière\xa0: à renseigner" in refused.text
