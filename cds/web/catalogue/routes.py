"""The catalogue over HTTP.

GET /rules             the catalogue
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
from cds.language import Language, catalogue
from cds.phrases import Phrase
from cds.protocol.errors import InvalidField, UnknownAddress
from cds.web.catalogue.view import as_json, catalogue_page, rule_page
from cds.web.errors import PageError
from cds.web.frame import Frame, wants_data
from cds.web.headers import HEADERS, PRIVATE
from cds.web.render import Asked, html

__all__ = ["catalogue_routes"]

_KEPT = 256  # rendered pages; a page of a chosen day is asked for again within minutes or never
_NO_RULE = Phrase("There is no rule of this name")
_NO_DAY = Phrase("This is not a day of the calendar")
_HOW_TO_WRITE_DAYS = Phrase("A day is written as year, month and day: 2026-11-23.")
_SEE_ALL = Phrase("The list of all rules has every rule with its name.")


def catalogue_routes(frame: Frame, knowledge: Knowledge) -> list[BaseRoute]:
    """The routes of the catalogue."""
    pages = _Pages(frame, knowledge)
    return [frame.route("/rules", pages.catalogue), frame.route("/rules/{rule_id}", pages.rule)]


class _Pages:
    """The endpoints; a page that anybody may see is rendered once for each rule, language and day."""

    def __init__(self, frame: Frame, knowledge: Knowledge) -> None:
        self._frame = frame
        self._knowledge = knowledge
        self._ids = {rule.id.lower(): rule.id for rule in knowledge.rules}
        self._json = functools.lru_cache(_KEPT)(self._as_json)
        self._html = functools.lru_cache(_KEPT)(self._as_html)

    async def catalogue(self, request: Request) -> Response:
        return await self._page(request, None)

    async def rule(self, request: Request) -> Response:
        asked: str = request.path_params["rule_id"]
        name = asked.removesuffix(".json")
        suffix = asked[len(name) :]
        rule_id = self._ids.get(name.lower())
        if rule_id is None:
            if wants_data(request):
                raise UnknownAddress(f"{_NO_RULE}")
            raise PageError(404, _NO_RULE, _SEE_ALL)
        if rule_id != name:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(rule_id + suffix + query, 308, HEADERS)
        return await self._page(request, rule_id)

    async def _page(self, request: Request, rule_id: str | None) -> Response:
        on = self._day(request)
        if wants_data(request):
            language, _ = self._frame.language(request)
            return _answer(
                request, self._json(rule_id, on or self._frame.today(), language), "application/json", language
            )
        asked = await self._frame.asked(request, on=on, forms=False)
        if asked.person is not None:
            more = {"Content-Language": asked.language, "Vary": "Accept, Accept-Language, Cookie"}
            return Response(self._as_html(rule_id, asked), 200, {**PRIVATE, **more}, "text/html")
        return _answer(request, self._html(rule_id, asked), "text/html; charset=utf-8", asked.language)

    def _day(self, request: Request) -> date | None:
        """The day that the address chooses.

        Raises:
            InvalidField, PageError: it is none.
        """
        given = request.query_params.get("on")
        try:
            return date.fromisoformat(given) if given else None
        except ValueError:
            if wants_data(request):
                raise InvalidField("on", f"{_NO_DAY}") from None
            raise PageError(400, _NO_DAY, _HOW_TO_WRITE_DAYS) from None

    def _as_json(self, rule_id: str | None, on: date, language: Language) -> bytes:
        words = catalogue(language)
        if rule_id is None:
            return as_json(catalogue_page(self._knowledge, on, words))
        return as_json(rule_page(self._knowledge, rule_id, on, words))

    def _as_html(self, rule_id: str | None, asked: Asked) -> bytes:
        words = catalogue(asked.language)
        if rule_id is None:
            template, page = "catalogue/rules.html", catalogue_page(self._knowledge, asked.on, words)
            return html(template, asked, self._knowledge.version, page=page).encode()
        rule = rule_page(self._knowledge, rule_id, asked.on, words)
        return html("catalogue/rule.html", asked, self._knowledge.version, page=rule).encode()


def _answer(request: Request, content: bytes, media_type: str, language: Language) -> Response:
    """A page that a cache may keep and has to ask about: figures change with the day and with the knowledge."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {
        **HEADERS,
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "ETag": tag,
        "Vary": "Accept, Accept-Language, Cookie",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type)
