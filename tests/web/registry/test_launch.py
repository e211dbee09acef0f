"""An EHR on loopback starts the registration as a SMART app."""

import asyncio
import time
from urllib.parse import parse_qs, urlsplit

import httpcore
import httpx
import pytest

from cds.rtu.context import FormContext
from cds.security import Issuer, Issuers
from cds.security.addresses import address_of
from cds.security.pseudonym import pseudonym
from cds.security.sealed import seal
from cds.smart.asking import SmartServers
from cds.smart.launch import Refused, ehr_of, launched, read
from tests.web.registry import ehr as ehrs
from tests.web.registry.ehr import CLIENT
from tests.web.registry.walks import PATIENT, PRESCRIBER, Walk, walk
from tests.web.site import BASE, KEYS


@pytest.fixture
def hospital():
    with ehrs.ehr() as made:
        yield made


def issuers_of(base, client=CLIENT, **more):
    issuer = Issuer(
        name="hospital", iss="https://ehr.example.org", fhir_servers=(base,), smart_client_id=client, **more
    )
    return Issuers((issuer,), {address_of(base): issuer})


class Launched(Walk):
    """One browser that an EHR starts."""

    def __init__(self, web, hospital):
        super().__init__(web)
        self.hospital = hospital
        web.clock.now = time.time()

    def card(self, patient="p1", form="patient", minutes=30, key=KEYS.link):
        """What a card's link carries."""
        context = FormContext(
            form,
            pseudonym(KEYS.pseudonym, self.hospital.base, patient),
            (f"{self.hospital.base}|Practitioner/7",),
            "80",
        )
        return seal(key, context, int(self.web.clock()) + minutes * 60)

    async def back(self, patient="p1", app_context=None):
        """Through the EHR's authorisation; the way back."""
        launch = self.hospital.open(patient, app_context)
        begun = await self.browser.get("/registry/launch", params={"iss": self.hospital.base, "launch": launch})
        assert begun.status_code == 303, begun.text
        async with httpx.AsyncClient() as other:
            answer = await other.get(begun.headers["location"])
        location = answer.headers["location"]
        assert location.startswith(f"{BASE}/registry/callback?")
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    async def through(self, patient="p1", app_context=None, **changed):
        given = {**await self.back(patient, app_context), **changed}
        return await self.browser.get("/registry/callback", params=given)

    async def form(self, answer):
        assert answer.status_code == 303, answer.text
        path = "/" + answer.headers["location"].removeprefix("../")
        return path, await self.browser.get(path)


def launching(tmp_path, hospital, steps, client=CLIENT):
    async def run():
        issuers = issuers_of(hospital.base, client)
        async with walk(tmp_path, issuers=issuers, servers=SmartServers(issuers)) as one:
            await steps(Launched(one.web, hospital))

    asyncio.run(run())


def test_from_the_card_to_the_form(tmp_path, hospital):
    async def steps(one):
        path, page = await one.form(await one.through(app_context=one.card()))
        assert page.status_code == 200
        assert 'name="dose" value="80"' in page.text
        (asked,) = hospital.authorizations
        assert asked["scope"] == "launch openid fhirUser"
        assert (asked["client_id"], asked["aud"], asked["response_type"]) == (CLIENT, hospital.base, "code")
        assert asked["redirect_uri"] == f"{BASE}/registry/callback"
        assert asked["tenant"] == "1"
        assert (await one.fill(path, "patient", **PATIENT, **PRESCRIBER)).status_code == 303
        contents = await one.register.contents()
        assert contents.patients[0].pseudonym == pseudonym(KEYS.pseudonym, hospital.base, "p1")
        assert contents.prescribers[0].keys == (f"{hospital.base}|Practitioner/7",)

    launching(tmp_path, hospital, steps)


def test_without_a_card_the_patient_who_is_open_is_registered(tmp_path, hospital):
    async def steps(one):
        path, page = await one.form(await one.through("p9"))
        assert "Register the patient" in page.text
        assert (await one.fill(path, "patient", **PATIENT, **PRESCRIBER)).status_code == 303
        contents = await one.register.contents()
        assert contents.patients[0].pseudonym == pseudonym(KEYS.pseudonym, hospital.base, "p9")
        assert contents.prescribers[0].keys == (f"{hospital.base}|Practitioner/7",)

    launching(tmp_path, hospital, steps)


@pytest.mark.parametrize(
    "iss",
    [
        "",
        "https://elsewhere.example.org/fhir",
        "{base}/below",
        "{base}?x=1",
        "{base}#x",
        "{base}/../fhir",
        "{base}@evil.example.org",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
def test_an_iss_that_nobody_named_is_never_asked(tmp_path, hospital, iss):
    async def steps(one):
        given = iss.format(base=hospital.base)
        page = await one.browser.get("/registry/launch", params={"iss": given, "launch": "x"})
        assert page.status_code == 403
        assert "This EHR is not known here" in page.text
        assert hospital.asked == []

    launching(tmp_path, hospital, steps)


def test_an_ehr_without_a_smart_client_starts_nothing(tmp_path, hospital):
    async def steps(one):
        page = await one.browser.get("/registry/launch", params={"iss": hospital.base, "launch": "x"})
        assert page.status_code == 403
        assert hospital.asked == []

    launching(tmp_path, hospital, steps, client=None)


def test_a_launch_has_a_name(tmp_path, hospital):
    async def steps(one):
        page = await one.browser.get("/registry/launch", params={"iss": hospital.base})
        assert page.status_code == 403
        assert hospital.asked == []

    launching(tmp_path, hospital, steps)


def refused(tmp_path, hospital, said, *, status=403, **through):
    async def steps(one):
        given = {name: value(one) if callable(value) else value for name, value in through.items()}
        page = await one.through(**given)
        assert page.status_code == status
        assert said in page.text
        assert (await one.register.contents()).size == 0

    launching(tmp_path, hospital, steps)


def test_another_state(tmp_path, hospital):
    refused(tmp_path, hospital, "was not begun in this browser", state="x")
    assert "token" not in hospital.asked


def test_another_browser(tmp_path, hospital):
    async def steps(one):
        back = await one.back()
        async with one.web.another_browser() as other:
            page = await other.get("/registry/callback", params=back)
        assert page.status_code == 403
        assert "token" not in hospital.asked

    launching(tmp_path, hospital, steps)


@pytest.mark.parametrize(("seconds", "status"), [(600, 303), (602, 403)])
def test_a_launch_ends_after_ten_minutes(tmp_path, hospital, seconds, status):
    async def steps(one):
        back = await one.back()
        one.web.clock.now = int(one.web.clock.now) + seconds
        hospital.claims["exp"] = one.web.clock.now + 10
        assert (await one.browser.get("/registry/callback", params=back)).status_code == status

    launching(tmp_path, hospital, steps)


def test_a_card_of_another_patient(tmp_path, hospital):
    refused(tmp_path, hospital, "about another patient", app_context=lambda one: one.card("p2"))


def test_a_card_that_is_too_old(tmp_path, hospital):
    refused(tmp_path, hospital, "older than 30 minutes", app_context=lambda one: one.card(minutes=-1))


def test_a_card_of_somebody_else(tmp_path, hospital):
    refused(tmp_path, hospital, "Nothing was recorded", app_context=lambda one: one.card(key=KEYS.session))


def test_a_code_that_the_ehr_does_not_take(tmp_path, hospital):
    refused(tmp_path, hospital, "The launch cannot be used", code="x")


def test_the_ehr_ends_it(tmp_path, hospital):
    refused(tmp_path, hospital, "The launch cannot be used", code="", error="access_denied")
    assert "token" not in hospital.asked


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"answer": {"patient": None}}, 403),
        ({"answer": {"patient": ""}}, 403),
        ({"answer": {"patient": 7}}, 403),
        ({"answer": {"id_token": "x"}}, 403),
        ({"answer": {"id_token": "a.bnVsbA.c"}}, 403),
        ({"claims": {"aud": "other"}}, 403),
        ({"claims": {"nonce": "other"}}, 403),
        ({"claims": {"exp": 5}}, 403),
        ({"claims": {"exp": None}}, 403),
        ({"status": 500}, 502),
        ({"status": 302}, 502),
        ({"claims": {"fhirUser": None}}, 303),
        ({"claims": {"fhirUser": "Patient/7"}}, 303),
        ({"answer": {"id_token": None}}, 303),
        ({"claims": {"aud": ["x", CLIENT]}}, 303),
    ],
)
def test_answers_of_the_token_endpoint(tmp_path, hospital, wrong, status):
    async def steps(one):
        for name, value in wrong.items():
            setattr(hospital, name, value)
        assert (await one.through()).status_code == status

    launching(tmp_path, hospital, steps)


@pytest.mark.parametrize(
    "metadata",
    [
        {"token_endpoint": None},
        {"token_endpoint": "https://elsewhere.example.org/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 7},
    ],
)
def test_a_configuration_that_leads_elsewhere(tmp_path, hospital, metadata):
    async def steps(one):
        hospital.metadata = metadata
        page = await one.browser.get("/registry/launch", params={"iss": hospital.base, "launch": "x"})
        assert page.status_code == 403
        assert "location" not in page.headers

    launching(tmp_path, hospital, steps)


def test_an_ehr_that_is_down(tmp_path):
    with ehrs.ehr() as made:
        gone = made

    async def steps(one):
        page = await one.browser.get("/registry/launch", params={"iss": gone.base, "launch": "x"})
        assert page.status_code == 502
        assert "The EHR does not answer" in page.text

    launching(tmp_path, gone, steps)


HTTPS = "https://ehr.example.org/fhir"


@pytest.mark.parametrize(
    ("endpoint", "usable"),
    [
        ("https://login.example.org/token?tenant=1", True),
        ("http://login.example.org/token", False),
        ("https://localhost/token", False),
        ("https://127.0.0.1/token", False),
        ("https://login.example.org/token#x", False),
        ("https://u@login.example.org/token", False),
    ],
)
def test_endpoints_of_an_ehr_elsewhere(endpoint, usable):
    ehr = ehr_of(issuers_of(HTTPS), f"{HTTPS}/")
    published = {"authorization_endpoint": endpoint, "token_endpoint": endpoint}
    if usable:
        assert read(published, ehr).token_endpoint == endpoint
    else:
        with pytest.raises(Refused):
            read(published, ehr)


@pytest.mark.parametrize("patient", [None, 1, "", "x" * 5000, ["p"]])
def test_a_patient_that_cannot_be(patient):
    with pytest.raises(Refused):
        launched(ehr_of(issuers_of(HTTPS), HTTPS), {"patient": patient}, "n", 0)


@pytest.mark.parametrize(("private", "connections"), [(False, 0), (True, 1)])
def test_the_token_endpoint_has_a_private_address_where_the_operator_says_so_only(monkeypatch, private, connections):
    tried = []

    async def connect(self, host, *_):
        tried.append(host)
        raise httpcore.ConnectError

    monkeypatch.setattr("httpcore.AnyIOBackend.connect_tcp", connect)
    issuers = issuers_of(HTTPS, private_network=private)
    ehr = ehr_of(issuers, HTTPS)
    configuration = read({"authorization_endpoint": f"{HTTPS}/a", "token_endpoint": "https://10.0.0.7/token"}, ehr)
    with pytest.raises(OSError, match="ConnectError"):
        asyncio.run(SmartServers(issuers).redeem(ehr, configuration, {}))
    assert tried == ["10.0.0.7"] * connections


def test_two_launches_at_once_do_not_break_each_other(tmp_path, hospital):
    async def steps(one):
        first, second = await one.back("p1"), await one.back("p9")
        for given in (first, second):
            _, page = await one.form(await one.browser.get("/registry/callback", params=given))
            assert "Register the patient" in page.text

    launching(tmp_path, hospital, steps)
