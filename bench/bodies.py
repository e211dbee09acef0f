"""The hook calls that are measured: made here, of one shape and size, with nobody's data.

A full prefetch: one patient, two drafted orders, 20 observations, 15 conditions, 10 active orders; about 33 kB as an EHR writes it. The larger
one adds observations, conditions and orders up to about 50 kB.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["baclofen", "other"]

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
PATIENT = "bench-patient"
NOW = datetime.now(UTC).replace(microsecond=0)

DRAFTS: dict[Kind, tuple[tuple[str, str], int, int]] = {
    "baclofen": (("197391", "baclofen 10 MG Oral Tablet"), 3, 3),
    "other": (("308182", "amoxicillin 250 MG Oral Capsule"), 2, 3),
}
ON_FILE = [
    ("197391", "baclofen 10 MG Oral Tablet"),
    ("197589", "diazepam 2 MG Oral Tablet"),
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("860975", "metformin hydrochloride 500 MG Oral Tablet"),
    ("617312", "atorvastatin 20 MG Oral Tablet"),
    ("198440", "acetaminophen 500 MG Oral Tablet"),
    ("312961", "simvastatin 20 MG Oral Tablet"),
    ("310429", "furosemide 20 MG Oral Tablet"),
    ("966247", "levothyroxine sodium 0.05 MG Oral Tablet"),
    ("198051", "omeprazole 20 MG Delayed Release Oral Capsule"),
    ("308136", "amlodipine 5 MG Oral Tablet"),
    ("855332", "warfarin sodium 5 MG Oral Tablet"),
    ("1049621", "oxycodone hydrochloride 5 MG Oral Tablet"),
    ("312938", "sertraline 25 MG Oral Tablet"),
]
CONDITIONS = [
    ("24700007", "Multiple sclerosis"),
    ("38341003", "Hypertensive disorder"),
    ("44054006", "Type 2 diabetes mellitus"),
    ("55822004", "Hyperlipidemia"),
    ("40930008", "Hypothyroidism"),
    ("235595009", "Gastroesophageal reflux disease"),
    ("396275006", "Osteoarthritis"),
    ("162864005", "Body mass index 30+ - obesity"),
    ("195967001", "Asthma"),
    ("271737000", "Anemia"),
    ("37796009", "Migraine"),
    ("61582004", "Allergic rhinitis"),
    ("68496003", "Polyp of colon"),
    ("84114007", "Heart failure"),
    ("73430006", "Sleep apnea"),
]
OBSERVATIONS = [
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", 1.3, "mg/dL"),
    ("98979-8", "Glomerular filtration rate/1.73 sq M.predicted [CKD-EPI 2021]", 48, "mL/min/{1.73_m2}"),
    ("29463-7", "Body weight", 71.5, "kg"),
    ("8302-2", "Body height", 168, "cm"),
    ("2823-3", "Potassium [Moles/volume] in Serum or Plasma", 4.4, "mmol/L"),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", 139, "mmol/L"),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", 11.9, "g/dL"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", 7.1, "%"),
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", 131, "mg/dL"),
    ("8480-6", "Systolic blood pressure", 138, "mm[Hg]"),
]


EMPTY = (
    "allergies",
    "medicationStatements",
    "medicationDispenses",
    "medicationAdministrations",
    "procedures",
    "serviceRequests",
    "devices",
    "pumpReadings",
    "socialHistory",
)
"""Lists that hold nothing, and say so."""


def order_sign(kind: Kind = "baclofen", *, large: bool = False) -> bytes:
    """An order-sign with its whole prefetch.

    Args:
        kind: what is drafted first: baclofen, 90 mg/day beside impaired kidneys, or a drug that does not concern the service.
        large: about 50 kB in place of 33.
    """
    return encoded(call("order-sign", record(kind, *(32, 22, 15) if large else (20, 15, 10)), kind))


def patient_view() -> bytes:
    """A record that is opened, with the same prefetch."""
    return encoded(call("patient-view", record("baclofen", 20, 15, 10), None))


def sized(kind: Kind = "baclofen", *, resources: int = 45, orders: int = 2) -> bytes:
    """An order-sign with so many prefetched resources and drafted orders."""
    shares = (resources * 4 // 9, resources * 3 // 9, resources - resources * 4 // 9 - resources * 3 // 9)
    request = call("order-sign", record(kind, *shares), kind)
    draft = request["context"]["draftOrders"]["entry"]
    while len(draft) < orders:
        draft.append(entry(order(f"more-{len(draft)}", ("314076", "lisinopril 10 MG Oral Tablet"), 1, 1)))
    del draft[orders:]
    return encoded(request)


def encoded(request: Json) -> bytes:
    """As EHRs send it: one line without blanks."""
    return json.dumps(request, separators=(",", ":")).encode()


def call(hook: str, prefetch: Json, kind: Kind | None) -> Json:
    """The whole request."""
    context: Json = {"userId": "Practitioner/bench-doctor", "patientId": PATIENT, "encounterId": "bench-visit"}
    if kind is not None:
        drug, tablets, times = DRAFTS[kind]
        drafts = [
            order("draft-1", drug, tablets, times) | {"priorPrescription": {"reference": "MedicationRequest/file-0"}},
            order("draft-2", ("198440", "acetaminophen 500 MG Oral Tablet"), 1, 3),
        ]
        context["draftOrders"] = bundle("collection", drafts)
    return {
        "hook": hook,
        "hookInstance": "0f6c1d2e-5d1b-4b8e-9a3f-2f0c6c0b7a11",
        "context": context,
        "prefetch": prefetch,
    }


def record(kind: Kind, observations: int, conditions: int, orders: int) -> Json:
    """The prefetch, under our own keys; where another drug is drafted, the patient takes no baclofen."""
    on_file = ON_FILE if kind == "baclofen" else ON_FILE[1:]
    labs = [observation(number) for number in range(observations)]
    return {
        "user": {
            "resourceType": "Practitioner",
            "id": "bench-doctor",
            "name": [{"family": "Bench", "given": ["Doctor"]}],
        },
        "patient": {
            "resourceType": "Patient",
            "id": PATIENT,
            "meta": meta("1"),
            "identifier": [{"system": "urn:oid:1.2.36.146.595.217.0.1", "value": "12345"}],
            "active": True,
            "name": [{"use": "official", "family": "Bench", "given": ["Example"]}],
            "gender": "female",
            "birthDate": f"{NOW.year - 58}-03-14",
            "address": [{"use": "home", "city": "Springfield", "state": "MA", "country": "US"}],
        },
        "encounter": {
            "resourceType": "Encounter",
            "id": "bench-visit",
            "status": "in-progress",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": f"Patient/{PATIENT}"},
            "period": {"start": NOW.isoformat()},
        },
        "renalLabs": bundle("searchset", labs[0::2]),
        "bodyMeasures": bundle("searchset", labs[1::2]),
        "conditions": bundle("searchset", [condition(number) for number in range(conditions)]),
        "medicationRequests": bundle(
            "searchset",
            [order(f"file-{number}", on_file[number % len(on_file)], 1, 2, written=40) for number in range(orders)],
        ),
        **{key: bundle("searchset", []) for key in EMPTY},
    }


def bundle(kind: str, resources: list[Json]) -> Json:
    """A Bundle of resources."""
    return {
        "resourceType": "Bundle",
        "type": kind,
        "total": len(resources),
        "entry": [entry(resource) for resource in resources],
    }


def entry(resource: Json) -> Json:
    """An entry, its address as servers write it."""
    return {"fullUrl": f"https://ehr.example/fhir/{resource['resourceType']}/{resource['id']}", "resource": resource}


def meta(version: str) -> Json:
    """What servers say of a version."""
    return {"versionId": version, "lastUpdated": (NOW - timedelta(days=3)).isoformat()}


def concept(system: str, code: str, text: str) -> Json:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code}], "text": text}


def order(key: str, drug: tuple[str, str], tablets: int, times: int, *, written: int | None = None) -> Json:
    """A MedicationRequest of tablets: active and written so many days ago, else a draft of today."""
    code, name = drug
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": "draft" if written is None else "active",
        "intent": "order",
        "category": [
            concept("http://terminology.hl7.org/CodeSystem/medicationrequest-category", "community", "Community")
        ],
        "medicationCodeableConcept": concept(RXNORM, code, name),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "authoredOn": (NOW - timedelta(days=written or 0)).isoformat(),
        "requester": {"reference": "Practitioner/bench-doctor"},
        "dosageInstruction": [
            {
                "text": f"{tablets} by mouth {times} times a day",
                "timing": {"repeat": {"frequency": times, "period": 1, "periodUnit": "d"}},
                "route": concept(SNOMED, "26643006", "Oral route"),
                "doseAndRate": [
                    {"doseQuantity": {"value": tablets, "unit": "tablet", "system": UCUM, "code": "{tbl}"}}
                ],
            }
        ],
    }


def condition(number: int) -> Json:
    """A Condition on the problem list."""
    code, name = CONDITIONS[number % len(CONDITIONS)]
    clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    verification = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    return {
        "resourceType": "Condition",
        "id": f"condition-{number}",
        "clinicalStatus": {"coding": [{"system": clinical, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": verification, "code": "confirmed"}]},
        "code": concept(SNOMED, code, name),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "onsetDateTime": f"{NOW.year - 3 - number % 7}-05-12",
    }


def observation(number: int) -> Json:
    """A result, the newest of its kind first."""
    code, name, value, unit = OBSERVATIONS[number % len(OBSERVATIONS)]
    taken = NOW - timedelta(days=2 + 30 * (number // len(OBSERVATIONS)))
    return {
        "resourceType": "Observation",
        "id": f"observation-{number}",
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
        "code": concept(LOINC, code, name),
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": taken.isoformat(),
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
    }
