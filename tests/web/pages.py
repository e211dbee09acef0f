"""The pages behind a test client, and a strict look at their HTML."""

import asyncio
from datetime import date
from html.parser import HTMLParser

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from cds.http.errors import on_http_error, on_protocol_error
from cds.knowledge import load_knowledge
from cds.protocol.errors import ProtocolError
from cds.web import web_routes

KNOWLEDGE = load_knowledge()
TODAY = date(2026, 11, 25)

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Client:
    """Asks the application itself, without a network; redirects are not followed."""

    def __init__(self, app):
        self._app = app

    def __getattr__(self, method):
        def ask(address, **options):
            return asyncio.run(self._ask(method.upper(), address, options))

        return ask

    async def _ask(self, method, address, options):
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cds") as client:
            return await client.request(method, address, **options)


def client(**settings):
    app = Starlette(
        routes=web_routes(KNOWLEDGE, today=lambda: TODAY, **settings),
        exception_handlers={ProtocolError: on_protocol_error, HTTPException: on_http_error},
    )
    return Client(app)


class Page(HTMLParser):
    """A page taken apart; complains of an element that is not closed, or closed where it was not open."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    @property
    def text(self):
        return " ".join("".join(self.words).split())
