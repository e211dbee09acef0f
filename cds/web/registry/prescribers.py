"""The registered prescribers, for people who are signed in.

GET       /registry/prescribers
GET, POST /registry/prescribers/{id}   a registration; `new` for another one
"""

from __future__ import annotations

from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.rtu.fields import write_record
from cds.rtu.model import Prescriber
from cds.rtu.stored import fresh_id
from cds.rtu.validation import Invalid
from cds.rtu.wording import SETTINGS
from cds.web.errors import PageError
from cds.web.registry.desk import Endpoints
from cds.web.registry.inputs import OF_PRESCRIBER, Sheet, one_sheet, read, texts_of
from cds.web.registry.views import PAGE, page_number

__all__ = ["Prescribers"]

_NO_PRESCRIBER = Phrase("No prescriber is registered under this identifier")
_WHY_NO_PRESCRIBER = Phrase("The address is not complete.")


class Prescribers(Endpoints):
    """The endpoints."""

    async def listed(self, request: Request) -> Response:
        """The list of prescribers."""
        page = page_number(request.query_params.get("page"))
        found = await self._desk.listing.prescribers(limit=PAGE + 1, offset=(page - 1) * PAGE)
        return await self._frame.page(
            request,
            "registry/prescribers.html",
            query={"page": str(page)} if page > 1 else {},
            listed=found[:PAGE],
            settings=SETTINGS,
            page=page,
            more=len(found) > PAGE,
        )

    async def one(self, request: Request) -> Response:
        """One registration, to be changed; or an empty one."""
        values = {} if _is_new(request) else write_record(await self._known(request))
        return await self._page(request, one_sheet(OF_PRESCRIBER, values))

    async def save(self, request: Request) -> Response:
        """Keep a registration."""
        sent = await self._frame.form(request)
        today = self._frame.today()
        texts = texts_of(sent, OF_PRESCRIBER)
        fixed = {"registered_on": today.isoformat(), "id": str(sent.get("id", ""))}
        if not _is_new(request):
            known = write_record(await self._known(request))
            fixed = {name: known[name] for name in fixed}
        try:
            record = cast("Prescriber", read("prescriber", texts, fixed, today))
            await self._desk.register.correct_prescriber(record)
        except Invalid as invalid:
            return await self._page(request, one_sheet(OF_PRESCRIBER, texts, invalid.faults), fixed["id"])
        return self._frame.redirect(request, "registry/prescribers")

    async def _page(self, request: Request, form: Sheet, fresh: str = "") -> Response:
        """`fresh`: the id that a form already sent once carries, so that sent again it is the same prescriber."""
        return await self._frame.page(
            request,
            "registry/prescriber.html",
            status=422 if form.faults else 200,
            sheets=[form],
            new=_is_new(request),
            id=fresh or fresh_id(),
            name=request.path_params["id"],
        )

    async def _known(self, request: Request) -> Prescriber:
        found = await self._desk.register.prescriber([request.path_params["id"]])
        if found is None:
            raise PageError(404, _NO_PRESCRIBER, _WHY_NO_PRESCRIBER)
        return found


def _is_new(request: Request) -> bool:
    return bool(request.path_params["id"] == "new")
