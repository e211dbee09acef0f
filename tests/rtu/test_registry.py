"""The registry as the rules ask it: here, elsewhere, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from datetime import date

import httpx
import pytest
import respx
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cds.chart.patient import Opinion
from cds.chart.reading import Absent, Known, Listing, Unknown
from cds.chart.registration import RegistryAnswer, RegistryQuestion
from cds.http.errors import on_protocol_error
from cds.protocol.errors import ProtocolError
from cds.rtu.keys import key_of
from cds.rtu.lookup import TokenUnusable, lookup_route, token_from
from cds.rtu.model import Contents
from cds.rtu.registry import StoredRegistry
from cds.rtu.remote import RemoteRegistry
from cds.rtu.stored import Register
from cds.security.pseudonym import pseudonym
from cds.store import Store, sqlite_url
from tests.rtu.records import EHR, KEY, TODAY, opinion, patient, prescriber, registered, visit
from tests.security.serving import serving

TOKEN = "a-token-of-some-length"
WHO = RegistryQuestion("p", ("PractitionerRole/9", "Practitioner/1"))
REGISTERED = Contents(
    (prescriber(keys=(f"{EHR}|Practitioner/1",)),),
    (patient(),),
    (visit(),),
    (
        opinion(),
        opinion(kind="collegial", on=date(2014, 4, 3), favourable=False, centre="CSAPA"),
        opinion(on=date(2014, 4, 5)),
    ),
)
FOUND = (
    Known(date(2014, 3, 20)),
    Known(date(2014, 3, 17)),
    Known(date(2014, 4, 1)),
    Listing((Opinion("second", date(2014, 4, 5)),)),
)


def parts(answer):
    return answer.patient, answer.prescriber, answer.last_visit, answer.opinions


def is_unknown(answer, because):
    assert isinstance(answer, RegistryAnswer)
    found = {
        str(each.because) for each in (answer.patient, answer.prescriber, answer.last_visit, answer.opinions.missing)
    }
    assert found == {because}
    assert answer.opinions.entries == ()
    return True


def test_keys_of_prescribers():
    assert key_of(EHR, "Practitioner/1") == f"{EHR}|Practitioner/1"
    assert key_of(EHR, "urn:b | 2") == key_of("elsewhere", "urn:b|2") == "urn:b|2"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (WHO, FOUND),
        (RegistryQuestion("q", ("Practitioner/2",)), (Absent(), Absent(), Absent(), Listing())),
    ],
)
def test_the_services_own(database, question, expected):
    async def work(register):
        await register.load(REGISTERED)
        return await StoredRegistry(register, KEY).ask(EHR, question)

    assert parts(registered(database, work)) == expected


def test_another_ehrs_patient_of_the_same_id(database):
    async def work(register):
        await register.load(REGISTERED)
        return await StoredRegistry(register, KEY).ask("https://elsewhere.example.org", WHO)

    assert parts(registered(database, work)) == (Absent(), Absent(), Absent(), Listing())


@pytest.mark.parametrize("nobody", [None, ""])
def test_what_the_question_does_not_name_is_unknown(database, nobody):
    async def work(register):
        await register.load(REGISTERED)
        return await StoredRegistry(register, KEY).ask(EHR, RegistryQuestion(nobody))

    answer = registered(database, work)
    assert answer.patient == answer.last_visit == answer.opinions.missing
    assert str(answer.patient.because) == "the call does not name the patient"
    assert str(answer.prescriber.because) == "the call does not tell who prescribes"


def test_a_store_that_is_down(caplog):
    async def main():
        return await StoredRegistry(Register(Store("postgresql://cds@127.0.0.1:9/cds")), KEY).ask(EHR, WHO)

    assert is_unknown(asyncio.run(main()), "the registry’s database does not answer")
    assert "127.0.0.1" not in caplog.text


def test_a_store_that_is_slow():
    class Slow(Register):
        async def find(self, pseudonym, keys):
            await asyncio.sleep(0.2)
            raise RuntimeError("too late to matter")

    async def main():
        answer = await StoredRegistry(Slow(Store("sqlite:///never-opened")), KEY, 0.05).ask(EHR, WHO)
        await asyncio.sleep(0.3)
        return answer

    assert is_unknown(asyncio.run(main()), "the registry did not answer in time")


def test_a_store_that_fails(caplog):
    class Broken(Register):
        async def find(self, pseudonym, keys):
            raise RuntimeError("row of Jane Doe")

    async def main():
        return await StoredRegistry(Broken(Store("sqlite:///never-opened")), KEY).ask(EHR, WHO)

    assert is_unknown(asyncio.run(main()), "the registry’s database does not answer")
    assert "Jane" not in caplog.text


def ask_remote(url, question=WHO, token=TOKEN, seconds=2.0):
    async def main():
        async with RemoteRegistry(url, token, seconds, KEY) as registry:
            return await registry.ask(EHR, question)

    return asyncio.run(main())


@contextlib.contextmanager
def another_service(database, token=TOKEN):
    """A service with a registry, on loopback."""
    store = Store(database)

    @contextlib.asynccontextmanager
    async def lifespan(_):
        yield
        await store.close()

    app = Starlette(
        lifespan=lifespan,
        routes=[lookup_route(Register(store, lambda: TODAY), token)],
        exception_handlers={ProtocolError: on_protocol_error},
    )
    with serving(app) as url:
        yield url


def test_another_service_is_asked(database):
    registered(database, lambda register: register.load(REGISTERED))
    with another_service(database) as url:
        answer = ask_remote(f"{url}/registry")
        assert parts(answer) == FOUND
        assert str(answer.asked) == "the registry at 127.0.0.1"
        assert parts(ask_remote(f"{url}/registry", RegistryQuestion("q", ("Practitioner/2",)))) == (
            Absent(),
            Absent(),
            Absent(),
            Listing(),
        )
        nobody = ask_remote(f"{url}/registry", RegistryQuestion(None))
        assert isinstance(nobody.patient, Unknown)
        assert isinstance(nobody.prescriber, Unknown)
        assert is_unknown(
            ask_remote(f"{url}/registry", token="another-token-of-some-length"),
            "the registry does not accept this service’s token",
        )


@pytest.mark.parametrize(
    "more", [("https://x.example|" + "9" * 1000,), tuple(f"urn:b|{number}" for number in range(100))]
)
def test_more_identifiers_than_can_be_asked_for(database, more):
    registered(database, lambda register: register.load(REGISTERED))
    with another_service(database) as url:
        found = ask_remote(f"{url}/registry", RegistryQuestion("p", ("Practitioner/1", *more)))
        assert parts(found) == FOUND
        unfound = ask_remote(f"{url}/registry", RegistryQuestion("p", ("Practitioner/2", *more)))
        assert (unfound.patient, unfound.last_visit) == (FOUND[0], FOUND[2])
        assert (
            str(unfound.prescriber.because) == "the registry could not be asked for every identifier of the prescriber"
        )


def test_another_service_without_a_token(tmp_path):
    with another_service(sqlite_url(tmp_path), token=None) as url:
        assert httpx.post(f"{url}/registry/lookup", json={"patient": None, "prescribers": []}).status_code == 404
        assert is_unknown(ask_remote(f"{url}/registry"), "the registry answered with an error")


def test_another_service_whose_store_is_down():
    with another_service("postgresql://cds@127.0.0.1:9/cds") as url:
        response = httpx.post(
            f"{url}/registry/lookup",
            json={"patient": None, "prescribers": []},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert response.status_code == 503
        assert is_unknown(ask_remote(f"{url}/registry"), "the registry answered with an error")


def test_nobody_there():
    assert is_unknown(ask_remote("http://127.0.0.1:9"), "the registry could not be reached")


@pytest.mark.parametrize("begins", [False, True])
def test_another_service_that_is_slow(begins):
    async def chunks():
        yield b'{"patient": null,'
        await asyncio.sleep(0.5)
        yield b"}"

    async def slow(request):
        await request.body()
        if begins:
            return StreamingResponse(chunks())
        await asyncio.sleep(0.5)
        return Response(b"{}")

    with serving(Starlette(routes=[Route("/registry/lookup", slow, methods=["POST"])])) as url:
        assert is_unknown(ask_remote(f"{url}/registry", seconds=0.1), "the registry did not answer in time")


def remote(**answer):
    with respx.mock:
        route = respx.post("https://rtu.example.org/x/lookup").mock(**answer)
        found = ask_remote("https://rtu.example.org/x/")
        (call,) = route.calls
        return found, call.request


EMPTY = {"patient": None, "prescriber": None, "lastVisit": None, "opinions": []}


def test_the_patients_id_does_not_leave():
    answer, request = remote(return_value=httpx.Response(200, json=EMPTY))
    assert parts(answer) == (Absent(), Absent(), Absent(), Listing())
    assert str(request.url) == "https://rtu.example.org/x/lookup"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.content) == {
        "patient": pseudonym(KEY, EHR, "p"),
        "prescribers": [f"{EHR}|Practitioner/1", f"{EHR}|PractitionerRole/9"],
    }


@pytest.mark.parametrize(
    ("status", "because"),
    [
        (500, "the registry answered with an error"),
        (404, "the registry answered with an error"),
        (302, "the registry answered with an error"),
        (204, "the registry answered with an error"),
        (401, "the registry does not accept this service’s token"),
        (403, "the registry does not accept this service’s token"),
    ],
)
def test_other_statuses(status, because, caplog):
    with caplog.at_level(logging.DEBUG):
        answer, _ = remote(return_value=httpx.Response(status, json=EMPTY, headers={"location": "https://e.example"}))
    assert is_unknown(answer, because)
    assert TOKEN not in caplog.text
    assert pseudonym(KEY, EHR, "p") not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'"\xff"',
        b"[" * 60_000,
        json.dumps(EMPTY | {"patient": "yesterday"}).encode(),
        json.dumps(EMPTY | {"patient": "2014-02-30"}).encode(),
        json.dumps(EMPTY | {"opinions": None}).encode(),
        json.dumps(EMPTY | {"opinions": [{"kind": "third", "date": "2014-04-01"}]}).encode(),
        json.dumps({name: value for name, value in EMPTY.items() if name != "patient"}).encode(),
        json.dumps(EMPTY | {"more": "x" * 70_000}).encode(),
    ],
)
def test_answers_that_cannot_be_read(body):
    answer, _ = remote(return_value=httpx.Response(200, content=body))
    assert is_unknown(answer, "the registry’s answer could not be read")


def test_an_answer_may_say_more():
    answer, _ = remote(return_value=httpx.Response(200, json=EMPTY | {"patient": "2014-03-20", "more": 1}))
    assert answer.patient == Known(date(2014, 3, 20))


@pytest.mark.parametrize(
    ("failure", "because"),
    [
        (httpx.ConnectError("no route to Jane"), "the registry could not be reached"),
        (httpx.ConnectTimeout("slow"), "the registry could not be reached"),
        (httpx.ReadError("cut"), "the registry answered with an error"),
        (httpx.RemoteProtocolError("what"), "the registry answered with an error"),
        (ValueError("strange"), "the registry answered with an error"),
    ],
)
def test_transport_failures(failure, because, caplog):
    answer, _ = remote(side_effect=failure)
    assert is_unknown(answer, because)
    assert "Jane" not in caplog.text


@pytest.mark.parametrize("url", ["http://rtu.example.org", "ftp://127.0.0.1", "http://[", "rtu.example.org", ""])
def test_addresses_that_would_show_the_token(url):
    with pytest.raises(ValueError, match="address"):
        RemoteRegistry(url, TOKEN, 1, KEY)


@pytest.fixture(scope="module")
def looking_up(tmp_path_factory):
    with another_service(sqlite_url(tmp_path_factory.mktemp("lookup"))) as url, httpx.Client(base_url=url) as client:
        yield client


def post(client, body, **headers):
    sent = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json", **headers}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/registry/lookup", content=content, headers=sent)


def test_lookup_says_that_nothing_is_on_record(looking_up):
    response = post(looking_up, {"patient": "0" * 64, "prescribers": ["a|1"]})
    assert (response.status_code, response.json()) == (200, EMPTY)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer \xe9"],
)
def test_lookup_without_the_token(looking_up, given):
    response = post(looking_up, b"not even JSON", authorization=given.encode("latin-1"))
    assert response.status_code == 401


def test_lookup_takes_any_case_of_bearer(looking_up):
    assert post(looking_up, {"patient": None, "prescribers": []}, authorization=f"bearer {TOKEN}").status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"prescribers": []}, "patient"),
        ({"patient": None}, "prescribers"),
        ({"patient": "Jane Doe", "prescribers": []}, "patient"),
        ({"patient": "0" * 63, "prescribers": []}, "patient"),
        ({"patient": "0" * 64 + "\n", "prescribers": []}, "patient"),
        ({"patient": 1, "prescribers": []}, "patient"),
        ({"patient": None, "prescribers": "a|1"}, "prescribers"),
        ({"patient": None, "prescribers": ["a|1", "a"]}, "prescribers[1]"),
        ({"patient": None, "prescribers": ["a|1"] * 101}, "prescribers"),
        ({"patient": None, "prescribers": [], "name": "Jane Doe"}, "name"),
        (b'{"patient": null, "patient": null, "prescribers": []}', "patient"),
        ({"patient": None, "prescribers": ["a\x00b"]}, "prescribers[0]"),
        ([], "$"),
        ({"patient": None, "prescribers": [], "<b>": 1}, "$"),
    ],
)
def test_lookup_names_the_field(looking_up, body, named):
    response = post(looking_up, body)
    assert response.status_code == 400
    assert response.json()["issue"][0]["expression"] == [named]
    assert "Jane" not in response.text


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"{", 400), (b'"\xff"', 400), (b"[" * 5000, 400), (b" " * 131_073, 413)]
)
def test_lookup_of_what_is_not_json(looking_up, body, status):
    assert post(looking_up, body).status_code == status


def test_lookup_of_another_media_type(looking_up):
    assert post(looking_up, b"a", **{"content-type": "text/plain"}).status_code == 415


def test_lookup_is_a_post(looking_up):
    assert looking_up.get("/registry/lookup").status_code == 405


def test_tokens_in_files(tmp_path):
    file = tmp_path / "token"
    file.write_text(f" {TOKEN}==\n")
    assert token_from(file) == f"{TOKEN}=="
    for text in (b"", b"short-of-sixteen"[:15], b"x" * 513, b"two words of sixteen", "ééééééééééééééééé".encode()):
        file.write_bytes(text)
        with pytest.raises(TokenUnusable) as caught:
            token_from(file)
        assert not text or text.decode() not in str(caught.value)
    for text in (b"x" * 16, b"x" * 512):
        file.write_bytes(text)
        assert token_from(file) == text.decode()
    with pytest.raises(TokenUnusable):
        token_from(tmp_path / "none")
