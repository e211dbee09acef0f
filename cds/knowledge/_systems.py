"""Code systems by short name, whatever way a sender writes their address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeSystems:
    """The code systems of `systems.yaml`.

    Attributes:
        uris: short name to the address FHIR gives it.
        dotted: short names of systems whose codes are compared without dots and in capitals (ICD).
        drugs: short names of systems in which a code that is not of baclofen is another drug.
        by_address: normalised address, or alias, to short name.
    """

    uris: Mapping[str, str]
    dotted: frozenset[str]
    drugs: frozenset[str]
    by_address: Mapping[str, str]

    def name(self, system: str) -> str | None:
        """The short name of a system, from its address, OID, alias or short name; None for one we do not know."""
        if system in self.by_address:
            return self.by_address[system]
        return self.by_address.get(normal_address(system))

    def code(self, name: str, code: str) -> str:
        """A code as it is compared: trimmed; ICD codes in capitals and without dots."""
        code = code.strip()
        return code.upper().replace(".", "") if name in self.dotted else code


def normal_address(system: str) -> str:
    """An address without scheme, trailing slashes, capitals and blanks; a bare OID as `urn:oid:`."""
    address = system.strip().casefold().rstrip("/")
    for scheme in ("https://", "http://"):
        address = address.removeprefix(scheme)
    address = address.removeprefix("www.")
    if address and address.replace(".", "").isdigit() and "." in address:
        return f"urn:oid:{address}"
    return address
