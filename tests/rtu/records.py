"""Records for tests."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from cds.rtu.model import (
    KINDS,
    REASONS,
    SETTINGS,
    SEXES,
    Contents,
    Patient,
    Prescriber,
    RecordedOpinion,
    Stop,
    Visit,
)
from cds.rtu.stored import Register
from cds.rtu.wording import EVENTS
from cds.security.pseudonym import pseudonym
from cds.store import Store

TODAY = date(2014, 4, 20)
KEY = b"k" * 32
EHR = "https://ehr.example.org/fhir"


def name_of(patient="p", namespace=EHR):
    return pseudonym(KEY, namespace, patient)


def prescriber(**changes):
    return Prescriber(**{"id": "dr1", "registered_on": date(2014, 3, 17), **changes})


def patient(**changes):
    return Patient(
        **{
            "pseudonym": name_of(),
            "registered_on": date(2014, 3, 20),
            "prescriber": "dr1",
            "started_on": date(2014, 1, 6),
            "birth_year": 1970,
            "sex": "female",
            "informed": True,
            "contraindications_checked": True,
            "dose": Decimal(60),
            **changes,
        }
    )


def visit(**changes):
    return Visit(**{"patient": name_of(), "on": date(2014, 4, 1), "dose": Decimal(90), **changes})


def opinion(**changes):
    return RecordedOpinion(**{"patient": name_of(), "kind": "second", "on": date(2014, 4, 2), **changes})


def stop(**changes):
    return Stop(
        **{"patient": name_of(), "on": date(2014, 4, 10), "reason": "remission", "taper_planned": True, **changes}
    )


def registered(database, work):
    """What work does with a registry in that database, as of `TODAY`."""

    async def main():
        store = Store(database)
        try:
            return await work(Register(store, lambda: TODAY))
        finally:
            await store.close()

    return asyncio.run(main())


days = st.dates(date(1970, 1, 1), TODAY)
doses = st.decimals(0, 1000, places=3, allow_nan=False, allow_infinity=False)
words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200).map(str.strip)
keys = st.tuples(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="|"), min_size=1, max_size=20).map(
        lambda text: text.rstrip("/") or "x"
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=20),
).map("|".join)


def _sorted(strategy, most):
    return st.sets(strategy, max_size=most).map(lambda found: tuple(sorted(found)))


@st.composite
def contents(draw):
    """A small registry in which everything is somebody's."""
    ids = draw(st.lists(st.from_regex(r"[A-Za-z0-9.-]{1,64}", fullmatch=True), min_size=1, max_size=3, unique=True))
    all_keys = draw(st.lists(keys, max_size=4, unique=True))
    numbers = draw(
        st.lists(st.from_regex(r"[0-9]{11}", fullmatch=True), min_size=len(ids), max_size=len(ids), unique=True)
    )
    prescribers = tuple(
        Prescriber(
            each,
            draw(days),
            draw(words),
            number if draw(st.booleans()) else "",
            draw(words),
            draw(st.sampled_from(SETTINGS)),
            tuple(sorted(all_keys[place :: len(ids)])),
        )
        for place, (each, number) in enumerate(zip(ids, numbers, strict=True))
    )
    names = draw(st.lists(st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=3, unique=True))
    patients = []
    for name in names:
        started = draw(days)
        year = draw(st.integers(TODAY.year - 120, started.year))
        flags = draw(st.tuples(st.booleans(), st.booleans()))
        patients.append(
            Patient(
                name,
                draw(days),
                draw(st.sampled_from(ids)),
                started,
                year,
                draw(st.sampled_from(SEXES)),
                *flags,
                draw(doses),
            )
        )
    if not names:
        return _ordered(prescribers, patients, (), (), ())
    of = st.sampled_from(names)
    visits = st.builds(
        Visit,
        of,
        days,
        doses,
        _sorted(st.sampled_from(list(EVENTS)), 3),
        words,
        st.none() | st.decimals(0, 2000, places=1),
        st.none() | st.integers(0, 10),
    )
    opinions = st.builds(RecordedOpinion, of, st.sampled_from(KINDS), days, words, st.booleans())
    tapers = st.one_of(st.tuples(st.just(True), st.none() | st.integers(0, 366)), st.just((False, None)))
    stops = st.tuples(of, days, st.sampled_from(REASONS), tapers, st.none() | doses, st.none() | st.booleans()).map(
        lambda it: Stop(*it[:3], *it[3], *it[4:])
    )
    began = {each.pseudonym: each.started_on for each in patients}

    def later(records):
        """Not before the start, and of stops one a day."""
        moved = [replace(each, on=max(each.on, began[each.patient])) for each in records]
        return list({(each.patient, each.on) if isinstance(each, Stop) else each: each for each in moved}.values())

    return _ordered(
        prescribers,
        patients,
        draw(st.lists(visits, max_size=5, unique=True).map(later)),
        draw(st.lists(opinions, max_size=4, unique=True).map(later)),
        draw(st.lists(stops, max_size=3, unique_by=lambda one: (one.patient, one.on)).map(later)),
    )


def _ordered(prescribers, patients, visits, opinions, stops):
    return Contents(
        tuple(sorted(prescribers, key=lambda one: (one.registered_on, one.id))),
        tuple(sorted(patients, key=lambda one: (one.registered_on, one.pseudonym))),
        tuple(visits),
        tuple(opinions),
        tuple(stops),
    )


def same(one: Contents, other: Contents) -> bool:
    """Whether two registries hold the same, whatever the order within a day."""
    return all(
        sorted(map(repr, map(_plain, getattr(one, name)))) == sorted(map(repr, map(_plain, getattr(other, name))))
        for name in Contents.__slots__
    )


def _plain(record):
    from cds.rtu.fields import write_record

    return type(record), write_record(record)
