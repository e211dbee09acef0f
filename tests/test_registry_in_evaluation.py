"""What a registry says changes what the rules of the French programme say; cards lead to its forms."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cds.app import create_app
from cds.chart.model import Absent, Known, Listing, Opinion, Unknown
from cds.chart.registration import RegistryAnswer, RegistryQuestion
from cds.evaluation import Pending, begin, evaluate
from cds.evaluation.links import LIFETIME
from cds.knowledge import load_knowledge
from cds.phrases import Phrase
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import FINDINGS_EXTENSION
from cds.rtu.context import FormContext
from cds.security import NO_SECRET, Issuer
from cds.security.pseudonym import pseudonym
from cds.security.sealed import NotSealed, unseal
from cds.settings import Settings
from fhir_fixtures.expand import expand

KNOWLEDGE = load_knowledge()
TODAY = date(2014, 5, 10)
NOW = datetime(2014, 5, 10, 12, tzinfo=UTC)
ALCOHOL: dict[str, Any] = {"mg": 30, "times": 4, "drug": "lioresal", "reason": "alcohol", "prior": "old"}
NOBODY = RegistryAnswer(
    asked=Phrase("the national registry"),
    patient=Absent(),
    prescriber=Absent(),
    last_visit=Absent(),
    opinions=Listing(),
)
SILENT = RegistryAnswer(
    asked=Phrase("the national registry"),
    patient=Unknown(Phrase("the registry did not answer in time")),
    prescriber=Unknown(Phrase("the registry did not answer in time")),
    last_visit=Unknown(Phrase("the registry did not answer in time")),
    opinions=Listing(missing=Unknown(Phrase("the registry did not answer in time"))),
)


def answer(**members: Any) -> RegistryAnswer:
    return RegistryAnswer(**{name: getattr(NOBODY, name) for name in RegistryAnswer.__slots__} | members)


def call(**members: Any) -> Any:
    case = {"today": TODAY, "country": "FR", "drafts": [ALCOHOL], "file": [ALCOHOL | {"authored": "-20d"}]} | members
    content = json.dumps(expand(case), default=str).encode()
    return decode_request(content, service_for_hook(content))


def cards(registry: RegistryAnswer | None, issuer: Issuer | None = None, **members: Any) -> list[Any]:
    return list(evaluate(call(**members), KNOWLEDGE, Settings(), NOW, registry=registry, issuer=issuer).cards)


def found(registry: RegistryAnswer | None, **members: Any) -> dict[str, str]:
    return {
        one["rule"]: one["indicator"]
        for card in cards(registry, **members)
        for one in card.extension[FINDINGS_EXTENSION]
    }


def text(registry: RegistryAnswer | None, **members: Any) -> str:
    return "\n".join(card.detail for card in cards(registry, **members))


def test_a_registered_patient_and_prescriber_need_no_card():
    said = found(answer(patient=Known(date(2014, 4, 1)), prescriber=Known(date(2014, 4, 1))))
    assert not {"RtuPatientRegistration", "RtuPrescriberRegistration"} & said.keys()


def test_registered_nowhere_names_who_was_asked():
    assert {"RtuPatientRegistration", "RtuPrescriberRegistration"} <= found(NOBODY).keys()
    assert "the national registry and the EHR's own record" in text(NOBODY)
    assert "Asked: the EHR's own record" in text(None)


def test_the_ehr_s_own_evidence_is_enough():
    assert "RtuPatientRegistration" not in found(NOBODY, registered=True)
    assert "RtuPatientRegistration" not in found(SILENT, registered=True)


def test_a_registry_that_does_not_answer_is_said_and_is_no_denial():
    assert "because the registry did not answer in time" in text(SILENT)
    assert "shows no registration" not in text(SILENT)
    assert found(SILENT)["RtuSecondOpinion"] == "warning"


@pytest.mark.parametrize(
    ("given", "indicator"),
    [
        (date(2013, 5, 9), "warning"),
        (date(2013, 5, 10), "info"),
        (date(2014, 5, 10), "info"),
        (date(2014, 5, 11), "warning"),
    ],
)
def test_an_opinion_of_the_registry_answers_its_rung_for_twelve_months(given, indicator):
    opinions = Listing((Opinion("second", given),))
    assert found(answer(opinions=opinions), registered=True)["RtuSecondOpinion"] == indicator


@pytest.mark.parametrize(
    ("visit", "written", "overdue"),
    [
        (date(2014, 4, 8), "-40d", "Last visit in the registry 32 days ago"),
        (date(2014, 4, 9), "-40d", None),
        (date(2014, 5, 10), "-40d", None),
        (date(2014, 4, 8), "-20d", None),
    ],
)
def test_a_visit_of_the_registry_or_a_later_prescription_is_when_the_patient_was_seen(visit, written, overdue):
    seen = answer(last_visit=Known(visit))
    said = text(seen, file=[ALCOHOL | {"authored": written}], registered=True)
    assert (overdue is not None) == (
        "RtuFollowUp" in found(seen, file=[ALCOHOL | {"authored": written}], registered=True)
    )
    assert overdue is None or overdue in said


def test_a_visit_after_the_order_hides_the_ones_before_it():
    later = answer(last_visit=Known(date(2014, 5, 11)))
    members = {"file": [ALCOHOL | {"authored": "-40d"}], "registered": True}
    assert "RtuFollowUp" in found(later, **members)
    assert "because the newest visit in the registry is later than the order" in text(later, **members)
    assert "because" not in text(NOBODY, **members)


def test_only_an_order_of_the_programme_asks():
    def begun(**members: Any) -> object:
        return begin(call(**members), KNOWLEDGE, Settings(), NOW)

    asked = begun()
    assert isinstance(asked, Pending)
    assert asked.question == RegistryQuestion("fixture-patient", ("Practitioner/fixture-doctor",))
    assert not isinstance(begun(country="US", drafts=[{"mg": 30, "times": 4, "reason": "alcohol"}]), Pending)
    assert not isinstance(begun(drafts=[{"mg": 10, "times": 3, "drug": "lioresal"}]), Pending)
    assert not isinstance(begun(hook="patient-view", drafts=[]), Pending)


def test_a_card_opens_the_form_of_its_rule_with_what_is_known():
    first = next(one for one in cards(NOBODY) if one.extension[FINDINGS_EXTENSION][0]["rule"] == "RtuSecondOpinion")
    assert [link.label for link in first.links] == ["Record an opinion"]
    address = urlsplit(first.links[0].url)
    assert (address.path, first.links[0].type) == ("/registry/form", "absolute")
    sealed = parse_qs(address.query)["context"][0]
    until = NOW.timestamp() + LIFETIME
    assert unseal(NO_SECRET.link, sealed, FormContext, until) == FormContext(
        form="opinion",
        patient=pseudonym(NO_SECRET.pseudonym, "", "fixture-patient"),
        prescribers=("|Practitioner/fixture-doctor",),
        daily_dose="120",
        on="2014-05-10",
    )
    with pytest.raises(NotSealed):
        unseal(NO_SECRET.link, sealed, FormContext, until + 1)
    assert b"fixture-patient" not in base64.urlsafe_b64decode(sealed + "==")


def test_whoever_orders_is_registered_alone_and_everybody_is_asked_about():
    request = expand({"today": TODAY, "country": "FR", "drafts": [ALCOHOL], "file": [ALCOHOL | {"authored": "-20d"}]})
    request["context"]["userId"] = "PractitionerRole/nurse"
    request["context"]["draftOrders"]["entry"][0]["resource"]["requester"] = {"reference": "Practitioner/doctor"}
    rpps = {"system": "urn:rpps", "value": "1"}
    request["prefetch"]["user"] = {"resourceType": "Practitioner", "id": "doctor", "identifier": [rpps]}
    content = json.dumps(request, default=str).encode()
    begun = begin(decode_request(content, service_for_hook(content)), KNOWLEDGE, Settings(), NOW)
    assert isinstance(begun, Pending)
    assert begun.question.prescribers == ("Practitioner/doctor", "urn:rpps|1", "PractitionerRole/nurse")
    links = [link for card in begun.finish(NOBODY).response.cards for link in card.links]
    sealed = parse_qs(urlsplit(links[0].url).query)["context"][0]
    context = unseal(NO_SECRET.link, sealed, FormContext, NOW.timestamp())
    assert context.prescribers == ("|Practitioner/doctor", "urn:rpps|1")


def test_the_card_that_several_infos_share_opens_the_form_of_each():
    last = cards(NOBODY)[-1]
    assert {link.label for link in last.links} >= {
        "Register the patient (two minutes)",
        "Register as prescriber (two minutes)",
    }


def test_an_ehr_that_starts_smart_apps_gets_a_launch():
    issuer = Issuer(name="A", iss="https://a", fhir_servers=("https://a/fhir",), smart_client_id="baclofen-cds")
    links = [link for card in cards(NOBODY, issuer) for link in card.links]
    assert {(link.type, link.url) for link in links} == {("smart", "http://127.0.0.1:8080/registry/launch")}
    context = unseal(NO_SECRET.link, links[0].app_context, FormContext, NOW.timestamp())
    assert context.patient == pseudonym(NO_SECRET.pseudonym, "https://a/fhir", "fixture-patient")


def test_without_a_registry_no_card_leads_to_one():
    assert not [link for card in cards(None) for link in card.links]


class Registry:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, known: RegistryAnswer) -> None:
        self.known = known
        self.asked: list[tuple[str, RegistryQuestion]] = []

    async def ask(self, namespace: str, question: RegistryQuestion) -> RegistryAnswer:
        self.asked.append((namespace, question))
        return self.known


def post(registry: Registry, **members: Any) -> str:
    case = {"today": datetime.now(UTC).date(), "country": "FR", "drafts": [ALCOHOL], "file": [ALCOHOL]} | members
    app = create_app(Settings(), KNOWLEDGE, begin, registry=registry)

    async def run() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://cds") as client:
            request = expand(case) | {"fhirServer": "https://ehr.example/fhir/"}
            found = await client.post(
                "/cds-services/baclofen-order-sign", content=json.dumps(request, default=str).encode()
            )
            assert found.status_code == 200
            return found.text

    return asyncio.run(run())


def test_over_http_the_registry_is_asked_once_and_only_when_it_matters():
    registry = Registry(answer(patient=Known(TODAY), prescriber=Known(TODAY)))
    assert "RtuPatientRegistration" not in post(registry)
    assert [namespace for namespace, _ in registry.asked] == ["https://ehr.example/fhir"]
    assert "OralStartingDose" in post(registry, drafts=[{"mg": 40, "times": 1, "drug": "lioresal"}], file=[])
    assert len(registry.asked) == 1
    assert "RtuPatientRegistration" in post(Registry(NOBODY))
