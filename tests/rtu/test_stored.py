"""The registry in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from cds.rtu.found import Found, History
from cds.rtu.model import Contents
from cds.rtu.stored import Register, fresh_id
from cds.rtu.validation import Invalid
from cds.store import Store, StoreUnavailable, sqlite_url
from tests.rtu.records import (
    EHR,
    TODAY,
    contents,
    name_of,
    opinion,
    patient,
    prescriber,
    registered,
    same,
    stop,
    visit,
)

RPPS = "10101201234"
OTHER = name_of("other")


def test_a_prescriber_is_one_however_often_registered(database):
    async def work(register):
        first = await register.register_prescriber(
            prescriber(name="Dr A", specialty="GP", setting="town", keys=(f"{EHR}|Practitioner/1",))
        )
        again = await register.register_prescriber(
            prescriber(
                id=fresh_id(),
                registered_on=date(2014, 4, 1),
                rpps=RPPS,
                setting="csapa",
                keys=(f"{EHR}|Practitioner/1",),
            )
        )
        by_number = await register.register_prescriber(
            prescriber(id=fresh_id(), setting="csapa", rpps=RPPS, keys=("urn:b|2",))
        )
        twice = await register.register_prescriber(by_number)
        return first, again, by_number, twice, (await register.contents()).prescribers

    first, again, by_number, twice, kept = registered(database, work)
    assert first.id == again.id == by_number.id == "dr1"
    assert again == replace(first, rpps=RPPS, setting="csapa")
    assert by_number == replace(again, keys=(f"{EHR}|Practitioner/1", "urn:b|2")) == twice
    assert kept == (twice,)


def test_the_earliest_registration_counts(database):
    async def work(register):
        await register.register_prescriber(prescriber(registered_on=date(2014, 4, 1)))
        earlier = await register.register_prescriber(prescriber(registered_on=date(2014, 3, 18)))
        await register.register_patient(patient(registered_on=date(2014, 4, 2)))
        before = await register.register_patient(patient(registered_on=date(2014, 4, 1)))
        after = await register.register_patient(patient(registered_on=date(2014, 4, 3), dose=Decimal(75)))
        return earlier.registered_on, before.registered_on, after

    assert registered(database, work) == (
        date(2014, 3, 18),
        date(2014, 4, 1),
        patient(registered_on=date(2014, 4, 1), dose=Decimal(75)),
    )


def test_keys_of_two_prescribers(database):
    async def work(register):
        await register.register_prescriber(prescriber(keys=("a|1",)))
        await register.register_prescriber(prescriber(id="dr2", keys=("a|2",)))
        with pytest.raises(Invalid) as caught:
            await register.register_prescriber(prescriber(id="dr3", keys=("a|1", "a|2")))
        return caught.value.faults[0].field, len((await register.contents()).prescribers)

    assert registered(database, work) == ("keys", 2)


def test_a_form_sent_twice_is_one_row(database):
    async def work(register):
        await register.register_prescriber(prescriber())
        await register.register_patient(patient())
        told = [visit(events=("headache",), alcohol=Decimal("12.5"), craving=0), opinion(), stop(last_dose=Decimal(5))]
        for record in [*told, *told]:
            await register.add(record)
        await register.add(visit(dose=Decimal("90.5")))
        await register.add(stop(taper_completed=True, taper_days=14))
        return await register.history(name_of())

    assert registered(database, work) in [
        History(patient(), visits, (opinion(),), (stop(taper_completed=True, taper_days=14),))
        for one in [visit(events=("headache",), alcohol=Decimal("12.5"), craving=0)]
        for two in [visit(dose=Decimal("90.5"))]
        for visits in [(one, two), (two, one)]
    ]


def test_who_is_not_registered_has_no_visits(database):
    async def work(register):
        with pytest.raises(Invalid) as nobody:
            await register.register_patient(patient())
        await register.register_prescriber(prescriber())
        fields = [nobody.value.faults[0].field]
        for record in (visit(), opinion(), stop()):
            with pytest.raises(Invalid) as caught:
                await register.add(record)
            fields.append(caught.value.faults[0].field)
        return fields, (await register.contents()).size, await register.history(name_of())

    assert registered(database, work) == (["prescriber", "patient", "patient", "patient"], 1, None)


def test_what_cannot_be_kept_is_refused(database):
    late = date(2014, 4, 21)

    async def work(register):
        for call in (
            register.register_prescriber(prescriber(registered_on=late)),
            register.register_patient(patient(registered_on=late)),
            register.add(visit(on=late)),
            register.load(Contents((prescriber(),), (patient(),), (visit(), visit(on=late)))),
            register.load(Contents((prescriber(),), (patient(prescriber="dr2"),))),
            register.load(Contents((prescriber(),), (patient(),), (visit(patient=OTHER),))),
        ):
            with pytest.raises(Invalid):
                await call
        return (await register.contents()).size

    assert registered(database, work) == 0


def test_what_the_rules_ask(database):
    async def work(register):
        await register.register_prescriber(prescriber(rpps=RPPS, keys=(f"{EHR}|Practitioner/1",)))
        await register.register_prescriber(prescriber(id="dr2", registered_on=date(2014, 3, 16), keys=("a|2",)))
        await register.register_patient(patient())
        nothing = await register.find(name_of(), [])
        for record in (visit(), visit(on=date(2014, 4, 9)), opinion(), stop()):
            await register.add(record)
        return [
            nothing,
            await register.find(name_of(), [f"{EHR}|Practitioner/1", "x|y"]),
            await register.find(name_of(), ["a|2", f"https://rpps.esante.gouv.fr|{RPPS}"]),
            await register.find(OTHER, [f"urn:oid:1.2.250.1.71.4.2.1|8{RPPS}"]),
            await register.find(None, ["dr1"]),
        ]

    day, seen, first = date(2014, 3, 20), date(2014, 4, 9), date(2014, 3, 17)
    assert registered(database, work) == [
        Found(day, None, None, ()),
        Found(day, first, seen, (opinion(),)),
        Found(day, date(2014, 3, 16), seen, (opinion(),)),
        Found(None, first, None, ()),
        Found(None, None, None, ()),
    ]


def test_prescribers_are_found_by_key_and_id(database):
    async def work(register):
        kept = await register.register_prescriber(prescriber(rpps=RPPS, keys=("a|1",)))
        found = [await register.prescriber(keys) for keys in (["a|1"], ["dr1"], ["a|2", f"a|{RPPS}"], [])]
        return kept, found

    kept, found = registered(database, work)
    assert found == [kept, kept, None, None]


def test_forgetting_a_patient(database):
    async def work(register):
        await register.register_prescriber(prescriber())
        for name in (name_of(), OTHER):
            await register.register_patient(patient(pseudonym=name))
            for record in (visit(patient=name), opinion(patient=name), stop(patient=name)):
                await register.add(record)
        forgotten = [await register.delete_patient(name_of()) for _ in range(2)]
        async with register._store.session() as session:
            left = [
                await session.scalar(text(f"SELECT count(*) FROM {table} WHERE patient = '{name_of()}'"))
                for table in ("rtu_visit", "rtu_opinion", "rtu_stop")
            ]
        return forgotten, left, await register.contents()

    forgotten, left, kept = registered(database, work)
    assert (forgotten, left) == ([True, False], [0, 0, 0])
    assert [each.pseudonym for each in kept.patients] == [OTHER]
    assert {each.patient for each in (*kept.visits, *kept.opinions, *kept.stops)} == {OTHER}


def test_whom_to_follow_up(database):
    names = {name_of(each): each for each in ("never", "old", "new", "stopped", "resumed")}
    of = {each: name for name, each in names.items()}

    async def work(register):
        for each in ("dr1", "dr2"):
            await register.register_prescriber(prescriber(id=each))
        for each, name in of.items():
            await register.register_patient(patient(pseudonym=name, prescriber="dr2" if each == "old" else "dr1"))
        for each, day, dose in (
            ("old", 1, 80),
            ("old", 3, 100),
            ("new", 18, 120),
            ("stopped", 4, 30),
            ("stopped", 12, 0),
            ("resumed", 5, 30),
            ("resumed", 14, 15),
        ):
            await register.add(visit(patient=of[each], on=date(2014, 4, day), dose=Decimal(dose)))
        for each in ("stopped", "resumed"):
            await register.add(stop(patient=of[each]))
        everybody = await register.follow_up()
        return everybody, {
            name: [names[one.patient.pseudonym] for one in found]
            for name, found in {
                "before": await register.follow_up(before=date(2014, 4, 12)),
                "on": await register.follow_up(before=date(2014, 4, 13)),
                "running": await register.follow_up(stopped=False),
                "dr2": await register.follow_up(prescriber="dr2"),
                "page": await register.follow_up(limit=2, offset=1),
            }.items()
        }

    everybody, found = registered(database, work)
    assert [(names[one.patient.pseudonym], one.last_visit, int(one.dose), one.stopped_on) for one in everybody] == [
        ("never", None, 60, None),
        ("old", date(2014, 4, 3), 100, None),
        ("stopped", date(2014, 4, 12), 0, date(2014, 4, 10)),
        ("resumed", date(2014, 4, 14), 15, None),
        ("new", date(2014, 4, 18), 120, None),
    ]
    assert found == {
        "before": ["never", "old"],
        "on": ["never", "old", "stopped"],
        "running": ["never", "old", "resumed", "new"],
        "dr2": ["old"],
        "page": ["old", "stopped"],
    }


def test_the_same_sent_at_once_by_two(database):
    async def work(register):
        await register._store.open()
        other = Register(register._store, lambda: TODAY)
        both = [register, other, register, other]
        kept = await asyncio.gather(
            *(each.register_prescriber(prescriber(id=f"dr{place}", rpps=RPPS)) for place, each in enumerate(both))
        )
        await asyncio.gather(*(each.register_patient(patient(prescriber=kept[0].id)) for each in both))
        await asyncio.gather(*(each.add(record) for each in both for record in (visit(), opinion(), stop())))
        return len({one.id for one in kept}), (await register.contents()).size

    assert registered(database, work) == (1, 5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents())
def test_what_is_loaded_is_kept(tmp_path_factory, found):
    async def work(register):
        await register.load(found)
        once = await register.contents()
        await register.load(found)
        return once, await register.contents(), await register.known()

    once, twice, (ids, names) = registered(sqlite_url(tmp_path_factory.mktemp("loaded")), work)
    assert same(once, found)
    assert once == twice
    assert (ids, names) == ({one.id for one in found.prescribers}, {one.pseudonym for one in found.patients})


def test_patients_follow_their_prescriber_to_the_id_on_record(database):
    async def work(register):
        await register.register_prescriber(prescriber(id="here", rpps=RPPS))
        await register.load(Contents((prescriber(id="there", rpps=RPPS),), (patient(prescriber="there"),)))
        return await register.contents()

    kept = registered(database, work)
    assert [one.id for one in kept.prescribers] == ["here"]
    assert [one.prescriber for one in kept.patients] == ["here"]


def test_a_database_that_is_down():
    async def main():
        register = Register(Store("postgresql://cds@127.0.0.1:9/cds"))
        with pytest.raises(StoreUnavailable):
            await register.find(None, [])
        with pytest.raises(StoreUnavailable):
            await register.register_prescriber(prescriber())

    asyncio.run(main())


def test_asking_is_quick(database):
    async def work(register):
        await register.load(Contents((prescriber(keys=("a|1",)),), (patient(),), (visit(),), (opinion(),)))
        taken = []
        for _ in range(50):
            since = time.perf_counter()
            await register.find(name_of(), ["a|1", "a|2"])
            taken.append(time.perf_counter() - since)
        return sorted(taken)[len(taken) // 2]

    assert registered(database, work) < 0.05  # 10 ms on a machine that does nothing else
