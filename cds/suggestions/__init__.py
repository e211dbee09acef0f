"""Remedies written as CDS Hooks suggestions: words in the language of the call, resources in FHIR R4."""
