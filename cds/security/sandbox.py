"""The profile for trials with the public CDS Hooks sandbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cds.security.addresses import address_of
from cds.security.issuers import Issuers, load_issuers
from cds.security.keys import published_keys, read_key

__all__ = ["sandbox_issuers"]

PROFILE = Path(__file__).parent / "sandbox.yaml"


def sandbox_issuers() -> Issuers:
    """The sandbox as the only issuer, with its public key pinned, its test servers, and every FHIR server on this machine."""
    profile = load_issuers(PROFILE, published=True)
    (sandbox,) = profile.known
    key = read_key(next(each.jwk for each in published_keys() if each.iss == sandbox.iss), published=True)
    trusted = replace(sandbox, keys=(key,), any_loopback=True)
    servers = {address: trusted for server in trusted.fhir_servers if (address := address_of(server)) is not None}
    return Issuers((trusted,), servers)
