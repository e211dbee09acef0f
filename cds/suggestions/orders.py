"""FHIR R4 resources of suggestions: the EHR's own draft with another dosage, a taper, a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec

from cds.chart.orders import Order
from cds.fhir.datatypes import Dosage
from cds.fhir.resources import MedicationRequest, MedicationStatement
from cds.knowledge import ServiceEntry
from cds.language import Catalogue
from cds.phrases import Phrase
from cds.remedies.model import Limit, Mention, Redose, Taper
from cds.suggestions.dosage import Measuring, dosage_instructions, plan_words, quantity

CARRIED = (
    "id",
    "status",
    "intent",
    "contained",
    "medicationCodeableConcept",
    "medicationReference",
    "subject",
    "encounter",
    "authoredOn",
    "requester",
    "reasonCode",
    "reasonReference",
    "groupIdentifier",
    "priorPrescription",
)
"""What of a draft is kept where the whole of it is not valid R4."""
OF_THE_PATIENT = ("contained", "medicationCodeableConcept", "medicationReference", "subject", "encounter", "reasonCode")
"""What a taper takes over from the order that it follows."""
KEPT_OF_DOSAGE = ("additionalInstruction", "site", "method")
"""How a dose is taken, whatever its size; instructions to the patient may name the old dose and are left out."""
SUPPLY = ("quantity", "expectedSupplyDuration")
"""Amounts to dispense, which no longer hold when the dose is another."""
PRESCRIBERS = ("Practitioner/", "PractitionerRole/")

Json = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True)
class Signing:
    """What suggestions need of the call, beside the chart.

    Attributes:
        patient_id, encounter_id: bare ids.
        user: `Practitioner/id` or `PractitionerRole/id`.
        today: the day of the call.
        drafts: the drafted orders as they came, by reference.
        sources: the same and the baclofen on file as they were read, by reference.
    """

    patient_id: str | None
    encounter_id: str | None
    user: str | None
    today: date
    drafts: Mapping[str, msgspec.Raw] = field(repr=False)
    sources: Mapping[str, MedicationRequest | MedicationStatement] = field(repr=False)
    _read: dict[str, Json | None] = field(default_factory=dict, repr=False, compare=False)

    def draft(self, reference: str) -> Json | None:
        """A drafted order as it came, without null and empty members; None where it is not there, or has no id that FHIR allows."""
        if reference not in self._read:
            self._read[reference] = self._decoded(reference)
        return self._read[reference]

    def _decoded(self, reference: str) -> Json | None:
        raw = self.drafts.get(reference)
        if raw is None:
            return None
        resource = _filled(msgspec.json.decode(raw))
        if not isinstance(resource, dict) or not _ID.fullmatch(str(resource.get("id", ""))):
            return None
        return resource


def redosed(draft: Json, change: Redose, signing: Signing, words: Catalogue) -> Json:
    """The draft with the dosage of a remedy; its route, and for a single stage its bounds, are kept."""
    written = _written(change.order, signing)
    measuring = Measuring.of(change.order, written)
    first = _first(draft.get("dosageInstruction"))
    repeat = first.get("timing", {}).get("repeat", {}) if isinstance(first.get("timing"), dict) else {}
    bounds = {key: repeat[key] for key in repeat if key.startswith("bounds")} if isinstance(repeat, dict) else {}
    changed = {key: value for key, value in draft.items() if key != "dispenseRequest"}
    kept = {key: first[key] for key in KEPT_OF_DOSAGE if key in first}
    changed["dosageInstruction"] = [
        {**kept, **instruction}
        for instruction in dosage_instructions(
            change.stages, measuring, words, route=_object(first.get("route")), bounds=bounds, to_zero=change.to_zero
        )
    ]
    supply = draft.get("dispenseRequest")
    if isinstance(supply, dict) and (kept := {key: supply[key] for key in supply if key not in SUPPLY}):
        changed["dispenseRequest"] = kept
    if len(change.stages) > 1:
        plan = plan_words(change.stages, measuring, words, to_zero=change.to_zero)
        changed["note"] = [*_list(draft.get("note")), {"text": plan}]
    return changed


def limited(draft: Json, change: Limit, words: Catalogue) -> Json:
    """The as-needed draft with a maximum a day, in its structure and in its words."""
    maximum = {"numerator": quantity(change.daily_maximum, "mg"), "denominator": quantity(Fraction(1), "d")}
    most = words.phrase(Phrase("at most {limit}", limit=words.measure(change.daily_maximum, "mg/d")))
    dosages = []
    for dosage in _list(draft.get("dosageInstruction")):
        if not isinstance(dosage, dict):
            continue  # no Dosage: what it says was not read either
        text = {"text": f"{dosage['text']}; {most}"} if dosage.get("text") else {}
        dosages.append({**dosage, **text, "maxDosePerPeriod": maximum})
    return {**draft, "dosageInstruction": dosages}


def mentioned(draft: Json, change: Mention) -> Json:
    """The draft with one more note."""
    return {**draft, "note": [*_list(draft.get("note")), {"text": change.text}]}


def taper(change: Taper, signing: Signing, words: Catalogue) -> Json | None:
    """A new order for a taper that follows another one; None where that one is not at hand."""
    source = signing.sources.get(change.order.reference)
    if source is None:
        return None
    before = _filled(msgspec.to_builtins(source))
    measuring = Measuring.of(change.order, _written(change.order, signing))
    order: Json = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        **{key: before[key] for key in OF_THE_PATIENT if key in before},
        "authoredOn": signing.today.isoformat(),
        "dosageInstruction": dosage_instructions(change.stages, measuring, words, to_zero=True),
        "note": [{"text": plan_words(change.stages, measuring, words, to_zero=True)}],
    }
    order.setdefault("subject", {"reference": f"Patient/{signing.patient_id}"})
    if isinstance(source, MedicationRequest):
        order["priorPrescription"] = {"reference": source.reference}
    return _requested_by(order, signing)


def service_request(service: ServiceEntry, jurisdiction: str, signing: Signing, text: str) -> Json:
    """A drafted request for an examination or an opinion."""
    coding = service.coding(jurisdiction)
    request: Json = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {"coding": [_coding(coding.system, coding.code, coding.display)], "text": text},
        "subject": {"reference": f"Patient/{signing.patient_id}"},
        "authoredOn": signing.today.isoformat(),
    }
    if service.category is not None:
        category = service.category
        request["category"] = [{"coding": [_coding(category.system, category.code, category.display)]}]
    if signing.encounter_id:
        request["encounter"] = {"reference": f"Encounter/{signing.encounter_id}"}
    return _requested_by(request, signing)


def carried(resource: Json) -> Json:
    """The members of a changed draft that the service understands, for a draft that is not valid as it came."""
    kept = ("resourceType", "dosageInstruction", *CARRIED)
    rebuilt = {key: resource[key] for key in kept if key in resource}
    texts = [text for note in _list(resource.get("note")) if isinstance(text := _object(note).get("text"), str)]
    return {**rebuilt, "note": [{"text": text} for text in texts]} if texts else rebuilt


def _requested_by(resource: Json, signing: Signing) -> Json:
    if signing.user and signing.user.startswith(PRESCRIBERS):
        resource["requester"] = {"reference": signing.user}
    return resource


def _written(order: Order, signing: Signing) -> list[Dosage]:
    source = signing.sources.get(order.reference)
    if isinstance(source, MedicationRequest):
        return source.dosageInstruction or []
    return source.dosage or [] if source is not None else []


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}


def _first(value: Any) -> Json:
    return _object(next(iter(_list(value)), None))


def _object(value: Any) -> Json:
    """An object of the EHR's draft; an empty one where it sent something else in its place."""
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _filled(value: Any) -> Any:
    """Without null and empty members, which a FHIR resource may not have."""
    if isinstance(value, dict):
        return {key: kept for key, member in value.items() if (kept := _filled(member)) not in (None, "", [], {})}
    if isinstance(value, list):
        return [kept for item in value if (kept := _filled(item)) not in (None, "", [], {})]
    return value
