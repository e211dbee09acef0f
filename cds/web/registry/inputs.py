"""The forms of the registry: what they ask, and how what was typed becomes a record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from starlette.datastructures import FormData

from cds.phrases import Phrase
from cds.rtu.fields import TABLES, read_record
from cds.rtu.model import Record
from cds.rtu.validation import Fault, Invalid
from cds.rtu.wording import EVENTS, FIELDS, KINDS, REASONS, SETTINGS, SEXES

__all__ = ["INPUTS", "OF_PRESCRIBER", "TITLES", "Input", "Kind", "Sheet", "one_sheet", "read", "sheets", "texts_of"]

Kind = Literal["patient", "prescriber", "visit", "opinion", "stop"]
Widget = Literal["date", "amount", "whole", "radio", "select", "scale", "boxes", "box", "text", "long"]

_NONE: Mapping[str, Phrase] = MappingProxyType({})
ASKED = "asked"
"""Hidden: boxes of which the form has asked whether they are left empty on purpose."""
_EMPTY_BOX = Phrase("is not ticked; tick it, or send the form once more to record that it is not so")
_MISSING = Phrase("is missing")
_YES_NO = {"yes": Phrase("yes"), "no": Phrase("no")}


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a form asks.

    Attributes:
        name: of the record's field.
        widget: how it is asked.
        label: what is asked.
        hint: what helps to answer.
        required: whether the form has to be answered here.
        choices: codes and their words.
    """

    name: str
    widget: Widget
    label: Phrase
    hint: Phrase | None = None
    required: bool = True
    choices: Mapping[str, Phrase] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form, or a part of one, as it is shown.

    Attributes:
        inputs: what is asked.
        values: what stands there, by name; several codes with blanks between.
        faults: what is wrong, by name.
    """

    inputs: tuple[Input, ...]
    values: Mapping[str, str]
    faults: Mapping[str, Phrase]


_DOSE_LABEL = Phrase("Daily dose of baclofen, mg")

INPUTS: Mapping[Kind, tuple[Input, ...]] = {
    "patient": (
        Input("dose", "amount", _DOSE_LABEL),
        Input("started_on", "date", Phrase("Baclofen was started on")),
        Input("birth_year", "whole", Phrase("Year of birth")),
        Input("sex", "radio", Phrase("Sex"), choices=SEXES),
        Input(
            "informed",
            "box",
            Phrase("The patient has been informed of the programme and of the registration"),
            required=False,
        ),
        Input(
            "contraindications_checked",
            "box",
            Phrase("The programme’s contraindications have been checked"),
            required=False,
        ),
    ),
    "prescriber": (
        Input("name", "text", Phrase("Name of the prescriber")),
        Input("rpps", "text", Phrase("RPPS number, 11 digits"), required=False),
        Input("specialty", "text", Phrase("Specialty"), required=False),
        Input("setting", "radio", Phrase("Place of practice"), choices=SETTINGS),
    ),
    "visit": (
        Input("on", "date", Phrase("Date of the visit")),
        Input("dose", "amount", _DOSE_LABEL),
        Input(
            "alcohol",
            "amount",
            Phrase("Declared consumption of alcohol, g a day"),
            Phrase("A standard drink holds 10 g. Leave it empty where it was not told."),
            required=False,
        ),
        Input("craving", "scale", Phrase("Craving, from 0 (none) to 10"), required=False),
        Input("events", "boxes", Phrase("Adverse events since the last visit"), required=False, choices=EVENTS),
        Input(
            "event_text",
            "long",
            Phrase("Adverse events in words"),
            Phrase("Nothing that tells who the patient is. Serious events are reported to the vigilance centre, too."),
            required=False,
        ),
    ),
    "opinion": (
        Input("kind", "radio", Phrase("Kind of opinion"), choices=KINDS),
        Input("on", "date", Phrase("Date of the opinion")),
        Input("centre", "text", Phrase("Given by"), Phrase("A colleague, a CSAPA or a service"), required=False),
        Input("favourable", "radio", Phrase("Does it support the dose?"), choices=_YES_NO),
    ),
    "stop": (
        Input("on", "date", Phrase("Date of the stop")),
        Input("reason", "select", Phrase("Reason of the stop"), choices=REASONS),
        Input(
            "taper_planned",
            "radio",
            Phrase("Is the dose lowered step by step?"),
            Phrase("An abrupt stop can bring on seizures, confusion and hallucinations."),
            choices=_YES_NO,
        ),
        Input("taper_days", "whole", Phrase("Length of the taper, days"), required=False),
        Input("last_dose", "amount", Phrase("Daily dose before the stop, mg"), required=False),
        Input(
            "taper_completed",
            "radio",
            Phrase("Has the taper been completed?"),
            required=False,
            choices={"": Phrase("not told"), **_YES_NO},
        ),
    ),
}

OF_PRESCRIBER = (
    *INPUTS["prescriber"],
    Input(
        "keys",
        "long",
        Phrase("Identifiers in EHRs, one a line"),
        Phrase("As https://ehr.example.org/fhir|Practitioner/123 or system|value. Cards know the prescriber by them."),
        required=False,
    ),
)
"""What people who are signed in are asked of a prescriber."""

TITLES: Mapping[Kind, Phrase] = {
    "patient": Phrase("Register the patient"),
    "prescriber": Phrase("Register as a prescriber"),
    "visit": Phrase("Record a follow-up visit"),
    "opinion": Phrase("Record an opinion"),
    "stop": Phrase("Record a stop"),
}

_TABLES: Mapping[Kind, str] = {
    "patient": "patients",
    "prescriber": "prescribers",
    "visit": "visits",
    "opinion": "opinions",
    "stop": "stops",
}


def texts_of(form: FormData, inputs: Iterable[Input]) -> dict[str, str]:
    """What was typed, by the names of the fields; a box that is not ticked is "no"."""
    texts = {}
    for each in inputs:
        given = " ".join(str(one).strip() for one in form.getlist(each.name))
        texts[each.name] = ("yes" if given else "no") if each.widget == "box" else given
    texts[ASKED] = " ".join(str(one) for one in form.getlist(ASKED))
    return texts


def read(
    kind: Kind,
    texts: Mapping[str, str],
    fixed: Mapping[str, str],
    today: date,
    *,
    required: Collection[str] = (),
) -> Record:
    """The record that a form tells.

    Args:
        kind: which form.
        texts: what was typed.
        fixed: fields that the form does not ask.
        today: days after it lie in the future.
        required: names of fields that have to be answered, beside those that always have to be.

    Raises:
        Invalid: it cannot be kept; with every fault, each field once.
    """
    needed = {each.name for each in INPUTS[kind] if each.required} | set(required)
    found = [Fault(name, _MISSING) for name in sorted(needed) if not texts.get(name)]
    asked = texts.get(ASKED, "").split()
    boxes = [each.name for each in INPUTS[kind] if each.widget == "box"]
    found += [Fault(name, _EMPTY_BOX) for name in boxes if texts.get(name) != "yes" and name not in asked]
    try:
        record = read_record(TABLES[_TABLES[kind]], {**texts, **fixed}, today)
    except Invalid as invalid:
        found += invalid.faults
    if found:
        raise Invalid(*{fault.field: fault for fault in reversed(found)}.values())
    return record


def sheets(parts: Iterable[tuple[Input, ...]], values: Mapping[str, str], faults: Iterable[Fault] = ()) -> list[Sheet]:
    """A form with what stands in it and what is wrong with it, part by part.

    What is wrong with no field that is asked stands with the first part, under an empty name.
    """
    parts = list(parts)
    place = {each.name: number for number, part in enumerate(parts) for each in part}
    told: list[dict[str, Phrase]] = [{} for _ in parts]
    for fault in faults:
        said = Phrase("{field} {because}", field=FIELDS.get(fault.field, Phrase("record")), because=fault.because)
        known = fault.field in place
        told[place.get(fault.field, 0)].setdefault(fault.field if known else "", said)
    return [Sheet(part, values, found) for part, found in zip(parts, told, strict=True)]


def one_sheet(inputs: tuple[Input, ...], values: Mapping[str, str], faults: Iterable[Fault] = ()) -> Sheet:
    """A form of one part."""
    return sheets([inputs], values, faults)[0]
