"""Which server may be asked, with which token."""

from __future__ import annotations

import json

import msgspec
import pytest

from cds.fetch.server import NO_TOKEN, NOT_ONE_TO_ASK, UNKNOWN_TOKEN, Access, admit
from cds.security import NO_ISSUERS, Issuers, load_issuers

FILE = """
issuers:
  - {name: a, iss: "https://a.example", jku: ["https://a.example/jwks"], fhir_servers: ["https://a.example/fhir", "http://127.0.0.1:8790/fhir"]}
  - {name: b, iss: "https://b.example", jku: ["https://b.example/jwks"], fhir_servers: ["https://b.example/fhir", "http://b.example/plain"]}
"""


@pytest.fixture
def issuers(tmp_path) -> Issuers:
    file = tmp_path / "issuers.yaml"
    file.write_text(FILE)
    return load_issuers(file)


def authorization(**members: object) -> msgspec.Raw:
    given = {"access_token": "abc.DEF-123", "token_type": "Bearer", "expires_in": 300, **members}
    return msgspec.Raw(json.dumps({key: value for key, value in given.items() if value is not None}).encode())


@pytest.mark.parametrize(
    "server",
    [
        "http://127.0.0.1:8790/fhir",
        "http://localhost/fhir/",
        "http://[::1]:9/fhir",
        "https://127.0.0.1/fhir",
        "http://127.9.9.9",
    ],
)
def test_without_issuers_servers_on_this_machine_are_asked(server: str) -> None:
    access = admit(server, authorization(), NO_ISSUERS, None)
    assert isinstance(access, Access)
    assert access.token == "abc.DEF-123"
    assert not str(access.base).endswith("/")


@pytest.mark.parametrize(
    "server",
    [
        "https://fhir.example/r4",
        "http://10.0.0.1/fhir",
        "http://169.254.169.254/latest",
        "http://127.0.0.1.evil.example/fhir",
        "http://127.0.0.1@evil.example/fhir",
        "http://evil.example#127.0.0.1",
        "http://localhost:8080\\@evil.example/fhir",
        "ftp://127.0.0.1/fhir",
        "//127.0.0.1/fhir",
        "127.0.0.1/fhir",
        "http:///fhir",
        "http://127.0.0.1/fhir?x=1",
        "http://127.0.0.1/fhir?",
        "http://127.0.0.1/a/../fhir/%2e%2e/x",
        "http://127.0.0.1:99999/fhir",
        "http://127.0.0.1/fh\nir",
        "http://ⓛocalhost/fhir",
        "",
    ],
)
def test_without_issuers_no_other_server_is(server: str) -> None:
    assert admit(server, authorization(), NO_ISSUERS, None) == NOT_ONE_TO_ASK


def test_with_issuers_the_server_has_to_be_the_callers_own(issuers: Issuers) -> None:
    a, b = issuers.known
    assert isinstance(admit("https://a.example/fhir", authorization(), issuers, a), Access)
    assert isinstance(admit("https://A.example:443/fhir/tenant/", authorization(), issuers, a), Access)
    assert isinstance(admit("http://127.0.0.1:8790/fhir", authorization(), issuers, a), Access)
    for server, caller in [
        ("https://a.example/fhir", b),
        ("https://b.example/fhir", a),
        ("https://a.example/fhir", None),
        ("https://a.example/other", a),
        ("https://a.example/fhirx", a),
        ("http://a.example/fhir", a),
        ("http://127.0.0.1:8791/fhir", a),
        ("https://unknown.example/fhir", a),
    ]:
        assert admit(server, authorization(), issuers, caller) == NOT_ONE_TO_ASK, server


def test_plain_http_is_for_this_machine_even_where_it_is_listed(issuers: Issuers) -> None:
    assert admit("http://b.example/plain", authorization(), issuers, issuers.known[1]) == NOT_ONE_TO_ASK


@pytest.mark.parametrize(
    "members",
    [
        {"token_type": "mac"},
        {"token_type": None},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "abc\r\nHost: evil.example"},
        {"access_token": "ab c"},
        {"access_token": "é"},
        {"access_token": "x" * 20_000},
    ],
)
def test_a_token_that_is_none(members: dict[str, object]) -> None:
    assert admit("http://127.0.0.1/fhir", authorization(**members), NO_ISSUERS, None) == UNKNOWN_TOKEN


def test_bearer_in_any_case() -> None:
    assert isinstance(admit("http://127.0.0.1/fhir", authorization(token_type="bearer"), NO_ISSUERS, None), Access)


def test_without_a_token_only_this_machine_is_asked(issuers: Issuers) -> None:
    access = admit("http://127.0.0.1/fhir", None, NO_ISSUERS, None)
    assert isinstance(access, Access)
    assert access.token is None
    assert admit("https://a.example/fhir", None, issuers, issuers.known[0]) == NO_TOKEN


def test_a_token_is_not_shown() -> None:
    assert "abc" not in repr(admit("http://127.0.0.1/fhir", authorization(), NO_ISSUERS, None))
