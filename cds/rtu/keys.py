"""How prescribers are told by what EHRs call them. Patients are told by pseudonyms (`cds.security.pseudonym`)."""

from __future__ import annotations

__all__ = ["RPPS", "key_of", "rpps_keys"]

RPPS = "https://rpps.esante.gouv.fr"
"""System of RPPS numbers in the French core profile of Practitioner."""
NATIONAL = "urn:oid:1.2.250.1.71.4.2.1"
"""System of the national identifier of French health professionals there: the RPPS number after an 8."""


def key_of(namespace: str, known_as: str) -> str:
    """The key under which the registry knows a prescriber whom an EHR knows so.

    Args:
        namespace: whose ids references hold; it does not count for identifiers.
        known_as: `Practitioner/id` or `PractitionerRole/id`, or an identifier as `system|value`, which is the same everywhere.
    """
    system, bar, value = known_as.partition("|")
    return f"{system.strip()}|{value.strip()}" if bar else f"{namespace}|{known_as.strip()}"


def rpps_keys(rpps: str) -> tuple[str, ...]:
    """The keys that follow from an RPPS number: how EHRs write it in FHIR."""
    return (f"{RPPS}|{rpps}", f"{NATIONAL}|8{rpps}") if rpps else ()
