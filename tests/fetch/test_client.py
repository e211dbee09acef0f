"""One query against a real server on loopback: what comes, what is refused and why."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
import respx

from cds.fetch.client import FhirClient
from cds.fetch.limits import Allowance, Limits
from cds.fetch.server import Access
from cds.fhir.asking import Ask
from tests import fhir_server as behaviour
from tests.fhir_server import FhirServer, serving

CONDITIONS = Ask("Condition?patient=p1&_count=200")
PATIENT = Ask("Patient/p1")
TOKEN = "a-secret-token"


@pytest.fixture
def server():
    with serving() as running:
        yield running


def condition(number: int) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": "Patient/p1"}}


def ask(base: str, query: Ask = CONDITIONS, *, limits: Limits | None = None) -> tuple[list[bytes], str | None]:
    """The pages that came, and why they are not the whole."""

    async def run() -> tuple[list[bytes], str | None]:
        pages: list[bytes] = []
        async with FhirClient(limits) as client:
            because = await asyncio.wait_for(
                client.answer(Access(httpx.URL(base), TOKEN), query, pages, Allowance.of(client.limits)), 10
            )
        return pages, because

    return asyncio.run(run())


def test_a_read_and_a_search(server: FhirServer) -> None:
    server.resources = [{"resourceType": "Patient", "id": "p1"}, condition(1), condition(2)]
    pages, because = ask(server.base, PATIENT)
    assert (json.loads(pages[0])["id"], because) == ("p1", None)
    pages, because = ask(server.base)
    assert (len(json.loads(pages[0])["entry"]), because) == (2, None)
    assert server.tokens == [f"Bearer {TOKEN}"] * 2
    assert server.asked == ["/fhir/Patient/p1", "/fhir/Condition?patient=p1&_count=200"]


def test_no_cookie_comes_back_and_no_agent_tells_more_than_our_name(server: FhirServer) -> None:
    async def sets(request, _):
        return behaviour.fhir({"resourceType": "Bundle"}, **{"set-cookie": "session=patient-1; Path=/"})

    server.behaviours["Condition"] = sets

    async def twice() -> None:
        async with FhirClient() as client:
            for _ in range(2):
                await client.answer(Access(httpx.URL(server.base), None), CONDITIONS, [], Allowance.of(client.limits))

    asyncio.run(twice())
    assert all("cookie" not in headers for headers in server.headers)
    assert server.headers[0]["user-agent"].startswith("baclofen-cds/")
    assert server.tokens == [None, None]


def test_pages_are_followed_to_the_end(server: FhirServer) -> None:
    server.resources = [condition(number) for number in range(5)]
    server.page = 2
    pages, because = ask(server.base)
    assert [len(json.loads(page)["entry"]) for page in pages] == [2, 2, 1]
    assert because is None


@pytest.mark.parametrize(("limit", "whole"), [(2, False), (3, True)])
def test_no_more_pages_than_the_limit(server: FhirServer, limit: int, whole: bool) -> None:
    server.resources = [condition(number) for number in range(5)]
    server.page = 2
    pages, because = ask(server.base, limits=Limits(pages=limit))
    assert len(pages) == limit
    assert (because is None) is whole


@pytest.mark.parametrize(("limit", "whole"), [(4, False), (5, True)])
def test_no_more_entries_than_the_limit(server: FhirServer, limit: int, whole: bool) -> None:
    server.resources = [condition(number) for number in range(5)]
    server.page = 2
    _, because = ask(server.base, limits=Limits(entries=limit))
    assert (because is None) is whole


def test_pages_without_end_come_to_one(server: FhirServer) -> None:
    server.behaviours["*"] = behaviour.endless
    pages, because = ask(server.base)
    assert because == "its FHIR server sent more pages than are read"
    assert len(pages) == Limits().pages == len(server.asked)


def test_a_page_that_leads_to_itself_is_not_read_twice(server: FhirServer) -> None:
    server.behaviours["*"] = behaviour.leads_on("{base}/Condition?patient=p1&_count=200")
    assert ask(server.base)[1] == "its FHIR server sent more pages than are read"
    assert len(server.asked) == 1


ELSEWHERE = [
    "{foreign}/Condition",
    "http://169.254.169.254/latest/meta-data",
    "https://127.0.0.1:1/fhir/Condition",
    "//evil.example/fhir/Condition",
    "{base}/../admin",
    "{base}/%2e%2e/admin",
    "{base}x/Condition",
    "http://user:secret@127.0.0.1/fhir/Condition",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("how", [behaviour.leads_on, behaviour.redirects])
def test_neither_a_link_nor_a_redirect_takes_the_token_elsewhere(server: FhirServer, how: Any, target: str) -> None:
    with serving() as foreign:
        server.behaviours["*"] = how(target.replace("{foreign}", foreign.base))
        pages, because = ask(server.base)
        assert foreign.asked == []
    assert because == "its FHIR server led to another address, which is not asked"
    assert len(server.asked) == 1
    assert len(pages) == (how is behaviour.leads_on)


def test_a_link_that_is_no_address(server: FhirServer) -> None:
    server.behaviours["*"] = behaviour.leads_on("http://[::1")
    assert ask(server.base)[1] == "its FHIR server led to another address, which is not asked"
    server.behaviours["*"] = behaviour.redirects("http://[::1")
    assert ask(server.base) == ([], CUT)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_one_redirect_within_the_server_is_followed(server: FhirServer, code: int) -> None:
    server.behaviours["Condition"] = behaviour.redirects("{base}/Elsewhere?patient=p1", code)
    server.behaviours["Elsewhere"] = behaviour.says('{"resourceType": "Bundle"}')
    assert ask(server.base) == ([b'{"resourceType": "Bundle"}'], None)
    assert server.tokens == [f"Bearer {TOKEN}"] * 2


def test_a_second_redirect_is_not(server: FhirServer) -> None:
    server.behaviours["*"] = behaviour.redirects("{base}/Elsewhere")
    assert ask(server.base)[1] == "its FHIR server led to another address, which is not asked"
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("code", "query", "because", "requests"),
    [
        (401, CONDITIONS, "its FHIR server did not accept the token", 1),
        (403, CONDITIONS, "the token does not allow this query on its FHIR server", 1),
        (404, CONDITIONS, "its FHIR server does not know this query", 1),
        (404, PATIENT, "its FHIR server does not have it", 1),
        (410, PATIENT, "its FHIR server does not have it", 1),
        (410, CONDITIONS, "its FHIR server does not know this query", 1),
        (429, CONDITIONS, "its FHIR server takes no more queries for now", 1),
        (400, CONDITIONS, "its FHIR server failed (HTTP 400)", 1),
        (500, CONDITIONS, "its FHIR server failed (HTTP 500)", 1),
        (502, CONDITIONS, "its FHIR server failed (HTTP 502)", 2),
        (503, CONDITIONS, "its FHIR server failed (HTTP 503)", 2),
        (504, CONDITIONS, "its FHIR server failed (HTTP 504)", 2),
        (204, CONDITIONS, "its FHIR server failed (HTTP 204)", 1),
    ],
)
def test_a_status_is_said_in_words_and_only_a_gateways_failure_is_tried_again(
    server: FhirServer, code: int, query: Ask, because: str, requests: int
) -> None:
    server.behaviours["*"] = behaviour.status(code)
    assert ask(server.base, query) == ([], because)
    assert len(server.asked) == requests


@pytest.mark.parametrize("code", [502, 503, 504])
def test_the_second_try_counts(server: FhirServer, code: int) -> None:
    server.resources = [condition(1)]
    server.behaviours["*"] = behaviour.fails_once(code)
    pages, because = ask(server.base)
    assert (len(json.loads(pages[0])["entry"]), because) == (1, None)


NOT_FHIR = "its FHIR server answered with something else than FHIR"
CUT = "the answer of its FHIR server was cut short or cannot be read"


@pytest.mark.parametrize(
    ("how", "because"),
    [
        (behaviour.says("<html>Please log in</html>", "text/html"), NOT_FHIR),
        (behaviour.says('{"resourceType": "Bundle"}', "text/html"), NOT_FHIR),
        (behaviour.says("<Bundle/>", "application/fhir+xml"), NOT_FHIR),
        (behaviour.says("<html>", "application/json"), NOT_FHIR),
        (behaviour.says(""), NOT_FHIR),
        (behaviour.says("[]"), NOT_FHIR),
        (behaviour.says('{"resourceType": "Bundle", "ent'), CUT),
        (behaviour.says('{"entry": []}'), CUT),
        (behaviour.says(b"\x1f\x8b\x08 no gzip", content_encoding="gzip"), CUT),
        (behaviour.says(b"{}", content_encoding="br"), NOT_FHIR),
        (behaviour.truncates, CUT),
        (behaviour.floods, CUT),
        (behaviour.bombs, "its FHIR server sent more than is read"),
        (behaviour.says('{"resourceType": "OperationOutcome"}'), "the query failed on its FHIR server"),
        (
            behaviour.says('{"resourceType": "Patient", "id": "p1"}'),
            "its FHIR server answered with something else than was asked for",
        ),
    ],
)
def test_what_is_no_answer(server: FhirServer, how: Any, because: str) -> None:
    server.behaviours["*"] = how
    assert ask(server.base) == ([], because)


def test_a_packed_answer_is_unpacked(server: FhirServer) -> None:
    server.resources = [condition(1)]
    server.behaviours["*"] = behaviour.packs
    pages, because = ask(server.base)
    assert (len(json.loads(pages[0])["entry"]), because) == (1, None)


@pytest.mark.parametrize(("size", "whole"), [(1000, True), (1001, False)])
@pytest.mark.parametrize("limits", [Limits(page_bytes=1000), Limits(call_bytes=1000)])
def test_no_more_bytes_than_the_limit(server: FhirServer, limits: Limits, size: int, whole: bool) -> None:
    body = '{"resourceType": "Bundle", "x": "'
    server.behaviours["*"] = behaviour.says(body + "x" * (size - len(body) - 2) + '"}')
    _, because = ask(server.base, limits=limits)
    assert because == (None if whole else "its FHIR server sent more than is read")


def test_no_more_requests_than_the_limit(server: FhirServer) -> None:
    server.behaviours["*"] = behaviour.endless
    assert ask(server.base, limits=Limits(requests=3))[1] == "its FHIR server sent more than is read"
    assert len(server.asked) == 3


def test_nobody_listens() -> None:
    with serving() as gone:
        base = gone.base
    assert ask(base) == ([], "its FHIR server could not be reached")


@pytest.mark.parametrize(
    ("link", "asked"), [("{base}/Condition?_offset=2", 1), ("https://evil.example/fhir?page=2", 2)]
)
def test_paging_goes_on_from_a_link_on_the_server_and_begins_anew_elsewhere(
    server: FhirServer, link: str, asked: int
) -> None:
    server.resources = [condition(number) for number in range(4)]
    server.page = 2
    pages, because = ask(server.base, Ask(CONDITIONS.query, link.replace("{base}", server.base)))
    assert (len(pages), because) == (asked, None)


def test_neither_addresses_nor_tokens_are_logged(
    server: FhirServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(server.base, Ask("Condition?patient=p-secret"))
    server.behaviours["*"] = behaviour.status(500)
    ask(server.base, Ask("Patient/p-secret"))
    assert "Patient" in caplog.text
    assert "p-secret" not in caplog.text
    assert TOKEN not in caplog.text


@respx.mock
@pytest.mark.parametrize(
    ("error", "because", "tries"),
    [
        (httpx.ConnectError("refused"), "its FHIR server could not be reached", 2),
        (httpx.ReadError("reset"), CUT, 2),
        (httpx.RemoteProtocolError("no response"), CUT, 2),
        (RuntimeError("strange"), CUT, 1),
    ],
)
def test_a_broken_connection_is_tried_once_more(error: Exception, because: str, tries: int) -> None:
    route = respx.get("http://127.0.0.1:9/fhir/Condition").mock(side_effect=error)
    assert ask("http://127.0.0.1:9/fhir") == ([], because)
    assert route.call_count == tries


@respx.mock
def test_a_connection_that_breaks_once_is_no_failure() -> None:
    good = httpx.Response(200, json={"resourceType": "Bundle"})
    respx.get("http://127.0.0.1:9/fhir/Condition").mock(side_effect=[httpx.ReadError("reset"), good])
    assert ask("http://127.0.0.1:9/fhir")[1] is None
