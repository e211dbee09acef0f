"""What the boundary cases call by a short name, as EHRs code it: products, conditions, routes."""

from __future__ import annotations

from typing import Any

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CIS = "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
ORAL = {"coding": [{"system": SNOMED, "code": "26643006", "display": "Oral route"}], "text": "Oral route"}
INTRATHECAL = {
    "coding": [{"system": SNOMED, "code": "72607000", "display": "Intrathecal route"}],
    "text": "Intrathecal",
}

ROUTES: dict[str, tuple[str, str]] = {
    "oral": ("26643006", "Oral route"),
    "intrathecal": ("72607000", "Intrathecal route"),
    "intravenous": ("47625008", "Intravenous route"),
    "subcutaneous": ("34206005", "Subcutaneous route"),
    "intramuscular": ("78421000", "Intramuscular route"),
    "epidural": ("404820008", "Epidural route"),
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
    "it-50": (RXNORM, "1292", "baclofen 50 mcg/mL intrathecal solution"),
    "it-500": (RXNORM, "1292", "baclofen 500 mcg/mL intrathecal solution"),
    "it-1000": (RXNORM, "1292", "baclofen 1000 mcg/mL intrathecal solution"),
    "it-4000": (RXNORM, "1292", "baclofen 4000 mcg/mL intrathecal solution"),
    "it-4000-compounded": (RXNORM, "1292", "baclofen 4000 mcg/mL intrathecal solution, compounded"),
    "baclocur-20": (CIS, "69650566", "BACLOCUR 20 mg, comprimé"),
    "biogaran": (CIS, "62173429", "BACLOFENE BIOGARAN 10 mg, comprimé"),
    "ibuprofen": (RXNORM, "5640", "ibuprofen 400 MG Oral Tablet"),
    "paracetamol": (RXNORM, "161", "acetaminophen 500 MG Oral Tablet"),
    "diazepam": (RXNORM, "3322", "diazepam 5 MG Oral Tablet"),
    "lorazepam": (RXNORM, "6470", "lorazepam 1 MG Oral Tablet"),
    "oxycodone": (RXNORM, "7804", "oxycodone 5 MG Oral Tablet"),
    "methadone": (RXNORM, "6813", "methadone 10 MG Oral Tablet"),
    "buprenorphine": (ATC, "N07BC01", "Buprenorphine 8 mg"),
    "phenobarbital": (RXNORM, "8134", "phenobarbital 30 MG Oral Tablet"),
    "pregabalin": (ATC, "N03AX16", "Pregabalin 75 mg"),
    "zolpidem": (RXNORM, "39993", "zolpidem 10 MG Oral Tablet"),
    "tizanidine": (RXNORM, "57258", "tizanidine 4 MG Oral Tablet"),
    "hydroxyzine": (RXNORM, "5553", "hydroxyzine 25 MG Oral Tablet"),
    "quetiapine": (RXNORM, "51272", "quetiapine 100 MG Oral Tablet"),
    "mirtazapine": (RXNORM, "15996", "mirtazapine 15 MG Oral Tablet"),
    "sertraline": (RXNORM, "36437", "sertraline 50 MG Oral Tablet"),
    "clonidine": (RXNORM, "2599", "clonidine 0.1 MG Oral Tablet"),
    "amitriptyline": (RXNORM, "704", "amitriptyline 25 MG Oral Tablet"),
    "lithium": (RXNORM, "6448", "lithium carbonate 300 MG Oral Capsule"),
    "phenelzine": (RXNORM, "8123", "phenelzine 15 MG Oral Tablet"),
    "levodopa": (RXNORM, "103990", "carbidopa 25 MG / levodopa 100 MG Oral Tablet"),
    "lisinopril": (RXNORM, "29046", "lisinopril 10 MG Oral Tablet"),
    "morphine": (RXNORM, "7052", "morphine sulfate 1 MG/ML Injection"),
    "sodium-oxybate": (RXNORM, "349482", "sodium oxybate 500 MG/ML Oral Solution"),
}

SERVICES: dict[str, tuple[str, str, str]] = {
    "mri": (SNOMED, "816077007", "MRI of brain"),
    "x-ray": (SNOMED, "399208008", "Plain chest X-ray"),
    "hyperbaric-oxygen": ("http://www.ama-assn.org/go/cpt", "99183", "Hyperbaric oxygen therapy"),
    "pump-implantation": ("urn:baclofen-cds:it", "pump-implantation", "Implantation of an intrathecal pump"),
}

ALLERGIES: dict[str, tuple[str, str, str]] = {
    "baclofen": (RXNORM, "1292", "Baclofen"),
    "baclofen-substance": (SNOMED, "387342009", "Baclofen"),
    "wheat": (SNOMED, "412071004", "Wheat"),
    "penicillin": (RXNORM, "7980", "Penicillin G"),
    "none-known": (SNOMED, "716186003", "No known allergy"),
}

CONDITIONS: dict[str, tuple[str, str]] = {
    "brain-injury": ("127296001", "Intracranial injury"),
    "urinary-infection": ("68566005", "Urinary tract infection"),
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
    "serious-reaction": ("", "Serious adverse drug reaction"),
    "toxicity-ruled-out": ("", "Suspected toxicity, ruled out"),
    "peptic-ulcer": ("13200003", "Peptic ulcer"),
    "bipolar": ("13746004", "Bipolar disorder"),
    "severe-depression": ("310497006", "Severe depression"),
    "depression": ("35489007", "Depressive disorder"),
    "suicidal-thoughts": ("6471006", "Suicidal thoughts"),
    "suicide-attempt": ("82313006", "Suicide attempt"),
    "sleep-apnoea": ("78275009", "Obstructive sleep apnea"),
    "copd": ("13645005", "Chronic obstructive pulmonary disease"),
    "pregnancy": ("77386006", "Pregnancy"),
    "breastfeeding": ("69840006", "Normal breastfeeding"),
    "dysreflexia": ("", "Autonomic dysreflexia"),
}


def concept(system: str, code: str, display: str) -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def condition_concept(name: str) -> dict[str, Any]:
    """The code of a condition by its short name; its words alone, where no code is verified."""
    code, display = CONDITIONS[name]
    return concept(SNOMED, code, display) if code else {"text": display}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A UCUM quantity."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}
