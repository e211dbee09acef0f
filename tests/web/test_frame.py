"""The frame: navigation to the places that are installed, addresses below a prefix."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from cds.web import web_routes
from tests.web.pages import KNOWLEDGE, TODAY, Page


def places(frame):
    async def show(request):
        return await frame.page(request, "absent.html", heading="A place", message="…")

    async def on(request):
        return frame.redirect(request, "registry/figures?from=2014-03-17", {"to": "2015-03-17"})

    paths = ("/", "/registry", "/registry/figures", "/registry/patients/{id}")
    return [*(frame.route(path, show) for path in paths), frame.route("/registry/patients/{id}/on", on)]


def ask(path, *, areas=(), prefix="", **options):
    routes = web_routes(KNOWLEDGE, today=lambda: TODAY, areas=areas)
    app = Starlette(routes=[Mount(prefix, routes=routes)] if prefix else routes)

    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://cds") as client:
            return await client.get(f"{prefix}{path}", **options)

    return asyncio.run(asked())


def nav(page):
    """The links of the navigation; current ones with what they are."""
    links = [one for one in page.all("a") if one.get("class") != "home"]
    return {one["href"]: one.get("aria-current") for one in links if one["href"].partition("?")[0] in PLACES}


PLACES = {f"{root}/{place}" for root in (".", "..", "../..") for place in ("", "rules", "registry", "safety")}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"./": "page", "./rules": None, "./registry": None}),
        ("/registry", {"./": None, "./rules": None, "./registry": "page"}),
        ("/registry/figures", {"../": None, "../rules": None, "../registry": "true"}),
        ("/registry/patients/7", {"../../": None, "../../rules": None, "../../registry": "true"}),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/cds"])
def test_the_navigation_leads_to_what_is_installed(path, expected, prefix):
    page = Page(ask(path, areas=[places], prefix=prefix).text)
    found = nav(page)
    found.pop(next((href for href in found if href.endswith("rules") and href not in expected), ""), None)
    assert {href: current for href, current in found.items() if href in expected} == expected
    assert not [href for href in found if href.endswith("safety")]


def test_one_place_alone_needs_no_navigation():
    page = Page(ask("/rules").text)
    assert [one.get("aria-label") for one in page.all("nav")] == ["Language", "Families of rules"]


def test_a_page_at_the_start_takes_the_place_of_the_way_to_the_catalogue():
    assert ask("/").status_code == 307
    assert "A place" in ask("/", areas=[places]).text


def test_the_language_of_the_address_stays_on_the_way():
    page = Page(ask("/registry/figures?lang=fr", areas=[places]).text)
    assert "../rules?lang=fr" in nav(page)
    answer = ask("/registry/patients/7/on?lang=fr", areas=[places])
    assert answer.headers["location"] == "../../../registry/figures?from=2014-03-17&to=2015-03-17&lang=fr"
    answer = ask("/registry/patients/7/on", areas=[places])
    assert answer.headers["location"] == "../../../registry/figures?from=2014-03-17&to=2015-03-17"


def test_pages_with_data_are_kept_by_no_cache():
    headers = ask("/registry", areas=[places]).headers
    assert headers["cache-control"] == "no-store"
    assert headers["vary"] == "Accept, Accept-Language, Cookie"
    assert "set-cookie" not in headers, "a page without a form needs no cookie"
