"""What was recorded wrongly, put right by people who are signed in. Who did it, when, and to what kind of record is kept.

GET, POST /registry/patients/{pseudonym}/change
GET, POST /registry/patients/{pseudonym}/delete/{kind}/{event}   one visit, opinion or stop
"""

from __future__ import annotations

from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.rtu.fields import write_record
from cds.rtu.found import History
from cds.rtu.model import Patient, RecordedOpinion, Stop, Visit
from cds.rtu.rows import event_name
from cds.rtu.validation import Invalid
from cds.web.errors import PageError
from cds.web.registry.desk import Endpoints
from cds.web.registry.inputs import ASKED, INPUTS, Sheet, one_sheet, read, texts_of
from cds.web.registry.people import history_of, pseudonym_of
from cds.web.registry.views import short

__all__ = ["Corrections"]

KINDS = {
    "visit": Phrase("Delete the visit"),
    "opinion": Phrase("Delete the opinion"),
    "stop": Phrase("Delete the stop"),
}
_GONE = Phrase("There is no such record")
_WHY_GONE = Phrase("It was deleted already, or the address is not complete.")


class Corrections(Endpoints):
    """The endpoints."""

    async def registration(self, request: Request) -> Response:
        """A registration, to be changed."""
        patient = (await history_of(self._desk, request)).patient
        texts = write_record(patient)
        boxes = " ".join(each.name for each in INPUTS["patient"] if each.widget == "box" and texts[each.name] == "no")
        return await self._page(request, one_sheet(INPUTS["patient"], texts | {ASKED: boxes}), patient.prescriber)

    async def change(self, request: Request) -> Response:
        """Keep the registration as it was typed."""
        patient = (await history_of(self._desk, request)).patient
        sent = await self._frame.form(request)
        texts = texts_of(sent, INPUTS["patient"])
        prescriber = str(sent.get("prescriber", ""))
        fixed = write_record(patient)
        fixed = {name: fixed[name] for name in ("pseudonym", "registered_on")} | {"prescriber": prescriber}
        try:
            record = cast("Patient", read("patient", texts, fixed, self._frame.today()))
            await self._desk.register.correct_patient(record, await self._who(request))
        except Invalid as invalid:
            return await self._page(request, one_sheet(INPUTS["patient"], texts, invalid.faults), prescriber)
        return self._frame.redirect(request, f"registry/patients/{patient.pseudonym}", {"done": "changed"})

    async def _page(self, request: Request, form: Sheet, prescriber: str) -> Response:
        return await self._frame.page(
            request,
            "registry/register.html",
            status=422 if form.faults else 200,
            sheets=[form],
            prescribers=[each.prescriber for each in await self._desk.listing.prescribers()],
            prescriber=prescriber,
            short=short(pseudonym_of(request)),
            name=pseudonym_of(request),
            change=True,
        )

    async def deletion(self, request: Request) -> Response:
        """Whether to delete a record."""
        event = _event(request, await history_of(self._desk, request))
        return await self._frame.page(
            request,
            "registry/delete.html",
            title=KINDS[request.path_params["kind"]],
            on=event.on,
            name=pseudonym_of(request),
            short=short(pseudonym_of(request)),
        )

    async def delete(self, request: Request) -> Response:
        """Delete a record."""
        await self._frame.form(request)
        event = _event(request, await history_of(self._desk, request))
        await self._desk.register.remove(event, await self._who(request))
        return self._frame.redirect(request, f"registry/patients/{event.patient}", {"done": "deleted"})

    async def _who(self, request: Request) -> str:
        person = await self._frame.person(request)
        return "" if person is None else person.name


def _event(request: Request, history: History) -> Visit | RecordedOpinion | Stop:
    """The record that an address names.

    Raises:
        PageError: there is none.
    """
    records: dict[str, tuple[Visit | RecordedOpinion | Stop, ...]] = {
        "visit": history.visits,
        "opinion": history.opinions,
        "stop": history.stops,
    }
    for record in records.get(request.path_params["kind"], ()):
        if event_name(record) == request.path_params["event"]:
            return record
    raise PageError(404, _GONE, _WHY_GONE)
