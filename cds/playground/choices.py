"""What may be chosen in the form: each option with its words and with what it is in FHIR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cds.knowledge import Knowledge, ProductEntry
from cds.phrases import Phrase

__all__ = [
    "ALLERGIES",
    "BEFORE",
    "CHANGES",
    "CONDITIONS",
    "COUNTRIES",
    "CREATININE_UNITS",
    "DOSE_UNITS",
    "DRUGS",
    "HOOKS",
    "INDICATIONS",
    "LISTS",
    "OPINIONS",
    "OWN_PRODUCTS",
    "PRESCRIBER",
    "PRODUCT_NAMES",
    "REGISTRATION",
    "ROUTES",
    "SERVICES",
    "SETTINGS",
    "SEXES",
    "SIGS",
    "Coded",
    "products",
]

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@dataclass(frozen=True, slots=True)
class Coded:
    """An option with a code; `display` is how the EHR of the playground words it."""

    label: Phrase
    system: str
    code: str
    display: str


HOOKS: Mapping[str, Phrase] = {
    "order-sign": Phrase("before the signature"),
    "order-select": Phrase("while choosing"),
    "medication-refill": Phrase("at a refill request"),
    "patient-view": Phrase("on opening the record"),
    "encounter-start": Phrase("on admission"),
    "encounter-discharge": Phrase("on discharge"),
}

CHANGES: Mapping[str, Phrase] = {
    "order": Phrase("baclofen is ordered"),
    "stop": Phrase("the baclofen on file is stopped"),
    "hold": Phrase("the baclofen on file is put on hold"),
    "none": Phrase("only what stands beside it is ordered"),
}

OWN_PRODUCTS: Mapping[str, Phrase] = {
    "tablet": Phrase("a tablet of this strength (mg)"),
    "liquid": Phrase("a liquid of this strength (mg/mL)"),
    "injection": Phrase("an injection of this strength (µg/mL)"),
    "unknown": Phrase("baclofen, strength and form not sent"),
}
"""Baclofen by form and strength instead of a product of a register."""

PRODUCT_NAMES: tuple[Phrase, ...] = (
    Phrase("baclofen 5 mg oral tablet"),
    Phrase("baclofen 10 mg oral tablet"),
    Phrase("baclofen 15 mg oral tablet"),
    Phrase("baclofen 20 mg oral tablet"),
    Phrase("baclofen 5 mg/mL oral suspension"),
    Phrase("baclofen 2 mg/mL oral solution"),
    Phrase("Ozobax DS 2 mg/mL oral solution"),
    Phrase("Lyvispah 10 mg oral granules"),
    Phrase("baclofen 0.05 mg/mL injection, prefilled syringe"),
    Phrase("baclofen 1 mg/mL injection, 20 mL"),
)
"""What the knowledge calls its products in English; the form says it in the language of the page, an order in English, as its register does."""

DOSE_UNITS: Mapping[str, Phrase] = {
    "mg": Phrase("mg"),
    "tablets": Phrase("tablets"),
    "mL": Phrase("mL"),
    "ug": Phrase("µg"),
    "ug/d": Phrase("µg in 24 h, by pump"),
}

SIGS: Mapping[str, Phrase] = {
    "structured": Phrase("structured"),
    "words": Phrase("in words"),
    "fhir": Phrase("as FHIR dosageInstruction"),
    "none": Phrase("no dosing yet"),
}

ROUTES: Mapping[str, tuple[Phrase, str, str]] = {
    "oral": (Phrase("by mouth"), "26643006", "Oral route"),
    "intrathecal": (Phrase("intrathecal"), "72607000", "Intrathecal route"),
    "intravenous": (Phrase("intravenous"), "47625008", "Intravenous route"),
    "subcutaneous": (Phrase("subcutaneous"), "34206005", "Subcutaneous route"),
    "epidural": (Phrase("epidural"), "404820008", "Epidural route"),
    "none": (Phrase("not sent"), "", ""),
}

SEXES: Mapping[str, Phrase] = {
    "female": Phrase("female"),
    "male": Phrase("male"),
    "unknown": Phrase("not known"),
}

SETTINGS: Mapping[str, Phrase] = {
    "outpatient": Phrase("outpatient"),
    "inpatient": Phrase("inpatient"),
}

CREATININE_UNITS: Mapping[str, str] = {"umol/L": "µmol/L", "mg/dL": "mg/dL"}

COUNTRIES: Mapping[str, Phrase] = {
    "US": Phrase("United States"),
    "CA": Phrase("Canada"),
    "GB": Phrase("United Kingdom"),
    "FR": Phrase("France"),
    "DE": Phrase("Germany"),
    "none": Phrase("not sent"),
}

INDICATIONS: Mapping[str, Coded] = {
    "ms": Coded(Phrase("spasticity in multiple sclerosis"), SNOMED, "24700007", "Multiple sclerosis"),
    "spinal": Coded(Phrase("spasticity after spinal cord injury"), SNOMED, "90584004", "Spinal cord injury"),
    "cerebral-palsy": Coded(Phrase("spasticity in cerebral palsy"), SNOMED, "128188000", "Cerebral palsy"),
    "stroke": Coded(Phrase("spasticity after stroke"), SNOMED, "230690007", "Cerebrovascular accident"),
    "alcohol": Coded(Phrase("alcohol use disorder"), SNOMED, "66590003", "Alcohol dependence"),
    "neuralgia": Coded(Phrase("trigeminal neuralgia"), SNOMED, "31681005", "Trigeminal neuralgia"),
    "arthritis": Coded(Phrase("another one: rheumatoid arthritis"), SNOMED, "69896004", "Rheumatoid arthritis"),
    "none": Coded(Phrase("none given"), "", "", ""),
}

CONDITIONS: Mapping[str, Coded] = {
    "chronic-kidney-disease": Coded(
        Phrase("chronic kidney disease"), SNOMED, "709044004", "Chronic kidney disease (disorder)"
    ),
    "acute-kidney-injury": Coded(Phrase("acute kidney injury"), SNOMED, "14669001", "Acute kidney injury"),
    "alcohol": Coded(Phrase("alcohol dependence"), SNOMED, "66590003", "Alcohol dependence"),
    "opioid-dependence": Coded(Phrase("opioid dependence"), SNOMED, "75544000", "Opioid dependence"),
    "ms": Coded(Phrase("multiple sclerosis"), SNOMED, "24700007", "Multiple sclerosis"),
    "stroke": Coded(Phrase("stroke"), SNOMED, "230690007", "Cerebrovascular accident"),
    "brain-injury": Coded(Phrase("brain injury"), SNOMED, "127296001", "Intracranial injury"),
    "epilepsy": Coded(Phrase("epilepsy"), SNOMED, "84757009", "Epilepsy"),
    "refractory-epilepsy": Coded(Phrase("refractory epilepsy"), SNOMED, "445355009", "Refractory epilepsy"),
    "parkinson": Coded(Phrase("Parkinson disease"), SNOMED, "49049000", "Parkinson disease"),
    "dementia": Coded(Phrase("dementia"), SNOMED, "52448006", "Dementia"),
    "schizophrenia": Coded(Phrase("schizophrenia"), SNOMED, "58214004", "Schizophrenia"),
    "bipolar": Coded(Phrase("bipolar disorder"), SNOMED, "13746004", "Bipolar disorder"),
    "depression": Coded(Phrase("depression"), SNOMED, "35489007", "Depressive disorder"),
    "severe-depression": Coded(Phrase("severe depression"), SNOMED, "310497006", "Severe depression"),
    "suicidal-thoughts": Coded(Phrase("suicidal thoughts"), SNOMED, "6471006", "Suicidal thoughts"),
    "confusion": Coded(Phrase("new confusion"), SNOMED, "286933003", "Confusional state"),
    "withdrawal": Coded(Phrase("baclofen withdrawal"), SNOMED, "363101005", "Baclofen withdrawal"),
    "sleep-apnoea": Coded(Phrase("sleep apnoea"), SNOMED, "78275009", "Obstructive sleep apnea"),
    "copd": Coded(
        Phrase("chronic obstructive pulmonary disease"), SNOMED, "13645005", "Chronic obstructive pulmonary disease"
    ),
    "respiratory-failure": Coded(Phrase("respiratory failure"), SNOMED, "409622000", "Respiratory failure"),
    "peptic-ulcer": Coded(Phrase("peptic ulcer"), SNOMED, "13200003", "Peptic ulcer"),
    "pregnancy": Coded(Phrase("pregnancy"), SNOMED, "77386006", "Pregnancy"),
    "breastfeeding": Coded(Phrase("breastfeeding"), SNOMED, "169745008", "Breastfeeding started"),
    "porphyria": Coded(Phrase("porphyria"), SNOMED, "418470004", "Porphyria"),
    "hepatic-failure": Coded(Phrase("hepatic failure"), SNOMED, "59927004", "Hepatic failure"),
    "urinary-infection": Coded(Phrase("urinary tract infection"), SNOMED, "68566005", "Urinary tract infection"),
}

DRUGS: Mapping[str, Coded] = {
    "ibuprofen": Coded(Phrase("ibuprofen"), RXNORM, "5640", "ibuprofen 400 MG Oral Tablet"),
    "tacrolimus": Coded(Phrase("tacrolimus"), RXNORM, "42316", "tacrolimus 1 MG Oral Capsule"),
    "morphine": Coded(Phrase("morphine"), RXNORM, "7052", "morphine sulfate 10 MG Oral Tablet"),
    "oxycodone": Coded(Phrase("oxycodone"), RXNORM, "7804", "oxycodone 5 MG Oral Tablet"),
    "diazepam": Coded(Phrase("diazepam"), RXNORM, "3322", "diazepam 5 MG Oral Tablet"),
    "phenobarbital": Coded(Phrase("phenobarbital"), RXNORM, "8134", "phenobarbital 30 MG Oral Tablet"),
    "pregabalin": Coded(Phrase("pregabalin"), RXNORM, "187832", "pregabalin 75 MG Oral Capsule"),
    "zolpidem": Coded(Phrase("zolpidem"), RXNORM, "39993", "zolpidem 10 MG Oral Tablet"),
    "tizanidine": Coded(Phrase("tizanidine"), RXNORM, "57258", "tizanidine 4 MG Oral Tablet"),
    "hydroxyzine": Coded(Phrase("hydroxyzine"), RXNORM, "5553", "hydroxyzine 25 MG Oral Tablet"),
    "quetiapine": Coded(Phrase("quetiapine"), RXNORM, "51272", "quetiapine 100 MG Oral Tablet"),
    "mirtazapine": Coded(Phrase("mirtazapine"), RXNORM, "15996", "mirtazapine 15 MG Oral Tablet"),
    "clonidine": Coded(Phrase("clonidine"), RXNORM, "2599", "clonidine 0.1 MG Oral Tablet"),
    "amitriptyline": Coded(Phrase("amitriptyline"), RXNORM, "704", "amitriptyline 25 MG Oral Tablet"),
    "lithium": Coded(Phrase("lithium"), RXNORM, "6448", "lithium carbonate 300 MG Oral Capsule"),
    "phenelzine": Coded(Phrase("phenelzine"), RXNORM, "8123", "phenelzine 15 MG Oral Tablet"),
    "levodopa": Coded(Phrase("levodopa"), RXNORM, "103990", "carbidopa 25 MG / levodopa 100 MG Oral Tablet"),
    "lisinopril": Coded(Phrase("lisinopril"), RXNORM, "29046", "lisinopril 10 MG Oral Tablet"),
    "sodium-oxybate": Coded(Phrase("sodium oxybate"), RXNORM, "349482", "sodium oxybate 500 MG/ML Oral Solution"),
    "paracetamol": Coded(Phrase("paracetamol"), RXNORM, "161", "acetaminophen 500 MG Oral Tablet"),
}

SERVICES: Mapping[str, Coded] = {
    "mri": Coded(Phrase("magnetic resonance imaging"), SNOMED, "816077007", "MRI of brain"),
    "hyperbaric-oxygen": Coded(
        Phrase("hyperbaric oxygen"), "http://www.ama-assn.org/go/cpt", "99183", "Hyperbaric oxygen therapy"
    ),
}
"""Examinations and procedures that may be ordered beside baclofen; the drugs of `DRUGS` may be, too."""

ALLERGIES: Mapping[str, Coded] = {
    "baclofen": Coded(Phrase("baclofen"), RXNORM, "1292", "Baclofen"),
    "wheat": Coded(Phrase("wheat"), SNOMED, "412071004", "Wheat"),
    "penicillin": Coded(Phrase("penicillin"), RXNORM, "7980", "Penicillin G"),
}

BEFORE: Mapping[str, Phrase] = {
    "none": Phrase("none"),
    "order": Phrase("by mouth, ordered"),
    "reported": Phrase("by mouth, reported by the patient"),
    "pump": Phrase("by pump"),
}

OPINIONS: Mapping[str, Phrase] = {
    "none": Phrase("none"),
    "second": Phrase("second opinion"),
    "collegial": Phrase("collegial opinion"),
}

REGISTRATION: Mapping[str, Phrase] = {"yes": Phrase("registered"), "no": Phrase("not registered")}
PRESCRIBER: Mapping[str, Phrase] = {**REGISTRATION, "unknown": Phrase("not known")}

LISTS: Mapping[str, tuple[Phrase, tuple[str, ...]]] = {
    "patient": (Phrase("patient"), ("patient",)),
    "encounter": (Phrase("encounter"), ("encounter",)),
    "medications": (
        Phrase("medication: orders, reports, dispenses, administrations"),
        ("medicationRequests", "medicationStatements", "medicationDispenses", "medicationAdministrations"),
    ),
    "conditions": (Phrase("problem list"), ("conditions",)),
    "allergies": (Phrase("allergies"), ("allergies",)),
    "labs": (Phrase("renal results"), ("renalLabs",)),
    "measures": (Phrase("weight"), ("bodyMeasures",)),
    "social": (Phrase("social history"), ("socialHistory",)),
    "procedures": (Phrase("procedures"), ("procedures",)),
    "requests": (Phrase("service requests"), ("serviceRequests",)),
    "pump": (Phrase("pump and its readings"), ("devices", "pumpReadings")),
    "all": (Phrase("anything: no prefetch at all"), ()),
}
"""What the EHR may leave out, and the prefetch keys of it."""


def products(knowledge: Knowledge) -> Mapping[str, ProductEntry]:
    """The coded products of the knowledge by `system:code`, each once, by its first code; those without a verified strength are left out."""
    return dict(_products(knowledge))


def _products(knowledge: Knowledge) -> Iterator[tuple[str, ProductEntry]]:
    seen: set[str] = set()
    for (system, code), entry in knowledge.products.items():
        if entry.name in seen or (entry.strength_mg is None and entry.strength_mg_per_ml is None):
            continue
        seen.add(entry.name)
        yield f"{system}:{code}", entry
