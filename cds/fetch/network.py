"""Connecting to the address that was looked at.

A name is resolved once, every address it has is checked, and the connection goes to one of those: between the check and the connection
no second answer of a name server can slip in. TLS still checks the name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable

import httpcore
import httpx

from cds.security import Issuers
from cds.security.addresses import is_loopback

__all__ = ["CheckedBackend", "CheckedTransport", "ForbiddenAddress", "permitted", "private_hosts"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenAddress(httpcore.ConnectError):
    """The host has an address that a server of its kind must not have."""


def private_hosts(issuers: Issuers) -> frozenset[tuple[str, int]]:
    """Host and port of the servers that may have private addresses: those that the operator lists by a private address, or says so."""
    found = set()
    for issuer in issuers.known:
        for server in issuer.fhir_servers:
            url = httpx.URL(server)
            if issuer.private_network or _literal(url.host) is not None:
                found.add((url.host, url.port or (443 if url.scheme == "https" else 80)))
    return frozenset(found)


def permitted(text: str, *, loopback: bool, private: bool) -> bool:
    """Whether an address may be connected to.

    Args:
        text: the address.
        loopback: the host says that it is this machine, and may be nothing else.
        private: the operator lists the server as one of a private network. Link-local addresses, where clouds keep their secrets, never.
    """
    address = _bare(ipaddress.ip_address(text.partition("%")[0]))
    if loopback:
        return address.is_loopback
    if isinstance(address, ipaddress.IPv6Address) and (address.sixtofour or address.teredo):
        return False
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or (private and not address.is_reserved)


def _bare(address: _Address) -> _Address:
    """The IPv4 address inside an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only.

    Args:
        private: hosts and ports that may have private addresses.
    """

    def __init__(self, private: frozenset[tuple[str, int]]) -> None:
        self._private = private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of a host that takes one.

        Raises:
            ForbiddenAddress: one of the host's addresses is not permitted.
            httpcore.ConnectError: the host is not known, or nobody listens.
        """
        addresses = await _resolve(host, port)
        loopback, private = is_loopback(host), (host, port) in self._private
        if not all(permitted(address, loopback=loopback, private=private) for address in addresses):
            raise ForbiddenAddress
        failure: httpcore.ConnectError = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 -- the interface of httpcore
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 -- the same
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 -- the same
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise ForbiddenAddress

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over connections to checked addresses.

    Args:
        private: hosts and ports that may have private addresses.
        connections: how many at most.
    """

    def __init__(self, private: frozenset[tuple[str, int]], connections: int) -> None:
        context = ssl.create_default_context()
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30,
            network_backend=CheckedBackend(private),
        )


async def _resolve(host: str, port: int) -> list[str]:
    literal = _literal(host)
    if literal is not None:
        return [str(literal)]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("unknown host") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
