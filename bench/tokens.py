"""Signed calls: an issuer with a key of its own, and as many tokens as a run may use up, each with a `jti` of its own."""

from __future__ import annotations

import json
import multiprocessing
import time
import uuid
from functools import partial
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

PUBLIC_URL = "https://cds.bench.example"
AUDIENCE = f"{PUBLIC_URL}/cds-services/baclofen-order-sign"
ISS = "https://ehr.bench.example"


def make(alg: str, number: int, folder: Path) -> tuple[Path, Path]:
    """The file of issuers, and the file of tokens, one a line.

    Args:
        alg: ES384 or RS384.
        number: how many tokens.
        folder: where the files are written.
    """
    key = ec.generate_private_key(ec.SECP384R1()) if alg == "ES384" else rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = json.loads(jwt.get_algorithm_by_name(alg).to_jwk(key.public_key()))
    issuer = {
        "name": "bench",
        "iss": ISS,
        "fhir_servers": [f"{ISS}/fhir"],
        "jwks": {"keys": [{**public, "kid": "bench", "alg": alg}]},
    }
    issuers = folder / f"issuers-{alg}.json"
    issuers.write_text(json.dumps({"issuers": [issuer]}))
    tokens = folder / f"tokens-{alg}.txt"
    with multiprocessing.Pool() as pool, tokens.open("w") as file:
        for token in pool.imap_unordered(partial(_token, pem, alg), range(number), chunksize=500):
            file.write(f"{token}\n")
    return issuers, tokens


def _token(pem: str, alg: str, _: int) -> str:
    now = int(time.time())
    claims = {"iss": ISS, "aud": AUDIENCE, "iat": now, "exp": now + 3600, "jti": str(uuid.uuid4())}
    return jwt.encode(claims, _key(pem), algorithm=alg, headers={"kid": "bench"})


_KEYS: dict[str, object] = {}


def _key(pem: str) -> object:
    """Read once a process: reading an RSA key takes longer than signing with it."""
    if pem not in _KEYS:
        _KEYS[pem] = serialization.load_pem_private_key(pem.encode(), None)
    return _KEYS[pem]
