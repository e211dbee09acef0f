"""The catalogue over HTTP.

GET /rules             the catalogue; `?q=…&family=…&jurisdiction=…&indicator=…` searches it
GET /rules/{id}        one rule; letter case does not matter
GET /rules/{id}.json   the same as JSON; so does `Accept: application/json`
"""

from __future__ import annotations

import functools
import hashlib
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from cds.knowledge import Knowledge
from cds.language import Catalogue, Language, catalogue
from cds.phrases import Phrase
from cds.protocol.errors import InvalidField, UnknownAddress
from cds.web.catalogue.model import CataloguePage
from cds.web.catalogue.search import EVERYTHING, Index, Search, UnknownFilter
from cds.web.catalogue.view import NO_DECISIONS, Decisions, as_json, catalogue_page, rule_page
from cds.web.catalogue.words import FAMILIES, INDICATORS, PLACES
from cds.web.errors import PageError
from cds.web.frame import Frame, wants_data
from cds.web.headers import HEADERS, PRIVATE
from cds.web.render import Asked, html

__all__ = ["catalogue_routes"]

_KEPT = 256  # rendered pages; a page of a chosen day is asked for again within minutes or never
_JSON = "application/json"
_VARY = "Accept, Accept-Language, Cookie"
_CHOICES = {
    "family": (Phrase("Family"), FAMILIES),
    "jurisdiction": (Phrase("Fires in"), PLACES),
    "indicator": (Phrase("Indicator"), INDICATORS),
}
"""The filters with their names and values."""
_NO_FILTER = Phrase("There is nothing of this kind to choose")
_CHOOSE_AGAIN = Phrase("The list of all rules has every filter with its values.")
_NO_RULE = Phrase("There is no rule of this name")
_NO_DAY = Phrase("This is not a day of the calendar")
_HOW_TO_WRITE_DAYS = Phrase("A day is written as year, month and day: 2026-11-23.")
_SEE_ALL = Phrase("The list of all rules has every rule with its name.")


def catalogue_routes(frame: Frame, knowledge: Knowledge, decisions: Decisions = NO_DECISIONS) -> list[BaseRoute]:
    """The routes of the catalogue; it says what the operator decided about rules."""
    pages = _Pages(frame, knowledge, decisions)
    return [frame.route("/rules", pages.catalogue), frame.route("/rules/{rule_id}", pages.rule)]


class _Pages:
    """The endpoints; a page that anybody may see and that was not searched is rendered once for each rule, language and day."""

    def __init__(self, frame: Frame, knowledge: Knowledge, decisions: Decisions) -> None:
        self._frame = frame
        self._knowledge = knowledge
        self._decisions = decisions
        self._index = Index(knowledge)
        self._ids = {rule.id.lower(): rule.id for rule in knowledge.rules}
        self._json = functools.lru_cache(_KEPT)(self._rule_as_json)
        self._html = functools.lru_cache(_KEPT)(self._rule_as_html)
        self._whole_catalogue = functools.lru_cache(_KEPT)(self._catalogue_as_html)

    async def catalogue(self, request: Request) -> Response:
        on = self._day(request)
        search = self._search(request)
        if wants_data(request):
            words = catalogue(self._frame.language(request)[0])
            page = self._found(search, on or self._frame.today(), words)
            return _answer(request, as_json(page), _JSON, words.language)
        asked = await self._frame.asked(request, on=on, query=search.as_query(), forms=False)
        render = self._whole_catalogue if search == EVERYTHING and asked.person is None else self._catalogue_as_html
        return self._page(request, asked, render(asked, search))

    async def rule(self, request: Request) -> Response:
        given: str = request.path_params["rule_id"]
        name = given.removesuffix(".json")
        suffix = given[len(name) :]
        rule_id = self._ids.get(name.lower())
        if rule_id is None:
            if wants_data(request):
                raise UnknownAddress(f"{_NO_RULE}")
            raise PageError(404, _NO_RULE, _SEE_ALL)
        if rule_id != name:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(rule_id + suffix + query, 308, HEADERS)
        on = self._day(request)
        if wants_data(request):
            language, _ = self._frame.language(request)
            return _answer(request, self._json(rule_id, on or self._frame.today(), language), _JSON, language)
        asked = await self._frame.asked(request, on=on, forms=False)
        render = self._html if asked.person is None else self._rule_as_html
        return self._page(request, asked, render(rule_id, asked))

    @staticmethod
    def _page(request: Request, asked: Asked, content: bytes) -> Response:
        if asked.person is None:
            return _answer(request, content, "text/html; charset=utf-8", asked.language)
        more = {"Content-Language": asked.language, "Vary": _VARY}
        return Response(content, 200, {**PRIVATE, **more}, "text/html")

    def _day(self, request: Request) -> date | None:
        """The day that the address chooses; None where it is today's.

        Raises:
            InvalidField, PageError: it is none.
        """
        given = request.query_params.get("on")
        try:
            on = date.fromisoformat(given) if given else None
        except ValueError:
            if wants_data(request):
                raise InvalidField("on", f"{_NO_DAY}") from None
            raise PageError(400, _NO_DAY, _HOW_TO_WRITE_DAYS) from None
        return None if on == self._frame.today() else on

    def _search(self, request: Request) -> Search:
        """What the address asks for.

        Raises:
            InvalidField, PageError: a filter has a value that there is not.
        """
        try:
            return Search.of(request.query_params)
        except UnknownFilter as unknown:
            if wants_data(request):
                raise InvalidField(unknown.name, f"{_NO_FILTER}") from None
            raise PageError(400, _NO_FILTER, _CHOOSE_AGAIN) from None

    def _found(self, search: Search, on: date, words: Catalogue) -> CataloguePage:
        return catalogue_page(self._knowledge, on, words, self._index.found(search, on, words), self._decisions)

    def _catalogue_as_html(self, asked: Asked, search: Search) -> bytes:
        words = catalogue(asked.language)
        page = self._found(search, asked.on, words)
        return html(
            "catalogue/rules.html",
            asked,
            self._knowledge.version,
            page=page,
            search=search,
            searched=search != EVERYTHING,
            choices=_CHOICES,
        ).encode()

    def _rule_as_json(self, rule_id: str, on: date, language: Language) -> bytes:
        return as_json(rule_page(self._knowledge, rule_id, on, catalogue(language), self._decisions))

    def _rule_as_html(self, rule_id: str, asked: Asked) -> bytes:
        rule = rule_page(self._knowledge, rule_id, asked.on, catalogue(asked.language), self._decisions)
        return html("catalogue/rule.html", asked, self._knowledge.version, page=rule).encode()


def _answer(request: Request, content: bytes, media_type: str, language: Language) -> Response:
    """A page that a cache may keep and has to ask about: figures change with the day and with the knowledge."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {
        **HEADERS,
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "ETag": tag,
        "Vary": _VARY,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type)
