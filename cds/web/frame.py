"""The frame that all pages share: navigation, language, who is signed in, forms, refusals.

An area of the pages is a function from a `Frame` to routes. A page in it is an endpoint:

    async def patients(request: Request) -> Response:
        return await frame.page(request, "registry/patients.html", patients=…)

    routes = [frame.route("/registry/patients", patients, sign_in=True)]

`frame.route` answers `PageError` and a database that is down with a page, and sends who is not signed in to sign in. A form in a template has
`{{ parts.csrf_field() }}`; its endpoint reads it with `await frame.form(request)`, which refuses forms from elsewhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from cds.http.paths import path_below
from cds.language import LANGUAGES, Language, catalogue, negotiate
from cds.phrases import Phrase
from cds.protocol.errors import NotAuthenticated, NotReady
from cds.store import StoreUnavailable
from cds.web.errors import PageError, database_down
from cds.web.forms import Forms
from cds.web.headers import PRIVATE
from cds.web.negotiation import prefers_json
from cds.web.render import Asked, Place, html

__all__ = ["Area", "Frame", "Person", "Sessions", "path_of", "wants_data"]

Endpoint = Callable[[Request], Awaitable[Response]]

PLACES = (
    Place("", Phrase("Playground"), "playground"),
    Place("rules", Phrase("Rules")),
    Place("registry", Phrase("Registry")),
    Place("safety", Phrase("Safety")),
)
"""The navigation; a place whose page is not installed is left out."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in.

    Attributes:
        name: as the page shows it; a `Phrase` where it is a word of ours.
        session: id of the session.
    """

    name: str
    session: str


class Sessions(Protocol):
    """What knows who is signed in."""

    async def person(self, request: Request) -> Person | None:
        """Who asks; None for anybody.

        Raises:
            StoreUnavailable: it cannot be told, because the database does not answer.
        """


def local_day() -> date:
    """The day here and now."""
    return datetime.now().astimezone().date()


class Frame:
    """What all pages share.

    Args:
        version: of the knowledge.
        default_language: where a browser asks for none of ours.
        today: the day shown where the address names none.
        trial: whether a banner says that the service is not for patients.
        sessions: who is signed in; None where there is nothing to sign in to.
        forms: the tokens of forms; without them those of a key that ends with the process.
    """

    def __init__(
        self,
        version: str,
        *,
        default_language: Language = "en",
        today: Callable[[], date] = local_day,
        trial: bool = False,
        sessions: Sessions | None = None,
        forms: Forms | None = None,
    ) -> None:
        self.version = version
        self.today = today
        self._default_language = default_language
        self._trial = trial
        self._sessions = sessions
        self._forms = forms or Forms(secrets.token_bytes(32))
        self._places: tuple[Place, ...] = ()

    def install(self, routes: Iterable[BaseRoute]) -> None:
        """Tell which pages there are: the navigation leads to those places only."""
        paths = {route.path.removeprefix("/") for route in routes if isinstance(route, Route)}
        self._places = tuple(place for place in PLACES if place.path in paths)

    @property
    def has_home(self) -> bool:
        """Whether a page stands at the service's address itself."""
        return any(place.path == "" for place in self._places)

    def route(
        self, path: str, endpoint: Endpoint, *, methods: tuple[str, ...] = ("GET",), sign_in: bool = False
    ) -> Route:
        """A route whose refusals are pages.

        Args:
            path: as Starlette writes it.
            endpoint: what answers.
            methods: HTTP methods.
            sign_in: whether only people who are signed in get there.
        """
        return Route(path, self._guarded(endpoint, sign_in=sign_in), methods=list(methods))

    def require_sign_in(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint for people who are signed in; others are sent to sign in or, where they ask for data, answered 401."""
        return self._guarded(endpoint, sign_in=True)

    def _guarded(self, endpoint: Endpoint, *, sign_in: bool) -> Endpoint:
        async def answered(request: Request) -> Response:
            try:
                if sign_in and await self.person(request) is None:
                    return self._to_sign_in(request)
                return await endpoint(request)
            except PageError as error:
                return await self.refusal(request, error)
            except StoreUnavailable:
                if wants_data(request):
                    raise NotReady("the database does not answer") from None
                query = dict(request.query_params)
                return await self.refusal(
                    request, database_down(request.method, path_of(request), query, NotReady().headers)
                )

        return answered

    def _to_sign_in(self, request: Request) -> Response:
        """To the page to sign in, and back afterwards; a form that was sent leads back to the start only.

        Raises:
            NotAuthenticated: data were asked for.
        """
        if wants_data(request):
            raise NotAuthenticated
        query = {}
        if request.method in ("GET", "HEAD"):
            query["next"] = path_of(request) + (f"?{request.url.query}" if request.url.query else "")
        return self.redirect(request, "sign-in", query)

    async def person(self, request: Request) -> Person | None:
        """Who is signed in; looked up once a request.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        if self._sessions is None:
            return None
        if not hasattr(request.state, "person"):
            request.state.person = None  # so that the page that says it is down does not ask again
            request.state.person = await self._sessions.person(request)
        person: Person | None = request.state.person
        return person

    def language(self, request: Request) -> tuple[Language, bool]:
        """The language asked for, and whether the address names it."""
        named = request.query_params.get("lang", "").lower()
        for language in LANGUAGES:
            if named == language:
                return language, True
        return negotiate(request.headers.get("accept-language"), self._default_language), False

    async def asked(
        self,
        request: Request,
        *,
        on: date | None = None,
        query: Mapping[str, str] | None = None,
        forms: bool = True,
    ) -> Asked:
        """What a page is told of its request.

        Args:
            request: the request.
            on: the day that its address chooses.
            query: further parameters of the address that the page in another language keeps.
            forms: whether the page may have forms that change something.
        """
        language, chosen = self.language(request)
        try:
            person = await self.person(request)
        except StoreUnavailable:
            person = None  # of whom nothing more is shown: guarded pages do not come here
        return Asked(
            path=path_of(request),
            on=on or self.today(),
            language=language,
            chosen_day=on is not None,
            chosen_language=chosen,
            trial=self._trial,
            places=self._places,
            query=tuple((query or {}).items()),
            signs_in=self._sessions is not None,
            person=_name(person.name, language) if person else None,
            token=self._forms.token(request, person.session if person else None) if forms or person else "",
        )

    async def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """A page that no cache keeps.

        Args:
            request: the request.
            template: its name in `templates`.
            status: HTTP status.
            headers: further headers.
            query: parameters of the address that the page in another language keeps.
            context: what the template needs; `cds.web.render.html` says what it has beside that.
        """
        asked = await self.asked(request, query=query)
        return self.answer(request, asked, html(template, asked, self.version, **context), status, headers)

    def answer(
        self, request: Request, asked: Asked, text: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer that is a page, which no cache keeps.

        Args:
            request: the request.
            asked: what the page was told of it.
            text: the page.
            status: HTTP status.
            headers: further headers.
        """
        more = {"Content-Language": asked.language, "Vary": "Accept, Accept-Language, Cookie", **(headers or {})}
        response = Response(text, status, {**PRIVATE, **more}, "text/html")
        if asked.person is None and asked.token in text:
            self._forms.remember(request, response)
        return response

    async def refusal(self, request: Request, error: PageError) -> Response:
        """The page that says why there is none."""
        words = catalogue(self.language(request)[0])
        return await self.page(
            request,
            "absent.html",
            status=error.status,
            headers=error.headers,
            heading=words.phrase(error.heading),
            message=words.phrase(error.message),
            way=error.way,
        )

    async def form(self, request: Request) -> FormData:
        """The fields of a form that comes from a page of ours; see `Forms.read`.

        Raises:
            PageError: it does not, or cannot be read.
            StoreUnavailable: the database does not answer.
        """
        person = await self.person(request)
        return await self._forms.read(request, person.session if person else None)

    def redirect(
        self, request: Request, path: str, query: Mapping[str, str] | None = None, *, status: int = 303
    ) -> Response:
        """To another page, in the language that the address names.

        Args:
            request: the request.
            path: below the service's address, with its own query or without; nothing else.
            query: further parameters.
            status: 303, so that a form that was sent is not sent again.
        """
        query = dict(query or {})
        language, chosen = self.language(request)
        if chosen and "lang=" not in path:
            query["lang"] = language
        root = "/".join([".."] * path_of(request).count("/")) or "."
        joined = ("&" if "?" in path else "?") + urlencode(query) if query else ""
        return RedirectResponse(f"{root}/{path}{joined}", status, PRIVATE)


def _name(name: str, language: Language) -> str:
    """The name of a person; a word of ours in the page's language."""
    return catalogue(language).phrase(name) if isinstance(name, Phrase) else name


Area = Callable[[Frame], list[BaseRoute]]


def path_of(request: Request) -> str:
    """The path of a page below the service's address, without a slash in front."""
    return path_below(request.scope).removeprefix("/")


def wants_data(request: Request) -> bool:
    """Whether a client asks for JSON or CSV and not for a page."""
    return path_of(request).endswith((".json", ".csv")) or prefers_json(request.headers.get("accept"))
