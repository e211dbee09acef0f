"""The dashboard over HTTP, for people who are signed in; with `data=demo`, invented figures for anybody.

GET  /safety                    the page
GET  /safety/{section}.csv      the figures of one section
POST /safety/comments/forget    deletes a comment

All take the filters of the page's form: `period` (7, 30, 90 or 365 days, or `dates` with `from` and `to`), `issuer`, `unit`, `hook`, `family`,
`rule`, `indicator`, `reason`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from cds.feedback.demo import DemoFigures
from cds.feedback.figures import SMALLEST_DENOMINATOR, Choices, all_calls
from cds.feedback.source import FigureSource, OwnFigures
from cds.knowledge import Knowledge
from cds.language import Language, catalogue
from cds.phrases import Phrase
from cds.protocol.errors import InvalidField, UnknownAddress
from cds.web.beside import Beside
from cds.web.errors import PageError
from cds.web.frame import Area, Endpoint, Frame, wants_data
from cds.web.headers import PRIVATE
from cds.web.render import Asked, html
from cds.web.safety.chosen import BadChoice, Chosen, read_choices
from cds.web.safety.files import csv_file
from cds.web.safety.forgetting import FORGOTTEN, forgetting_route
from cds.web.safety.overview import OVERVIEW_HEADER, latencies, tiles
from cds.web.safety.page import COMMENT_HEADER, Form, comment_lines, comment_rows
from cds.web.safety.sections import SECTIONS
from cds.web.safety.telling import Read, Teller
from cds.web.safety.words import Names

__all__ = ["safety_area"]

_DRAWN = 12  # rows of a plot
_COMMENTS = 10  # on a page
_MOST_COMMENTS = 5000  # in a file
_HOW = Phrase("Choose again in the form of the page.")
_NO_FILE = Phrase("There is no such file")


def utc_day() -> date:
    """The day by which figures are counted."""
    return datetime.now(UTC).date()


def safety_area(figures: OwnFigures, knowledge: Knowledge, today: Callable[[], date] = utc_day) -> Area:
    """The pages of the dashboard.

    Args:
        figures: the service's own.
        knowledge: names rules, families and reasons.
        today: the UTC day.
    """

    def area(frame: Frame) -> list[BaseRoute]:
        pages = _Pages(frame, figures, knowledge, today)
        return [
            frame.route("/safety", _guarded(frame, pages.page)),
            frame.route("/safety/{section}.csv", _guarded(frame, pages.file)),
            forgetting_route(frame, figures.forget_comment, pages.query),
        ]

    return area


def _guarded(frame: Frame, endpoint: Endpoint) -> Endpoint:
    """Open for invented figures, and for others after signing in."""
    after_sign_in = frame.require_sign_in(endpoint)

    async def answered(request: Request) -> Response:
        demo = request.query_params.get("data") == "demo"
        return await (endpoint if demo else after_sign_in)(request)

    return answered


class _Pages:
    """The endpoints."""

    def __init__(self, frame: Frame, figures: FigureSource, knowledge: Knowledge, today: Callable[[], date]) -> None:
        self._frame = frame
        self._figures = figures
        self._knowledge = knowledge
        self._today = today
        self._beside = Beside()

    async def page(self, request: Request) -> Response:
        chosen = self._chosen(request)
        asked = await self._frame.asked(request, query=chosen.query)
        if not chosen.demo:
            read, choices = await self._read(chosen, _COMMENTS), await self._figures.choices()
            forgotten = FORGOTTEN in request.query_params
            text = await self._beside.made(request, lambda: self._text(asked, read, choices, forgotten=forgotten))
        elif asked.person is None:  # a page without any form that needs a token
            anybody = replace(asked, token="")
            text = await self._beside.made(request, lambda: self._demo_text(anybody, chosen), (anybody, chosen))
        else:
            text = await self._beside.made(request, lambda: self._demo_text(asked, chosen))
        return self._frame.answer(request, asked, text)

    def _demo_text(self, asked: Asked, chosen: Chosen) -> str:
        """The page of invented figures; for a thread, which has no loop yet."""

        async def read() -> tuple[Read, Choices]:
            return await self._read(chosen, _COMMENTS), await self._source(chosen).choices()

        return self._text(asked, *asyncio.run(read()))

    def _text(self, asked: Asked, read: Read, choices: Choices, *, forgotten: bool = False) -> str:
        tell = self._teller(asked.language)
        return html(
            "safety/dashboard.html",
            asked,
            self._frame.version,
            form=Form(read.chosen, choices, self._knowledge, tell),
            chosen_figures=read.chosen,
            period=" ".join(tell.notes(read)),
            tiles=tiles(read, tell),
            empty=_empty(read),
            most=_DRAWN,
            most_comments=_MOST_COMMENTS,
            least=SMALLEST_DENOMINATOR,
            sections=[section(read, tell) for section in SECTIONS.values()],
            latency=latencies(read, tell),
            comments=comment_lines(read, tell),
            forgotten=forgotten,
            comment_count=tell.said.part(read.comments.count, read.comments.of),
            more=read.chosen.page * _COMMENTS < read.comments.count,
            rules=tell.names.rules,
        )

    def query(self, request: Request) -> Mapping[str, str]:
        """The parameters that choose what an address chooses; none where it chooses nothing that can be shown."""
        try:
            return read_choices(_last(request), self._knowledge, self._today()).query
        except BadChoice:
            return {}

    async def file(self, request: Request) -> Response:
        key: str = request.path_params["section"]
        if key not in {"overview", "latency", "comments", *SECTIONS}:
            raise UnknownAddress(f"{_NO_FILE}")
        chosen, language = self._chosen(request), self._frame.language(request)[0]
        most = _MOST_COMMENTS if key == "comments" else 0
        if chosen.demo:
            made = self._beside.made(
                request,
                lambda: self._file_text(key, language, asyncio.run(self._read(chosen, most))),
                (key, language, chosen),
            )
        else:
            read = await self._read(chosen, most)
            made = self._beside.made(request, lambda: self._file_text(key, language, read))
        name = "-".join(["safety", *(["demo"] if chosen.demo else []), key, str(chosen.since), str(chosen.until)])
        headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(await made, 200, headers, "text/csv; charset=utf-8; header=present")

    def _file_text(self, key: str, language: Language, read: Read) -> bytes:
        tell = self._teller(language)
        if key == "overview":
            header, rows = OVERVIEW_HEADER, tuple(tile.row for tile in tiles(read, tell))
        elif key == "comments":
            header, rows = COMMENT_HEADER, comment_rows(read)
        else:
            section = latencies(read, tell).section if key == "latency" else SECTIONS[key](read, tell)
            header, rows = section.header, section.rows
        return csv_file(read.chosen, header, rows)

    def _chosen(self, request: Request) -> Chosen:
        """What the address chooses.

        Raises:
            InvalidField, PageError: it chooses nothing that can be shown.
        """
        try:
            return read_choices(_last(request), self._knowledge, self._today())
        except BadChoice as bad:
            if wants_data(request):
                raise InvalidField(bad.field, f"{bad.why}") from None
            raise PageError(400, bad.why, _HOW) from None

    async def _read(self, chosen: Chosen, most: int) -> Read:
        """The figures of what was chosen.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        source = self._source(chosen)
        if chosen.by_reason:
            chosen = chosen.among((await source.choices()).reasons)
        filters = chosen.filters
        skip = 0 if most > _COMMENTS else (chosen.page - 1) * _COMMENTS
        return Read(
            chosen=chosen,
            cards=await source.cards(filters),
            tallies=await source.tallies(filters),
            unknown_cards=await source.unknown_cards(filters),
            comments=await source.comments(filters, skip=skip, most=most),
        )

    def _source(self, chosen: Chosen) -> FigureSource:
        return DemoFigures(self._today()) if chosen.demo else self._figures

    def _teller(self, language: Language) -> Teller:
        words = catalogue(language)
        return Teller(words, Names(self._knowledge, words))


def _empty(read: Read) -> str:
    """What there is nothing of: `calls`, `feedback`, or empty."""
    if not (all_calls(read.tallies) or read.cards):
        return "calls"
    answered = any(card.outcome is not None for card in read.cards)  # which may be told of after the period
    return "" if read.unknown_cards.of or answered else "feedback"


def _last(request: Request) -> Mapping[str, str]:
    """The parameters of the address; of one that is given twice the last."""
    return dict(request.query_params.items())
