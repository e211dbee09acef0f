"""Who may call: the issuers that the operator knows, their keys, and the tokens they sign.

Knows no rules, no cards, no FHIR and no HTTP server.
"""

from cds.documents import DocumentError
from cds.security.addresses import is_loopback
from cds.security.authenticate import Authenticator, Call, Replays, TokenRules, bases_of
from cds.security.exposure import exposed_without_authentication
from cds.security.issuers import NO_ISSUERS, Issuer, Issuers, load_issuers
from cds.security.jwks import JwksCache, fetch_keys
from cds.security.sandbox import sandbox_issuers
from cds.security.secret import NO_SECRET, Keys, SecretUnusable, load_keys
from cds.security.tokens import Refused

__all__ = [
    "NO_ISSUERS",
    "NO_SECRET",
    "Authenticator",
    "Call",
    "DocumentError",
    "Issuer",
    "Issuers",
    "JwksCache",
    "Keys",
    "Refused",
    "Replays",
    "SecretUnusable",
    "TokenRules",
    "bases_of",
    "exposed_without_authentication",
    "fetch_keys",
    "is_loopback",
    "load_issuers",
    "load_keys",
    "sandbox_issuers",
]
