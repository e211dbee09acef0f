"""The registry for people who are signed in."""

import asyncio
import csv
import html
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cds.rtu.demo import demo_contents
from cds.rtu.model import Contents, Patient, Prescriber, RecordedOpinion, Stop, Visit
from cds.rtu.rows import event_name
from tests.web.pages import TODAY, Page
from tests.web.registry.walks import EHR, NAME, OTHER, PATIENT, PRESCRIBER, VISIT, walking
from tests.web.site import KEYS


def words(page):
    """What a page says, its elements apart."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


PAGES = (
    "/registry/prescribers",
    "/registry/prescribers/new",
    "/registry/patients",
    "/registry/patients/find",
    "/registry/figures",
    f"/registry/patients/{NAME}",
    f"/registry/patients/{NAME}/register",
    f"/registry/patients/{NAME}/visit",
    f"/registry/patients/{NAME}/erase",
    f"/registry/patients/{NAME}/change",
)
DOCTOR = Prescriber("d1", date(2026, 1, 5), "Dr Roux", "10001234567", "Psychiatrie", "town")


def patient(name=NAME, on=TODAY, **changes):
    return Patient(
        **{
            "pseudonym": name,
            "registered_on": on,
            "prescriber": "d1",
            "started_on": date(2026, 1, 1),
            "birth_year": 1970,
            "sex": "male",
            "informed": True,
            "contraindications_checked": True,
            "dose": Decimal(60),
            **changes,
        }
    )


@walking()
async def test_nobody_sees_the_records_without_signing_in(walk):
    await walk.register.load(Contents((DOCTOR,), (patient(),)))
    for path in PAGES:
        page = await walk.browser.get(path)
        assert page.status_code == 303, path
        assert "sign-in" in page.headers["location"]
    sent = await walk.browser.post(f"/registry/patients/{NAME}/erase", data={"sure": "yes"})
    assert sent.status_code == 303
    assert (await walk.browser.get("/registry/figures.csv")).status_code == 401
    assert (await walk.register.contents()).size == 2
    start = await walk.browser.get("/registry")
    assert start.status_code == 200
    assert "Sign in" in start.text
    assert "data=demo" in start.text


@walking()
async def test_every_page_is_sound_and_kept_by_no_cache(walk):
    await walk.register.load(Contents((DOCTOR,), (patient(),)))
    await walk.sign_in()
    for path in ("/registry", *PAGES):
        for lang in ("en", "fr"):
            page = await walk.browser.get(f"{path}?lang={lang}")
            if path.endswith("/register"):
                assert page.status_code == 303
                continue
            assert page.status_code == 200, path
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["referrer-policy"] == "same-origin"
            taken = Page(page.text)
            assert not [
                one for one in taken.elements if "style" in one[1] or any(name.startswith("on") for name in one[1])
            ]
            assert len([one for one in taken.elements if one[0] == "h1"]) == 1
            ids = [attrs["id"] for _, attrs in taken.elements if "id" in attrs]
            assert len(ids) == len(set(ids)), path


@pytest.mark.parametrize(("days", "due"), [(30, 0), (31, 0), (32, 1)])
def test_a_patient_is_due_after_more_than_31_days(tmp_path, days, due):
    @walking()
    async def run(walk):
        on = TODAY - timedelta(days)
        await walk.register.load(Contents((DOCTOR,), (patient(on=date(2026, 1, 5)),), (Visit(NAME, on, Decimal(90)),)))
        await walk.sign_in()
        start = words(await walk.browser.get("/registry"))
        assert f"Patients due for a visit {due} " in start
        listed = (await walk.browser.get("/registry/patients?show=due")).text
        assert (NAME in listed) == bool(due)
        everybody = (await walk.browser.get("/registry/patients")).text
        assert ('class="due"' in everybody) == bool(due)
        page = (await walk.browser.get(f"/registry/patients/{NAME}")).text
        assert ("Due for a visit" in page) == bool(due)

    run(tmp_path)


@walking()
async def test_who_stopped_is_not_due_until_baclofen_is_taken_again(walk):
    early = date(2026, 1, 5)
    await walk.register.load(
        Contents(
            (DOCTOR,),
            (patient(on=early), patient(OTHER, early)),
            (Visit(OTHER, date(2026, 3, 2), Decimal(30)),),
            (),
            (Stop(NAME, date(2026, 2, 1), "remission", True), Stop(OTHER, date(2026, 2, 1), "remission", True)),
        )
    )
    await walk.sign_in()
    due = (await walk.browser.get("/registry/patients?show=due")).text
    assert (NAME in due, OTHER in due) == (False, True)
    start = words(await walk.browser.get("/registry"))
    assert "Of them stopped: 1." in start
    everybody = (await walk.browser.get("/registry/patients?show=all")).text
    assert "stopped on 1 February 2026" in everybody
    assert (NAME in everybody, OTHER in everybody) == (True, True)
    assert "Stopped on 1 February 2026" in (await walk.browser.get(f"/registry/patients/{NAME}")).text


@walking()
async def test_registration_by_hand_keeps_no_identifier(walk):
    await walk.sign_in()
    made = await walk.web.submit("/registry/prescribers/new", id="d7", **PRESCRIBER)
    assert made.status_code == 303
    again = await walk.web.submit("/registry/prescribers/new", id="d7", **PRESCRIBER)
    assert again.status_code == 303
    found = await walk.web.submit(
        "/registry/patients/find", namespace=f"{EHR}/".replace("https://ehr", "HTTPS://EHR"), identifier="Patient/p1"
    )
    assert found.headers["location"] == f"../../registry/patients/{NAME}/register"
    path = f"/registry/patients/{NAME}/register"
    refused = await walk.web.submit(path, **PATIENT, prescriber="")
    assert refused.status_code == 422
    done = await walk.web.submit(path, **PATIENT, prescriber="d7")
    assert done.headers["location"].endswith(f"registry/patients/{NAME}?done=patient")
    known = await walk.web.submit("/registry/patients/find", namespace=EHR, identifier="p1")
    assert known.headers["location"] == f"../../registry/patients/{NAME}"
    contents = await walk.register.contents()
    assert (len(contents.prescribers), len(contents.patients)) == (1, 1)
    assert "p1" not in repr(contents)


@pytest.mark.parametrize(
    ("namespace", "identifier", "marked"),
    [("ehr", "p1", {"namespace"}), (EHR, " ", {"identifier"}), ("", "", {"namespace", "identifier"})],
)
def test_a_patient_who_cannot_be_looked_for(tmp_path, namespace, identifier, marked):
    @walking()
    async def run(walk):
        await walk.sign_in()
        refused = await walk.web.submit("/registry/patients/find", namespace=namespace, identifier=identifier)
        assert refused.status_code == 422
        inputs = [one for one in Page(refused.text).all("input") if one.get("aria-invalid") == "true"]
        assert {one["name"] for one in inputs} == marked
        assert all(one["value"] == "" for one in Page(refused.text).all("input") if one["name"] == "identifier")

    run(tmp_path)


@walking()
async def test_the_history_of_a_patient_grows(walk):
    await walk.register.load(Contents((DOCTOR,), (patient(on=date(2026, 11, 2)),)))
    await walk.sign_in()
    home = f"/registry/patients/{NAME}"
    done = await walk.web.submit(f"{home}/visit", **VISIT | {"event_text": "falls <b>asleep</b>"}, events="drowsiness")
    assert done.headers["location"].endswith(f"{NAME}?done=visit")
    page = await walk.browser.get(f"{home}?done=visit")
    assert "The visit is recorded" in page.text
    text = words(page)
    assert "24 November 2026 75 mg/day 30 g/day 4 drowsiness, sedation. falls <b>asleep</b>" in text
    plotted = re.findall(r'data-value="([^"]*)"', page.text)
    assert plotted == ["60", "75", "30"]
    form = (await walk.browser.get(f"{home}/stop")).text
    assert 'name="last_dose" value="75"' in form
    stop = {"on": "2026-11-25", "reason": "remission", "taper_planned": "yes", "taper_days": "14", "last_dose": "75"}
    assert (await walk.web.submit(f"{home}/stop", **stop)).status_code == 303
    text = words(await walk.browser.get(home))
    assert "25 November 2026: remission. Taper planned (14 days). Dose before: 75 mg/day" in text
    opinion = {"kind": "second", "on": "2026-11-25", "favourable": "no"}
    assert (await walk.web.submit(f"{home}/opinion", **opinion)).status_code == 303
    assert "second opinion, does not support the dose" in words(await walk.browser.get(home))


@walking()
async def test_erasing_asks_first_and_leaves_nothing(walk):
    await walk.register.load(Contents((DOCTOR,), (patient(),), (Visit(NAME, TODAY, Decimal(90)),)))
    await walk.sign_in()
    path = f"/registry/patients/{NAME}/erase"
    assert (await walk.web.submit(path)).status_code == 422
    assert (await walk.register.contents()).size == 3
    done = await walk.web.submit(path, sure="yes")
    assert done.headers["location"] == "../../../registry/patients?erased=yes"
    assert (await walk.register.contents()).size == 1
    assert "records are erased" in (await walk.browser.get("/registry/patients?erased=yes")).text
    assert (await walk.browser.get(f"/registry/patients/{NAME}")).status_code == 404


@walking()
async def test_a_prescriber_is_corrected(walk):
    await walk.register.load(Contents((DOCTOR,)))
    await walk.sign_in()
    page = await walk.browser.get("/registry/prescribers/d1")
    assert 'value="Dr Roux"' in page.text
    changed = {"name": "Dr Anne Roux", "rpps": "10001234567", "specialty": "", "setting": "csapa"}
    assert (await walk.web.submit("/registry/prescribers/d1", **changed)).status_code == 303
    kept = await walk.register.prescriber(["d1"])
    assert (kept.name, kept.setting, kept.registered_on) == ("Dr Anne Roux", "csapa", date(2026, 1, 5))
    assert (await walk.web.submit("/registry/prescribers/d1", **changed | {"rpps": "1"})).status_code == 422
    assert (await walk.browser.get("/registry/prescribers/d2")).status_code == 404


@walking()
async def test_lists_have_pages(walk):
    doctors = tuple(Prescriber(f"d{number}", TODAY, f"Dr {number:02}") for number in range(1, 52))
    patients = tuple(patient(f"{number:064x}", TODAY - timedelta(number)) for number in range(51))
    await walk.register.load(Contents(doctors, patients))
    await walk.sign_in()
    for path, last in (("/registry/prescribers", "Dr 51"), ("/registry/patients?show=all", f"{0:064x}")):
        first = await walk.browser.get(path)
        assert last not in first.text.replace('<option value="d51">Dr 51', "")
        assert "Next page" in first.text
        second = await walk.browser.get(path + ("&" if "?" in path else "?") + "page=2")
        assert last in second.text
        assert "Next page" not in second.text
        assert "Previous page" in second.text
    one = await walk.browser.get("/registry/patients?show=all&prescriber=d2")
    assert "No patient here." in one.text


@walking()
async def test_the_demo_needs_no_account_and_gives_the_published_figures(walk):
    page = await walk.browser.get("/registry/figures?data=demo")
    assert page.status_code == 200
    text = words(page)
    assert "Invented data: nobody is in this registry." in text
    assert "after five weeks, 17 March 2014 to 20 April 2014" in text
    assert "prescribers without patients: 300; registered prescribers: 600" in text
    assert "Registered patients 1400" in text
    assert "Started since the programme opened 30 %" in text
    assert "patients who stopped the treatment: 5; registered patients: 1400" in text
    assert "Patients per prescriber who has any 4.67" in text
    assert (
        "the published figures disagree: 1400 patients of 300 prescribers are 4.67 each, not “an average of 4”" in text
    )
    assert len(re.findall(r'<figure class="plot"', page.text)) == 4
    assert 'href="../registry/figures?data=demo&amp;lang=fr"' in page.text
    french = words(await walk.browser.get("/registry/figures?data=demo&lang=fr"))
    assert "Données fictives" in french
    assert "prescripteurs sans patient inscrit : 300 ; prescripteurs inscrits : 600" in french
    table = await walk.browser.get("/registry/figures.csv?data=demo")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "registry-figures-demo.csv" in table.headers["content-disposition"]
    rows = {
        (row["figure"], row["group"]): row for row in csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
    }
    assert rows["stops", ""]["numerator"] == "5"
    assert rows["without_patients", ""]["value"] == "0.5"
    assert rows["started_since", ""]["denominator_of"] == "registered patients"


@walking()
async def test_own_figures_are_of_the_services_own_data(walk):
    await walk.sign_in()
    with pytest.MonkeyPatch.context() as at_once:
        at_once.setattr("cds.web.registry.figures._SECONDS", 0)
        await _own_figures(walk)


async def _own_figures(walk):
    empty = await walk.browser.get("/registry/figures")
    assert "Nobody is registered yet" in empty.text
    await walk.register.load(Contents((DOCTOR,), (patient(), patient(OTHER, started_on=date(2013, 1, 1)))))
    text = words(await walk.browser.get("/registry/figures"))
    assert "Invented data" not in text
    assert "patients started since the programme opened: 1; registered patients: 2" in text
    rows = list(
        csv.DictReader(io.StringIO((await walk.browser.get("/registry/figures.csv")).content.decode("utf-8-sig")))
    )
    assert next(row for row in rows if row["figure"] == "patients")["value"] == "2"


@walking()
async def test_own_figures_are_kept_for_some_seconds_and_read_once(walk):
    await walk.sign_in()
    reads = []

    async def contents(register):
        reads.append(register)
        await asyncio.sleep(0.01)
        return Contents((), ())

    with pytest.MonkeyPatch.context() as counted:
        counted.setattr("cds.rtu.stored.Register.contents", contents)
        await asyncio.gather(*(walk.browser.get("/registry/figures") for _ in range(4)))
        await walk.browser.get("/registry/figures.csv")
        assert len(reads) == 1
        counted.setattr("cds.web.registry.figures._SECONDS", 0)
        await walk.browser.get("/registry/figures")
        assert len(reads) == 2


@walking()
async def test_a_full_registry_is_shown(walk):
    await walk.register.load(demo_contents())
    await walk.sign_in()
    text = words(await walk.browser.get("/registry"))
    assert "Registered prescribers 600" in text
    assert "Registered patients 1400 Of them stopped: 5." in text
    assert "Patients due for a visit 1395 " in text
    assert KEYS.pseudonym.hex() not in text


@pytest.mark.parametrize("name", ["x", NAME.upper(), NAME[:-1], f"{NAME}0", "new"])
def test_addresses_of_nobody(tmp_path, name):
    @walking()
    async def run(walk):
        await walk.sign_in()
        for path in (
            f"/registry/patients/{name}",
            f"/registry/patients/{name}/register",
            f"/registry/patients/{name}/stop",
        ):
            assert (await walk.browser.get(path)).status_code == 404

    run(tmp_path)


@walking()
async def test_one_record_is_deleted_and_the_deletion_is_kept(walk):
    kept, wrong = Visit(NAME, TODAY, Decimal(60)), Visit(NAME, TODAY, Decimal(600))
    opinion = RecordedOpinion(NAME, "second", TODAY)
    ended = Stop(NAME, TODAY, "remission", taper_planned=False)
    await walk.register.load(Contents((DOCTOR,), (patient(),), (kept, wrong), (opinion,), (ended,)))
    await walk.sign_in()
    home = f"/registry/patients/{NAME}"
    page = await walk.browser.get(home)
    for record, kind in ((wrong, "visit"), (opinion, "opinion"), (ended, "stop")):
        path = f"{home}/delete/{kind}/{event_name(record)}"
        assert path.removeprefix("/") in page.text
        assert "cannot be undone" in (await walk.browser.get(path)).text
        assert (await walk.browser.post(path, data={"sure": "yes"})).status_code == 403
        assert (await walk.web.submit(path)).headers["location"].endswith(f"{NAME}?done=deleted")
        assert (await walk.browser.get(path)).status_code == 404
    history = await walk.register.history(NAME)
    assert (history.visits, history.opinions, history.stops) == ((kept,), (), ())
    assert [each.what for each in history.changes] == ["visit", "opinion", "stop"]
    assert all(each.who for each in history.changes)
    said = words(await walk.browser.get(home))
    assert "visit deleted" in said
    assert "600 mg" not in said


@walking()
async def test_a_registration_is_changed_by_who_is_signed_in(walk):
    other = Prescriber("d2", TODAY, "Dr Paul")
    await walk.register.load(Contents((DOCTOR, other), (patient(),), (Visit(NAME, date(2026, 2, 1), Decimal(60)),)))
    path = f"/registry/patients/{NAME}/change"
    assert (await walk.browser.get(path)).status_code == 303
    await walk.sign_in()
    assert 'value="1970"' in (await walk.browser.get(path)).text
    told = PATIENT | {"started_on": "2026-02-01", "birth_year": "1971", "dose": "45"}
    for wrong in ({"started_on": "2026-02-02"}, {"birth_year": "2027"}, {"prescriber": "d3"}):
        assert (await walk.web.submit(path, **{**told, "prescriber": "d2", **wrong})).status_code == 422
    assert (await walk.web.submit(path, **told, prescriber="d2")).headers["location"].endswith("?done=changed")
    history = await walk.register.history(NAME)
    now = history.patient
    assert (now.prescriber, now.started_on, now.birth_year, now.dose) == ("d2", date(2026, 2, 1), 1971, Decimal(45))
    assert now.registered_on == TODAY
    assert [each.what for each in history.changes] == ["registration"]
