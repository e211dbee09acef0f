"""The registry's codes in words, for forms, figures and cards."""

from __future__ import annotations

from collections.abc import Mapping

from cds.phrases import Phrase

__all__ = ["EVENTS", "FIELDS", "KINDS", "REASONS", "SETTINGS", "SEXES"]

EVENTS: Mapping[str, Phrase] = {
    "drowsiness": Phrase("drowsiness, sedation"),
    "fatigue": Phrase("fatigue, weakness"),
    "dizziness": Phrase("dizziness"),
    "headache": Phrase("headache"),
    "insomnia": Phrase("insomnia"),
    "paraesthesia": Phrase("paraesthesia"),
    "muscle-weakness": Phrase("muscle weakness or pain"),
    "nausea": Phrase("nausea, vomiting"),
    "digestive": Phrase("other digestive disorder"),
    "urinary": Phrase("urinary disorder"),
    "oedema": Phrase("oedema"),
    "hypotension": Phrase("hypotension"),
    "sleep-apnoea": Phrase("sleep apnoea"),
    "memory": Phrase("disorder of memory or attention"),
    "confusion": Phrase("confusion"),
    "hallucinations": Phrase("hallucinations"),
    "mania": Phrase("mania or hypomania"),
    "depression": Phrase("depression"),
    "suicidality": Phrase("suicidal thoughts or act"),
    "seizure": Phrase("epileptic seizure"),
    "fall": Phrase("fall"),
    "respiratory-depression": Phrase("respiratory depression"),
    "overdose": Phrase("overdose, coma"),
    "withdrawal": Phrase("withdrawal of baclofen"),
    "other": Phrase("other adverse event"),
}
"""Adverse events; the registry's own codes."""

SETTINGS: Mapping[str, Phrase] = {
    "town": Phrase("practice in town"),
    "hospital": Phrase("hospital"),
    "csapa": Phrase("CSAPA (centre for addiction care)"),
    "other": Phrase("other place"),
}

SEXES: Mapping[str, Phrase] = {
    "female": Phrase("female"),
    "male": Phrase("male"),
    "other": Phrase("other sex"),
    "unknown": Phrase("sex not told"),
}

KINDS: Mapping[str, Phrase] = {
    "second": Phrase("second opinion"),
    "collegial": Phrase("collegial opinion"),
}

REASONS: Mapping[str, Phrase] = {
    "remission": Phrase("remission"),
    "inefficacy": Phrase("no effect"),
    "adverse-event": Phrase("adverse event"),
    "patient-wish": Phrase("the patient’s wish"),
    "pregnancy": Phrase("pregnancy"),
    "other": Phrase("other reason"),
}
"""Why a treatment was stopped."""

FIELDS: Mapping[str, Phrase] = {
    "id": Phrase("identifier"),
    "registered_on": Phrase("day of the registration"),
    "name": Phrase("name"),
    "rpps": Phrase("RPPS number"),
    "specialty": Phrase("specialty"),
    "setting": Phrase("place of practice"),
    "keys": Phrase("identifiers in EHRs"),
    "pseudonym": Phrase("pseudonym"),
    "prescriber": Phrase("prescriber"),
    "started_on": Phrase("start of baclofen"),
    "birth_year": Phrase("year of birth"),
    "sex": Phrase("sex"),
    "informed": Phrase("patient informed"),
    "contraindications_checked": Phrase("contraindications checked"),
    "dose": Phrase("daily dose"),
    "patient": Phrase("patient"),
    "on": Phrase("date"),
    "events": Phrase("adverse events"),
    "event_text": Phrase("adverse events in words"),
    "alcohol": Phrase("declared consumption of alcohol"),
    "craving": Phrase("craving"),
    "kind": Phrase("kind of opinion"),
    "centre": Phrase("given by"),
    "favourable": Phrase("favourable"),
    "reason": Phrase("reason of the stop"),
    "taper_planned": Phrase("taper planned"),
    "taper_days": Phrase("length of the taper"),
    "last_dose": Phrase("last daily dose"),
    "taper_completed": Phrase("taper completed"),
}
"""The fields of the records, as a form labels them."""
