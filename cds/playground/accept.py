"""The form after a suggestion was accepted, as an EHR would change the order; what the form has no place for is only shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from cds.chart.orders import names_rtu
from cds.playground.choices import ROUTES
from cds.playground.form import LONGEST_FHIR, PHASES, Form
from cds.playground.orders import NEW, UNITS, Json, instructions
from cds.protocol.response import Suggestion

__all__ = ["accepted"]

_UNIT_OF = {code: unit for unit, code in UNITS.items()}


def accepted(form: Form, suggestion: Suggestion) -> Form | None:
    """The form with the suggestion's change to the baclofen order; None where it changes something else, or does not fit."""
    if len(suggestion.actions) != 1:
        return None
    action = suggestion.actions[0]
    if action.type == "delete":
        return (
            msgspec.structs.replace(form, change="none") if action.resource_id == f"MedicationRequest/{NEW}" else None
        )
    resource = action.resource
    if resource is None or resource.get("resourceType") != "MedicationRequest":
        return None
    if action.type == "update" and resource.get("id") != NEW:
        return None
    return _with_order(form, msgspec.to_builtins(resource))


def _with_order(form: Form, order: Json) -> Form | None:
    """The form that writes this order; None where it has no room for it."""
    supply = order.get("dispenseRequest", {}).get("expectedSupplyDuration", {}).get("value")
    changed = msgspec.structs.replace(
        form,
        change="order",
        supply=supply,
        mention=any(names_rtu(note.get("text", "")) for note in order.get("note", [])),
        **({"toxicity": False} if form.change != "order" else {}),
    )
    written: list[Json] = order.get("dosageInstruction", [])
    if written == instructions(changed):
        return changed
    structured = _structured(changed, written)
    if structured is not None:
        return structured
    lines = (msgspec.json.encode(dosage).decode() for dosage in written)  # indented, a long taper would not fit
    sig = "[" + ",\n".join(lines) + "]"
    return msgspec.structs.replace(changed, sig="fhir", sig_fhir=sig) if len(sig) <= LONGEST_FHIR else None


def _structured(form: Form, written: Sequence[Json]) -> Form | None:
    """The dosage in the rows of the form; None where they cannot say all of it."""
    if not 0 < len(written) <= PHASES:
        return None
    rows = []
    units: set[str] = set()
    for number, dosage in enumerate(written):
        found = _row(dosage)
        if found is None or (number == 0 and not _begins(dosage, form.day)):
            return None
        *row, unit = found
        rows.append(row)
        units.add(unit)
    if len(units) != 1 or len({dosage.get("sequence") for dosage in written}) != len(written):
        return None
    as_needed, most = _as_needed(written)
    dose, times, days = (tuple(column) for column in zip(*rows, strict=True))
    route = _route(written[0])
    if route is None or (as_needed and len(written) > 1):
        return None
    return msgspec.structs.replace(
        form,
        sig="structured",
        dose=dose,
        times=times,
        days=days,
        unit=units.pop(),
        route=route,
        as_needed=as_needed,
        as_needed_most=most,
    )


def _row(dosage: Json) -> tuple[Decimal, Decimal | None, Decimal | None, str] | None:
    """Amount, intakes a day, days and unit of one dosage."""
    amounts = dosage.get("doseAndRate", [])
    amount = amounts[0].get("doseQuantity", {}) if len(amounts) == 1 else {}
    unit = _UNIT_OF.get(amount.get("code", ""))
    if unit is None:
        return None
    repeat: Mapping[str, Any] = dosage.get("timing", {}).get("repeat", {})
    if repeat.keys() - {"frequency", "period", "periodUnit", "boundsPeriod", "boundsDuration"}:
        return None
    times = None
    if "frequency" in repeat:
        if (repeat.get("period"), repeat.get("periodUnit")) != (1, "d"):
            return None
        times = Decimal(str(repeat["frequency"]))
    return Decimal(str(amount["value"])), times, _days(repeat), unit


def _days(repeat: Mapping[str, Any]) -> Decimal | None:
    bounds = repeat.get("boundsPeriod", {})
    if "start" in bounds and "end" in bounds:
        first, last = (date.fromisoformat(bounds[end][:10]) for end in ("start", "end"))
        return Decimal((last - first).days + 1)
    length = repeat.get("boundsDuration")
    return Decimal(str(length["value"])) if length else None


def _begins(dosage: Json, day: date) -> bool:
    """Whether it begins on the day of the form, on which the form's orders begin."""
    start = dosage.get("timing", {}).get("repeat", {}).get("boundsPeriod", {}).get("start")
    return start is None or start[:10] == day.isoformat()


def _as_needed(written: Sequence[Json]) -> tuple[bool, Decimal | None]:
    most = written[0].get("maxDosePerPeriod", {}).get("numerator", {}).get("value")
    return bool(written[0].get("asNeededBoolean")), None if most is None else Decimal(str(most))


def _route(dosage: Json) -> str | None:
    if "route" not in dosage:
        return "none"
    code = dosage["route"]["coding"][0]["code"]
    return next((name for name, (_, snomed, _) in ROUTES.items() if snomed == code), None)
