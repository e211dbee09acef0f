"""The pages with a sign-in, as a browser meets them: cookies are kept, redirects are not followed."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from cds.http.errors import on_http_error, on_protocol_error
from cds.protocol.errors import ProtocolError
from cds.security.secret import derive
from cds.store import Memory, Store, StoredSessions, sqlite_url
from cds.web import web_routes
from cds.web.accounts import Administrator, CookieSessions
from cds.web.forms import Forms
from tests.web.pages import KNOWLEDGE, TODAY

KEYS = derive(b"a secret of the tests")
PASSWORD = "three plain words"
BASE = "http://cds.example"


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 1_800_000_000.0

    def __call__(self):
        return self.now


@dataclass
class Site:
    """A service with pages, and one browser."""

    store: Store
    administrator: Administrator
    sessions: CookieSessions
    clock: Clock
    app: Starlette | None = None
    browser: httpx.AsyncClient | None = None
    changed: list = field(default_factory=list)

    def another_browser(self, address="127.0.0.1"):
        transport = httpx.ASGITransport(app=self.app, client=(address, 5000))
        return httpx.AsyncClient(transport=transport, base_url=BASE)

    async def token(self, path="/sign-in", browser=None):
        """The token of a form on a page."""
        page = await (browser or self.browser).get(path)
        return re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)[1]

    async def submit(self, path, browser=None, page=None, headers=None, **fields):
        """Fill in the form of a page and send it."""
        token = await self.token(page or path, browser)
        return await (browser or self.browser).post(path, data={"csrf": token, **fields}, headers=headers)

    async def sign_in(self, **fields):
        return await self.submit("/sign-in", password=PASSWORD, **fields)


@contextlib.asynccontextmanager
async def site(tmp_path, area=None, *, secure=False, path="/", epoch=None, hours=8, attempts=None, pages=None):
    """A site; `area` makes its sign-in from the site itself, else it is the administrator's; `pages` an area in place of some data."""
    from cds.web.accounts import local_area

    store = Store(sqlite_url(tmp_path))
    administrator = Administrator(Memory(store), KEYS.setup)
    clock = Clock()
    sessions = CookieSessions(
        KEYS.session,
        StoredSessions(store, clock),
        epoch or administrator.epoch,
        hours=hours,
        path=path,
        secure=secure,
        clock=clock,
    )
    made = Site(store, administrator, sessions, clock)
    accounts = area(made) if area else local_area(administrator, sessions, attempts)

    def data(frame):
        async def show(request):
            return await frame.page(request, "absent.html", heading="Data of the site", message="…")

        async def change(request):
            form = await frame.form(request)
            made.changed.append(form["name"])
            return frame.redirect(request, "registry")

        async def as_json(request):
            return JSONResponse({"patients": 3})

        return [
            frame.route("/registry", show, sign_in=True),
            frame.route("/registry", change, methods=("POST",), sign_in=True),
            frame.route("/registry/figures.json", as_json, sign_in=True),
            frame.route("/registry/figures.csv", as_json, sign_in=True),
        ]

    routes = web_routes(
        KNOWLEDGE,
        today=lambda: TODAY,
        sessions=sessions,
        forms=Forms(KEYS.session, origin=BASE, path=path, secure=secure),
        areas=[accounts, pages(made) if pages else data],
    )
    made.app = Starlette(
        routes=routes, exception_handlers={ProtocolError: on_protocol_error, HTTPException: on_http_error}
    )
    async with made.another_browser() as browser:
        made.browser = browser
        try:
            yield made
        finally:
            await store.close()


def in_a_loop(test):
    """Run a coroutine test."""

    def run(tmp_path):
        asyncio.run(test(tmp_path))

    run.__name__ = test.__name__
    return run
