"""The figures of the registry, as the agency published them: the service's own for people who are signed in, invented ones for anybody.

GET /registry/figures       `?data=demo` for the invented ones
GET /registry/figures.csv   the same as CSV
"""

from __future__ import annotations

import asyncio
import functools
import time
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from cds.language import catalogue
from cds.rtu.demo import OPENED, UNTIL, demo_contents
from cds.rtu.figures import Figures, figures_csv, figures_of
from cds.web.beside import Beside
from cds.web.frame import Frame
from cds.web.headers import PRIVATE
from cds.web.registry.desk import Desk, Endpoints
from cds.web.registry.views import plots_of, tiles_of
from cds.web.render import Asked, html

__all__ = ["FiguresPages"]

_DEMO = {"data": "demo"}
_SECONDS = 5.0  # for which own figures are kept


class FiguresPages(Endpoints):
    """The endpoints.

    Args:
        frame: of the pages.
        desk: what the registry's pages work with.
    """

    def __init__(self, frame: Frame, desk: Desk) -> None:
        super().__init__(frame, desk)
        self._beside = Beside()
        self._reading = asyncio.Lock()
        self._kept: tuple[float, Figures] | None = None
        self._own_page = frame.require_sign_in(self._page)
        self._own_csv = frame.require_sign_in(self._csv)

    async def page(self, request: Request) -> Response:
        """The figures with plots."""
        return await (self._page if _is_demo(request) else self._own_page)(request)

    async def csv(self, request: Request) -> Response:
        """The figures as CSV."""
        return await (self._csv if _is_demo(request) else self._own_csv)(request)

    async def _own(self) -> Figures:
        """The service's own; the whole registry is read for them, so they are kept for some seconds.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._reading:
            if self._kept is None or time.monotonic() - self._kept[0] >= _SECONDS:
                contents = await self._desk.register.contents()
                figures = await asyncio.to_thread(figures_of, contents, self._desk.opened)
                self._kept = time.monotonic(), figures
            return self._kept[1]

    async def _page(self, request: Request) -> Response:
        demo = _is_demo(request)
        asked = await self._frame.asked(request, query=_DEMO if demo else {})
        if not demo:
            figures = await self._own()
            invented = await self._desk.listing.has_invented()
            text = await self._beside.made(request, lambda: self._text(asked, figures, demo=False, invented=invented))
        elif asked.person is None:  # a page without any form that needs a token
            anybody = replace(asked, token="")
            text = await self._beside.made(request, lambda: self._text(anybody, _demo(), demo=True), anybody)
        else:
            text = await self._beside.made(request, lambda: self._text(asked, _demo(), demo=True))
        return self._frame.answer(request, asked, text)

    def _text(self, asked: Asked, figures: Figures, *, demo: bool, invented: bool = False) -> str:
        words = catalogue(asked.language)
        return html(
            "registry/figures.html",
            asked,
            self._frame.version,
            demo=demo,
            invented=invented,
            data=_DEMO if demo else {},
            tiles=tiles_of(figures, words),
            plot=plots_of(figures),
            opened=OPENED if demo else self._desk.opened,
            until=UNTIL,
            mean=figures.patients_per_prescriber_with.value,
            people=figures.prescribers.count + figures.patients.count,
        )

    async def _csv(self, request: Request) -> Response:
        language, _ = self._frame.language(request)
        say, demo = catalogue(language).phrase, _is_demo(request)
        if demo:
            key = ("csv", language)
            text = await self._beside.made(request, lambda: figures_csv(_demo(), say), key)
        else:
            text = figures_csv(await self._own(), say)
        name = "registry-figures-demo.csv" if demo else "registry-figures.csv"
        headers = {
            **PRIVATE,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Language": language,
            "Vary": "Accept-Language, Cookie",
        }
        return Response(text, 200, headers, "text/csv; charset=utf-8")


def _is_demo(request: Request) -> bool:
    return request.query_params.get("data") == "demo"


@functools.cache
def _demo() -> Figures:
    return figures_of(demo_contents(), OPENED)
