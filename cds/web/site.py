"""The pages over HTTP, put together from their areas.

GET /                  to the catalogue, where no area has a page there
GET /rules …           the catalogue (`catalogue.routes`)
GET /assets/{file}     style sheets, scripts and the icon

`?on=YYYY-MM-DD` chooses the day whose figures are shown, `?lang=fr` the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from cds.knowledge import Knowledge
from cds.language import Language
from cds.web.assets import asset_route
from cds.web.catalogue.routes import catalogue_routes
from cds.web.catalogue.view import NO_DECISIONS, Decisions
from cds.web.forms import Forms
from cds.web.frame import Area, Frame, Sessions, local_day
from cds.web.headers import HEADERS

__all__ = ["web_routes"]


def web_routes(
    knowledge: Knowledge,
    *,
    default_language: Language = "en",
    today: Callable[[], date] = local_day,
    trial: bool = False,
    sessions: Sessions | None = None,
    forms: Forms | None = None,
    areas: Iterable[Area] = (),
    decisions: Decisions = NO_DECISIONS,
) -> list[BaseRoute]:
    """The routes of the pages.

    Args:
        knowledge: what the pages are about.
        default_language: where a browser asks for none of ours.
        today: the day shown where the address names none.
        trial: whether a banner says that the service is not for patients.
        sessions: who is signed in; None where there is nothing to sign in to.
        forms: the tokens of forms; without them those of a key that ends with the process.
        areas: further pages.
        decisions: rules that the operator keeps from the prescribers of an organisation; the catalogue says so.
    """
    frame = Frame(
        knowledge.version,
        default_language=default_language,
        today=today,
        trial=trial,
        sessions=sessions,
        forms=forms,
    )
    routes = [route for area in areas for route in area(frame)]
    routes += catalogue_routes(frame, knowledge, decisions)
    frame.install(routes)
    if not frame.has_home:
        routes.append(Route("/", _to_the_catalogue, methods=["GET"]))
    return [*routes, asset_route()]


async def _to_the_catalogue(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"rules{query}", 307, HEADERS)
