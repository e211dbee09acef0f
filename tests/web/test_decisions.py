"""What the operator keeps from prescribers stands in the catalogue, with the reason."""

import json
from datetime import date

import jsonschema

from cds._pages import decisions_of
from cds.security import Issuer, Issuers
from cds.security.modes import Kept, Modes
from tests.web.pages import KNOWLEDGE, Page, client
from tests.web.test_http import SCHEMA

OFF = Kept("off", "Misfires on creams", date(2026, 11, 3))
SILENT = Kept("silent", "The committee looks first", date(2026, 11, 16))
HOSPITAL = Issuer(name="Hôpital A", iss="urn:a", fhir_servers=("https://a",), modes=Modes(rules={"Lithium": OFF}))
SHOWN = Kept("shown", "Found useful", date(2026, 11, 20))
CLINIC = Issuer(
    name="Clinic B",
    iss="urn:b",
    fhir_servers=("https://b",),
    modes=Modes(every=SILENT, rules={"RenalSevere": SHOWN}),
)
DECISIONS = decisions_of(Issuers((HOSPITAL, CLINIC)), KNOWLEDGE)


def test_every_decision_is_listed_by_rule():
    assert {rule.id for rule in KNOWLEDGE.rules} == DECISIONS.keys()
    assert [one.organisation for one in DECISIONS["Lithium"]] == ["Hôpital A", "Clinic B"]
    assert [one.organisation for one in DECISIONS["Epilepsy"]] == ["Clinic B"]
    assert decisions_of(Issuers(()), KNOWLEDGE) == {}


def test_a_rule_s_page_says_who_does_not_see_it_and_why():
    text = Page(client(decisions=DECISIONS).get("/rules/Lithium").text).text
    assert "Hôpital A: switched off, since 3 November 2026. Misfires on creams" in text
    assert "Clinic B: silent: evaluated and counted, not shown, since 16 November 2026." in text
    assert "Decided by the operator" not in Page(client().get("/rules/Lithium").text).text


def test_the_catalogue_names_the_organisations():
    assert "kept from prescribers of: Hôpital A, Clinic B" in Page(client(decisions=DECISIONS).get("/rules").text).text


def test_a_rule_that_is_shown_where_others_are_silent_says_so():
    pages = client(decisions=DECISIONS)
    text = Page(pages.get("/rules/RenalSevere").text).text
    assert "Clinic B: shown, where other rules are silent, since 20 November 2026. Found useful" in text
    only = client(decisions={"RenalSevere": DECISIONS["RenalSevere"]})
    assert "kept from prescribers of" not in Page(only.get("/rules").text).text
    page = pages.get("/rules/RenalSevere.json").json()
    assert [one["mode"] for one in page["decisions"]] == ["shown"]
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(page)))


def test_the_json_holds_them():
    page = client(decisions=DECISIONS).get("/rules/Lithium.json").json()
    assert page["decisions"][0] == {
        "organisation": "Hôpital A",
        "mode": "off",
        "reason": "Misfires on creams",
        "since": "2026-11-03",
    }
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(page)))
