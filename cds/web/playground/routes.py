"""The playground over HTTP.

GET  /                       the form with the first case of the library
GET  /playground/cases/{id}  the form with a case
POST /playground             what the form says is played; the whole page or, with `X-Fragment`, the results alone
GET  /playground             to the form: a reload, or another language, of the page that a form led to

What a person types stands in the body of a POST, never in an address; nothing of it is kept or logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from cds.http.body import read_body
from cds.knowledge import Knowledge
from cds.language import Language, catalogue
from cds.phrases import Phrase
from cds.playground.form import Typed
from cds.playground.library import Case, cases
from cds.playground.model import Played
from cds.protocol.errors import Overloaded
from cds.web.catalogue.words import INDICATORS
from cds.web.errors import PageError
from cds.web.frame import Area, Frame
from cds.web.headers import PRIVATE
from cds.web.playground.labels import LABELS
from cds.web.playground.markdown import rendered
from cds.web.playground.view import Entered, curl, families, options, said
from cds.web.render import html

__all__ = ["Play", "playground_area"]

ACCEPT = "accept"
"""The field with which a suggestion's button sends the suggestion's uuid."""
FRAGMENT = "x-fragment"
_LARGEST = 65_536  # bytes
_FIELDS = 300
_SECONDS = 10.0
_MEDIA_TYPE = "application/x-www-form-urlencoded"

_NO_CASE = Phrase("There is no case of this name")
_SEE_LIBRARY = Phrase("The playground has the list of all cases.")
_UNREADABLE = Phrase("This form cannot be read")
_SEND_AGAIN = Phrase("Open the page again and send the form once more.")
_BUSY = Phrase("Too many forms are being played")
_WAIT = Phrase("The service answers the hooks of EHRs first. Try again in a moment.")


class Play(Protocol):
    """Plays a form, beside the loop that answers requests."""

    async def __call__(self, typed: Typed, language: Language, accept: str) -> Played:
        """What the service makes of a form.

        Args:
            typed: the fields.
            language: what all is worded in.
            accept: uuid of a suggestion of the answer that changes the form first; empty for none.

        Raises:
            Overloaded: there is too much in hand.
        """


def playground_area(play: Play, knowledge: Knowledge, public_url: str) -> Area:
    """The playground as an area of the pages.

    Args:
        play: plays a form.
        knowledge: the products of the form.
        public_url: how clients reach the service, for the command that makes the same call.
    """

    def area(frame: Frame) -> list[BaseRoute]:
        pages = _Pages(frame, play, knowledge, public_url)
        return [
            frame.route("/", pages.home),
            frame.route("/playground", pages.again),
            frame.route("/playground", pages.played, methods=("POST",)),
            frame.route("/playground/cases/{case}", pages.case),
        ]

    return area


class _Pages:
    """The endpoints."""

    def __init__(self, frame: Frame, play: Play, knowledge: Knowledge, public_url: str) -> None:
        self._frame = frame
        self._play = play
        self._knowledge = knowledge
        self._public_url = public_url
        self._cases = {case.id: case for case in cases()}

    async def home(self, request: Request) -> Response:
        return await self._case(request, next(iter(self._cases.values())))

    async def case(self, request: Request) -> Response:
        case = self._cases.get(request.path_params["case"])
        if case is None:
            raise PageError(404, _NO_CASE, _SEE_LIBRARY)
        return await self._case(request, case)

    async def again(self, request: Request) -> Response:
        return self._frame.redirect(request, "")

    async def played(self, request: Request) -> Response:
        """No token against forgery: a form changes nothing, here or in a session, whoever has sent it."""
        fields = await _fields(request)
        accept = (fields.pop(ACCEPT, None) or [""])[0]
        played = await self._run(request, fields, accept)
        if FRAGMENT not in request.headers:
            return await self._page(request, played)
        asked = await self._frame.asked(request, forms=False)
        text = html("playground/results.html", asked, self._frame.version, **self._results(played, asked.language))
        headers = {"Content-Language": asked.language, "Vary": "Accept-Language"}
        return Response(text, 200, {**PRIVATE, **headers}, "text/html")

    async def _case(self, request: Request, case: Case) -> Response:
        played = await self._run(request, case.typed(self._frame.today()), "")
        return await self._page(request, played, case)

    async def _run(self, request: Request, typed: Typed, accept: str) -> Played:
        try:
            return await self._play(typed, self._frame.language(request)[0], accept)
        except Overloaded:
            raise PageError(503, _BUSY, _WAIT, {"Retry-After": "1"}) from None

    async def _page(self, request: Request, played: Played, case: Case | None = None) -> Response:
        language = self._frame.language(request)[0]
        library = tuple(self._cases.values())
        after = None if case is None else next(iter(library[library.index(case) + 1 :]), None)
        return await self._frame.page(
            request,
            "playground/page.html",
            case=case,
            next_case=after,
            cases=library,
            options=options(self._knowledge, catalogue(language)),
            entered=Entered.of(played),
            **self._results(played, language),
        )

    def _results(self, played: Played, language: Language) -> dict[str, Any]:
        words = catalogue(language)
        examination = played.examination
        return {
            "played": played,
            "examination": examination,
            "said": said(examination, words) if examination else words.text(Phrase("The form cannot be played.")),
            "families": families(examination, words) if examination else (),
            "curl": curl(examination, self._public_url, language) if examination else "",
            "labels": {name: words.phrase(label) for name, label in LABELS.items()},
            "indicators": {code: words.phrase(label) for code, label in INDICATORS.items()},
            "rendered": rendered,
        }


async def _fields(request: Request) -> dict[str, Sequence[str]]:
    """The fields of the form.

    Raises:
        PageError: it is none, or cannot be read.
        BodyTooLarge, RequestTimeout: it is too large, or takes too long.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise PageError(415, _UNREADABLE, _SEND_AGAIN)
    body = await read_body(request, _LARGEST, _SECONDS)
    try:
        return dict(parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
    except ValueError:
        raise PageError(400, _UNREADABLE, _SEND_AGAIN) from None
