"""What a record must be to be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.phrases import Phrase
from cds.rtu.fields import TABLES, read_record, table_of, write_record
from cds.rtu.model import Contents, in_effect
from cds.rtu.validation import Invalid, dated, faults
from cds.rtu.wording import EVENTS, FIELDS
from cds.store import sqlite_url
from tests.rtu.records import TODAY, contents, opinion, patient, prescriber, registered, stop, visit

DAY = timedelta(1)


def wrong(record):
    found = faults(record, TODAY)
    assert all(isinstance(fault.because, Phrase) for fault in found)
    return [fault.field for fault in found]


@pytest.mark.parametrize("record", [prescriber(), patient(), visit(), opinion(), stop()])
def test_sound_records(record):
    assert wrong(record) == []


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (prescriber(), "registered_on"),
        (patient(), "registered_on"),
        (patient(), "started_on"),
        (visit(), "on"),
        (opinion(), "on"),
        (stop(), "on"),
    ],
)
def test_days(record, field):
    for day, sound in (
        (date(1970, 1, 1) - DAY, False),
        (date(1970, 1, 1), True),
        (TODAY, True),
        (TODAY + DAY, False),
    ):
        found = wrong(replace(record, **{field: day}))
        assert (field in found) is not sound, day


@pytest.mark.parametrize(
    ("record", "field", "most"),
    [(patient(), "dose", 1000), (visit(), "dose", 1000), (visit(), "alcohol", 2000), (stop(), "last_dose", 1000)],
)
def test_amounts(record, field, most):
    for amount, sound in (
        ("-0.001", False),
        ("0", True),
        (str(most), True),
        (f"{most}.001", False),
        ("0.125", True),
        ("0.1250", True),
        ("0.1255", False),
        ("1E+2", True),
        ("1E+900", False),
        ("NaN", False),
        ("Infinity", False),
    ):
        assert wrong(replace(record, **{field: Decimal(amount)})) == ([] if sound else [field]), amount


@pytest.mark.parametrize(("craving", "sound"), [(-1, False), (0, True), (10, True), (11, False)])
def test_craving(craving, sound):
    assert wrong(visit(craving=craving)) == ([] if sound else ["craving"])


@pytest.mark.parametrize(("days", "sound"), [(-1, False), (0, True), (366, True), (367, False)])
def test_taper(days, sound):
    assert wrong(stop(taper_days=days)) == ([] if sound else ["taper_days"])
    assert wrong(stop(taper_planned=False, taper_days=7)) == ["taper_days"]


@pytest.mark.parametrize(("year", "sound"), [(1893, False), (1894, True), (2013, True), (2014, True), (2015, False)])
def test_year_of_birth(year, sound):
    assert wrong(patient(birth_year=year, started_on=TODAY)) == ([] if sound else ["birth_year"])


def test_nobody_takes_baclofen_before_birth():
    assert wrong(patient(birth_year=2013, started_on=date(2013, 1, 1))) == []
    assert wrong(patient(birth_year=2014, started_on=date(2013, 12, 31))) == ["birth_year"]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (prescriber(id=""), "id"),
        (prescriber(id="a" * 65), "id"),
        (prescriber(id="a b"), "id"),
        (prescriber(rpps="1234567890"), "rpps"),
        (prescriber(rpps="123456789012"), "rpps"),
        (prescriber(rpps="1234567890x"), "rpps"),
        (prescriber(name="x" * 201), "name"),
        (prescriber(name="a\x00b"), "name"),
        (prescriber(specialty=" a"), "specialty"),
        (prescriber(setting="moon"), "setting"),
        (prescriber(keys=("Practitioner/1",)), "keys"),
        (prescriber(keys=("|1",)), "keys"),
        (prescriber(keys=("a|",)), "keys"),
        (prescriber(keys=("a|" + "x" * 499,)), "keys"),
        (prescriber(keys=tuple(f"a|{number}" for number in range(51))), "keys"),
        (patient(pseudonym="Jane Doe"), "pseudonym"),
        (patient(pseudonym="A" * 64), "pseudonym"),
        (patient(pseudonym="a" * 63), "pseudonym"),
        (patient(prescriber=""), "prescriber"),
        (patient(sex="f"), "sex"),
        (visit(patient="p"), "patient"),
        (visit(events=("headache", "headache")), "events"),
        (visit(events=("nausea", "headache")), "events"),
        (visit(events=("hiccups",)), "events"),
        (visit(event_text="x" * 501), "event_text"),
        (opinion(kind="third"), "kind"),
        (opinion(centre="x" * 201), "centre"),
        (stop(reason="whim"), "reason"),
    ],
)
def test_faults_name_their_field(record, field):
    assert field in wrong(record)


@pytest.mark.parametrize(
    "record",
    [
        prescriber(id="a" * 64, rpps="12345678901", name="x" * 200),
        prescriber(keys=("a|" + "x" * 498,)),
        prescriber(keys=tuple(f"a|{number}" for number in range(50))),
        visit(event_text="x" * 500),
        visit(event_text="two\nlines"),
        visit(events=tuple(sorted(EVENTS))),
    ],
)
def test_at_the_bounds(record):
    assert wrong(record) == []


def test_every_fault_is_told_at_once():
    with pytest.raises(Invalid) as caught:
        read_record(TABLES["visits"], {"patient": "x", "on": "2014-02-30", "dose": "a lot", "craving": "1.5"}, TODAY)
    assert [fault.field for fault in caught.value.faults] == ["on", "dose", "craving", "patient"]
    with pytest.raises(Invalid) as caught:
        read_record(TABLES["visits"], {}, TODAY)
    assert [fault.field for fault in caught.value.faults] == ["patient", "on", "dose"]
    assert "is missing" in str(caught.value)


def test_what_can_be_read_is_checked_beside_what_cannot():
    texts = write_record(patient()) | {"dose": "a lot", "birth_year": "1800", "started_on": "soon", "sex": "x"}
    with pytest.raises(Invalid) as caught:
        read_record(TABLES["patients"], texts, TODAY)
    assert sorted(fault.field for fault in caught.value.faults) == ["birth_year", "dose", "sex", "started_on"]


@given(contents(), st.data())
def test_a_text_that_cannot_be_read_blames_no_other_field(found: Contents, data):
    record = data.draw(st.sampled_from([*found.prescribers, *found.patients, *found.visits, *found.stops]))
    texts = write_record(record)
    names = [field.name for field in table_of(record).fields if field.neutral != ""]
    name = data.draw(st.sampled_from(names))
    with pytest.raises(Invalid) as caught:
        read_record(table_of(record), texts | {name: "?"}, TODAY)
    assert [fault.field for fault in caught.value.faults] == [name]


@pytest.mark.parametrize("record", [visit(), opinion(), stop()])
@pytest.mark.parametrize(("days", "sound"), [(-1, False), (0, True), (1, True)])
def test_nothing_befalls_a_patient_before_the_start(record, days, sound):
    found = dated(replace(record, on=patient().started_on + days * DAY), patient().started_on)
    assert [fault.field for fault in found] == ([] if sound else ["on"])


@pytest.mark.parametrize("record", [visit(), opinion(), stop()])
def test_the_store_keeps_nothing_from_before_the_start(tmp_path, record):
    early = replace(record, on=patient().started_on - DAY)
    name = {"Visit": "visits", "RecordedOpinion": "opinions", "Stop": "stops"}[type(record).__name__]

    async def work(register):
        await register.load(Contents((prescriber(),), (patient(),)))
        for write in (lambda: register.add(early), lambda: register.load(Contents(**{name: (early,)}))):
            with pytest.raises(Invalid) as caught:
                await write()
            assert [fault.field for fault in caught.value.faults] == ["on"]
        return (await register.contents()).size

    assert registered(sqlite_url(tmp_path), work) == 2


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("dose", "37,5", Decimal("37.5")),
        ("dose", " 40.0 ", Decimal(40)),
        ("events", "nausea  headache nausea", ("headache", "nausea")),
        ("craving", "+7", 7),
        ("alcohol", "", None),
        ("event_text", "a\r\nb", "a\nb"),
    ],
)
def test_texts_are_read_leniently(name, text, value):
    texts = write_record(visit()) | {name: text}
    assert getattr(read_record(TABLES["visits"], texts, TODAY), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("on", "20140401"),
        ("on", "2014-W12-1"),
        ("on", "01/04/2014"),
        ("on", "२०१४-०४-०१"),
        ("dose", "1e2"),
        ("dose", "1 000"),
        ("dose", "٣"),
        ("dose", "9" * 10),
        ("craving", "3.0"),
    ],
)
def test_texts_that_are_no_values(name, text):
    with pytest.raises(Invalid) as caught:
        read_record(TABLES["visits"], write_record(visit()) | {name: text}, TODAY)
    assert [fault.field for fault in caught.value.faults] == [name]
    assert text not in str(caught.value)


@given(contents())
def test_records_read_as_written(found: Contents):
    for records in (found.prescribers, found.patients, found.visits, found.opinions, found.stops):
        for record in records:
            assert read_record(table_of(record), write_record(record), TODAY) == record


def test_every_field_has_a_label():
    assert {field.name for table in TABLES.values() for field in table.fields} == set(FIELDS)


def test_an_unfavourable_opinion_supports_nothing():
    first, second, third = (opinion(on=date(2014, 4, day)) for day in (1, 2, 3))
    against = replace(second, favourable=False)
    assert in_effect((first, second, third)) == (first, second, third)
    assert in_effect((first, against, third)) == (third,)
    assert in_effect((second, against)) == ()
    collegial = replace(first, kind="collegial")
    assert in_effect((collegial, against)) == (collegial,)
    outranks = replace(against, kind="collegial")
    assert in_effect((first, collegial, outranks, third)) == (third,)
