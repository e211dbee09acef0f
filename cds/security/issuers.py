"""The organisations whose EHRs call, from the file that CDS_ISSUERS names (`docs/issuers.example.yaml` shows one).

A call is attributed by its `fhirServer`, which anybody may write. That is enough for what an issuer decides here, the language, the
jurisdiction and the form of the answer, because none of these opens access to anything. It proves nothing about who called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cds.documents import Document, check, parse, read
from cds.language.languages import Language

__all__ = ["NO_ISSUERS", "Issuer", "Issuers", "load_issuers"]

SCHEMAS = Path(__file__).parent / "schemas"
_PORTS = {"http": 80, "https": 443}

_Address = tuple[str, str, int, tuple[str, ...]]
"""Scheme, host, port, segments of the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One organisation's EHR.

    Attributes:
        name: what the operator calls it.
        iss: issuer of its tokens, an absolute URI.
        fhir_servers: base URLs of its FHIR servers; a server below one of them belongs to it, too.
        jurisdiction: whose rules apply to its calls; None where order and patient tell.
        vendor: form of the answer, a name in `cds.protocol.vendors`.
        language: of answers where the call asks for none; None for the service's own.
    """

    name: str
    iss: str
    fhir_servers: tuple[str, ...]
    jurisdiction: str | None = None
    vendor: str = "generic"
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Issuers:
    """All known issuers.

    Attributes:
        known: in the order of the file.
    """

    known: tuple[Issuer, ...]
    _by_server: Mapping[_Address, Issuer] = field(repr=False, compare=False, default_factory=dict)

    def of_server(self, fhir_server: str | None) -> Issuer | None:
        """The issuer to which a FHIR server belongs; None for an unknown one and for what is no plain address.

        Scheme, host, port and whole path segments are compared, never parts of them. Of two issuers one of whose servers lies below
        the other's, it is the one that names more of the path.
        """
        address = None if fhir_server is None else _address(fhir_server)
        if address is None:
            return None
        scheme, host, port, path = address
        for length in range(len(path), -1, -1):
            found = self._by_server.get((scheme, host, port, path[:length]))
            if found is not None:
                return found
        return None


NO_ISSUERS = Issuers(())
"""Where the operator names none: every answer is the generic one."""


def load_issuers(path: Path | None) -> Issuers:
    """Read and check the file of issuers, YAML or JSON; none without a file.

    Raises:
        DocumentError: the file cannot be read, is not as its schema wants it, or names an issuer or a server twice; its message begins
            with file and line.
    """
    if path is None:
        return NO_ISSUERS
    document = parse(read(path, str(path)), str(path))
    check(document, "issuers", SCHEMAS)
    known: list[Issuer] = []
    by_server: dict[_Address, Issuer] = {}
    for place, entry in enumerate(document.data["issuers"]):
        issuer = _issuer(entry)
        for member in ("name", "iss"):
            if any(getattr(issuer, member) == getattr(other, member) for other in known):
                raise document.error(f"{member} {entry[member]!r} stands twice", ("issuers", place, member))
        known.append(issuer)
        _add_servers(issuer, place, by_server, document)
    return Issuers(tuple(known), by_server)


def _issuer(entry: Mapping[str, Any]) -> Issuer:
    return Issuer(**{**entry, "fhir_servers": tuple(entry["fhir_servers"])})


def _add_servers(issuer: Issuer, place: int, by_server: dict[_Address, Issuer], document: Document) -> None:
    for number, server in enumerate(issuer.fhir_servers):
        where = ("issuers", place, "fhir_servers", number)
        address = _address(server)
        if address is None:
            raise document.error(f"{server!r} is not a plain http or https address", where)
        other = by_server.setdefault(address, issuer)
        if other is not issuer:
            raise document.error(f"{server!r} belongs to {other.name!r} already", where)


def _address(url: str) -> _Address | None:
    """An address in its normal form; None with user, query or fragment, with dot segments, backslashes or control characters."""
    text = url.strip()
    if any(character <= " " or character == "\\" for character in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or "?" in text or "#" in text:
        return None
    path = tuple(parts.path.strip("/").split("/")) if parts.path.strip("/") else ()
    if any(segment in ("", ".", "..") for segment in path):
        return None
    return (parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port, path)
