"""With a key: a service that checks tokens, and services that leave one check out."""

from __future__ import annotations

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from cds.conformance import Key, Result, UnusableKey, load_key
from tests.conformance.services import Guard, Parts, app_of

ISS = "https://ehr.example.org"
EC = ec.generate_private_key(ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)


def key_of(private=EC, algorithm="ES384"):
    return Key(private=private, kid="k1", algorithm=algorithm, iss=ISS, jku=f"{ISS}/jwks.json")


def broken(report):
    return {row.requirement.check for row in report.broken}


@pytest.mark.parametrize(("private", "algorithm"), [(EC, "ES384"), (RSA, "RS384")])
def test_a_service_that_checks_tokens(run, private, algorithm):
    parts = Parts()
    report = run(app_of(parts, Guard(private.public_key(), ISS)), key=key_of(private, algorithm))
    assert [(row.requirement.id, row.detail) for row in report.broken] == []
    rows = {row.requirement.check: row.result for row in report.rows}
    assert {result for check, result in rows.items() if (check or "").startswith("jwt-")} == {Result.MET}
    header = jwt.get_unverified_header(parts.calls[0][2].removeprefix("Bearer "))
    assert header == {"alg": algorithm, "kid": "k1", "typ": "JWT", "jku": f"{ISS}/jwks.json"}


@pytest.mark.parametrize("lax", ["missing", "issuer", "none", "symmetric", "expired", "audience", "replay"])
def test_a_service_that_leaves_one_check_out(run, lax):
    report = run(app_of(Parts(), Guard(EC.public_key(), ISS, lax)), key=key_of())
    assert broken(report) == {f"jwt-{lax}"}


def test_a_service_that_looks_at_no_signature(run):
    report = run(app_of(Parts(), Guard(EC.public_key(), ISS, "signature")), key=key_of())
    assert broken(report) == {"jwt-signature", "jwt-none", "jwt-symmetric"}


def test_another_status_than_401(run):
    guard = Guard(EC.public_key(), ISS, status=403)
    assert broken(run(app_of(Parts(), guard), key=key_of())) == {"jwt-status"}


def test_a_service_that_accepts_no_token(run):
    guard = Guard(ec.generate_private_key(ec.SECP384R1()).public_key(), ISS)
    assert {"jwt-valid", "response-cards"} <= broken(run(app_of(Parts(), guard), key=key_of()))


def test_without_a_key_tokens_are_not_checked(run):
    rows = [row for row in run(app_of(Parts())).rows if (row.requirement.check or "").startswith("jwt-")]
    assert {row.result for row in rows} == {Result.NOT_CHECKED}
    assert all("--key" in row.detail for row in rows)


def written(tmp_path, document):
    file = tmp_path / "key.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def jwk(private, algorithm=ECAlgorithm, **members):
    return {**algorithm.to_jwk(private, as_dict=True), **members}


def test_a_key_and_a_set_of_keys_are_read(tmp_path):
    public = jwk(EC.public_key(), kid="public")
    for document in (jwk(EC, kid="k1"), {"keys": [public, jwk(EC, kid="k1")]}):
        found = load_key(written(tmp_path, document), ISS, None)
        assert (found.kid, found.algorithm, found.iss, found.jku) == ("k1", "ES384", ISS, None)
        assert jwt.decode(found.token("https://a"), EC.public_key(), ["ES384"], audience="https://a")["iss"] == ISS
    assert load_key(written(tmp_path, jwk(RSA, RSAAlgorithm, kid="r")), ISS, None).algorithm == "RS384"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not JSON"),
        ([], "no private key"),
        ({"keys": []}, "no private key"),
        (jwk(EC), "no private key with a kid"),
        (jwk(EC.public_key(), kid="k1"), "no private key"),
        (jwk(ec.generate_private_key(ec.SECP521R1()), kid="k1"), "of this type"),
        (jwk(ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm, kid="k1"), "of this type"),
        ({**jwk(EC, kid="k1"), "x": "AAAA"}, "not a valid key"),
        ({"kty": "oct", "k": "c2VjcmV0", "d": "x", "kid": "k1"}, "of this type"),
    ],
)
def test_what_cannot_sign_is_refused_without_quoting_it(tmp_path, document, said):
    file = written(tmp_path, document)
    with pytest.raises(UnusableKey, match=said) as raised:
        load_key(file, ISS, None)
    assert str(file) in str(raised.value)
    if isinstance(document, dict) and "d" in document:
        assert len(document["d"]) < 5 or document["d"] not in str(raised.value)


def test_a_missing_key_file_is_said(tmp_path):
    with pytest.raises(UnusableKey, match="No such file"):
        load_key(tmp_path / "nowhere.json", ISS, None)


def test_a_key_does_not_show_itself():
    assert repr(EC.private_numbers().private_value) not in repr(key_of())
    assert "private" not in repr(key_of())
