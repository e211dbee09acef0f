import json
import re
from pathlib import Path

import pytest

from cds.documents import DocumentError
from cds.language import LANGUAGES
from cds.protocol.vendors import VENDORS
from cds.security import NO_ISSUERS, Issuer, load_issuers, sandbox_issuers
from cds.security.issuers import SCHEMAS, namespace_of
from cds.security.keys import published_keys
from cds.settings import JURISDICTIONS
from tests.security.signing import Signer

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "issuers.example.yaml"

ISSUERS = """\
issuers:
  - name: A
    iss: https://a.example
    jku: [https://a.example/jwks]
    fhir_servers: [https://a.example/api/FHIR, https://a.example:8443]
    jurisdiction: US
    vendor: epic
    language: en
  - name: B
    iss: https://b.example
    authentication: none
    fhir_servers:
      - https://a.example/api/FHIR/R4/tenant
      - http://B.example/
"""


@pytest.fixture
def load(tmp_path):
    def load(text, name="issuers.yaml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return load_issuers(path)

    return load


def test_the_example_is_valid():
    hospital, centre, local = load_issuers(EXAMPLE).known
    assert (hospital.vendor, hospital.jurisdiction, hospital.language) == ("epic", "US", "en")
    assert (hospital.authentication, len(hospital.jku), hospital.keys) == ("jwt", 1, ())
    assert [key.kid for key in centre.keys] == ["dpi-2026"]
    assert (local.authentication, local.any_loopback) == ("none", False)
    assert (centre.vendor, centre.jurisdiction, centre.language) == ("generic", "FR", "fr")


def test_the_schema_allows_what_the_service_knows():
    members = json.loads((SCHEMAS / "issuers.schema.json").read_text())["properties"]["issuers"]["items"]["properties"]
    assert members["vendor"]["enum"] == list(VENDORS)
    assert members["jurisdiction"]["enum"] == list(JURISDICTIONS)
    assert members["language"]["enum"] == list(LANGUAGES)


def test_json_does_as_well(load):
    entry = {"name": "A", "iss": "urn:a", "fhir_servers": ["https://a.example"], "jku": ["https://a.example/jwks"]}
    assert load(json.dumps({"issuers": [entry]}), "issuers.json").known == (
        Issuer(name="A", iss="urn:a", fhir_servers=("https://a.example",), jku=("https://a.example/jwks",)),
    )


def test_without_a_file_nobody_is_known():
    assert load_issuers(None) is NO_ISSUERS
    assert NO_ISSUERS.of_server("https://a.example") is None


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("https://a.example/api/FHIR", "A"),
        ("https://a.example/api/FHIR/", "A"),
        ("https://a.example/api/FHIR/R4", "A"),
        (" HTTPS://A.Example:443/api/FHIR ", "A"),
        ("https://a.example:8443/anything", "A"),
        ("https://a.example/api/FHIR/R4/tenant", "B"),
        ("https://a.example/api/FHIR/R4/tenant/x", "B"),
        ("https://a.example/api/FHIR/R4/tenant2", "A"),
        ("http://b.example", "B"),
        ("http://b.example:80/fhir", "B"),
        ("https://a.example/api/FHIRX", None),
        ("https://a.example/api", None),
        ("https://a.example/API/FHIR", None),
        ("http://a.example/api/FHIR", None),
        ("https://a.example:444/api/FHIR", None),
        ("https://a.example.evil.example/api/FHIR", None),
        ("https://evil.example/https://a.example/api/FHIR", None),
        ("https://a.example@evil.example/api/FHIR", None),
        ("https://user@a.example/api/FHIR", None),
        ("https://a.example/api/FHIR/../../x", None),
        ("https://a.example/api//FHIR", None),
        ("https://a.example/api/FHIR?x=1", None),
        ("https://a.example/api/FHIR#x", None),
        ("https://a.example\\@evil.example/api/FHIR", None),
        ("https://a.exa\tmple/api/FHIR", None),
        ("https://a.example:port/api/FHIR", None),
        ("https://[/api/FHIR", None),
        ("ftp://a.example/api/FHIR", None),
        ("a.example/api/FHIR", None),
        ("https://b.example", None),
        ("", None),
        (None, None),
    ],
)
def test_a_server_is_attributed_by_whole_parts_of_its_address(load, server, name):
    found = load(ISSUERS).of_server(server)
    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("old", "new", "line", "because"),
    [
        ("    iss: https://b.example\n", "", 9, "has no 'iss'"),
        ("iss: https://b.example", "iss: b", 10, "'b' does not match"),
        ("iss: https://b.example", "iss: https://a.example", 10, "iss 'https://a.example' stands twice"),
        ("name: B", "name: A", 9, "name 'A' stands twice"),
        ("http://B.example/", "https://a.example:443/api/FHIR/", 14, "belongs to 'A' already"),
        ("http://B.example/", "https://x@b.example/", 14, "is not a plain http or https address"),
        ("http://B.example/", "b.example", 14, "does not match"),
        ("jurisdiction: US", "jurisdiction: BE", 6, "'BE' is not one of"),
        ("vendor: epic", "vendor: other", 7, "'other' is not one of"),
        ("language: en", "language: de", 8, "'de' is not one of"),
        ("vendor: epic", "vendors: epic", 7, "unknown key 'vendors'"),
        ("vendor: epic", "vendor: epic\n    vendor: generic", 8, "duplicate key 'vendor'"),
        ("issuers:", "issuer:", 1, "issuer"),
    ],
)
def test_a_bad_file_is_named_with_line_and_cause(load, old, new, line, because):
    assert old in ISSUERS
    with pytest.raises(DocumentError, match=re.escape(because)) as caught:
        load(ISSUERS.replace(old, new, 1))
    assert caught.value.file.endswith("issuers.yaml")
    assert caught.value.line == line


def test_a_missing_file(tmp_path):
    with pytest.raises(DocumentError, match=r"none\.yaml: cannot be read"):
        load_issuers(tmp_path / "none.yaml")


KEY = Signer.make().jwk


def entry(**members):
    return {"name": "A", "iss": "urn:a", "fhir_servers": ["https://a.example"]} | members


@pytest.mark.parametrize(
    ("members", "because"),
    [
        ({}, "'A' has neither jwks nor jku"),
        ({"authentication": "jwt"}, "'A' has neither jwks nor jku"),
        ({"authentication": "basic"}, "'basic' is not one of"),
        ({"jku": []}, "issuers.0.jku"),
        ({"jku": ["http://a.example/jwks"]}, "is not a plain https address"),
        ({"jku": ["https://a@b.example/jwks"]}, "is not a plain https address"),
        ({"jku": ["file:///etc/passwd"]}, "is not a plain https address"),
        ({"jwks": {"keys": []}}, "issuers.0.jwks.keys"),
        ({"jwks": {"keys": [KEY, KEY]}}, "kid 'k1' stands twice"),
        ({"jwks": {"keys": [KEY | {"d": "x"}]}}, "a private key does not belong here"),
        ({"jwks": {"keys": [KEY | {"kty": "oct"}]}}, "a key must be of type EC or RSA"),
        ({"jwks": {"keys": [KEY | {"alg": "HS384"}]}}, "a key must be for ES384, RS384, ES256, RS256"),
        ({"jwks": {"keys": [dict(published_keys()[0].jwk)]}}, "the private half of this key is public"),
        ({"jwks": {"keys": [dict(published_keys()[1].jwk)]}}, "the private half of this key is public"),
        (
            {"jku": ["https://a.example/jwks"], "iss": "https://sandbox.cds-hooks.org"},
            "for trials there is `serve --sandbox`",
        ),
        ({"jku": ["https://a.example/jwks"], "tenants": []}, "issuers.0.tenants"),
        ({"jku": ["https://a.example/jwks"], "rtu_patient_systems": ["x"]}, "'x' does not match"),
        ({"jku": ["https://a.example/jwks"], "any_loopback": True}, "unknown key 'any_loopback'"),
    ],
)
def test_an_entry_that_cannot_be_trusted(load, members, because):
    with pytest.raises(DocumentError, match=re.escape(because)):
        load(json.dumps({"issuers": [entry(**members)]}), "issuers.json")


def test_keys_may_be_published_on_this_machine(load):
    (found,) = load(json.dumps({"issuers": [entry(jku=["http://127.0.0.1:8790/jwks.json"])]}), "issuers.json").known
    assert found.jku == ("http://127.0.0.1:8790/jwks.json",)


def test_a_server_is_served_for_its_issuer_alone(load):
    known = load(ISSUERS)
    a, b = known.known
    assert known.serves(a, "https://a.example/api/FHIR/R4")
    assert not known.serves(b, "https://a.example/api/FHIR/R4")
    assert known.serves(b, "https://a.example/api/FHIR/R4/tenant")
    assert not known.serves(a, "http://127.0.0.1:8080")
    assert not known.serves(a, None)


def test_an_issuer_is_found_letter_for_letter(load):
    known = load(ISSUERS)
    assert known.of_iss("https://a.example").name == "A"
    assert known.of_iss("https://a.example/") is None
    assert known.of_iss("https://A.example") is None


def test_the_sandbox_profile():
    known = sandbox_issuers()
    (sandbox,) = known.known
    assert (sandbox.iss, sandbox.authentication) == ("https://sandbox.cds-hooks.org", "none")
    assert [key.kid for key in sandbox.keys] == ["44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"]
    assert sandbox.jku == ()
    for server in (
        "https://launch.smarthealthit.org/v/r4/fhir",
        "https://r4.smarthealthit.org",
        "http://127.0.0.1:8766/fhir",
    ):
        assert known.serves(sandbox, server)
    for server in (
        "https://smarthealthit.org",
        "http://launch.smarthealthit.org",
        "http://10.0.0.1",
        "https://hapi.fhir.org",
    ):
        assert not known.serves(sandbox, server)


@pytest.mark.parametrize(
    "written",
    [
        "https://ehr.example.org/fhir",
        "https://ehr.example.org/fhir/",
        "HTTPS://EHR.example.ORG/fhir",
        "https://ehr.example.org:443/fhir//",
        " https://ehr.example.org/fhir ",
    ],
)
def test_a_namespace_is_the_same_however_it_is_written(written):
    issuer = Issuer(name="a", iss="https://a.example.org", fhir_servers=(written,))
    assert namespace_of(issuer, None) == namespace_of(None, written) == "https://ehr.example.org/fhir"


@pytest.mark.parametrize(
    "other",
    [
        "http://ehr.example.org/fhir",
        "https://ehr.example.org:8443/fhir",
        "https://ehr.example.org/FHIR",
        "https://ehr.example.org",
        "https://[::1]:8443/fhir",
        "urn:ehr",
        "",
    ],
)
def test_namespaces_that_differ_stay_apart(other):
    assert namespace_of(None, other) == other
