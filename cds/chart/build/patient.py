"""Who the patient is: age, sex, weight, setting, jurisdiction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal

from cds.chart.build.sources import ENCOUNTER, PATIENT, WEIGHT, Sources
from cds.chart.model import AgeRange, Jurisdiction, Setting, Sex, Weight
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Origin, Reading, Unknown
from cds.fhir.datatypes import CodeableConcept, Coding, Quantity
from cds.fhir.quantity import convert
from cds.fhir.resources import Encounter, Patient
from cds.phrases import Phrase

NOT_A_RESULT = frozenset({"entered-in-error", "cancelled", "registered", "unknown"})
INPATIENT_CLASSES = frozenset({"IMP", "ACUTE", "NONAC", "OBSENC", "SS"})
COUNTRY_CODES = {"GB": "UK", "USA": "US", "GBR": "UK", "FRA": "FR", "DEU": "DE", "CAN": "CA"}


def patient_of(sources: Sources, patient_id: str | None) -> Patient | None:
    """The patient the call is about; None where the record does not hold them."""
    patients = sources.record.of(Patient)
    return next((patient for patient in patients if patient_id is None or patient.id in (patient_id, None)), None)


def age_of(patient: Patient | None, sources: Sources) -> Reading[AgeRange]:
    """Completed years on the evaluation date."""
    if patient is None:
        return sources.missing(PATIENT) or Unknown(Phrase("the patient's record was not sent"))
    born = sources.partial_date(patient.birthDate)
    if born is None:
        return Unknown(Phrase("the birth date cannot be read")) if patient.birthDate else Absent()
    low, high = (_completed_years(day, sources.evaluation_date) for day in (born.last, born.first))
    if high < 0:
        return Unknown(Phrase("the birth date lies in the future"))
    return Known(AgeRange(max(low, 0), high), Origin(patient.reference))


def _completed_years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def sex_of(patient: Patient | None, sources: Sources) -> Reading[Sex]:
    """Administrative gender, as the formulas use it."""
    if patient is None:
        return sources.missing(PATIENT) or Unknown(Phrase("the patient's record was not sent"))
    match patient.gender:
        case "male":
            return Known("male")
        case "female":
            return Known("female")
        case None:
            return Absent()
        case _:
            return Unknown(Phrase("the recorded gender is neither male nor female"))


def encounter_of(sources: Sources, encounter_id: str | None) -> Encounter | None:
    """The encounter the call names; where it names none, the one that was sent."""
    return next((one for one in sources.record.of(Encounter) if encounter_id is None or one.id == encounter_id), None)


def setting_of(sources: Sources, encounter_id: str | None) -> Reading[Setting]:
    """Inpatient or outpatient, from the encounter's class."""
    encounter = encounter_of(sources, encounter_id)
    if encounter is None:
        if encounter_id is None:
            return Absent()
        return sources.missing(ENCOUNTER) or Unknown(Phrase("the encounter was not sent"))
    codes = set(_class_codes(encounter.class_))
    if not codes:
        return Unknown(Phrase("the encounter's class cannot be read"))
    return Known("inpatient" if codes & INPATIENT_CLASSES else "outpatient", Origin(encounter.reference))


def _class_codes(value: Coding | list[CodeableConcept] | None) -> Iterable[str]:
    if isinstance(value, Coding):
        return [value.code] if value.code else []
    return [code for concept in value or () for _, code in concept.pairs]


def newest_measure(sources: Sources, kind: str, unit: str) -> tuple[Fraction, date, str] | None:
    """The newest result of a value set in a unit, on or before the evaluation date: value, day and reference."""
    found: list[tuple[date, Fraction, str]] = []
    for observation, kinds in sources.observed:
        if kind not in kinds or observation.status in NOT_A_RESULT:
            continue
        day = sources.day(observation.effectiveDateTime or observation.issued)
        value = measured(observation.valueQuantity, unit)
        if day is not None and day <= sources.evaluation_date and value is not None:
            found.append((day, value, observation.reference))
    if not found:
        return None
    day, value, reference = max(found)
    return value, day, reference


def measured(quantity: Quantity | None, unit: str) -> Fraction | None:
    """A positive amount in the unit; None where it cannot be read or converted."""
    if quantity is None:
        return None
    value = convert(quantity, unit)
    return value if value is not None and value > 0 else None


def weight_of(sources: Sources) -> Reading[Weight]:
    """The newest weight on or before the evaluation date, however old: rules that need a fresh one look at its day."""
    newest = newest_measure(sources, "weight", "kg")
    if newest is None:
        return sources.missing(WEIGHT) or Absent()
    kg, day, reference = newest
    return Known(Weight(kg, day), Origin(reference, day))


def jurisdiction_of(issuer: str | None, orders: Iterable[Order], patient: Patient | None, default: str) -> Jurisdiction:
    """The calling EHR's, else the drug's national code's, else the patient's country's, else RxNorm's, else the default."""
    if issuer:
        return Jurisdiction(issuer, "issuer")
    products = [order.product for order in orders]
    national = next((product.jurisdiction for product in products if product.jurisdiction), None)
    if national:
        return Jurisdiction(national, "product")
    country = _country(patient)
    if country:
        return Jurisdiction(country, "country")
    weak: str | None = next((product.weak_jurisdiction for product in products if product.weak_jurisdiction), None)
    return Jurisdiction(weak, "rxnorm") if weak else Jurisdiction(default, "default")


def _country(patient: Patient | None) -> str | None:
    addresses = [address for address in (patient.address or () if patient else ()) if address.country]
    rank: dict[str | None, Literal[0, 1, 2]] = {"home": 0, None: 1}
    addresses.sort(key=lambda address: rank.get(address.use, 2))
    if not addresses or not addresses[0].country:
        return None
    code = addresses[0].country.strip().upper()
    return COUNTRY_CODES.get(code, code) if len(code) in (2, 3) else None
