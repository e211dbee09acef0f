"""The organisations whose EHRs call, from the file that CDS_ISSUERS names (`docs/issuers.example.yaml` shows one).

A call belongs to the issuer whose key signed its token. `fhirServer`, which anybody may write, attributes a call only where no token is
asked for: on the command line, and for an issuer with `authentication: none`, on loopback.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cds.documents import Document, check, parse, read
from cds.language.languages import Language
from cds.security.addresses import PORTS, Address, address_of, is_loopback
from cds.security.keys import Key, UnusableKey, published_keys, read_key
from cds.security.modes import NO_MODES, Modes, read_modes

__all__ = ["NO_ISSUERS", "Issuer", "Issuers", "load_issuers", "namespace_of", "normal_namespace"]

SCHEMAS = Path(__file__).parent / "schemas"


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
        authentication: `jwt`, or `none` where calls without a token are accepted from clients on this machine.
        keys: its public keys, as far as they stand in the file.
        jku: where it publishes its keys, besides.
        tenants: the tenants that may call; empty for any.
        audience: what `aud` of its tokens must be instead of the address that it calls; empty for that address.
        rtu_patient_systems: identifier systems of registered patients; None for the service's own.
        rtu_prescriber_systems: identifier systems of registered prescribers; None for the service's own.
        smart_client_id: the client that its EHR knows this service as, where it starts SMART apps.
        modes: the rules that are kept from its prescribers.
        any_loopback: whether every FHIR server on this machine belongs to it, too. No file can say that, only `serve --sandbox`.
        private_network: whether the names of its FHIR servers may have private addresses, as inside a hospital's network.
    """

    name: str
    iss: str
    fhir_servers: tuple[str, ...]
    jurisdiction: str | None = None
    vendor: str = "generic"
    language: Language | None = None
    authentication: Literal["jwt", "none"] = "jwt"
    keys: tuple[Key, ...] = ()
    jku: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    rtu_patient_systems: tuple[str, ...] | None = None
    rtu_prescriber_systems: tuple[str, ...] | None = None
    smart_client_id: str | None = None
    modes: Modes = NO_MODES
    any_loopback: bool = False
    private_network: bool = False


@dataclass(frozen=True, slots=True)
class Issuers:
    """All known issuers.

    Attributes:
        known: in the order of the file.
    """

    known: tuple[Issuer, ...]
    _by_server: Mapping[Address, Issuer] = field(repr=False, compare=False, default_factory=dict)

    def of_server(self, fhir_server: str | None) -> Issuer | None:
        """The issuer to which a FHIR server belongs; None for an unknown one and for what is no plain address.

        Scheme, host, port and whole path segments are compared, never parts of them. Of two issuers one of whose servers lies below
        the other's, it is the one that names more of the path.
        """
        address = None if fhir_server is None else address_of(fhir_server)
        if address is None:
            return None
        scheme, host, port, path = address
        for length in range(len(path), -1, -1):
            found = self._by_server.get((scheme, host, port, path[:length]))
            if found is not None:
                return found
        return next((each for each in self.known if each.any_loopback), None) if is_loopback(host) else None

    def of_iss(self, iss: str) -> Issuer | None:
        """The issuer that signs its tokens with this name; letters count as they are written."""
        return next((each for each in self.known if each.iss == iss), None)

    def serves(self, issuer: Issuer, fhir_server: str | None) -> bool:
        """Whether a FHIR server belongs to this issuer: no token may go to it otherwise."""
        return self.of_server(fhir_server) == issuer


NO_ISSUERS = Issuers(())
"""Where the operator names none: every answer is the generic one."""


def namespace_of(issuer: Issuer | None, fhir_server: str | None) -> str:
    """Whose ids the ids of a call are: of the FHIR server, or of an issuer that has only one, so that it need not be sent.

    Args:
        issuer: who calls, where it is known.
        fhir_server: `fhirServer` of the call.
    """
    if issuer is not None and len(issuer.fhir_servers) == 1:
        return normal_namespace(issuer.fhir_servers[0])
    return normal_namespace(fhir_server or (issuer.iss if issuer is not None else ""))


def normal_namespace(address: str) -> str:
    """A FHIR server's address in the one way of writing it that pseudonyms and keys are made of.

    Scheme and host in small letters, no port that the scheme has anyway, no slash at the end; the path as it is. What is no plain
    address only loses blanks around it and slashes at its end.
    """
    parts = address_of(address)
    if parts is None:
        return address.strip().rstrip("/")
    scheme, host, port, path = parts
    named = f"[{host}]" if ":" in host else host
    return "/".join((f"{scheme}://{named}" + ("" if port == PORTS[scheme] else f":{port}"), *path))


def load_issuers(path: Path | None, *, published: bool = False, rules: Collection[str] | None = None) -> Issuers:
    """Read and check the file of issuers, YAML or JSON; none without a file.

    Args:
        path: the file.
        published: whether issuers and keys whose private half is public are accepted, for trials.
        rules: the ids of the rules that there are; None does not ask whether those that the file names exist.

    Raises:
        DocumentError: the file cannot be read, is not as its schema wants it, names an issuer or a server twice, names a rule that does
            not exist, or trusts a key that cannot be used or that anybody has; its message begins with file and line.
    """
    if path is None:
        return NO_ISSUERS
    document = parse(read(path, str(path)), str(path))
    check(document, "issuers", SCHEMAS)
    known: list[Issuer] = []
    by_server: dict[Address, Issuer] = {}
    for place, entry in enumerate(document.data["issuers"]):
        issuer = _issuer(entry, place, document, published=published, rules=rules)
        for member in ("name", "iss"):
            if any(getattr(issuer, member) == getattr(other, member) for other in known):
                raise document.error(f"{member} {entry[member]!r} stands twice", ("issuers", place, member))
        known.append(issuer)
        _add_servers(issuer, place, by_server, document)
    return Issuers(tuple(known), by_server)


def _issuer(
    entry: Mapping[str, Any], place: int, document: Document, *, published: bool, rules: Collection[str] | None
) -> Issuer:
    where = ("issuers", place)
    if not published and any(entry["iss"] == each.iss for each in published_keys()):
        raise document.error(
            f"iss {entry['iss']!r} signs with a key that anybody has; for trials there is `serve --sandbox`",
            (*where, "iss"),
        )
    if "jwks" not in entry and "jku" not in entry and entry.get("authentication") != "none":
        raise document.error(
            f"{entry['name']!r} has neither jwks nor jku, so that none of its calls could be accepted", where
        )
    for number, url in enumerate(entry.get("jku", ())):
        address = address_of(url)
        if address is None or (address[0] != "https" and not is_loopback(address[1])):
            raise document.error(f"{url!r} is not a plain https address", (*where, "jku", number))
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
    keys = _keys(members.pop("jwks", {"keys": ()}), where, document, published=published)
    return Issuer(modes=read_modes(members, where, document, rules), **members, keys=keys)


def _keys(
    jwks: Mapping[str, Any], where: tuple[str | int, ...], document: Document, *, published: bool
) -> tuple[Key, ...]:
    found: dict[str, Key] = {}
    for number, jwk in enumerate(jwks["keys"]):
        place = (*where, "jwks", "keys", number)
        if "d" in jwk:
            raise document.error("a private key does not belong here, only its public half", place)
        try:
            key = read_key(jwk, published=published)
        except UnusableKey as error:
            raise document.error(str(error), place) from None
        if key.kid in found:
            raise document.error(f"kid {key.kid!r} stands twice", place)
        found[key.kid] = key
    return tuple(found.values())


def _add_servers(issuer: Issuer, place: int, by_server: dict[Address, Issuer], document: Document) -> None:
    for number, server in enumerate(issuer.fhir_servers):
        where = ("issuers", place, "fhir_servers", number)
        address = address_of(server)
        if address is None:
            raise document.error(f"{server!r} is not a plain http or https address", where)
        other = by_server.setdefault(address, issuer)
        if other is not issuer:
            raise document.error(f"{server!r} belongs to {other.name!r} already", where)
