"""Asking the EHR's FHIR server for what prefetch did not bring.

Knows HTTP, FHIR's frame and who may be asked; no rules and no medicine. What is asked is decided by `cds.evaluation.wanted`.
"""

from cds.fetch.fetching import Fetching, clock

__all__ = ["Fetching", "clock"]
