"""What a person fills in: an order and a patient in plain words, every part of it optional but the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.playground import choices as of
from cds.playground.fields import Field, Refused, choice, choices, day, decimal, decimals, flag, text, whole

__all__ = ["LONGEST_FHIR", "PHASES", "Decoded", "FieldError", "Form", "Typed", "decode", "encode"]

PHASES = 10
"""Rows for the phases of an order."""
LONGEST_FHIR = 20_000
"""Characters of a dosage as FHIR."""

Typed = Mapping[str, Sequence[str]]
"""The fields as a browser sends them."""

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_UNKNOWN_FIELD = Phrase("The form has no such field.")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One form.

    Attributes:
        day: the day of the call and of what is ordered in it.
        hook: when the EHR asks.
        change: what is done with baclofen: `order`, `stop`, `hold` or `none`.
        product: `system:code` of a product, or a key of `OWN_PRODUCTS`.
        strength: of one's own product: mg a tablet, mg/mL of a liquid, µg/mL of an injection.
        route: how it is given.
        sig: how the dose is written: `structured`, `words`, `fhir` or `none`.
        dose, times, days: by phase: amount of one intake in `unit`, intakes a day, length; the last phase may be open.
        unit: of the amounts.
        sig_text: the dose in words.
        sig_fhir: the dose as JSON, FHIR `dosageInstruction`.
        as_needed, as_needed_most: whether it is as needed, and the most in a day, mg.
        supply: days for which the order is to be dispensed.
        toxicity: what is stopped is stopped for an overdose or toxicity.
        mention: the order says that it is within the French programme.
        beside: drugs, examinations and procedures that are ordered in the same signing.
        indication: why.
        country: where the patient lives.
        setting, stay_hours: where the patient is treated, and hours since the encounter began.
        age, born: years, or the day of birth, which goes before the age.
        sex, weight: weight in kg.
        creatinine, creatinine_unit, egfr: renal results; the eGFR in mL/min/1.73 m².
        labs_on: their day; the day of the call where none is given.
        dialysis: whether the problem list says so.
        conditions, condition_text, conditions_since: the problem list: by name, in words, and the day on which it all began.
        drugs, drug_text: other drugs on file.
        allergies: allergies on file.
        drinks: alcoholic drinks a day.
        before: baclofen on file: not, as an order, as reported, or by pump.
        before_dose, before_times, before_since: mg of one intake and intakes a day, or µg in 24 h by pump; and since when.
        before_goes_on: the order on file goes on beside the new one.
        dispensed_on, dispensed_days: the last dispense, and for how many days it was.
        pump_empty: the day on which the pump says it will be empty.
        test_dose, test_hours: an earlier intrathecal test dose (µg, the day before) and the hours it worked.
        patient_registered, prescriber_registered: in the French programme.
        opinion, opinion_on: an opinion on record, and its day.
        last_visit: the newest follow-up visit that the registry knows.
        missing: what the EHR does not send, keys of `LISTS`.
    """

    day: date
    hook: str = "order-sign"
    change: str = "order"
    product: str = "rxnorm:197391"
    strength: Decimal | None = None
    route: str = "oral"
    sig: str = "structured"
    dose: tuple[Decimal | None, ...] = ()
    times: tuple[Decimal | None, ...] = ()
    days: tuple[Decimal | None, ...] = ()
    unit: str = "mg"
    sig_text: str = ""
    sig_fhir: str = ""
    as_needed: bool = False
    as_needed_most: Decimal | None = None
    supply: int | None = None
    toxicity: bool = False
    mention: bool = False
    beside: tuple[str, ...] = ()
    indication: str = "none"
    country: str = "none"
    setting: str = "outpatient"
    stay_hours: int | None = None
    age: Decimal | None = None
    born: date | None = None
    sex: str = "unknown"
    weight: Decimal | None = None
    creatinine: Decimal | None = None
    creatinine_unit: str = "umol/L"
    egfr: Decimal | None = None
    labs_on: date | None = None
    dialysis: bool = False
    conditions: tuple[str, ...] = ()
    condition_text: str = ""
    conditions_since: date | None = None
    drugs: tuple[str, ...] = ()
    drug_text: str = ""
    allergies: tuple[str, ...] = ()
    drinks: Decimal | None = None
    before: str = "none"
    before_dose: Decimal | None = None
    before_times: Decimal | None = None
    before_since: date | None = None
    before_goes_on: bool = False
    dispensed_on: date | None = None
    dispensed_days: int | None = None
    pump_empty: date | None = None
    test_dose: Decimal | None = None
    test_hours: Decimal | None = None
    patient_registered: str = "no"
    prescriber_registered: str = "no"
    opinion: str = "none"
    opinion_on: date | None = None
    last_visit: date | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field."""

    field: str
    why: Phrase


@dataclass(frozen=True, slots=True)
class Decoded:
    """A form as far as it could be read; a field that could not be read has its default and stands among the errors."""

    form: Form
    errors: tuple[FieldError, ...]


def _day() -> Field:
    return day(_FIRST_DAY, _LAST_DAY)


def _fields(knowledge: Knowledge) -> dict[str, Field]:
    """How each field of the form is read."""
    return {
        "day": _day(),
        "hook": choice(of.HOOKS, "order-sign"),
        "change": choice(of.CHANGES, "order"),
        "product": choice({*of.products(knowledge), *of.OWN_PRODUCTS}, "rxnorm:197391"),
        "strength": decimal("0.001", "100000"),
        "route": choice(of.ROUTES, "oral"),
        "sig": choice(of.SIGS, "structured"),
        "dose": decimals("0", "100000", PHASES),
        "times": decimals("0.01", "48", PHASES),
        "days": decimals("0.01", "3650", PHASES),
        "unit": choice(of.DOSE_UNITS, "mg"),
        "sig_text": text(500),
        "sig_fhir": text(LONGEST_FHIR),
        "as_needed": flag(),
        "as_needed_most": decimal("0.01", "100000"),
        "supply": whole(1, 3650),
        "toxicity": flag(),
        "mention": flag(),
        "beside": choices({*of.DRUGS, *of.SERVICES}),
        "indication": choice(of.INDICATIONS, "none"),
        "country": choice(of.COUNTRIES, "none"),
        "setting": choice(of.SETTINGS, "outpatient"),
        "stay_hours": whole(0, 10_000),
        "age": decimal("0", "120"),
        "born": _day(),
        "sex": choice(of.SEXES, "unknown"),
        "weight": decimal("0.1", "500"),
        "creatinine": decimal("0.01", "10000"),
        "creatinine_unit": choice(of.CREATININE_UNITS, "umol/L"),
        "egfr": decimal("0", "300"),
        "labs_on": _day(),
        "dialysis": flag(),
        "conditions": choices(of.CONDITIONS),
        "condition_text": text(200),
        "conditions_since": _day(),
        "drugs": choices(of.DRUGS),
        "drug_text": text(200),
        "allergies": choices(of.ALLERGIES),
        "drinks": decimal("0", "100"),
        "before": choice(of.BEFORE, "none"),
        "before_dose": decimal("0", "100000"),
        "before_times": decimal("0.01", "48"),
        "before_since": _day(),
        "before_goes_on": flag(),
        "dispensed_on": _day(),
        "dispensed_days": whole(1, 3650),
        "pump_empty": _day(),
        "test_dose": decimal("0.1", "10000"),
        "test_hours": decimal("0", "240"),
        "patient_registered": choice(of.REGISTRATION, "no"),
        "prescriber_registered": choice(of.PRESCRIBER, "no"),
        "opinion": choice(of.OPINIONS, "none"),
        "opinion_on": _day(),
        "last_visit": _day(),
        "missing": choices(of.LISTS),
    }


def decode(typed: Typed, today: date, knowledge: Knowledge) -> Decoded:
    """The form of what was typed.

    Args:
        typed: the fields as a browser sends them.
        today: the day of a form that names none.
        knowledge: the products that may be chosen.
    """
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    fields = _fields(knowledge)
    for name, field in fields.items():
        try:
            values[name] = field.read(typed.get(name, ()))
        except Refused as refused:
            errors.append(FieldError(name, refused.why))
    errors += [FieldError(name[:40], _UNKNOWN_FIELD) for name in typed if name not in fields]
    if values.get("day") is None:
        values["day"] = today
    return Decoded(Form(**values), tuple(errors))


def encode(form: Form, knowledge: Knowledge) -> dict[str, list[str]]:
    """The form as a browser would send it: `decode` gives it back."""
    return {name: field.write(getattr(form, name)) for name, field in _fields(knowledge).items()}
