"""Forms that cards lead to. The link is the leave to write about its patient, for half an hour; it shows nothing else of the registry.

GET  /registry/form?context=…     to the form's own address
GET  /registry/form/{ticket}      the form; `?form=` another one about the same patient; `?done=` what was recorded
POST /registry/form/{ticket}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.rtu.context import FormContext
from cds.rtu.fields import write_amount
from cds.rtu.found import Found
from cds.rtu.model import Contents, Patient, Prescriber, RecordedOpinion, Stop, Visit
from cds.rtu.stored import fresh_id
from cds.rtu.validation import MAX_DOSE, Fault, Invalid
from cds.security.sealed import NotSealed, unseal_until
from cds.web.frame import Frame
from cds.web.registry.carried import Carrier, link_of_old
from cds.web.registry.desk import Desk, Endpoints
from cds.web.registry.inputs import INPUTS, TITLES, Input, Kind, Sheet, read, sheets, texts_of
from cds.web.registry.names import same_name

__all__ = ["Opened"]

_OTHER_NAME = Phrase(
    "is registered under another name than this one; correct what is mistyped, or ask a person who signs in to the registry to add your "
    "identifier in the EHR to your registration"
)
_ABOUT_A_PATIENT: tuple[Kind, ...] = ("visit", "opinion", "stop")


@dataclass(frozen=True, slots=True)
class _Form:
    """A form that a link opened.

    Attributes:
        context: what the link carried.
        found: who is registered already.
        kind: which form.
    """

    context: FormContext
    found: Found
    kind: Kind

    @property
    def with_prescriber(self) -> bool:
        """Whether it asks for the prescriber."""
        return self.found.prescriber is None and self.kind in ("patient", "prescriber")

    @property
    def answered(self) -> bool:
        """Whether there is nothing left to ask."""
        registered = self.found.patient if self.kind == "patient" else self.found.prescriber
        return self.kind in ("patient", "prescriber") and registered is not None


class Opened(Endpoints):
    """The endpoints.

    Args:
        frame: of the pages.
        desk: what the registry's pages work with.
        carrier: what links carried.
    """

    def __init__(self, frame: Frame, desk: Desk, carrier: Carrier) -> None:
        super().__init__(frame, desk)
        self._carrier = carrier

    async def open(self, request: Request) -> Response:
        """From a link to the form's own address."""
        try:
            context, until = unseal_until(
                self._desk.keys.link, request.query_params.get("context", ""), FormContext, self._carrier.clock()
            )
        except NotSealed:
            raise link_of_old() from None
        return self.begin(request, context, until)

    def begin(self, request: Request, context: FormContext, until: int | None = None) -> Response:
        """To the form of a context, which opens no longer than its link: `until`, seconds since 1970."""
        ticket = self._carrier.ticket(context, until)
        response = self._frame.redirect(request, f"registry/form/{ticket.name}")
        response.headers["Referrer-Policy"] = "no-referrer"  # the address holds what the link carried
        self._carrier.keep(response, ticket)
        return response

    async def show(self, request: Request) -> Response:
        """The form, or what was recorded."""
        context = self._carrier.of(request)
        found = await self._desk.register.find(context.patient, context.prescribers)
        done = request.query_params.get("done")
        form = _Form(context, found, _wanted(request, context, found))
        if done in TITLES or form.answered:
            return await self._done(request, form, cast("Kind", done) if done in TITLES else None)
        values = _prefilled(form, self._frame.today())
        return await self._page(request, form, sheets(_asked(form), values))

    async def save(self, request: Request) -> Response:
        """What was typed, into the registry."""
        context = self._carrier.of(request)
        sent = await self._frame.form(request)
        found = await self._desk.register.find(context.patient, context.prescribers)
        kind = str(sent.get("form", ""))
        if kind not in TITLES:
            raise link_of_old()
        form = _Form(context, found, cast("Kind", kind))
        texts = texts_of(sent, [each for inputs in _asked(form) for each in inputs])
        try:
            shown = await self._save(form, texts)
        except Invalid as invalid:
            return await self._page(request, form, sheets(_asked(form), texts, invalid.faults), status=422)
        return self._frame.redirect(request, f"registry/form/{request.path_params['ticket']}", shown)

    async def _save(self, form: _Form, texts: Mapping[str, str]) -> Mapping[str, str]:
        """One transaction; the parameters of the page that says what was recorded.

        Raises:
            Invalid: it cannot be kept; with what is wrong in all parts of the form.
        """
        today = self._frame.today()
        register, context = self._desk.register, form.context
        if form.kind in _ABOUT_A_PATIENT:
            record = read(form.kind, texts, {"patient": context.patient}, today)
            await register.add(cast("Visit | RecordedOpinion | Stop", record))
            return {"done": form.kind}
        found: list[Fault] = []
        prescriber: Prescriber | None = None
        by_number = False
        patient: Patient | None = None
        try:
            prescriber, by_number = await self._prescriber(form, texts, today)
        except Invalid as invalid:
            found += invalid.faults
        standing = form.kind == "patient" and await self._stands(form, prescriber, today)
        if form.kind == "patient" and not standing:
            try:
                patient = self._patient(context, prescriber, texts, today)
            except Invalid as invalid:
                found += invalid.faults
        if found or prescriber is None:
            raise Invalid(*found)
        await register.load(Contents((prescriber,), () if patient is None else (patient,)))
        matched = {"matched": self._carrier.sealed_match(prescriber.id)} if by_number else {}
        return {"form": "patient"} if standing else {"done": form.kind, **matched}

    async def _stands(self, form: _Form, prescriber: Prescriber | None, today: date) -> bool:
        """Whether the patient's registration is not changed by a link: one of another day, or of another prescriber."""
        if form.found.patient is None:
            return False
        if form.found.patient < today:
            return True
        history = await self._desk.register.history(form.context.patient)
        return history is not None and (prescriber is None or history.patient.prescriber != prescriber.id)

    @staticmethod
    def _patient(context: FormContext, prescriber: Prescriber | None, texts: Mapping[str, str], today: date) -> Patient:
        fixed = {
            "pseudonym": context.patient,
            "registered_on": today.isoformat(),
            "prescriber": prescriber.id if prescriber else fresh_id(),  # one that is faulty; only the rest is looked at
        }
        return cast("Patient", read("patient", texts, fixed, today))

    async def _prescriber(self, form: _Form, texts: Mapping[str, str], today: date) -> tuple[Prescriber, bool]:
        """The prescriber on record, or the one that the form tells; and whether the RPPS number and the name told who it is.

        Who is on record under the RPPS number and the same name stays as registered, and from now on is known by the EHR's keys, too.
        The number is public: without the name, whoever has a link could write as anybody.

        Raises:
            Invalid: it cannot be kept, or the number is on record under another name.
        """
        keys = self._desk.usable_keys(form.context.prescribers, today)
        on_record = await self._desk.register.prescriber(form.context.prescribers)
        if on_record is not None:
            return on_record, False
        rpps = texts.get("rpps", "")
        known = await self._desk.known_by_rpps(rpps)
        if known is not None:
            if not same_name(known.name, texts.get("name", "")):
                raise Invalid(Fault("rpps", _OTHER_NAME))
            return replace(known, keys=tuple(sorted({*known.keys, *keys}))), True
        fixed = {"id": fresh_id(), "registered_on": today.isoformat(), "keys": "\n".join(keys)}
        required = () if keys else ("rpps",)  # else nobody could tell the prescriber next time
        return cast("Prescriber", read("prescriber", texts, fixed, today, required=required)), False

    async def _page(self, request: Request, form: _Form, shown: list[Sheet], *, status: int = 200) -> Response:
        return await self._frame.page(
            request,
            "registry/form.html",
            status=status,
            query=_kept(request),
            title=TITLES[form.kind],
            kind=form.kind,
            found=form.found,
            sheets=shown,
            first=form.kind == "patient" and form.context.form in ("visit", "opinion"),
        )

    async def _done(self, request: Request, form: _Form, done: Kind | None) -> Response:
        ways: list[Kind] = []
        ways = ["patient"] if form.found.patient is None else [kind for kind in _ABOUT_A_PATIENT if kind != done]
        return await self._frame.page(
            request,
            "registry/done.html",
            query=_kept(request),
            done=done,
            found=form.found,
            prescriber=await self._matched(request),
            ways=[(kind, TITLES[kind]) for kind in ways],
            here_path=f"registry/form/{request.path_params['ticket']}",
        )

    async def _matched(self, request: Request) -> Prescriber | None:
        """Under whose registration it was recorded, where an RPPS number and a name told it and not the EHR."""
        matched = self._carrier.match(request.query_params.get("matched", ""))
        return None if matched is None else await self._desk.register.prescriber([matched])


def _kept(request: Request) -> dict[str, str]:
    """The parameters that the page in another language keeps."""
    return {name: request.query_params[name] for name in ("form", "done") if request.query_params.get(name) in TITLES}


def _wanted(request: Request, context: FormContext, found: Found) -> Kind:
    """The form to show: the one asked for, after the registration of the patient that it needs."""
    asked = request.query_params.get("form")
    kind: Kind = cast("Kind", asked) if asked in TITLES else context.form
    return "patient" if kind in _ABOUT_A_PATIENT and found.patient is None else kind


def _asked(form: _Form) -> list[tuple[Input, ...]]:
    """The parts of a form."""
    own = [] if form.kind == "prescriber" else [INPUTS[form.kind]]
    return [*own, INPUTS["prescriber"]] if form.with_prescriber else own


def _prefilled(form: _Form, today: date) -> dict[str, str]:
    """What the link told, and what is likely."""
    context = form.context
    try:
        on = min(date.fromisoformat(context.on), today) if context.on else today
    except ValueError:
        on = today
    dose = _dose(context.daily_dose)
    values = {"on": today.isoformat(), "dose": dose, "last_dose": dose, "favourable": "yes", "taper_completed": ""}
    return {**values, "started_on": on.isoformat() if context.starts else ""}


def _dose(told: str | None) -> str:
    try:
        dose = Decimal(told or "")
    except InvalidOperation:
        return ""
    return write_amount(dose) if dose.is_finite() and 0 <= dose <= MAX_DOSE else ""
