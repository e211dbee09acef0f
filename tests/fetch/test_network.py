"""Which addresses may be connected to, and that no other one is."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest

from cds.fetch import network
from cds.fetch.client import FhirClient
from cds.fetch.limits import Allowance
from cds.fetch.network import permitted, private_hosts
from cds.fetch.server import Access
from cds.fhir.asking import Ask
from cds.security import Issuer, Issuers

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]
PRIVATE = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"]
NEVER = [
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "240.0.0.1",
    "::ffff:169.254.169.254",
]
NEVER += ["2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1"]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize(
    ("addresses", "public_name", "private_network", "loopback_name"),
    [
        (PUBLIC, True, True, False),
        (PRIVATE, False, True, False),
        (NEVER, False, False, False),
        (LOOPBACK, False, False, True),
    ],
)
def test_an_address_by_what_its_host_says(
    addresses: list[str], public_name: bool, private_network: bool, loopback_name: bool
) -> None:
    for address in addresses:
        assert permitted(address, loopback=False, private=False) is public_name, address
        assert permitted(address, loopback=False, private=True) is private_network, address
        if address != "64:ff9b::7f00:1":
            assert permitted(address, loopback=True, private=False) is loopback_name, address


def test_private_hosts_are_those_that_the_operator_lists() -> None:
    issuers = Issuers(
        (
            Issuer(name="a", iss="https://a", fhir_servers=("https://10.0.0.5/fhir", "https://fhir.example")),
            Issuer(name="b", iss="https://b", fhir_servers=("https://dpi.ch.example:8443/x",), private_network=True),
        )
    )
    assert private_hosts(issuers) == {("10.0.0.5", 443), ("dpi.ch.example", 8443)}


def ask(base: str, private: frozenset[tuple[str, int]] = frozenset()) -> str | None:
    async def run() -> str | None:
        async with FhirClient(private=private) as client:
            access = Access(httpx.URL(base), "token")
            return await client.answer(access, Ask("Patient/p1"), [], Allowance.of(client.limits))

    return asyncio.run(run())


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where a connection is tried to; none comes about."""
    tried: list[str] = []

    async def connect(self: object, host: str, *_: object) -> Any:
        tried.append(host)
        raise network.httpcore.ConnectError

    monkeypatch.setattr(network.httpcore.AnyIOBackend, "connect_tcp", connect)
    return tried


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that gives these answers one after the other, the last one again and again."""
    given = list(answers)
    names: list[str] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[Any]:
        names.append(host)
        found = given.pop(0) if len(given) > 1 else given[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


FORBIDDEN = "its FHIR server has an address that this service may not connect to"


@pytest.mark.parametrize("address", [*PRIVATE[:3], *NEVER[:3], *LOOPBACK])
def test_a_public_name_with_an_address_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, connected: list[str], address: str
) -> None:
    resolving(monkeypatch, [address])
    assert ask("https://fhir.example/r4") == FORBIDDEN
    assert connected == []


def test_one_address_inside_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    resolving(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    assert ask("https://fhir.example/r4") == FORBIDDEN
    assert connected == []


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    names = resolving(monkeypatch, ["93.184.215.14"], ["10.0.0.1"])
    assert ask("https://fhir.example/r4") == FORBIDDEN  # the second try is told the address inside
    assert connected == ["93.184.215.14"]
    assert names == ["fhir.example", "fhir.example"]


def test_a_name_of_a_private_network_where_the_operator_says_so(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    resolving(monkeypatch, ["10.0.0.1"])
    assert ask("https://dpi.example/r4", frozenset({("dpi.example", 443)})) == "its FHIR server could not be reached"
    assert set(connected) == {"10.0.0.1"}
    assert ask("https://dpi.example:8443/r4", frozenset({("dpi.example", 443)})) == FORBIDDEN


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "localhost.", "localhost.example"])
def test_loopback_in_disguise_is_a_public_name(
    monkeypatch: pytest.MonkeyPatch, connected: list[str], host: str
) -> None:
    resolving(monkeypatch, ["127.0.0.1"])
    assert ask(f"https://{host}/r4") == FORBIDDEN
    assert connected == []


def test_localhost_is_this_machine_only(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    resolving(monkeypatch, ["93.184.215.14"])
    assert ask("http://localhost/r4") == FORBIDDEN
    assert connected == []


def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert ask("https://fhir.example/r4") == "its FHIR server could not be reached"


def test_a_private_address_that_nobody_listed(connected: list[str]) -> None:
    assert ask("https://10.0.0.5/fhir") == FORBIDDEN
    assert ask("https://10.0.0.5/fhir", frozenset({("10.0.0.5", 443)})) == "its FHIR server could not be reached"
    assert set(connected) == {"10.0.0.5"}
