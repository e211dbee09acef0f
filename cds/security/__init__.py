"""Who calls: the issuers that the operator knows.

Knows no rules, no cards and no FHIR.
"""

from cds.documents import DocumentError
from cds.security.issuers import NO_ISSUERS, Issuer, Issuers, load_issuers

__all__ = ["NO_ISSUERS", "DocumentError", "Issuer", "Issuers", "load_issuers"]
