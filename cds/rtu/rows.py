"""Records as rows of the store's tables, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from cds.rtu.course import tapered_until
from cds.rtu.fields import write_amount, write_record
from cds.rtu.keys import rpps_keys
from cds.rtu.model import Kind, Patient, Prescriber, Reason, Record, RecordedOpinion, Setting, Sex, Stop, Visit
from cds.store.registry_tables import RtuOpinion, RtuPatient, RtuPrescriber, RtuStop, RtuVisit

__all__ = [
    "all_keys",
    "event_name",
    "opinion_of",
    "opinion_row",
    "patient_of",
    "patient_row",
    "prescriber_of",
    "stop_of",
    "stop_row",
    "visit_of",
    "visit_row",
]


def all_keys(prescriber: Prescriber) -> frozenset[str]:
    """All that tells a prescriber."""
    return frozenset((*prescriber.keys, *rpps_keys(prescriber.rpps)))


def prescriber_of(row: RtuPrescriber, keys: Iterable[str]) -> Prescriber:
    """The record of a row and its given keys."""
    return Prescriber(
        row.id, row.registered_on, row.name, row.rpps, row.specialty, cast("Setting", row.setting), tuple(sorted(keys))
    )


def patient_of(row: RtuPatient) -> Patient:
    """The record of a row."""
    return Patient(
        row.pseudonym,
        row.registered_on,
        row.prescriber,
        row.started_on,
        row.birth_year,
        cast("Sex", row.sex),
        row.informed,
        row.contraindications_checked,
        Decimal(row.dose),
    )


def patient_row(record: Patient) -> dict[str, Any]:
    """The row of a record."""
    return {
        "pseudonym": record.pseudonym,
        "registered_on": record.registered_on,
        "prescriber": record.prescriber,
        "started_on": record.started_on,
        "birth_year": record.birth_year,
        "sex": record.sex,
        "informed": record.informed,
        "contraindications_checked": record.contraindications_checked,
        "dose": write_amount(record.dose),
    }


def visit_of(row: RtuVisit) -> Visit:
    """The record of a row."""
    return Visit(
        row.patient,
        row.on,
        Decimal(row.dose),
        tuple(row.events.split()),
        row.event_text,
        _amount(row.alcohol),
        row.craving,
    )


def visit_row(record: Visit) -> dict[str, Any]:
    """The row of a record."""
    return {
        "patient": record.patient,
        "fingerprint": _fingerprint(record),
        "on": record.on,
        "dose": write_amount(record.dose),
        "events": " ".join(record.events),
        "event_text": record.event_text,
        "alcohol": None if record.alcohol is None else write_amount(record.alcohol),
        "craving": record.craving,
    }


def opinion_of(row: RtuOpinion) -> RecordedOpinion:
    """The record of a row."""
    return RecordedOpinion(row.patient, cast("Kind", row.kind), row.on, row.centre, row.favourable)


def opinion_row(record: RecordedOpinion) -> dict[str, Any]:
    """The row of a record."""
    return {
        "patient": record.patient,
        "fingerprint": _fingerprint(record),
        "kind": record.kind,
        "on": record.on,
        "centre": record.centre,
        "favourable": record.favourable,
    }


def stop_of(row: RtuStop) -> Stop:
    """The record of a row."""
    return Stop(
        row.patient,
        row.on,
        cast("Reason", row.reason),
        row.taper_planned,
        row.taper_days,
        _amount(row.last_dose),
        row.taper_completed,
    )


def stop_row(record: Stop) -> dict[str, Any]:
    """The row of a record."""
    return {
        "patient": record.patient,
        "on": record.on,
        "reason": record.reason,
        "taper_planned": record.taper_planned,
        "taper_days": record.taper_days,
        "last_dose": None if record.last_dose is None else write_amount(record.last_dose),
        "taper_completed": record.taper_completed,
        "tapered_until": tapered_until(record),
    }


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def event_name(record: Visit | RecordedOpinion | Stop) -> str:
    """What tells a record of a patient's from the others of its kind: its day, or its fingerprint in hexadecimal digits."""
    return record.on.isoformat() if isinstance(record, Stop) else _fingerprint(record).hex()


def _fingerprint(record: Record) -> bytes:
    """Tells the same record told twice from another one of the day."""
    return hashlib.sha256("\0".join(write_record(record).values()).encode()).digest()
