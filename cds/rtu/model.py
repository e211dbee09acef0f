"""What the registry keeps, as values.

A patient is a pseudonym and what follow-up needs; no record holds a patient's name or an identifier of an EHR. Doses are mg a day and
alcohol g a day, both as exact decimals. Days are days: the registry needs no hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

__all__ = [
    "KINDS",
    "REASONS",
    "SETTINGS",
    "SEXES",
    "Contents",
    "Patient",
    "Prescriber",
    "Record",
    "RecordedOpinion",
    "Stop",
    "Visit",
    "in_effect",
]

Setting = Literal["town", "hospital", "csapa", "other"]
Sex = Literal["female", "male", "other", "unknown"]
Kind = Literal["second", "collegial"]
Reason = Literal["remission", "inefficacy", "adverse-event", "patient-wish", "pregnancy", "other"]

SETTINGS: tuple[Setting, ...] = get_args(Setting)
SEXES: tuple[Sex, ...] = get_args(Sex)
KINDS: tuple[Kind, ...] = get_args(Kind)
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Prescriber:
    """A registered prescriber.

    Attributes:
        id: the registry's own.
        registered_on: the day of the registration.
        name: empty where it was not given.
        rpps: number in the French register of health professionals, 11 digits; empty where it was not given.
        specialty: in the prescriber's words.
        setting: where the prescriber works; a CSAPA is a French centre for addiction care.
        keys: how EHRs know the prescriber: `namespace|Practitioner/id`, `namespace|PractitionerRole/id` or `system|value`, sorted.
    """

    id: str
    registered_on: date
    name: str = ""
    rpps: str = ""
    specialty: str = ""
    setting: Setting = "other"
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patient:
    """A registered patient.

    Attributes:
        pseudonym: 64 hexadecimal digits (`cds.security.pseudonym`).
        registered_on: the day of the registration.
        prescriber: id of the prescriber.
        started_on: the day on which baclofen was started.
        birth_year: the year alone.
        sex: as FHIR codes it.
        informed: whether the patient was informed of the programme.
        contraindications_checked: whether the prescriber checked the programme's contraindications.
        dose: mg a day at the registration.
    """

    pseudonym: str
    registered_on: date
    prescriber: str
    started_on: date
    birth_year: int
    sex: Sex
    informed: bool
    contraindications_checked: bool
    dose: Decimal


@dataclass(frozen=True, slots=True)
class Visit:
    """A follow-up visit.

    Attributes:
        patient: the pseudonym.
        on: the day.
        dose: mg a day.
        events: codes of `cds.rtu.wording.EVENTS`, sorted, each once.
        event_text: further words on adverse events.
        alcohol: declared consumption, g a day; None where it was not told.
        craving: 0 (none) to 10; None where it was not told.
    """

    patient: str
    on: date
    dose: Decimal
    events: tuple[str, ...] = ()
    event_text: str = ""
    alcohol: Decimal | None = None
    craving: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedOpinion:
    """A second or collegial opinion.

    Attributes:
        patient: the pseudonym.
        kind: of a colleague (`second`), or of a CSAPA or a hospital's addiction service (`collegial`).
        on: the day.
        centre: who gave it.
        favourable: whether it supports the dose.
    """

    patient: str
    kind: Kind
    on: date
    centre: str = ""
    favourable: bool = True


@dataclass(frozen=True, slots=True)
class Stop:
    """A treatment that was stopped; one a day for a patient, as last told.

    Attributes:
        patient: the pseudonym.
        on: the day on which it was decided.
        reason: why.
        taper_planned: whether the dose is lowered step by step.
        taper_days: planned length of the taper, days.
        last_dose: mg a day before the stop.
        taper_completed: whether the taper was completed; None where it was not told.
    """

    patient: str
    on: date
    reason: Reason
    taper_planned: bool
    taper_days: int | None = None
    last_dose: Decimal | None = None
    taper_completed: bool | None = None


Record = Prescriber | Patient | Visit | RecordedOpinion | Stop


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole registry, or a part of one; each kind in the order of its days."""

    prescribers: tuple[Prescriber, ...] = ()
    patients: tuple[Patient, ...] = ()
    visits: tuple[Visit, ...] = ()
    opinions: tuple[RecordedOpinion, ...] = ()
    stops: tuple[Stop, ...] = ()

    @property
    def size(self) -> int:
        """How many records these are."""
        return sum(len(each) for each in (self.prescribers, self.patients, self.visits, self.opinions, self.stops))


def in_effect(opinions: tuple[RecordedOpinion, ...]) -> tuple[RecordedOpinion, ...]:
    """The opinions of one patient that support a dose.

    An unfavourable one is none of them, and ends those of its kind up to its day; an unfavourable collegial one ends second ones, too, as
    it outranks them.
    """
    against = [each for each in opinions if not each.favourable]
    return tuple(
        each
        for each in opinions
        if each.favourable
        and not any(other.on >= each.on and other.kind in (each.kind, "collegial") for other in against)
    )
