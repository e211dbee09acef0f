"""Who is believed, and for which reason a call is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cds.security import Authenticator, Call, Issuers, JwksCache, Refused, TokenRules, bases_of, load_issuers
from cds.security.keys import Key, read_keys
from tests.security.signing import NOW, URL, Signer, accepted, b64, symmetric, text

KEY = Signer.make()
OTHER = Signer.make()
PATH = "/cds-services/baclofen-order-sign"
JKU = "https://ehr.example/jwks"


class Memory:
    """Replays that one process remembers."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], int] = {}

    async def first_use(self, issuer: str, jti: str, until: int) -> bool:
        first = (issuer, jti) not in self.seen
        self.seen[issuer, jti] = until
        return first


async def nothing(jku: str) -> Mapping[str, Key]:
    raise AssertionError(f"{jku} was asked")


@pytest.fixture
def issuers(tmp_path: Path):
    def issuers(*more: dict[str, Any], **members: Any) -> Issuers:
        entry = {"name": "A", "iss": "https://ehr.example", "fhir_servers": ["https://ehr.example/fhir"]}
        entry |= {"jwks": {"keys": [KEY.jwk]}} | members
        file = tmp_path / "issuers.json"
        file.write_text(json.dumps({"issuers": [entry, *more]}))
        return load_issuers(file)

    return issuers


@pytest.fixture
def ask(issuers):
    def ask(
        token: str | None,
        *more: str,
        known: Issuers | None = None,
        now: float = NOW,
        path: str = PATH,
        local: bool = False,
        memory: Memory | None = None,
        fetch=nothing,
        scheme: str = "Bearer ",
    ) -> str | None:
        checker = Authenticator(
            known or issuers(),
            TokenRules(skew=30, max_age=3600),
            JwksCache(900, 30, fetch),
            memory or Memory(),
            now=lambda: now,
        )
        given = [scheme + token, *more] if token is not None else []
        call = Call(authorizations=given, path=path, bases=("https://cds.example",), local=local)
        issuer = asyncio.run(checker.caller(call))
        return issuer.name if issuer else None

    return ask


@pytest.mark.parametrize("alg", ["ES384", "RS384", "ES256", "RS256"])
def test_a_signed_call_is_the_issuers(ask, issuers, alg):
    signer = Signer.make(alg)
    assert ask(signer.token(), known=issuers(jwks={"keys": [signer.jwk]})) == "A"


def test_the_key_need_not_name_its_algorithm(ask, issuers):
    signer = Signer.make("RS256")
    jwk = {name: value for name, value in signer.jwk.items() if name not in ("alg", "use")}
    assert ask(signer.token(), known=issuers(jwks={"keys": [jwk]})) == "A"
    assert ask(Signer("RS384", "k1", signer.private).token(), known=issuers(jwks={"keys": [jwk]})) == "A"


@pytest.mark.parametrize("scheme", ["bearer ", "BEARER  "])
def test_the_scheme_is_read_without_regard_to_case(ask, scheme):
    assert ask(KEY.token(), scheme=scheme) == "A"


@pytest.mark.parametrize("header", [{"typ": None}, {"typ": "jwt"}, {"jku": "https://anywhere.example/jwks"}])
def test_what_a_header_may_leave_out_or_add_where_the_key_is_pinned(ask, header):
    assert ask(KEY.token(header)) == "A"


@pytest.mark.parametrize(
    ("header", "because"),
    [
        ({"alg": "none"}, "the algorithm"),
        ({"alg": "None"}, "the algorithm"),
        ({"alg": None}, "the algorithm"),
        ({"alg": "ES512"}, "the algorithm"),
        ({"alg": "PS384"}, "the algorithm"),
        ({"alg": ["ES384"]}, "the algorithm"),
        ({"alg": "ES256"}, "not for the token's algorithm"),
        ({"alg": "RS384"}, "not for the token's algorithm"),
        ({"typ": "at+jwt"}, "typ"),
        ({"typ": 1}, "typ"),
        ({"kid": None}, "kid is missing"),
        ({"kid": ""}, "kid is missing"),
        ({"kid": 7}, "kid is missing"),
        ({"kid": "k2"}, "kid is none"),
        ({"kid": "../../etc/passwd"}, "kid is none"),
        ({"kid": "' OR 1=1 --"}, "kid is none"),
        ({"kid": "k2", "jku": "https://evil.example/jwks"}, "jku is not on its list"),
        ({"jku": 1}, "jku is no text"),
        ({"crit": ["exp"]}, "extension"),
        ({"b64": False}, "extension"),
    ],
)
def test_a_header_that_is_refused(ask, header, because):
    with pytest.raises(Refused, match=because):
        ask(KEY.token(header))


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"iss": None}, "iss is missing"),
        ({"iss": ["https://ehr.example"]}, "iss is missing"),
        ({"iss": "https://ehr.example/"}, "not in the file"),
        ({"iss": "https://EHR.example"}, "not in the file"),
        ({"iss": "https://stranger.example"}, "not in the file"),
        ({"aud": None}, "aud is missing"),
        ({"aud": ""}, "not the address"),
        ({"aud": []}, "aud is missing"),
        ({"aud": [URL, 1]}, "aud is missing"),
        ({"aud": {"a": URL}}, "aud is missing"),
        ({"aud": "https://cds.example"}, "not the address"),
        ({"aud": "https://cds.example/cds-services"}, "not the address"),
        ({"aud": URL.replace("sign", "select")}, "not the address"),
        ({"aud": URL + "/x"}, "not the address"),
        ({"aud": URL + "?x"}, "not the address"),
        ({"aud": URL.replace("https", "http")}, "not the address"),
        ({"aud": URL.replace("cds.example", "other.example")}, "not the address"),
        ({"aud": URL.replace("cds.example", "cds.example:444")}, "not the address"),
        ({"exp": None}, "exp or iat is missing"),
        ({"iat": None}, "exp or iat is missing"),
        ({"exp": "never"}, "exp is no time"),
        ({"exp": True}, "exp is no time"),
        ({"exp": 10**400}, "exp is no time"),
        ({"iat": [NOW]}, "iat is no time"),
        ({"nbf": "now"}, "nbf is no time"),
        ({"jti": None}, "jti is missing"),
        ({"jti": ""}, "jti is missing"),
        ({"jti": 5}, "jti is missing"),
        ({"jti": "x" * 2000}, "jti is missing"),
    ],
)
def test_claims_that_are_refused(ask, claims, because):
    with pytest.raises(Refused, match=because):
        ask(KEY.token(**claims))


@pytest.mark.parametrize("claims", [{"exp": "NaN"}, {"exp": "Infinity"}, {"exp": "1e999"}])
def test_numbers_that_are_none(ask, claims):
    written = text(accepted()).replace(f'"exp": {NOW + 300}', f'"exp": {claims["exp"]}')
    assert claims["exp"] in written
    with pytest.raises(Refused, match=r"NaN|no time"):
        ask(KEY.sealed(text({"alg": "ES384", "kid": "k1"}), written))


@pytest.mark.parametrize(
    "aud",
    [URL, [URL], ["https://other.example", URL], "HTTPS://CDS.example:443/cds-services/baclofen-order-sign", URL + "/"],
)
def test_shapes_of_the_audience(ask, aud):
    assert ask(KEY.token(aud=aud)) == "A"


def test_discovery_and_feedback_have_addresses_of_their_own(ask):
    assert ask(KEY.token(aud="https://cds.example/cds-services"), path="/cds-services") == "A"
    with pytest.raises(Refused, match="not the address"):
        ask(KEY.token(), path="/cds-services")
    assert ask(KEY.token(aud=URL + "/feedback"), path=PATH + "/feedback") == "A"
    assert ask(KEY.token(aud=URL), path=PATH + "/feedback") == "A"
    with pytest.raises(Refused, match="not the address"):
        ask(KEY.token(aud=URL + "/feedback"))


def test_an_audience_of_the_issuers_own(ask, issuers):
    known = issuers(audience=["sand_man", "urn:us"])
    assert ask(KEY.token(aud="sand_man"), known=known) == "A"
    assert ask(KEY.token(aud=["x", "urn:us"]), known=known) == "A"
    with pytest.raises(Refused, match="not the address"):
        ask(KEY.token(), known=known)


@pytest.mark.parametrize(
    ("claims", "now", "because"),
    [
        ({}, NOW + 300 + 29, None),
        ({}, NOW + 300 + 30, "expired"),
        ({}, NOW + 300 + 31, "expired"),
        ({}, NOW - 29, None),
        ({}, NOW - 30, None),
        ({}, NOW - 31, "from the future"),
        ({"nbf": NOW + 29}, NOW, None),
        ({"nbf": NOW + 30}, NOW, None),
        ({"nbf": NOW + 31}, NOW, "from the future"),
        ({"exp": NOW + 10**6}, NOW + 3600 + 29, None),
        ({"exp": NOW + 10**6}, NOW + 3600 + 30, "too old"),
        ({"exp": NOW + 10**6}, NOW + 3600 + 31, "too old"),
        ({"exp": NOW + 300.5, "iat": NOW + 0.5}, NOW + 330.25, None),
    ],
)
def test_times_at_their_boundaries(ask, claims, now, because):
    if because is None:
        assert ask(KEY.token(**claims), now=now) == "A"
    else:
        with pytest.raises(Refused, match=because):
            ask(KEY.token(**claims), now=now)


def test_tenants(ask, issuers):
    known = issuers(tenants=["t1", "t2"])
    assert ask(KEY.token(tenant="t2"), known=known) == "A"
    for tenant in (None, "t3", ["t1"], 1):
        with pytest.raises(Refused, match="tenant"):
            ask(KEY.token(tenant=tenant), known=known)
    assert ask(KEY.token(tenant="any")) == "A"


def test_a_token_counts_once_and_is_remembered_longer_than_it_lives(ask):
    memory, token = Memory(), KEY.token(jti="one")
    assert ask(token, memory=memory) == "A"
    with pytest.raises(Refused, match="seen before"):
        ask(token, memory=memory)
    (until,) = memory.seen.values()
    assert until > NOW + 300 + 30
    assert ask(KEY.token(exp=NOW + 10**9, jti="two"), memory=memory) == "A"
    assert memory.seen["https://ehr.example", "two"] < NOW + 2 * 3600


def test_a_token_whose_signature_is_wrong_uses_up_nothing(ask):
    memory = Memory()
    with pytest.raises(Refused, match="signature"):
        ask(OTHER.token(jti="one"), memory=memory)
    assert not memory.seen


def test_the_signature_is_over_header_and_claims(ask):
    header, claims, signature = KEY.token().split(".")
    for forged in (
        f"{header}.{b64(text(accepted() | {'sub': 'x'}).encode())}.{signature}",
        f"{b64(text({'alg': 'ES384', 'kid': 'k1'}).encode())}.{claims}.{signature}",
        f"{header}.{claims}.{b64(b'0' * 96)}",
        f"{header}.{claims}.{b64(b'')}",
        f"{header}.{claims}.",
    ):
        with pytest.raises(Refused, match="signature"):
            ask(forged)


def test_the_public_key_is_no_secret(ask):
    public = KEY.private.public_key()
    for secret in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(KEY.jwk).encode(),
    ):
        with pytest.raises(Refused, match="the algorithm"):
            ask(symmetric(secret, KEY.kid))


def test_a_key_inside_the_token_is_not_looked_at(ask):
    with pytest.raises(Refused, match="signature"):
        ask(OTHER.token({"jwk": OTHER.jwk, "x5u": "https://evil.example"}))


def test_a_key_of_another_issuer_is_none(ask, issuers):
    second = {
        "name": "B",
        "iss": "https://b.example",
        "fhir_servers": ["https://b.example"],
        "jwks": {"keys": [{**OTHER.jwk, "kid": "b"}]},
    }
    known = issuers(second)
    signer = Signer("ES384", "b", OTHER.private)
    assert ask(signer.token(iss="https://b.example"), known=known) == "B"
    with pytest.raises(Refused, match="A: kid is none"):
        ask(signer.token(), known=known)


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ('{"alg": "ES384", "kid": "k1", "kid": "k1"}', None),
        ('{"alg": "none", "alg": "ES384", "kid": "k1"}', None),
        (None, '{"iss": "https://stranger.example", '),
        (None, '{"nested": {"a": 1, "a": 2}, '),
    ],
)
def test_a_member_that_stands_twice(ask, header, claims):
    whole = text(accepted())
    token = KEY.sealed(header or text({"alg": "ES384", "kid": "k1"}), claims + whole[1:] if claims else whole)
    with pytest.raises(Refused, match="twice"):
        ask(token)


@pytest.mark.parametrize(
    ("token", "because"),
    [
        ("", "no bearer token"),
        ("x", "no JWT"),
        ("a.b", "no JWT"),
        ("a.b.c.d", "no JWT"),
        ("a.b.c.d.e", "no JWT"),
        ("..", "base64url"),
        ("a+b.c.d", "base64url"),
        ("e30=.e30.x", "base64url"),
        ("a.e30.x", "not JSON"),
        (f"{b64(b'[]')}.e30.x", "no JSON object"),
        (f"{b64(b'null')}.e30.x", "no JSON object"),
        (f"{b64(bytes([255, 254]))}.e30.x", "not JSON"),
        (f"{b64(b'[' * 4000)}.e30.x", "not JSON"),
        (f"{b64(b'1' * 5000)}.e30.x", "not JSON"),
        ("a" * 8193, "too long"),
        (KEY.token(pad="x" * 9000), "too long"),
    ],
)
def test_what_is_no_token(ask, token, because):
    with pytest.raises(Refused, match=because):
        ask(token)


def test_headers_that_hold_no_token(ask):
    with pytest.raises(Refused, match="no bearer token"):
        ask("dXNlcjpwYXNz", scheme="Basic ")
    with pytest.raises(Refused, match="more than one"):
        ask(KEY.token(), "Bearer " + KEY.token())
    with pytest.raises(Refused, match="there is no token"):
        ask(None)
    with pytest.raises(Refused, match="there is no token"):
        ask(None, local=True)


def test_reasons_hold_nothing_of_the_token(ask):
    for token in (
        KEY.token(iss="MARKER"),
        KEY.token(aud="MARKER"),
        KEY.token(exp="MARKER"),
        KEY.token({"alg": "MARKER"}),
        KEY.token({"kid": "MARKER"}),
        KEY.token({"kid": "MARKER", "jku": "https://MARKER"}),
        "MARKER.MARKER.MARKER",
    ):
        with pytest.raises(Refused) as caught:
            ask(token)
        assert "MARKER" not in str(caught.value)


def test_without_a_token_only_from_this_machine_and_for_whom_it_is_said(ask, issuers):
    local = {
        "name": "L",
        "iss": "urn:l",
        "authentication": "none",
        "fhir_servers": ["http://127.0.0.1:8090/fhir"],
    }
    known = issuers(local)
    assert ask(None, known=known, local=True) is None
    with pytest.raises(Refused, match="no token"):
        ask(None, known=known, local=False)
    with pytest.raises(Refused, match="signature"):
        ask(OTHER.token(), known=known, local=True)
    checker = Authenticator(known, TokenRules(), JwksCache(900, 30, nothing), Memory())
    assert checker.unsigned("http://127.0.0.1:8090/fhir/R4").name == "L"
    assert checker.unsigned(None).name == "L"
    for server in ("https://ehr.example/fhir", "http://127.0.0.1:8091/fhir", "https://stranger.example", ""):
        with pytest.raises(Refused, match="nobody who may"):
            checker.unsigned(server)
    two = issuers(local, local | {"name": "M", "iss": "urn:m", "fhir_servers": ["http://127.0.0.1:8092/fhir"]})
    with pytest.raises(Refused, match="nobody who may"):
        Authenticator(two, TokenRules(), JwksCache(900, 30, nothing), Memory()).unsigned(None)


def test_keys_by_address(ask, issuers):
    asked = []

    async def fetch(jku: str) -> Mapping[str, Key]:
        asked.append(jku)
        return read_keys({"keys": [OTHER.jwk | {"kid": "k2"}]})

    signer = Signer("ES384", "k2", OTHER.private)
    known = issuers(jku=[JKU, "https://ehr.example/more"])
    assert ask(signer.token({"jku": JKU}), known=known, fetch=fetch) == "A"
    assert asked == [JKU]
    assert ask(signer.token(), known=known, fetch=fetch) == "A"
    with pytest.raises(Refused, match="jku is not on its list"):
        ask(signer.token({"jku": JKU + "/"}), known=known, fetch=fetch)
    assert ask(KEY.token({"jku": JKU}), known=known, fetch=nothing) == "A"  # a pinned key needs no fetch
    assert set(asked) == {JKU}


SPEC = Path(__file__).parent / "spec-example.json"


def test_the_token_printed_in_the_specification(issuers, tmp_path):
    """It verifies with the printed key, and is long expired."""
    example = json.loads(SPEC.read_text())
    claims = {"iat": 1311280970, "exp": 1422568860}
    file = tmp_path / "issuers.json"
    entry = {"name": "spec", "iss": "https://fhir-ehr.example.com/", "fhir_servers": ["https://fhir-ehr.example.com"]}
    file.write_text(json.dumps({"issuers": [{**entry, "jwks": example["jwks"]}]}))
    known = load_issuers(file, published=True)

    def caller(now: float) -> str:
        rules = TokenRules(skew=30, max_age=claims["exp"] - claims["iat"])
        checker = Authenticator(known, rules, JwksCache(900, 30, nothing), Memory(), now=lambda: now)
        call = Call(
            authorizations=[f"Bearer {example['token']}"],
            path="/cds-services/some-service",
            bases=("https://cds.example.org",),
            local=False,
        )
        return asyncio.run(checker.caller(call)).name

    assert caller(claims["exp"] - 1) == "spec"
    with pytest.raises(Refused, match="spec: the token has expired"):
        caller(NOW)


@pytest.mark.parametrize(
    ("host", "configured", "local", "more"),
    [
        ("localhost:8080", False, True, ("http://localhost:8080",)),
        ("127.0.0.1:9", False, True, ("http://127.0.0.1:9",)),
        ("[::1]:9", False, True, ("http://[::1]:9",)),
        ("localhost:8080", True, True, ()),
        ("localhost:8080", False, False, ()),
        ("rebound.example:8080", False, True, ()),
        ("127.0.0.1.evil.example", False, True, ()),
        ("127.0.0.1@evil.example", False, True, ()),
        ("127.0.0.1/cds", False, True, ()),
        ("", False, True, ()),
    ],
)
def test_the_address_called_counts_only_on_this_machine(host, configured, local, more):
    found = bases_of("http://127.0.0.1:8080", host, configured=configured, local=local)
    assert found == ("http://127.0.0.1:8080", *more)
