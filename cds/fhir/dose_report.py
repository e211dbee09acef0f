"""What `baclofen-cds dose` prints: one object an order, for any drug."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cds.fhir import lenient
from cds.fhir.dosage import read_dosage
from cds.fhir.medication import identify, resolve
from cds.fhir.resources import Medication, MedicationRequest
from cds.knowledge import load_knowledge
from cds.pharmacology.dose import DosePlan, Span


class UnreadableOrders(ValueError):
    """Text that holds no orders; the message names line and cause."""


def dose_reports(text: str) -> Iterator[dict[str, Any]]:
    """One report for each MedicationRequest.

    Args:
        text: one MedicationRequest, an array of them, a Bundle (Medication entries are looked up), or one a line.

    Raises:
        UnreadableOrders: the text is not JSON, or holds no resource.
    """
    documents = list(_documents(text))
    medications: dict[str, Medication] = {}
    for document in documents:
        if isinstance(document, dict) and document.get("resourceType") == "Medication":
            medication = lenient.fit(document, Medication)[0]
            medications[medication.reference] = medication
    for document in documents:
        if not (isinstance(document, dict) and document.get("resourceType") == "Medication"):
            yield _report(document, medications)


def _documents(text: str) -> Iterator[Any]:
    lines: list[tuple[int, str]] = []
    try:
        yield from _unwrapped(lenient.decode(text))
    except lenient.Unreadable as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004 - one line is no NDJSON
            raise UnreadableOrders(f"line 1: {error}") from None
    for number, line in lines:
        try:
            yield from _unwrapped(lenient.decode(line))
        except lenient.Unreadable as error:
            raise UnreadableOrders(f"line {number}: {error}") from None


def _unwrapped(document: Any) -> Iterator[Any]:
    if isinstance(document, list):
        yield from document
    elif isinstance(document, dict) and document.get("resourceType") == "Bundle":
        entries = document.get("entry") or []
        for entry in entries if isinstance(entries, list) else [entries]:
            yield entry.get("resource") if isinstance(entry, dict) else entry
    else:
        yield document


def _report(document: Any, medications: dict[str, Medication]) -> dict[str, Any]:
    try:
        request, problems = lenient.fit(document, MedicationRequest)
    except lenient.Unreadable as error:
        return _printed("", DosePlan(), [f"The order cannot be read: {error}."])
    concept, medication, display = resolve(request, medications)
    product = identify(concept, medication, load_knowledge(), display)
    plan = read_dosage(request.dosageInstruction, product)
    return _printed(request.id or "", plan, [f"{path} could not be read." for path in problems])


def _printed(order_id: str, plan: DosePlan, problems: list[str]) -> dict[str, Any]:
    report: dict[str, Any] = {
        "id": order_id,
        "route": plan.route,
        "unit": plan.unit,
        "asNeeded": plan.as_needed,
        "daily": _span(plan.daily),
        "dosingDay": _span(plan.dosing_day),
        "asNeededMaximum": _number(plan.as_needed_maximum),
        "maximum": _number(plan.maximum),
        "perDose": _span(plan.per_dose),
        "dosesPerDay": _span(plan.doses_per_day),
    }
    if len(plan.phases) > 1:
        report["phases"] = [{"days": _number(phase.days), "daily": _span(phase.daily)} for phase in plan.phases]
    return report | {"readFrom": plan.read_from, "problems": problems + [problem.text for problem in plan.problems]}


def _span(span: Span | None) -> dict[str, float | int] | None:
    return None if span is None else {"low": _exact(span.low), "high": _exact(span.high)}


def _number(value: Fraction | None) -> float | int | None:
    return None if value is None else _exact(value)


def _exact(value: Fraction) -> float | int:
    return int(value) if value.denominator == 1 else round(float(value), 6)
