"""Which keys of a JWKS can be used."""

from __future__ import annotations

import pytest

from cds.security.keys import MAX_KEYS, UnusableKey, published_keys, read_key, read_keys
from tests.security.signing import Signer

EC = Signer.make("ES384").jwk
RSA = Signer.make("RS256").jwk


def without(jwk, *names):
    return {name: value for name, value in jwk.items() if name not in names}


def test_a_key_is_for_its_algorithm_or_for_all_of_its_type():
    assert read_key(EC).algorithms == {"ES384"}
    assert read_key(Signer.make("ES256").jwk).algorithms == {"ES256"}
    assert read_key(RSA).algorithms == {"RS256"}
    assert read_key(without(RSA, "alg")).algorithms == {"RS256", "RS384"}
    assert read_key(EC | {"key_ops": ["verify"], "d": "private"}).kid == "k1"


@pytest.mark.parametrize(
    ("jwk", "because"),
    [
        (None, "an object"),
        ([], "an object"),
        (without(EC, "kid"), "needs a kid"),
        (EC | {"kid": ""}, "needs a kid"),
        (EC | {"kid": 1}, "needs a kid"),
        (EC | {"kid": "k" * 257}, "needs a kid"),
        ({"kty": "oct", "k": "c2VjcmV0", "kid": "k", "alg": "HS384"}, "EC or RSA"),
        (without(EC, "kty"), "EC or RSA"),
        (EC | {"kty": ["EC"]}, "EC or RSA"),
        (without(EC, "x"), "needs crv, kty, x, y"),
        (EC | {"x": 1}, "needs crv, kty, x, y"),
        (EC | {"use": "enc"}, "not for signatures"),
        (EC | {"key_ops": ["sign"]}, "not for signatures"),
        (EC | {"key_ops": 1}, "not for signatures"),
        (EC | {"crv": "P-521"}, "must be for"),
        (EC | {"crv": "P-256"}, "must be for"),
        (EC | {"alg": "RS384"}, "must be for"),
        (RSA | {"alg": "PS384"}, "must be for"),
        (EC | {"x": EC["y"]}, "cannot be read"),
        (EC | {"x": "!!"}, "cannot be read"),
        (Signer.make("RS384", bits=1024).jwk, "2048 to 8192 bits"),
    ],
)
def test_keys_that_cannot_be_used(jwk, because):
    with pytest.raises(UnusableKey, match=because):
        read_key(jwk)


def test_a_set_takes_what_it_can():
    assert set(read_keys({"keys": [EC, RSA | {"kid": "r"}, {"kty": "oct", "kid": "o"}, 5]})) == {"k1", "r"}
    assert set(read_keys({"keys": [EC, RSA, RSA | {"kid": "r"}]})) == {"r"}  # whose k1 is meant cannot be told
    assert read_keys({"keys": []}) == {}


@pytest.mark.parametrize("jwks", [None, [], {}, {"keys": {}}, {"keys": [EC] * (MAX_KEYS + 1)}])
def test_what_is_no_set(jwks):
    with pytest.raises(UnusableKey, match="JWKS"):
        read_keys(jwks)


@pytest.mark.parametrize("published", published_keys(), ids=lambda each: each.name)
def test_keys_that_anybody_has_are_refused_under_any_name(published):
    jwk = {**published.jwk, "kid": "another"}
    with pytest.raises(UnusableKey, match="anybody can sign"):
        read_key(jwk)
    assert read_keys({"keys": [jwk]}) == {}
    assert read_key(jwk, published=True).kid == "another"
