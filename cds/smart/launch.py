"""An EHR's launch of this service as a SMART app: which EHR it is, where a person is authorised, what the answer tells.

A public client: the code flow with PKCE (S256) and state. Sources: SMART App Launch 2.2.0; CDS Hooks 2.0.1, `appContext` of a link.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from cds.security import Issuer, Issuers
from cds.security.addresses import address_of, is_loopback
from cds.security.issuers import namespace_of

__all__ = ["SCOPES", "Configuration", "Ehr", "Launched", "Refused", "authorization", "ehr_of", "launched", "read"]

SCOPES = "launch openid fhirUser"
_SKEW = 60  # seconds
_PERSON = ("Practitioner", "PractitionerRole")
_LONGEST = 4096  # characters


class Refused(Exception):
    """The launch cannot be believed. The message names the check, and nothing of anybody."""


@dataclass(frozen=True, slots=True)
class Ehr:
    """An EHR that starts this service.

    Attributes:
        issuer: the organisation.
        base: its FHIR server, as the operator writes it, without a trailing slash.
        client_id: the client that it knows this service as.
        namespace: whose ids its ids are.
    """

    issuer: Issuer
    base: str
    client_id: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """What an EHR publishes of its authorisation.

    Attributes:
        authorization_endpoint: where the browser goes.
        token_endpoint: where the code is redeemed.
    """

    authorization_endpoint: str
    token_endpoint: str


@dataclass(frozen=True, slots=True)
class Launched:
    """For whom the EHR started this service.

    Attributes:
        patient: the EHR's id of the patient.
        app_context: what the card's link carried; None where the EHR hands on nothing.
        practitioner: who is signed in there, as `Practitioner/id`; None where the EHR does not say it.
    """

    patient: str
    app_context: str | None
    practitioner: str | None


def ehr_of(issuers: Issuers, iss: str) -> Ehr | None:
    """The EHR with exactly this FHIR server, where the operator says that it starts SMART apps; None for any other address."""
    wanted = address_of(iss)
    if wanted is None:
        return None
    for issuer in issuers.known:
        for server in issuer.fhir_servers:
            if issuer.smart_client_id is not None and address_of(server) == wanted:
                base = server.rstrip("/")
                return Ehr(issuer, base, issuer.smart_client_id, namespace_of(issuer, base))
    return None


def read(published: Mapping[str, Any], ehr: Ehr) -> Configuration:
    """What `.well-known/smart-configuration` tells.

    Raises:
        Refused: an endpoint is missing, not over HTTPS, or on this machine where the EHR is not.
    """
    server = address_of(ehr.base)
    local = server is not None and is_loopback(server[1])
    found = []
    for name in ("authorization_endpoint", "token_endpoint"):
        given = published.get(name)
        address = address_of(given.partition("?")[0]) if isinstance(given, str) and "#" not in given else None
        if address is None or is_loopback(address[1]) != local or (address[0] != "https" and not local):
            raise Refused(f"its configuration has no {name} that can be used")
        found.append(str(given))
    return Configuration(*found)


def authorization(
    configuration: Configuration, ehr: Ehr, *, redirect_uri: str, launch: str, state: str, nonce: str, verifier: str
) -> str:
    """Where the browser goes to be authorised.

    Args:
        configuration: of the EHR.
        ehr: which one.
        redirect_uri: where it sends the browser back to.
        launch: the EHR's name for this launch.
        state: comes back with the browser.
        nonce: comes back in the ID token.
        verifier: proves, when the code is redeemed, that who redeems it asked for it.
    """
    uri: str = prepare_grant_uri(
        configuration.authorization_endpoint,
        client_id=ehr.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope=SCOPES,
        state=state,
        nonce=nonce,
        launch=launch,
        aud=ehr.base,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    return uri


def launched(ehr: Ehr, token: Mapping[str, Any], nonce: str, now: float) -> Launched:
    """What the answer of the token endpoint tells.

    Args:
        ehr: which one answered.
        token: the answer.
        nonce: what the request for the code carried.
        now: seconds since 1970.

    Raises:
        Refused: it names no patient, or its ID token is for somebody else.
    """
    patient = token.get("patient")
    if not isinstance(patient, str) or not 0 < len(patient) <= _LONGEST:
        raise Refused("it names no patient")
    context = token.get("appContext")
    given = token.get("id_token")
    practitioner = None if given is None else _practitioner(ehr, _claims(given), nonce, now)
    return Launched(patient, context if isinstance(context, str) and context else None, practitioner)


def _practitioner(ehr: Ehr, claims: Mapping[str, Any], nonce: str, now: float) -> str | None:
    """`fhirUser` of an ID token that is for us, where it is a practitioner of this EHR.

    Raises:
        Refused: the token is for another client, of another sign-in, or too old.
    """
    audience = claims.get("aud")
    if ehr.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Refused("its ID token is for another client")
    if claims.get("nonce") not in (None, nonce):
        raise Refused("its ID token is of another sign-in")
    until = claims.get("exp")
    if not isinstance(until, int | float) or now > until + _SKEW:
        raise Refused("its ID token is too old")
    user = claims.get("fhirUser")
    if not isinstance(user, str) or len(user) > _LONGEST:
        return None
    there = urljoin(f"{ehr.base}/", user).removeprefix(f"{ehr.base}/").split("/")
    known = len(there) == 2 and there[0] in _PERSON and bool(there[1])  # noqa: PLR2004 -- a type and an id
    return "/".join(there) if known else None


def _claims(token: object) -> Mapping[str, Any]:
    """The claims of an ID token. It came from the token endpoint itself, over TLS, which vouches for it (OpenID Connect Core 3.1.3.7)."""
    try:
        part = str(token).split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, binascii.Error, ValueError):
        claims = None
    if not isinstance(claims, dict):
        raise Refused("its ID token cannot be read")
    return claims
