"""What the boundary cases call by a short name, as EHRs code it: products, conditions, routes."""

from __future__ import annotations

from typing import Any

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CIS = "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ORAL = {"coding": [{"system": SNOMED, "code": "26643006", "display": "Oral route"}], "text": "Oral route"}
INTRATHECAL = {
    "coding": [{"system": SNOMED, "code": "72607000", "display": "Intrathecal route"}],
    "text": "Intrathecal",
}

PRODUCTS: dict[str, tuple[str, str, str]] = {
    "us-5mg": (RXNORM, "430902", "baclofen 5 MG Oral Tablet"),
    "us-10mg": (RXNORM, "197391", "baclofen 10 MG Oral Tablet"),
    "us-20mg": (RXNORM, "197392", "baclofen 20 MG Oral Tablet"),
    "suspension-5mg-ml": (RXNORM, "2593376", "baclofen 5 MG/ML Oral Suspension"),
    "ingredient": (RXNORM, "1292", "baclofen"),
    "solution": (RXNORM, "1292", "baclofen oral solution"),
    "lioresal": (CIS, "60304050", "LIORESAL 10 mg, comprimé"),
    "zentiva": (CIS, "64073783", "BACLOFENE ZENTIVA 10 mg, comprimé"),
    "baclocur-10": (CIS, "66009893", "BACLOCUR 10 mg, comprimé"),
    "baclocur-30": (CIS, "68677400", "BACLOCUR 30 mg, comprimé"),
    "baclocur-40": (CIS, "69038793", "BACLOCUR 40 mg, comprimé"),
    "intrathecal": (RXNORM, "1292", "baclofen 2000 mcg/mL intrathecal solution"),
    "ibuprofen": (RXNORM, "5640", "ibuprofen 400 MG Oral Tablet"),
}

CONDITIONS: dict[str, tuple[str, str]] = {
    "ms": ("24700007", "Multiple sclerosis"),
    "stroke": ("230690007", "Cerebrovascular accident"),
    "cerebral-palsy": ("128188000", "Cerebral palsy"),
    "trigeminal-neuralgia": ("31681005", "Trigeminal neuralgia"),
    "alcohol": ("66590003", "Alcohol dependence"),
    "opioid-dependence": ("75544000", "Opioid dependence"),
    "epilepsy": ("84757009", "Epilepsy"),
    "refractory-epilepsy": ("445355009", "Refractory epilepsy"),
    "schizophrenia": ("58214004", "Schizophrenia"),
    "aki": ("14669001", "Acute kidney injury"),
    "ckd": ("709044004", "Chronic kidney disease"),
    "dialysis": ("105502003", "Dependence on renal dialysis"),
    "confusion": ("286933003", "Confusional state"),
    "withdrawal": ("363101005", "Baclofen withdrawal"),
    "poisoning": ("75478009", "Poisoning"),
}


def concept(system: str, code: str, display: str) -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def condition_concept(name: str) -> dict[str, Any]:
    """The code of a condition by its short name."""
    return concept(SNOMED, *CONDITIONS[name])


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A UCUM quantity."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}
