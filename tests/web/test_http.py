import hashlib
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

import cds.web
from cds.web.assets import FOLDER
from cds.web.negotiation import prefers_json
from tests.web.pages import KNOWLEDGE, Page, client

SCHEMA = json.loads((Path(cds.web.__file__).parent / "schemas/rules.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def web():
    return client()


@pytest.mark.parametrize(
    "address",
    ["/", "/rules", "/rules/AgeUnknown", "/rules/ageunknown", "/rules/Nothing", "/rules?on=never", "/assets/style.css"],
)
def test_headers_keep_pages_to_themselves(web, address):
    headers = web.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_a_page_is_asked_for_again_and_not_sent_again(web):
    first = web.get("/rules/AgeUnknown")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "Accept, Accept-Language, Cookie"
    again = web.get("/rules/AgeUnknown", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    changed = [
        web.get("/rules/AgeUnknown?lang=fr"),
        web.get("/rules/AgeUnknown?on=2016-01-01"),
        web.get("/rules/AgeUnknown.json"),
        web.get("/rules/AgeOlderAdult"),
    ]
    assert len({first.headers["etag"], *(one.headers["etag"] for one in changed)}) == 5


@pytest.mark.parametrize("rule", [rule.id for rule in KNOWLEDGE.rules])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_json_keeps_to_its_schema(web, rule, language):
    answer = web.get(f"/rules/{rule}.json?on=2016-01-01", headers={"Accept-Language": language})
    assert answer.headers["content-type"] == "application/json"
    page = answer.json()
    VALIDATOR.validate(page)
    assert (page["id"], page["on"], page["language"]) == (rule, "2016-01-01", language)
    assert [figure["id"] for figure in page["figures"]] == [
        value.id for key in KNOWLEDGE.rule(rule).parameters for value in KNOWLEDGE.parameters[key]
    ]


def test_the_catalogue_as_json(web):
    page = web.get("/rules", headers={"Accept": "application/json"}).json()
    VALIDATOR.validate(page)
    assert {rule["id"] for family in page["families"] for rule in family["rules"]} == set(KNOWLEDGE.rules_by_id)


def test_the_schema_refuses_what_it_does_not_know(web):
    page = web.get("/rules/AgeUnknown.json").json()
    assert not VALIDATOR.is_valid({**page, "more": 1})
    del page["transparency"]["funding"]
    assert not VALIDATOR.is_valid(page)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, False),
        ("*/*", False),
        ("application/json", True),
        ("application/fhir+json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8", False),
        ("text/html;q=0.5, application/json", True),
        ("text/html, application/json", False),
        ("application/json;q=0", False),
        ("application/json;q=0.001", True),
        (",;,application/json;q=x", True),
        ("x" * 2000 + ", application/json", False),
    ],
)
def test_json_is_sent_to_who_likes_it_better(accept, expected):
    assert prefers_json(accept) is expected


@pytest.mark.parametrize(
    "address", ["/rules/renalsevere", "/rules/RENALSEVERE?on=2016-01-01&lang=fr", "/rules/renalsevere.json"]
)
def test_letter_case_leads_to_the_one_address(web, address):
    answer = web.get(address)
    assert answer.status_code == 308
    assert answer.headers["location"] == address.lower().removeprefix("/rules/").replace("renalsevere", "RenalSevere")
    assert web.get(f"/rules/{answer.headers['location']}").status_code == 200


def test_the_root_leads_to_the_catalogue(web):
    answer = web.get("/?lang=fr")
    assert (answer.status_code, answer.headers["location"]) == (307, "rules?lang=fr")


@pytest.mark.parametrize("name", ["Nothing", "%3Cscript%3E", "..", "AgeUnknown.xml", "a" * 5000])
def test_an_unknown_rule(web, name):
    page = web.get(f"/rules/{name}x")
    assert page.status_code == 404
    assert "There is no rule of this name" in Page(page.text).text
    assert page.headers["cache-control"] == "no-store"
    refusal = web.get(f"/rules/{name}x", headers={"Accept": "application/fhir+json"})
    assert refusal.status_code == 404
    assert refusal.json()["resourceType"] == "OperationOutcome"
    assert web.get(f"/rules/{name}x.json").json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("day", ["2016-02-30", "yesterday", "2016", "٢٠١٦-٠١-٠١", "0000-01-01"])
def test_a_day_that_is_none(web, day):
    page = web.get("/rules/AgeUnknown", params={"on": day})
    assert page.status_code == 400
    assert "This is not a day of the calendar" in Page(page.text).text
    refusal = web.get("/rules/AgeUnknown.json", params={"on": day})
    assert refusal.status_code == 400
    assert refusal.json()["issue"][0]["expression"] == ["on"]


def test_the_language_of_the_address_wins_then_the_browser_then_the_setting(web):
    french = client(default_language="fr")

    def language(of, address, accept=""):
        return of.get(address, headers={"Accept-Language": accept}).headers["content-language"]

    assert language(web, "/rules?lang=fr", "en") == "fr"
    assert language(web, "/rules?lang=de", "fr-CH, en;q=0.5") == "fr"
    assert language(web, "/rules", "de") == "en"
    assert language(french, "/rules", "de") == "fr"


def test_assets(web):
    style = web.get("/assets/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["cache-control"] == "public, max-age=3600"
    assert web.get("/assets/icon.svg").headers["content-type"].startswith("image/svg+xml")
    assert web.get("/assets/render.py").status_code == 404
    assert web.get("/assets/%2e%2e%2frender.py").status_code == 404


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.css")))
def test_style_sheets_fetch_nothing(web, name):
    text = web.get(f"/assets/{name}").text
    assert "url(" not in text
    assert "@import" not in text


def test_the_address_of_an_asset_changes_with_its_content_and_is_kept(web):
    links = [attrs["href"] for attrs in Page(web.get("/rules").text).all("link")]
    assert len(links) == 5
    for link in links:
        kept = web.get(link.removeprefix("."))
        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        name, _, query = link.partition("?")
        assert query == f"v={hashlib.sha256(kept.content).hexdigest()[:12]}"
        assert web.get(f"{name.removeprefix('.')}?v=000000000000").headers["cache-control"] == "public, max-age=3600"


def test_pages_are_read_only(web):
    assert web.post("/rules/AgeUnknown").status_code == 405
    assert web.head("/rules/AgeUnknown").status_code == 200
