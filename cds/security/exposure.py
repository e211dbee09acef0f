"""Whether the service may listen where it was asked to."""

from __future__ import annotations

from cds.security.addresses import is_loopback, is_loopback_url
from cds.security.issuers import Issuers

__all__ = ["exposed_without_authentication"]


def exposed_without_authentication(host: str, public_url: str, issuers: Issuers, *, sandbox: bool) -> str | None:
    """Why listening there would let anybody in, as a sentence; None where it would not.

    Args:
        host: address to listen on.
        public_url: how clients reach the service.
        issuers: who may call.
        sandbox: whether the issuers are those of the profile for trials, whose key anybody has.
    """
    unsigned = next((issuer.name for issuer in issuers.known if issuer.authentication == "none"), None)
    if is_loopback(host) and is_loopback_url(public_url):
        return None
    if sandbox:
        return "the sandbox profile trusts a key that anybody has"
    if unsigned is not None:
        return f"calls of {unsigned!r} need no token (authentication: none)"
    if not issuers.known and not is_loopback(host):
        return "anybody could call: CDS_ISSUERS names nobody"
    return None
