"""A registry that nobody is in, to show its pages full: the figures that the agency published five weeks after the programme opened.

600 prescribers, half of them without patients; 1,400 patients, 420 (30 %) started since the opening; 5 stops; registrations that rise from week
to week. All else is drawn at random, always the same, and means nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from cds.rtu.keys import key_of
from cds.rtu.model import REASONS, Contents, Kind, Patient, Prescriber, RecordedOpinion, Setting, Sex, Stop, Visit

__all__ = ["INVENTED", "OPENED", "UNTIL", "demo_contents"]

T = TypeVar("T")

OPENED = date(2014, 3, 17)
"""The first day, a Monday."""
UNTIL = OPENED + timedelta(34)
"""The last day of the fifth week."""

_PRESCRIBERS = (60, 90, 120, 150, 180)
INVENTED = tuple(f"demo-{number:04}" for number in range(1, sum(_PRESCRIBERS) + 1))
"""The ids of the prescribers, by which a registry that holds this data set is known: prescribers stay, whoever of their patients is erased."""
_PATIENTS = (120, 200, 280, 360, 440)
"""Registrations by week."""
_NEW = 420
_STOPS = 5
_SEED = 2014
_SECOND, _COLLEGIAL = 120, 180
_ASKED = 0.85
_RISING = 0.3
_LEAST_EVENTS, _EVENTS_A_MG = 0.08, 0.0012
_NAMESPACE = "urn:baclofen-cds:demo"
_SETTINGS: tuple[tuple[Setting, int], ...] = (("town", 70), ("csapa", 14), ("hospital", 14), ("other", 2))
_SEXES: tuple[tuple[Sex, int], ...] = (("male", 68), ("female", 32))
_SPECIALTIES = (("Médecine générale", 62), ("Psychiatrie", 22), ("Addictologie", 12), ("Hépato-gastro-entérologie", 4))
_DOSES_NEW = ((15, 16), (30, 30), (45, 18), (60, 18), (75, 10), (90, 6), (120, 2))
_DOSES_OLD = (
    *((20, 4), (30, 8), (45, 8), (60, 13), (75, 8), (90, 13), (100, 9), (120, 13)),
    *((140, 6), (160, 6), (180, 5), (210, 3), (240, 2), (300, 1), (310, 1)),
)
_EVENTS = (
    *(("drowsiness", 26), ("fatigue", 20), ("insomnia", 12), ("dizziness", 11), ("headache", 7), ("nausea", 7)),
    *(
        ("paraesthesia", 5),
        ("memory", 3),
        ("depression", 3),
        ("confusion", 2),
        ("urinary", 2),
        ("fall", 1),
        ("mania", 1),
    ),
)


def demo_contents() -> Contents:
    """The demo data set; the same in every process and on every machine."""
    random = Random(_SEED)  # noqa: S311 -- a data set, no secret
    prescribers, active = _prescribers(random)
    patients = _patients(random, active)
    early = [each.pseudonym for each in patients if each.registered_on <= UNTIL - timedelta(10)]
    stopping = sorted(random.sample(early, _STOPS))
    visits = [each for patient in patients for each in _visits(random, patient)]
    latest = {patient.pseudonym: (patient.registered_on, patient.dose) for patient in patients}
    latest |= {visit.patient: (visit.on, visit.dose) for visit in visits}
    opinions = [each for patient in patients for each in _opinions(random, patient, latest[patient.pseudonym][1])]
    stops = [
        Stop(
            name,
            _day(random, latest[name][0], UNTIL),
            reason,
            taper_planned=True,
            taper_days=14,
            last_dose=latest[name][1],
        )
        for name, reason in zip(stopping, REASONS, strict=False)
    ]
    return Contents(
        tuple(sorted(prescribers, key=lambda each: (each.registered_on, each.id))),
        tuple(sorted(patients, key=lambda each: (each.registered_on, each.pseudonym))),
        tuple(sorted(visits, key=lambda each: (each.on, each.patient))),
        tuple(sorted(opinions, key=lambda each: (each.on, each.patient, each.kind))),
        tuple(sorted(stops, key=lambda each: (each.on, each.patient))),
    )


def _one(random: Random, weighted: Sequence[tuple[T, int]]) -> T:
    return random.choices([each for each, _ in weighted], [weight for _, weight in weighted])[0]


def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(random.randint(0, (last - first).days))


def _prescribers(random: Random) -> tuple[list[Prescriber], list[Prescriber]]:
    """All, and those who register patients: every other one of each week."""
    everybody: list[Prescriber] = []
    for week, count in enumerate(_PRESCRIBERS):
        for place in range(count):
            number = len(everybody) + 1
            everybody.append(
                Prescriber(
                    INVENTED[number - 1],
                    OPENED + timedelta(7 * week + place % 7),
                    f"Dr Démo {number}",
                    "",
                    _one(random, _SPECIALTIES),
                    _one(random, _SETTINGS),
                    (key_of(_NAMESPACE, f"Practitioner/{number}"),),
                )
            )
    return everybody, everybody[::2]


def _patients(random: Random, active: Sequence[Prescriber]) -> list[Patient]:
    """The first patient of every prescriber who has any in the week of the prescriber's registration, the others by chance."""
    whose: list[tuple[Prescriber, date]] = []
    for week, count in enumerate(_PATIENTS):
        monday = OPENED + timedelta(7 * week)
        sunday = monday + timedelta(6)
        there = [each for each in active if each.registered_on <= sunday]
        first = [each for each in there if each.registered_on >= monday]
        others = random.choices(there, [1 + place % 6 for place in range(len(there))], k=count - len(first))
        whose += [(each, _day(random, max(monday, each.registered_on), sunday)) for each in (*first, *others)]
    started_since = set(random.sample(range(len(whose)), _NEW))
    return [
        _patient(random, number, prescriber.id, on, new=number in started_since)
        for number, (prescriber, on) in enumerate(whose)
    ]


def _patient(random: Random, number: int, prescriber: str, on: date, *, new: bool) -> Patient:
    days = [OPENED, on] if new else [date(2008, 11, 3), OPENED - timedelta(1)]
    started = _day(random, days[0], days[1])
    return Patient(
        hashlib.sha256(f"{_NAMESPACE}|{number}".encode()).hexdigest(),
        on,
        prescriber,
        started,
        random.randint(1936, 1990),
        _one(random, _SEXES),
        informed=True,
        contraindications_checked=True,
        dose=Decimal(_one(random, _DOSES_NEW if new else _DOSES_OLD)),
    )


def _visits(random: Random, patient: Patient) -> Iterator[Visit]:
    """One every two or three weeks; the dose of who began lately rises, consumption and craving fall."""
    on, dose = patient.registered_on, patient.dose
    alcohol, craving = random.randint(4, 20) * 10, random.randint(3, 9)
    while (on := on + timedelta(random.randint(12, 21))) <= UNTIL:
        rising = patient.started_on >= OPENED or random.random() < _RISING
        dose = min(dose + 15, Decimal(310)) if rising else dose
        alcohol = max(0, alcohol - 10 * random.randint(0, 6))
        craving = max(0, craving - random.randint(0, 3))
        likely = _LEAST_EVENTS + float(dose) * _EVENTS_A_MG
        events = {_one(random, _EVENTS) for _ in range(2) if random.random() < likely}
        yield Visit(patient.pseudonym, on, dose, tuple(sorted(events)), "", Decimal(alcohol), craving)


def _opinions(random: Random, patient: Patient, dose: Decimal) -> Iterator[RecordedOpinion]:
    """What the ladder asks for at the dose, for most patients."""
    asked: tuple[tuple[Kind, int], ...] = (("second", _SECOND), ("collegial", _COLLEGIAL))
    for kind, threshold in asked:
        if dose >= threshold and random.random() < _ASKED:
            on = _day(random, patient.registered_on, UNTIL)
            yield RecordedOpinion(patient.pseudonym, kind, on, "CSAPA" if kind == "collegial" else "")
