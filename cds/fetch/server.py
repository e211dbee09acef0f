"""Which FHIR server may be asked, and with which token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx
import msgspec

from cds.phrases import Phrase
from cds.security import Issuer, Issuers
from cds.security.addresses import is_loopback

__all__ = ["Access", "admit"]

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]{1,16384}={0,2}")
_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65_535

NOT_ONE_TO_ASK = Phrase("its FHIR server is not one that this service may ask")
NO_TOKEN = Phrase("the call brought no token for its FHIR server")
UNKNOWN_TOKEN = Phrase("the token for its FHIR server is of a kind that this service does not know")


class _Authorization(msgspec.Struct):
    access_token: str
    token_type: str


_authorization = msgspec.json.Decoder(_Authorization)


@dataclass(frozen=True, slots=True)
class Access:
    """A FHIR server that may be asked.

    Attributes:
        base: its base URL, without a trailing slash.
        token: for the Authorization header; None on loopback, where the call brought none.
    """

    base: httpx.URL
    token: str | None = field(repr=False)

    def url(self, query: str) -> httpx.URL:
        """The address of a read or search."""
        return httpx.URL(f"{self.base}/{query}")

    def covers(self, url: httpx.URL) -> bool:
        """Whether an address lies on this server: same scheme, host and port, at or below its base. Only there does the token go."""
        return _origin(url) == _origin(self.base) and _plain(url) and _below(url.path, self.base.path)

    def follow(self, text: str) -> httpx.URL | None:
        """The address of a link; None where it leads away from this server."""
        try:
            url = httpx.URL(f"{self.base}/").join(text)
        except (httpx.InvalidURL, ValueError):
            return None
        return url if text and self.covers(url) else None


def admit(
    fhir_server: str, authorization: msgspec.Raw | None, issuers: Issuers, issuer: Issuer | None
) -> Access | Phrase:
    """The server of a call, or why it is not asked.

    Args:
        fhir_server: as the call names it.
        authorization: the call's `fhirAuthorization`.
        issuers: those that the operator names. Where there are any, the server has to belong to the one that calls; otherwise it has to be
            on this machine.
        issuer: who calls.
    """
    base = _base(fhir_server)
    if base is None:
        return NOT_ONE_TO_ASK
    loopback = is_loopback(base.host)
    if base.scheme != "https" and not loopback:
        return NOT_ONE_TO_ASK
    if issuers.known:
        if issuer is None or issuers.of_server(str(base)) != issuer:
            return NOT_ONE_TO_ASK
    elif not loopback:
        return NOT_ONE_TO_ASK
    token = _token(authorization)
    if isinstance(token, Phrase):
        return token
    return NO_TOKEN if token is None and not loopback else Access(base, token)


def _token(authorization: msgspec.Raw | None) -> str | Phrase | None:
    if authorization is None:
        return None
    try:
        given = _authorization.decode(authorization)
    except msgspec.DecodeError:
        return UNKNOWN_TOKEN
    if given.token_type.lower() != "bearer" or not _TOKEN.fullmatch(given.access_token):
        return UNKNOWN_TOKEN
    return given.access_token


def _base(text: str) -> httpx.URL | None:
    if not text.isascii() or not text.isprintable() or " " in text.strip():
        return None
    try:
        url = httpx.URL(text.strip().rstrip("/"))
    except httpx.InvalidURL:
        return None
    reachable = url.host and (url.port is None or 0 < url.port <= _MAX_PORT)
    whole = (
        url.scheme in _PORTS
        and reachable
        and not url.query
        and not url.fragment
        and "?" not in text
        and "#" not in text
    )
    return url if whole and _plain(url) else None


def _plain(url: httpx.URL) -> bool:
    """Neither a user in front of the host nor a path that could climb out of the base."""
    return not url.userinfo and "\\" not in url.path and not {".", ".."} & set(url.path.split("/"))


def _below(path: str, base: str) -> bool:
    base = base.rstrip("/")
    return path.rstrip("/") == base or path.startswith(f"{base}/")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)
