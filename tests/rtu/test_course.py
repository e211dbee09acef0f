"""What a patient's records amount to, in the domain and in the database."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from cds.rtu.course import MAX_TAPER, dose_last_told, last_seen, newest_of, resumes, stop_in_force, tapered_until
from cds.rtu.model import Contents
from cds.rtu.stored import Register
from cds.store import Store, sqlite_url
from tests.rtu.records import contents, patient, prescriber, registered, stop, visit

STOPPED = date(2014, 2, 1)
LATER = date(2015, 12, 31)


def after(days, dose):
    return visit(on=STOPPED + timedelta(days), dose=Decimal(dose))


CASES = [
    ({"taper_planned": False}, 0, "30", False),
    ({"taper_planned": False}, 1, "30", True),
    ({"taper_planned": False}, 1, "0", False),
    ({"taper_planned": False, "last_dose": Decimal(60)}, 1, "30", True),
    ({"taper_days": 14}, 13, "30", False),
    ({"taper_days": 14}, 14, "30", False),
    ({"taper_days": 14}, 15, "30", True),
    ({"taper_days": 14}, 15, "0", False),
    ({"taper_days": 14, "last_dose": Decimal(60)}, 14, "90", False),
    ({"taper_days": 14, "last_dose": Decimal(60)}, 15, "30", True),
    ({"last_dose": Decimal(60)}, 40, "59.999", False),
    ({"last_dose": Decimal(60)}, 40, "60", False),
    ({"last_dose": Decimal(60)}, 40, "60.001", True),
    ({"last_dose": Decimal(60)}, MAX_TAPER, "30", False),
    ({"last_dose": Decimal(60)}, MAX_TAPER + 1, "30", True),
    ({}, 1, "30", True),
]


@pytest.mark.parametrize(("told", "days", "dose", "again"), CASES)
def test_a_dose_of_the_taper_is_no_resumption(told, days, dose, again):
    ended = stop(on=STOPPED, **told)
    assert resumes(ended, after(days, dose)) is again
    assert (stop_in_force([ended], [after(days, dose)]) is None) is again


def test_the_database_tells_the_taper_from_a_resumption(tmp_path):
    names = [f"{place:064x}" for place in range(len(CASES))]
    known = [patient(pseudonym=name) for name in names]
    stops = [stop(patient=name, on=STOPPED, **told) for name, (told, *_) in zip(names, CASES, strict=True)]
    visits = [
        visit(patient=name, on=STOPPED + timedelta(days), dose=Decimal(dose))
        for name, (_, days, dose, _) in zip(names, CASES, strict=True)
    ]

    async def work(register):
        await register.load(Contents((prescriber(),), tuple(known), tuple(visits), (), tuple(stops)))
        return {one.patient.pseudonym for one in await register.follow_up(stopped=False)}

    async def main():
        store = Store(sqlite_url(tmp_path))
        try:
            return await work(Register(store, lambda: LATER))
        finally:
            await store.close()

    again = {name for name, (*_, again) in zip(names, CASES, strict=True) if again}
    assert asyncio.run(main()) == again


def test_the_newest_stop_counts():
    long, short = stop(on=STOPPED, taper_days=366), stop(on=STOPPED + timedelta(10), taper_planned=False)
    assert stop_in_force([short, long], []) == short
    assert stop_in_force([short, long], [after(20, "30")]) is None
    assert tapered_until(short) == short.on


def test_the_dose_last_told():
    registration = patient(registered_on=date(2014, 3, 20), dose=Decimal(60))
    before, high, low = (
        visit(on=date(2014, 3, 19), dose=Decimal(30)),
        visit(on=date(2014, 3, 20), dose=Decimal(120)),
        visit(on=date(2014, 3, 20), dose=Decimal(90)),
    )
    for told, dose, seen in [
        ([], 60, 20),
        ([before], 60, 20),
        ([before, high], 120, 20),
        ([before, high, low], 90, 20),
        ([low, high, before], 120, 20),
    ]:
        newest = newest_of(told)
        assert (dose_last_told(registration, newest), last_seen(registration, newest)) == (dose, date(2014, 3, seen))


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_visits_of_a_day_the_one_recorded_last_counts_everywhere(tmp_path, turn):
    told = [visit(dose=Decimal(120)), visit(dose=Decimal(30)), visit(on=date(2014, 3, 1), dose=Decimal(200))][::turn]
    last = next(each for each in reversed(told) if each.on == date(2014, 4, 1))

    async def work(register):
        await register.load(Contents((prescriber(),), (patient(),)))
        for each in told:
            await register.add(each)
        listed, history = (await register.follow_up())[0], await register.history(patient().pseudonym)
        return listed.dose, newest_of(history.visits).dose, newest_of((await register.contents()).visits).dose

    assert registered(sqlite_url(tmp_path), work) == (last.dose,) * 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=contents())
def test_the_database_says_the_same(tmp_path_factory, found):
    async def work(register):
        await register.load(found)
        return await register.contents(), await register.follow_up(), await register.follow_up(stopped=False)

    database = sqlite_url(tmp_path_factory.mktemp("course"))
    kept, listed, running = registered(database, work)
    assert len(listed) == len(kept.patients)
    for one in listed:
        visits = [each for each in kept.visits if each.patient == one.patient.pseudonym]
        ended = stop_in_force([each for each in kept.stops if each.patient == one.patient.pseudonym], visits)
        newest = newest_of(visits)
        assert one.dose == dose_last_told(one.patient, newest)
        assert one.last_visit == (newest.on if newest else None)
        assert one.stopped_on == (ended.on if ended else None)
    seen = [
        last_seen(one.patient, newest_of(v for v in kept.visits if v.patient == one.patient.pseudonym))
        for one in listed
    ]
    assert seen == sorted(seen)
    assert [one for one in listed if one.stopped_on is None] == list(running)
