"""The figures of the registry, on a small one by hand and on the demo data set."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.rtu.demo import OPENED, UNTIL, demo_contents
from cds.rtu.figures import BANDS, COLUMNS, figures_csv, figures_of, stopped_on
from cds.rtu.model import Contents
from cds.rtu.validation import faults
from tests.rtu.records import contents, doses, name_of, opinion, patient, prescriber, registered, stop, visit

A, B, C = (name_of(each) for each in "abc")


def of(figure):
    return figure.count, figure.total


@pytest.fixture(scope="module")
def demo():
    return demo_contents()


@pytest.fixture(scope="module")
def published(demo):
    return figures_of(demo, OPENED)


def test_the_published_figures(published):
    """ANSM, five weeks after the opening: 600 doctors, half without patients, 1,400 patients, 30 % started since, 5 stops."""
    assert of(published.prescribers) == (600, None)
    assert of(published.without_patients) == (300, 600)
    assert of(published.patients) == (1400, None)
    assert of(published.patients_per_prescriber_with) == (1400, 300)
    assert of(published.patients_per_prescriber) == (1400, 600)
    assert of(published.started_since) == (420, 1400)
    assert published.started_since.value == Fraction(30, 100)
    assert of(published.stops) == (5, 1400)


def test_registrations_rise_for_five_weeks(published):
    assert [week.name for week in published.weeks] == [f"2014-W{week}" for week in range(12, 17)]
    assert published.weeks[0].monday == OPENED
    for kind, total in (("prescribers", 600), ("patients", 1400)):
        counts = [getattr(week, kind).count for week in published.weeks]
        assert counts == sorted(set(counts))
        assert sum(counts) == total
        assert {getattr(week, kind).total for week in published.weeks} == {total}


def test_every_record_of_the_demo_is_sound(demo):
    records = (*demo.prescribers, *demo.patients, *demo.visits, *demo.opinions, *demo.stops)
    assert [fault for record in records for fault in faults(record, UNTIL)] == []
    seen = {each.id: each.registered_on for each in demo.prescribers}
    assert all(each.registered_on >= seen[each.prescriber] for each in demo.patients)
    since = {each.pseudonym: each.registered_on for each in demo.patients}
    assert len(since) == 1400
    assert all(each.on >= since[each.patient] for each in (*demo.visits, *demo.opinions, *demo.stops))
    assert all(each.started_on <= each.registered_on for each in demo.patients)


def test_the_demo_fills_every_plot(published, demo):
    assert all(band.patients.count for band in published.bands)
    assert all(band.events.total for band in published.bands)
    assert sum(band.events.count for band in published.bands) > 100
    assert sum(band.patients.count for band in published.bands) == 1395
    assert Counter(each.kind for each in demo.opinions).keys() == {"second", "collegial"}


def test_the_demo_is_the_same_every_time(demo):
    assert demo_contents() == demo


def test_the_demo_can_be_kept(tmp_path, demo):
    from cds.store import sqlite_url

    async def work(register):
        await register.load(demo)
        return await register.contents()

    kept = registered(sqlite_url(tmp_path), work)
    assert figures_of(kept, OPENED) == figures_of(demo, OPENED)
    assert kept.size == demo.size


@pytest.mark.parametrize(
    ("dose", "label"),
    [
        ("0", "<40"),
        ("39.999", "<40"),
        ("40", "40–<80"),
        ("79.999", "40–<80"),
        ("80", "80–<120"),
        ("119.999", "80–<120"),
        ("120", "120–<180"),
        ("179.999", "120–<180"),
        ("180", "180–300"),
        ("300", "180–300"),
        ("300.001", ">300"),
        ("1000", ">300"),
    ],
)
def test_bands(dose, label):
    assert [band.label for band in BANDS if band.holds(Decimal(dose))] == [label]


@given(doses)
def test_a_dose_is_of_one_band(dose):
    assert sum(band.holds(dose) for band in BANDS) == 1


@pytest.mark.parametrize(("started", "count"), [(date(2014, 3, 16), 0), (date(2014, 3, 17), 1), (date(2014, 3, 18), 1)])
def test_started_since_the_opening(started, count):
    found = figures_of(Contents((prescriber(),), (patient(started_on=started),)), OPENED)
    assert of(found.started_since) == (count, 1)


def test_an_empty_registry():
    found = figures_of(Contents(), OPENED)
    assert of(found.without_patients) == (0, 0)
    assert found.without_patients.value is None
    assert found.patients.value == 0
    assert found.weeks == ()
    assert {of(band.patients) for band in found.bands} == {(0, 0)}
    rows = list(csv.DictReader(io.StringIO(figures_csv(found).decode("utf-8-sig"))))
    assert next(row for row in rows if row["figure"] == "stops")["value"] == ""


def test_a_week_in_which_nobody_registered_is_shown():
    first, last = prescriber(registered_on=date(2012, 12, 31)), prescriber(id="x", registered_on=date(2013, 1, 14))
    found = figures_of(Contents((first, last)), OPENED)
    assert [(week.name, of(week.prescribers), of(week.patients)) for week in found.weeks] == [
        ("2013-W01", (1, 2), (0, 0)),
        ("2013-W02", (0, 2), (0, 0)),
        ("2013-W03", (1, 2), (0, 0)),
    ]


def test_bands_by_hand():
    found = figures_of(
        Contents(
            (prescriber(), prescriber(id="dr2")),
            tuple(patient(pseudonym=name) for name in (A, B, C)),
            (
                visit(patient=A, on=date(2014, 4, 1), dose=Decimal(60), events=("dizziness", "fall")),
                visit(patient=A, on=date(2014, 4, 8), dose=Decimal(75)),
                visit(patient=A, on=date(2014, 4, 15), dose=Decimal(120), event_text="tired"),
                visit(patient=B, on=date(2014, 4, 8), dose=Decimal(45)),
            ),
            stops=(stop(patient=B, on=date(2014, 4, 8)),),
        ),
        OPENED,
    )
    bands = {band.band.label: band for band in found.bands}
    assert {label: of(band.patients) for label, band in bands.items() if band.patients.count} == {
        "40–<80": (1, 2),  # C as at the registration; B has stopped
        "120–<180": (1, 2),
    }
    assert of(bands["40–<80"].with_events) == (1, 2)
    assert of(bands["40–<80"].events) == (2, 3)
    assert of(bands["120–<180"].with_events) == (1, 1)
    assert of(bands["120–<180"].events) == (1, 1)
    assert bands[">300"].events.value is None
    assert of(found.patients_per_prescriber_with) == (3, 1)


def test_who_takes_baclofen_again_has_not_stopped():
    def stopped(*visits):
        return stopped_on(Contents((prescriber(),), (patient(),), visits, stops=(stop(), stop(on=date(2014, 4, 5)))))

    ended = {name_of(): date(2014, 4, 10)}
    assert stopped() == ended
    assert stopped(visit(on=date(2014, 4, 10))) == ended
    assert stopped(visit(on=date(2014, 4, 11), dose=Decimal(0))) == ended
    assert stopped(visit(on=date(2014, 4, 11), dose=Decimal(5))) == {}


@given(contents(), st.dates())
def test_figures_are_shares(found, opened):
    figures = figures_of(found, opened)
    shares = [figures.without_patients, figures.started_since, figures.stops]
    shares += [each.with_events for each in figures.bands] + [each.patients for each in figures.bands]
    assert all(0 <= share.count <= share.total for share in shares)
    assert sum(each.patients.count for each in figures.bands) == len(found.patients) - figures.stops.count
    assert sum(each.events.total for each in figures.bands) == len(found.visits)
    for kind in ("prescribers", "patients"):
        assert sum(getattr(week, kind).count for week in figures.weeks) == getattr(figures, kind).count


def test_figures_as_csv(published):
    content = figures_csv(published)
    assert content.startswith(codecs.BOM_UTF8)
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 7 + 2 * 5 + 3 * 6
    by_name = {(row["figure"], row["group"]): row for row in rows}
    assert by_name["patients_per_prescriber_with", ""] == {
        "figure": "patients_per_prescriber_with",
        "group": "",
        "value": "4.666667",
        "numerator": "1400",
        "numerator_of": "registered patients",
        "denominator": "300",
        "denominator_of": "prescribers with patients",
    }
    assert by_name["prescribers", ""]["value"] == "600"
    assert by_name["started_since", ""]["value"] == "0.3"
    assert by_name["patients_of_week", "2014-W12"]["numerator"] == "120"
    assert all(row["numerator_of"] for row in rows)
    assert all(bool(row["denominator"]) is bool(row["denominator_of"]) for row in rows)


def test_opinions_do_not_change_figures():
    some = Contents((prescriber(),), (patient(),), (visit(),))
    more = Contents((prescriber(),), (patient(),), (visit(),), (opinion(),))
    assert figures_of(some, OPENED) == figures_of(more, OPENED)


def test_figures_as_csv_in_another_language(published):
    from cds.language import catalogue

    assert "patients inscrits" in figures_csv(published, catalogue("fr").phrase).decode()


def test_no_cell_of_the_figures_is_run(published):
    rows = list(csv.reader(io.StringIO(figures_csv(published, lambda _: "=1+1").decode("utf-8-sig"))))
    assert "'=1+1" in rows[1]
    assert not any(cell.startswith("=") for row in rows for cell in row)
