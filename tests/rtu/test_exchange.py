"""The registry in files and back."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds.rtu.bundle import bundle_of, check, encode_bundle
from cds.rtu.bundle_reading import NoBundle, read_bundle
from cds.rtu.csv_files import NoTables, csv_files, read_csv, read_folder, read_zip, zipped
from cds.rtu.demo import demo_contents
from cds.rtu.exchange import assembled
from cds.rtu.fields import TABLES
from cds.rtu.model import Contents
from cds.store import sqlite_url
from tests.rtu.records import TODAY, contents, name_of, opinion, patient, prescriber, registered, same, stop, visit

SMALL = Contents(
    (prescriber(name="=cmd|' /C calc'!A0", rpps="10101201234", specialty="'Généraliste", keys=("a|1", "b|2")),),
    (patient(dose=Decimal("37.5")),),
    (
        visit(events=("fall", "nausea"), event_text='Chute,\n"légère"', alcohol=Decimal(0), craving=0),
        visit(dose=Decimal(0)),
    ),
    (opinion(centre="CSAPA"), opinion(kind="collegial", favourable=False)),
    (stop(taper_days=14, last_dose=Decimal("2.5"), taper_completed=False),),
)


def read(found):
    rows, problems = found
    result, more = assembled(rows, TODAY, frozenset(), frozenset())
    assert [str(each) for each in (*problems, *more)] == []
    return result


def said(found, prescribers=frozenset(), patients=frozenset()):
    rows, problems = found
    result, more = assembled(rows, TODAY, prescribers, patients)
    return [str(each) for each in (*problems, *more)], result


WAYS = {
    "csv": lambda found: read_csv(csv_files(found)),
    "zip": lambda found: read_zip(zipped(found)),
    "fhir": lambda found: read_bundle(encode_bundle(found)),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_small_one(way):
    assert same(read(WAYS[way](SMALL)), SMALL)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25, deadline=None)
@given(found=contents())
def test_any_registry_is_read_as_it_was_written(way, found):
    assert same(read(WAYS[way](found)), found)


@pytest.mark.parametrize("way", ["csv", "fhir"])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=contents())
def test_exported_and_imported_into_an_empty_database(tmp_path_factory, way, found):
    async def put(register):
        await register.load(found)
        return await register.contents()

    async def move(register):
        await register.load(read(WAYS[way](exported)))
        return await register.contents()

    exported = registered(sqlite_url(tmp_path_factory.mktemp("from")), put)
    assert same(registered(sqlite_url(tmp_path_factory.mktemp("to")), move), exported)


def test_the_demo_goes_both_ways():
    demo = demo_contents()
    assert same(read(WAYS["fhir"](demo)), demo)
    assert same(read(WAYS["zip"](demo)), demo)


def test_csv_files_are_tables_of_their_fields():
    files = csv_files(SMALL)
    assert list(files) == [f"{name}.csv" for name in TABLES]
    for name, content in files.items():
        assert content.startswith(b"\xef\xbb\xbf")
        header, *_ = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        assert header == [field.name for field in TABLES[name.removesuffix(".csv")].fields]


def test_no_cell_is_a_formula():
    cells = [
        cell
        for content in csv_files(SMALL).values()
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=cmd|' /C calc'!A0" in cells


def test_semicolons_and_commas_in_figures_as_french_spreadsheets_write_them():
    prescribers = b"id;registered_on;setting\r\ndr1;2014-03-17;csapa\r\n"
    patients = (
        "registered_on;pseudonym;prescriber;started_on;birth_year;sex;informed;contraindications_checked;dose\n"
        f"2014-03-20;{name_of()};dr1;2014-01-06;1970;female;oui;Non;37,5\n"
    ).encode()
    result = read(read_csv({"prescribers.csv": prescribers, "patients.csv": patients}))
    assert result.prescribers == (prescriber(setting="csapa"),)
    assert result.patients == (patient(dose=Decimal("37.5"), contraindications_checked=False),)


HEAD = "patient,on,dose,events,event_text,alcohol,craving\r\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (HEAD, []),
        (HEAD + f"{name_of()},2014-04-01,60,,,,\r\n\r\n", []),
        (
            HEAD + f'{name_of()},2014-04-01,60,,"two\nlines",,\r\n{name_of()},2014-04-31,x,,,,11\r\n',
            [
                "visits.csv, line 4: on is not a date; write it as year, month and day, such as 2014-03-17",
                "visits.csv, line 4: dose is no figure",
                "visits.csv, line 4: craving is not between 0 and 10",
            ],
        ),
        (HEAD + f"{name_of()},2014-04-01,60,,,,11\r\n", ["visits.csv, line 2: craving is not between 0 and 10"]),
        (HEAD + "x,2014-04-01\r\n", ["visits.csv, line 2: has 2 cells instead of 7"]),
        (
            HEAD + f"{'0' * 64},2014-04-01,60,,,,\r\n",
            ["visits.csv, line 2: patient is neither registered nor in what is imported"],
        ),
        ("patient,on\r\n", ["visits.csv, line 1: dose is no column of the file, and must be one"]),
        (
            "",
            [
                f"visits.csv, line 1: {name} is no column of the file, and must be one"
                for name in ("patient", "on", "dose")
            ],
        ),
        ("patient,on,dose,on\r\n", ["visits.csv, line 1: on is the name of two columns"]),
        (
            "patient,on,dose,Jane Doe\r\n",
            [
                "visits.csv, line 1: there are columns that are none of patient, on, dose, events, event_text, alcohol, craving"
            ],
        ),
        (HEAD + 'a,"b"c,d,,,,\r\n', ["visits.csv, line 2: is not CSV, and neither is what follows"]),
        (
            HEAD + f"{name_of()},2014-04-01,{'9' * 200_000},,,,\r\n",
            ["visits.csv, line 2: is not CSV, and neither is what follows"],
        ),
        (HEAD.encode() + b"\xe9,\r\n", ["visits.csv, line 2: is not UTF-8"]),
    ],
)
def test_what_cannot_be_read_is_told_by_line_and_column(text, problems):
    content = text if isinstance(text, bytes) else text.encode()
    found, _ = said(read_csv({"visits.csv": content}), patients=frozenset({name_of()}))
    assert found == problems


def test_what_refers_to_a_row_that_cannot_be_read_cannot_be_kept_either():
    broken = replace(SMALL, prescribers=(prescriber(registered_on=date(2014, 4, 21)),))
    problems, result = said(read_csv(csv_files(broken)))
    assert problems[0] == "prescribers.csv, line 2: registered_on lies in the future"
    assert problems[1] == "patients.csv, line 2: prescriber is neither registered nor in what is imported"
    assert len(problems) == 7
    assert result == Contents()
    problems, result = said(read_csv(csv_files(broken)), prescribers=frozenset({"dr1"}))
    assert (len(problems), result.size) == (1, 6)


def test_what_stands_twice():
    rpps = "10101201234"
    twice = Contents(
        (
            prescriber(keys=("a|1",), rpps=rpps),
            prescriber(keys=("a|2",)),
            prescriber(id="dr2", keys=("a|1",)),
            prescriber(id="dr3", rpps=rpps),
        ),
        (patient(), patient(dose=Decimal(1))),
        (visit(), visit()),
        (opinion(), opinion()),
        (stop(), stop(reason="other")),
    )
    problems, result = said(read_csv(csv_files(twice)))
    assert problems == [
        "prescribers.csv, line 3: id stands twice in what is imported",
        "prescribers.csv, line 4: keys stands twice in what is imported",
        "prescribers.csv, line 5: rpps stands twice in what is imported",
        "patients.csv, line 3: pseudonym stands twice in what is imported",
        "stops.csv, line 3: on stands twice in what is imported",
    ]
    assert result.size == 1 + 1 + 2 + 2 + 1


def test_folders_and_archives(tmp_path):
    (tmp_path / "prescribers.csv").write_bytes(csv_files(SMALL)["prescribers.csv"])
    (tmp_path / "notes.txt").write_text("x")
    assert read(read_folder(tmp_path)).prescribers == SMALL.prescribers
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoTables, match=r"prescribers\.csv"):
        read_folder(empty)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in csv_files(SMALL).items():
            archive.writestr(f"some folder/{name}", content)
        archive.writestr("notes.txt", "x")
    assert same(read(read_zip(out.getvalue())), SMALL)
    assert zipped(SMALL) == zipped(SMALL)


def test_archives_that_cannot_be_read(monkeypatch):
    for content in (b"PK", b"PK\x03\x04" + b"x" * 100, zipped(SMALL)[:-30], zipped(SMALL)[:100]):
        with pytest.raises(ValueError, match="archive"):
            read_zip(content)
    spoilt = bytearray(zipped(SMALL))
    spoilt[60] ^= 0xFF
    with pytest.raises(ValueError, match="archive"):
        read_zip(bytes(spoilt))
    monkeypatch.setattr("cds.rtu.csv_files._MAX_BYTES", 10)
    with pytest.raises(ValueError, match="larger than 10 bytes"):
        read_zip(zipped(SMALL))


def resource(kind, found=SMALL):
    return [each["resource"] for each in bundle_of(found)["entry"] if each["resource"]["resourceType"] == kind]


def test_the_bundle_holds_what_the_fields_are_called_in_fhir():
    (person,) = resource("Patient")
    assert person == {
        "resourceType": "Patient",
        "id": name_of(),
        "identifier": [{"system": "urn:baclofen-cds:rtu:patient", "value": name_of()}],
        "gender": "female",
        "birthDate": "1970",
    }
    (episode,) = resource("EpisodeOfCare")
    assert (episode["status"], episode["period"]) == ("finished", {"start": "2014-03-20", "end": "2014-04-10"})
    (running,) = resource("EpisodeOfCare", replace(SMALL, stops=()))
    assert (running["status"], running["period"]) == ("active", {"start": "2014-03-20"})
    second, collegial = resource("ServiceRequest")
    assert second["code"]["coding"] == [{"system": "urn:baclofen-cds:rtu", "code": "second-opinion"}]
    assert (second["status"], collegial["status"]) == ("completed", "revoked")
    (practitioner,) = resource("Practitioner")
    assert {"system": "https://rpps.esante.gouv.fr", "value": "10101201234"} in practitioner["identifier"]
    first = resource("Observation")[1]
    assert first["component"][0]["valueQuantity"] == {
        "value": 90,
        "unit": "mg/d",
        "system": "http://unitsofmeasure.org",
        "code": "mg/d",
    }


def test_the_whole_bundle_is_valid_fhir():
    from fhir.resources.R4B.bundle import Bundle

    found = Bundle.model_validate_json(encode_bundle(SMALL))
    assert len(found.entry) == 2 + 3 + 2 + 2 + 1
    assert len({each.fullUrl for each in found.entry}) == len(found.entry)
    Bundle.model_validate_json(encode_bundle(Contents()))


def test_what_is_no_valid_fhir_is_not_written():
    with pytest.raises(ValueError, match="Patient is no valid FHIR") as caught:
        check([{"resourceType": "Patient", "id": "x", "gender": 1, "birthDate": "Jane"}])
    assert "Jane" not in str(caught.value)


def test_of_a_birth_date_only_the_year_gets_in():
    bundle = json.loads(encode_bundle(SMALL))
    for each in bundle["entry"]:
        if each["resource"]["resourceType"] == "Patient":
            each["resource"]["birthDate"] = "1970-05-03"
            each["resource"]["name"] = [{"text": "Jane Doe"}]
    result = read(read_bundle(json.dumps(bundle).encode()))
    assert result.patients == SMALL.patients
    assert "Jane" not in repr(result)


def test_patients_that_are_not_in_the_bundle():
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resource("ServiceRequest")]}
    problems, _ = said(read_bundle(json.dumps(bundle).encode()))
    assert problems[0] == "entry[0]: patient is neither registered nor in what is imported"
    problems, result = said(read_bundle(json.dumps(bundle).encode()), patients=frozenset({name_of()}))
    assert (problems, len(result.opinions)) == ([], 2)


def test_what_a_bundle_holds_besides():
    other = {"resourceType": "Condition", "id": "c"}
    weight = {
        "resourceType": "Observation",
        "id": "w",
        "code": {"coding": [{"system": "http://loinc.org", "code": "x"}]},
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": other}, {"resource": weight}, {}, None, "x"]}
    problems, result = said(read_bundle(json.dumps(bundle).encode()))
    assert [each.partition(":")[0] for each in problems] == ["entry[0]", "entry[2]", "entry[3]", "entry[4]", "entry[1]"]
    assert result == Contents()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"resourceType": "Patient"}', b"\xff", b"[" * 100_000])
def test_what_is_no_bundle(content):
    with pytest.raises(NoBundle):
        read_bundle(content)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "coding", "value"]), inner),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_spoilt_bundle_is_read_as_far_as_it_goes(data):
    bundle = json.loads(encode_bundle(SMALL))
    for _ in range(data.draw(st.integers(1, 4))):
        node = bundle["entry"]
        while True:
            place = data.draw(
                st.sampled_from(sorted(node)) if isinstance(node, dict) else st.integers(0, len(node) - 1)
            )
            if isinstance(node[place], dict | list) and node[place] and data.draw(st.booleans()):
                node = node[place]
                continue
            node[place] = data.draw(junk)
            break
    problems, result = said(read_bundle(json.dumps(bundle).encode()))
    assert result.size <= SMALL.size
    assert problems or result.size == SMALL.size
