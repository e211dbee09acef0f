"""The pages over HTTP.

GET /rules             the catalogue
GET /rules/{id}        one rule; letter case does not matter
GET /rules/{id}.json   the same as JSON; so does `Accept: application/json`
GET /                  to the catalogue
GET /assets/{file}     style sheet and icon

`?on=YYYY-MM-DD` chooses the day whose figures are shown, `?lang=fr` the language.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from cds.knowledge import Knowledge
from cds.language import LANGUAGES, Language, catalogue, negotiate
from cds.phrases import Phrase
from cds.protocol.errors import InvalidField, UnknownAddress
from cds.web.negotiation import prefers_json
from cds.web.render import Asked, html
from cds.web.view import as_json, catalogue_page, rule_page

__all__ = ["web_routes"]

ASSETS = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_KEPT = 256  # rendered pages; a page of a chosen day is asked for again within minutes or never
_NO_RULE = Phrase("There is no rule of this name")
_NO_DAY = Phrase("This is not a day of the calendar")
_HOW_TO_WRITE_DAYS = Phrase("A day is written as year, month and day: 2026-11-23.")
_SEE_ALL = Phrase("The list of all rules has every rule with its name.")


def web_routes(
    knowledge: Knowledge,
    *,
    default_language: Language = "en",
    today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
    trial: bool = False,
) -> list[BaseRoute]:
    """The routes of the pages.

    Args:
        knowledge: what the pages are about.
        default_language: where a browser asks for none of ours.
        today: the day shown where the address names none.
        trial: whether a banner says that the service is not for patients.
    """
    pages = _Pages(knowledge, default_language, today, trial=trial)
    return [
        Route("/", pages.home, methods=["GET"]),
        Route("/rules", pages.catalogue, methods=["GET"]),
        Route("/rules/{rule_id}", pages.rule, methods=["GET"]),
        Route("/assets/{file}", _asset, methods=["GET"]),
    ]


class _Pages:
    """The endpoints; a page is rendered once for each rule, language and day."""

    def __init__(
        self, knowledge: Knowledge, default_language: Language, today: Callable[[], date], *, trial: bool
    ) -> None:
        self._trial = trial
        self._knowledge = knowledge
        self._default_language = default_language
        self._today = today
        self._ids = {rule.id.lower(): rule.id for rule in knowledge.rules}
        self._json = functools.lru_cache(_KEPT)(self._as_json)
        self._html = functools.lru_cache(_KEPT)(self._as_html)

    async def home(self, request: Request) -> Response:
        return RedirectResponse("rules" + _query(request), 307, HEADERS)

    async def catalogue(self, request: Request) -> Response:
        return self._page(request, None, json=prefers_json(request.headers.get("accept")))

    async def rule(self, request: Request) -> Response:
        asked: str = request.path_params["rule_id"]
        name = asked.removesuffix(".json")
        suffix = asked[len(name) :]
        json = bool(suffix) or prefers_json(request.headers.get("accept"))
        rule_id = self._ids.get(name.lower())
        if rule_id is None:
            return self._refusal(request, 404, _NO_RULE, _SEE_ALL, json=json)
        if rule_id != name:
            return RedirectResponse(rule_id + suffix + _query(request), 308, HEADERS)
        return self._page(request, rule_id, json=json)

    def _page(self, request: Request, rule_id: str | None, *, json: bool) -> Response:
        given = request.query_params.get("on")
        try:
            on = date.fromisoformat(given) if given else self._today()
        except ValueError:
            return self._refusal(request, 400, _NO_DAY, _HOW_TO_WRITE_DAYS, json=json)
        language, chosen = self._language(request)
        if json:
            return _answer(request, self._json(rule_id, on, language), "application/json", language)
        path = "rules" if rule_id is None else f"rules/{rule_id}"
        asked = Asked(path, on, language, chosen_day=bool(given), chosen_language=chosen, trial=self._trial)
        return _answer(request, self._html(rule_id, asked), "text/html; charset=utf-8", language)

    def _as_json(self, rule_id: str | None, on: date, language: Language) -> bytes:
        words = catalogue(language)
        if rule_id is None:
            return as_json(catalogue_page(self._knowledge, on, words))
        return as_json(rule_page(self._knowledge, rule_id, on, words))

    def _as_html(self, rule_id: str | None, asked: Asked) -> bytes:
        words = catalogue(asked.language)
        if rule_id is None:
            page = html(
                "rules.html",
                asked,
                self._knowledge.version,
                page=catalogue_page(self._knowledge, asked.on, words),
            )
        else:
            page = html(
                "rule.html",
                asked,
                self._knowledge.version,
                page=rule_page(self._knowledge, rule_id, asked.on, words),
            )
        return page.encode()

    def _refusal(self, request: Request, status: int, heading: Phrase, message: Phrase, *, json: bool) -> Response:
        """A page that says why there is none; as JSON, the OperationOutcome of the service's errors."""
        if json:
            raise UnknownAddress(f"{heading}") if status == UnknownAddress.status else InvalidField("on", f"{heading}")
        language, chosen = self._language(request)
        words = catalogue(language)
        asked = Asked(request.url.path.lstrip("/"), self._today(), language, chosen_language=chosen, trial=self._trial)
        page = html(
            "absent.html",
            asked,
            self._knowledge.version,
            heading=words.phrase(heading),
            message=words.phrase(message),
        )
        return Response(
            page, status, {**HEADERS, "Cache-Control": "no-store", "Content-Language": language}, "text/html"
        )

    def _language(self, request: Request) -> tuple[Language, bool]:
        """The language asked for, and whether the address names it."""
        named = request.query_params.get("lang", "").lower()
        for language in LANGUAGES:
            if named == language:
                return language, True
        return negotiate(request.headers.get("accept-language"), self._default_language), False


def _answer(request: Request, content: bytes, media_type: str, language: Language) -> Response:
    """A page that a cache may keep and has to ask about: figures change with the day and with the knowledge."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {
        **HEADERS,
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "ETag": tag,
        "Vary": "Accept, Accept-Language",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type)


async def _asset(request: Request) -> Response:
    name = request.path_params["file"]
    if name not in ASSETS:
        raise HTTPException(404)
    return Response(_content(name), 200, {**HEADERS, "Cache-Control": "public, max-age=3600"}, ASSETS[name])


@functools.cache
def _content(name: str) -> bytes:
    return (Path(__file__).parent / "assets" / name).read_bytes()


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
