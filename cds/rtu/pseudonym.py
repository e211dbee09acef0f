"""How a patient is known to the registry: a keyed hash of the EHR's identifier, which cannot be undone without the service's secret."""

from __future__ import annotations

import hashlib
import hmac

__all__ = ["canonical", "key_of", "pseudonym"]


def canonical(namespace: str, identifier: str) -> str:
    """An identifier with the place in which it is one: `namespace|identifier`.

    Args:
        namespace: base address of the EHR's FHIR server, or the system of an identifier; a trailing slash does not count, and a `|` in it is
            written `%7C`, so that no two pairs become one text.
        identifier: as the EHR has it; for a patient, without `Patient/`.
    """
    return f"{namespace.strip().rstrip('/').replace('|', '%7C')}|{identifier.strip()}"


def pseudonym(key: bytes, namespace: str, patient: str) -> str:
    """The pseudonym of a patient: HMAC-SHA256 of the canonical identifier, 64 hexadecimal digits.

    Args:
        key: `Keys.pseudonym`.
        namespace: see `canonical`.
        patient: the EHR's bare id; `Patient/id` is the same.
    """
    text = canonical(namespace, patient.strip().removeprefix("Patient/"))
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def key_of(namespace: str, known_as: str) -> str:
    """The key under which the registry knows a prescriber whom an EHR knows so.

    Args:
        namespace: see `canonical`; it counts for references only.
        known_as: `Practitioner/id` or `PractitionerRole/id`, or an identifier as `system|value`, which is the same everywhere.
    """
    system, bar, value = known_as.partition("|")
    if bar:
        return f"{system.strip()}|{value.strip()}"
    return canonical(namespace, known_as)
