"""The registry for people who are signed in: patients, and what befell each.

GET       /registry
GET       /registry/patients                    `?show=due|running|all`, `?prescriber=`, `?page=`
GET, POST /registry/patients/find               an EHR's identifier, hashed at once, leads to the patient
GET, POST /registry/patients/{pseudonym}/register
GET       /registry/patients/{pseudonym}
GET, POST /registry/patients/{pseudonym}/{visit | opinion | stop | erase}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.rtu.course import dose_last_told, newest_of
from cds.rtu.fields import write_amount
from cds.rtu.found import History
from cds.rtu.model import Patient, RecordedOpinion, Stop, Visit
from cds.rtu.rows import event_name
from cds.rtu.validation import Fault, Invalid
from cds.rtu.wording import KINDS, REASONS, SEXES
from cds.security.addresses import address_of
from cds.security.issuers import normal_namespace
from cds.security.pseudonym import pseudonym
from cds.web.errors import PageError
from cds.web.registry.desk import Desk, Endpoints
from cds.web.registry.inputs import INPUTS, TITLES, Kind, Sheet, one_sheet, read, texts_of
from cds.web.registry.views import PAGE, history_view, page_number, short

__all__ = ["People", "history_of", "pseudonym_of"]

_PSEUDONYM = re.compile(r"[0-9a-f]{64}")
_EVENTS: tuple[Kind, ...] = ("visit", "opinion", "stop")
_SHOWN = {
    "due": Phrase("due for a visit"),
    "running": Phrase("not stopped"),
    "all": Phrase("all patients"),
}
_DONE = frozenset({"patient", "visit", "opinion", "stop", "changed", "deleted"})
_CHANGED = {
    "registration": Phrase("registration changed"),
    "visit": Phrase("visit deleted"),
    "opinion": Phrase("opinion deleted"),
    "stop": Phrase("stop deleted"),
}

_NO_PATIENT = Phrase("No patient is registered under this pseudonym")
_WHY_NO_PATIENT = Phrase("The address is not complete, or the patient’s records were erased.")
_NO_ADDRESS = Phrase("is not the address of an EHR’s FHIR server, such as https://ehr.example.org/fhir")
_NO_IDENTIFIER = Phrase("is missing; type it again, as it is not kept")


class People(Endpoints):
    """The endpoints."""

    async def overview(self, request: Request) -> Response:
        """What there is; to who is not signed in only what this is."""
        if await self._frame.person(request) is None:
            return await self._frame.page(request, "registry/welcome.html")
        today = self._frame.today()
        interval = self._desk.interval(today)
        counts = await self._desk.listing.counts(today - timedelta(interval))
        invented = await self._desk.listing.has_invented()
        return await self._frame.page(
            request, "registry/overview.html", counts=counts, interval=interval, invented=invented
        )

    async def patients(self, request: Request) -> Response:
        """The list of patients, those first who were seen longest ago."""
        given = request.query_params
        shown = given.get("show", "running") if given.get("show") in _SHOWN else "running"
        prescriber, page, today = given.get("prescriber", ""), page_number(given.get("page")), self._frame.today()
        before = today - timedelta(self._desk.interval(today))
        found = await self._desk.register.follow_up(
            before=before if shown == "due" else None,
            prescriber=prescriber or None,
            stopped=shown == "all",
            limit=PAGE + 1,
            offset=(page - 1) * PAGE,
        )
        names = {each.prescriber.id: each.prescriber.name for each in await self._desk.listing.prescribers()}
        filters = {"show": shown, **({"prescriber": prescriber} if prescriber else {})}
        return await self._frame.page(
            request,
            "registry/patients.html",
            query={**filters, **({"page": str(page)} if page > 1 else {})},
            followed=found[:PAGE],
            names=names,
            short=short,
            before=before,
            filters=filters,
            shown=_SHOWN,
            show=shown,
            prescriber=prescriber,
            page=page,
            more=len(found) > PAGE,
            erased=given.get("erased") == "yes",
        )

    async def find(self, request: Request) -> Response:
        """Which patient of which EHR."""
        return await self._find_page(request, self._desk.namespaces[0] if len(self._desk.namespaces) == 1 else "", ())

    async def found(self, request: Request) -> Response:
        """To the patient, or to the registration. The identifier is hashed and goes nowhere, not even back into the page."""
        sent = await self._frame.form(request)
        namespace = normal_namespace(str(sent.get("namespace", "")))
        identifier = str(sent.get("identifier", "")).strip().removeprefix("Patient/")
        faults = []
        if address_of(namespace) is None:
            faults.append(Fault("namespace", _NO_ADDRESS))
        if not identifier:
            faults.append(Fault("identifier", _NO_IDENTIFIER))
        if faults:
            return await self._find_page(request, namespace, tuple(faults))
        name = pseudonym(self._desk.keys.pseudonym, namespace, identifier)
        known = await self._desk.register.history(name) is not None
        return self._frame.redirect(request, f"registry/patients/{name}" + ("" if known else "/register"))

    async def _find_page(self, request: Request, namespace: str, faults: tuple[Fault, ...]) -> Response:
        return await self._frame.page(
            request,
            "registry/find.html",
            status=422 if faults else 200,
            namespaces=self._desk.namespaces,
            namespace=namespace,
            faults={fault.field: fault.because for fault in faults},
        )

    async def registration(self, request: Request) -> Response:
        """The form of a patient who is not registered yet."""
        name = pseudonym_of(request)
        if await self._desk.register.history(name) is not None:
            return self._frame.redirect(request, f"registry/patients/{name}")
        return await self._registration_page(request, one_sheet(INPUTS["patient"], {}), "")

    async def register(self, request: Request) -> Response:
        """Keep a registration; of one who is registered already nothing is changed."""
        name, today = pseudonym_of(request), self._frame.today()
        sent = await self._frame.form(request)
        texts = texts_of(sent, INPUTS["patient"])
        prescriber = str(sent.get("prescriber", ""))
        fixed = {"pseudonym": name, "registered_on": today.isoformat(), "prescriber": prescriber}
        try:
            record = cast("Patient", read("patient", texts, fixed, today))
            if await self._desk.register.history(name) is None:
                await self._desk.register.register_patient(record)
        except Invalid as invalid:
            return await self._registration_page(
                request, one_sheet(INPUTS["patient"], texts, invalid.faults), prescriber
            )
        return self._frame.redirect(request, f"registry/patients/{name}", {"done": "patient"})

    async def _registration_page(self, request: Request, form: Sheet, prescriber: str) -> Response:
        return await self._frame.page(
            request,
            "registry/register.html",
            status=422 if form.faults else 200,
            sheets=[form],
            prescribers=[each.prescriber for each in await self._desk.listing.prescribers()],
            prescriber=prescriber,
            short=short(pseudonym_of(request)),
            name=pseudonym_of(request),
            change=False,
        )

    async def patient(self, request: Request) -> Response:
        """All that is on record of a patient."""
        history = await history_of(self._desk, request)
        done = request.query_params.get("done")
        today = self._frame.today()
        return await self._frame.page(
            request,
            "registry/patient.html",
            query={"done": done} if done in _DONE else {},
            patient=history.patient,
            history=history,
            prescriber=await self._desk.register.prescriber([history.patient.prescriber]),
            view=history_view(history, today - timedelta(self._desk.interval(today))),
            sexes=SEXES,
            reasons=REASONS,
            kinds=KINDS,
            ways=[(kind, TITLES[kind]) for kind in _EVENTS],
            event_name=event_name,
            changes=[
                (datetime.fromtimestamp(each.at, UTC).date(), each.who, _CHANGED[each.what]) for each in history.changes
            ],
            short=short(history.patient.pseudonym),
            done=done if done in _DONE else None,
        )

    def event(self, kind: Kind) -> tuple[Callable[[Request], Any], Callable[[Request], Any]]:
        """The endpoints of a visit, an opinion or a stop: its form, and what was typed."""

        async def show(request: Request) -> Response:
            history = await history_of(self._desk, request)
            return await self._event_page(request, kind, one_sheet(INPUTS[kind], _likely(history, self._frame.today())))

        async def save(request: Request) -> Response:
            name = pseudonym_of(request)
            texts = texts_of(await self._frame.form(request), INPUTS[kind])
            try:
                record = read(kind, texts, {"patient": name}, self._frame.today())
                await self._desk.register.add(cast("Visit | RecordedOpinion | Stop", record))
            except Invalid as invalid:
                return await self._event_page(request, kind, one_sheet(INPUTS[kind], texts, invalid.faults))
            return self._frame.redirect(request, f"registry/patients/{name}", {"done": kind})

        return show, save

    async def _event_page(self, request: Request, kind: Kind, form: Sheet) -> Response:
        return await self._frame.page(
            request,
            "registry/event.html",
            status=422 if form.faults else 200,
            title=TITLES[kind],
            sheets=[form],
            name=pseudonym_of(request),
            short=short(pseudonym_of(request)),
        )

    async def erasure(self, request: Request) -> Response:
        """Whether to erase a patient."""
        history = await history_of(self._desk, request)
        return await self._erasure_page(request, history, fault=False)

    async def erase(self, request: Request) -> Response:
        """Erase a patient with everything on record."""
        sent = await self._frame.form(request)
        if sent.get("sure") != "yes":
            return await self._erasure_page(request, await history_of(self._desk, request), fault=True)
        await self._desk.register.delete_patient(pseudonym_of(request))
        return self._frame.redirect(request, "registry/patients", {"erased": "yes"})

    async def _erasure_page(self, request: Request, history: History, *, fault: bool) -> Response:
        return await self._frame.page(
            request,
            "registry/erase.html",
            status=422 if fault else 200,
            history=history,
            short=short(history.patient.pseudonym),
            fault=fault,
        )


async def history_of(desk: Desk, request: Request) -> History:
    """All that is on record of the patient whom an address names.

    Raises:
        PageError: nobody is registered so.
    """
    history = await desk.register.history(pseudonym_of(request))
    if history is None:
        raise PageError(404, _NO_PATIENT, _WHY_NO_PATIENT)
    return history


def pseudonym_of(request: Request) -> str:
    """The patient whom an address names.

    Raises:
        PageError: it cannot be a pseudonym.
    """
    name: str = request.path_params["pseudonym"]
    if not _PSEUDONYM.fullmatch(name):
        raise PageError(404, _NO_PATIENT, _WHY_NO_PATIENT)
    return name


def _likely(history: History, today: date) -> Mapping[str, str]:
    """What a form about a patient most likely says."""
    dose = write_amount(dose_last_told(history.patient, newest_of(history.visits)))
    return {"on": today.isoformat(), "dose": dose, "last_dose": dose, "favourable": "yes", "taper_completed": ""}
