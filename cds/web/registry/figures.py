"""The figures of the registry, as the agency published them: the service's own for people who are signed in, invented ones for anybody.

GET /registry/figures       `?data=demo` for the invented ones
GET /registry/figures.csv   the same as CSV
"""

from __future__ import annotations

import asyncio
import functools

from starlette.requests import Request
from starlette.responses import Response

from cds.language import catalogue
from cds.rtu.demo import OPENED, UNTIL, demo_contents
from cds.rtu.figures import Figures, figures_csv, figures_of
from cds.web.frame import Frame
from cds.web.headers import PRIVATE
from cds.web.registry.desk import Desk
from cds.web.registry.views import plots_of, tiles_of

__all__ = ["FiguresPages"]

_DEMO = {"data": "demo"}


class FiguresPages:
    """The endpoints.

    Args:
        frame: of the pages.
        desk: what the registry's pages work with.
    """

    def __init__(self, frame: Frame, desk: Desk) -> None:
        self._frame = frame
        self._desk = desk
        self._own_page = frame.require_sign_in(self._page)
        self._own_csv = frame.require_sign_in(self._csv)

    async def page(self, request: Request) -> Response:
        """The figures with plots."""
        return await (self._page if _is_demo(request) else self._own_page)(request)

    async def csv(self, request: Request) -> Response:
        """The figures as CSV."""
        return await (self._csv if _is_demo(request) else self._own_csv)(request)

    async def _figures(self, request: Request) -> Figures:
        if _is_demo(request):
            return await asyncio.to_thread(_demo)
        contents = await self._desk.register.contents()
        return await asyncio.to_thread(figures_of, contents, self._desk.opened)

    async def _page(self, request: Request) -> Response:
        figures = await self._figures(request)
        words = catalogue(self._frame.language(request)[0])
        demo = _is_demo(request)
        return await self._frame.page(
            request,
            "registry/figures.html",
            query=_DEMO if demo else {},
            demo=demo,
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
        text = figures_csv(await self._figures(request), catalogue(language).phrase)
        name = "registry-figures-demo.csv" if _is_demo(request) else "registry-figures.csv"
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
