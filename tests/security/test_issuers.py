import json
import re
from pathlib import Path

import pytest

from cds.documents import DocumentError
from cds.language import LANGUAGES
from cds.protocol.vendors import VENDORS
from cds.security import NO_ISSUERS, Issuer, load_issuers
from cds.security.issuers import SCHEMAS
from cds.settings import JURISDICTIONS

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "issuers.example.yaml"

ISSUERS = """\
issuers:
  - name: A
    iss: https://a.example
    fhir_servers: [https://a.example/api/FHIR, https://a.example:8443]
    jurisdiction: US
    vendor: epic
    language: en
  - name: B
    iss: https://b.example
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
    hospital, centre = load_issuers(EXAMPLE).known
    assert (hospital.vendor, hospital.jurisdiction, hospital.language) == ("epic", "US", "en")
    assert (centre.vendor, centre.jurisdiction, centre.language) == ("generic", "FR", "fr")


def test_the_schema_allows_what_the_service_knows():
    members = json.loads((SCHEMAS / "issuers.schema.json").read_text())["properties"]["issuers"]["items"]["properties"]
    assert members["vendor"]["enum"] == list(VENDORS)
    assert members["jurisdiction"]["enum"] == list(JURISDICTIONS)
    assert members["language"]["enum"] == list(LANGUAGES)


def test_json_does_as_well(load):
    entry = {"name": "A", "iss": "urn:a", "fhir_servers": ["https://a.example"]}
    assert load(json.dumps({"issuers": [entry]}), "issuers.json").known == (
        Issuer(name="A", iss="urn:a", fhir_servers=("https://a.example",)),
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
        ("    iss: https://b.example\n", "", 8, "has no 'iss'"),
        ("iss: https://b.example", "iss: b", 9, "'b' does not match"),
        ("iss: https://b.example", "iss: https://a.example", 9, "iss 'https://a.example' stands twice"),
        ("name: B", "name: A", 8, "name 'A' stands twice"),
        ("http://B.example/", "https://a.example:443/api/FHIR/", 12, "belongs to 'A' already"),
        ("http://B.example/", "https://x@b.example/", 12, "is not a plain http or https address"),
        ("http://B.example/", "b.example", 12, "does not match"),
        ("jurisdiction: US", "jurisdiction: BE", 5, "'BE' is not one of"),
        ("vendor: epic", "vendor: other", 6, "'other' is not one of"),
        ("language: en", "language: de", 7, "'de' is not one of"),
        ("vendor: epic", "vendors: epic", 6, "unknown key 'vendors'"),
        ("vendor: epic", "vendor: epic\n    vendor: generic", 7, "duplicate key 'vendor'"),
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
