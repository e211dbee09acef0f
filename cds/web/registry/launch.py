"""An EHR starts the registration as a SMART app.

GET /registry/launch     `?iss=…&launch=…`, from the EHR; to its authorisation
GET /registry/callback   back from there; to the form
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cds.phrases import Phrase
from cds.rtu.context import FormContext
from cds.rtu.keys import key_of
from cds.security import Issuers, Keys
from cds.security.pseudonym import pseudonym
from cds.security.sealed import NotSealed, seal, unseal, unseal_until
from cds.smart.launch import Configuration, Ehr, Launched, Refused, authorization, ehr_of, launched
from cds.web.errors import PageError
from cds.web.frame import Frame
from cds.web.headers import PRIVATE
from cds.web.registry.opened import Opened

__all__ = ["Launches", "Servers"]

_log = logging.getLogger("cds.web")
_COOKIE = "baclofen-cds-launch"
_SECONDS = 600  # for the EHR to authorise a person

_UNKNOWN = Phrase("This EHR is not known here")
_WHY_UNKNOWN = Phrase(
    "The launch names a FHIR server for which no SMART client is set up in this service. Nothing was asked of it. "
    "Tell the people who run this service."
)
_REFUSED = Phrase("The launch cannot be used")
_WHY_REFUSED = Phrase("Nothing was recorded. Go back to the EHR and follow the card’s link once more.")
_WHY_STRANGE = Phrase(
    "This launch was not begun in this browser, or it took too long. Go back to the EHR and follow the card’s link once more."
)
_WHY_OTHER_PATIENT = Phrase(
    "The card was about another patient than the one who is open in the EHR, or it is older than 30 minutes. Nothing was recorded. "
    "Open the patient’s order again and follow the link of its card."
)
_DOWN = Phrase("The EHR does not answer")
_WHY_DOWN = Phrase("Nothing was recorded. Try again in a moment; if it lasts, tell the people who run this service.")


class Servers(Protocol):
    """What asks EHRs."""

    async def configuration(self, ehr: Ehr) -> Configuration:
        """What the EHR publishes of its authorisation.

        Raises:
            Refused: it cannot be used.
            OSError: the EHR does not answer.
        """

    async def redeem(self, ehr: Ehr, configuration: Configuration, fields: Mapping[str, str]) -> Mapping[str, Any]:
        """The answer of the token endpoint to a code.

        Raises:
            Refused: the code was not accepted.
            OSError: the EHR does not answer.
        """


class _Begun(msgspec.Struct, frozen=True, tag="launch", tag_field="kind"):
    """A launch that is under way, in a cookie of its own."""

    iss: str
    state: str
    nonce: str
    verifier: str


class Launches:
    """The endpoints.

    Args:
        frame: of the pages.
        opened: the forms.
        issuers: whose EHRs there are.
        servers: asks them.
        keys: of the service.
        public_url: how browsers reach the service.
        path: of that address, without a slash at its end.
        secure: whether cookies go over HTTPS only.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        frame: Frame,
        opened: Opened,
        issuers: Issuers,
        servers: Servers,
        keys: Keys,
        *,
        public_url: str,
        path: str,
        secure: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._frame = frame
        self._opened = opened
        self._issuers = issuers
        self._servers = servers
        self._keys = keys
        self._redirect_uri = f"{public_url.rstrip('/')}/registry/callback"
        self._path = f"{path}/registry"
        self._secure = secure
        self._clock = clock

    async def launch(self, request: Request) -> Response:
        """From the EHR to its authorisation. Only a FHIR server that the operator names is asked anything."""
        given = request.query_params
        ehr = ehr_of(self._issuers, given.get("iss", ""))
        if ehr is None:
            _log.warning("a launch was refused: its FHIR server is none with a SMART client")
            raise PageError(403, _UNKNOWN, _WHY_UNKNOWN)
        launch = given.get("launch", "")
        if not launch:
            raise _refused("it names no launch")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        try:
            configuration = await self._servers.configuration(ehr)
        except Refused as why:
            raise _refused(str(why)) from None
        except OSError as error:
            raise _down(ehr, error) from None
        address = authorization(
            configuration,
            ehr,
            redirect_uri=self._redirect_uri,
            launch=launch,
            state=state,
            nonce=nonce,
            verifier=verifier,
        )
        response = RedirectResponse(address, 303, PRIVATE)
        begun = _Begun(ehr.base, state, nonce, verifier)
        response.set_cookie(
            _cookie(state),
            seal(self._keys.session, begun, int(self._clock()) + _SECONDS),
            max_age=_SECONDS,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def callback(self, request: Request) -> Response:
        """From the EHR's authorisation to the form."""
        given = request.query_params
        try:
            begun = unseal(
                self._keys.session, request.cookies.get(_cookie(given.get("state", "")), ""), _Begun, self._clock()
            )
        except NotSealed:
            raise _refused("it was not begun here", _WHY_STRANGE) from None
        ehr = ehr_of(self._issuers, begun.iss)
        if ehr is None or not hmac.compare_digest(begun.state.encode(), given.get("state", "").encode()):
            raise _refused("another state", _WHY_STRANGE)
        code = given.get("code")
        if not code:
            raise _refused("the EHR ended it")
        fields = {"code": code, "redirect_uri": self._redirect_uri, "code_verifier": begun.verifier}
        try:
            configuration = await self._servers.configuration(ehr)
            answer = await self._servers.redeem(ehr, configuration, fields)
            told = launched(ehr, answer, begun.nonce, self._clock())
        except Refused as why:
            raise _refused(str(why)) from None
        except OSError as error:
            raise _down(ehr, error) from None
        response = self._opened.begin(request, *self._context(ehr, told))
        response.delete_cookie(
            _cookie(begun.state), path=self._path, secure=self._secure, httponly=True, samesite="lax"
        )
        return response

    def _context(self, ehr: Ehr, told: Launched) -> tuple[FormContext, int | None]:
        """What the card handed on and until when, for the patient who is open in the EHR; without a card the registration of that patient.

        Raises:
            PageError: the card was about another patient, or is too old.
        """
        name = pseudonym(self._keys.pseudonym, ehr.namespace, told.patient)
        if told.app_context is None:
            known_as = () if told.practitioner is None else (key_of(ehr.namespace, told.practitioner),)
            return FormContext("patient", name, known_as), None
        try:
            context, until = unseal_until(self._keys.link, told.app_context, FormContext, self._clock())
        except NotSealed:
            raise _refused("its context is not ours, or too old", _WHY_OTHER_PATIENT) from None
        if not hmac.compare_digest(context.patient, name):
            raise _refused("its context is of another patient", _WHY_OTHER_PATIENT)
        return context, until


def _cookie(state: str) -> str:
    """The cookie of one launch: of two that are under way in one browser each has its own."""
    return f"{_COOKIE}-{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def _refused(why: str, message: Phrase = _WHY_REFUSED) -> PageError:
    _log.warning("a launch was refused: %s", why)
    return PageError(403, _REFUSED, message)


def _down(ehr: Ehr, error: OSError) -> PageError:
    _log.error("a launch failed: the EHR of %s: %s", ehr.issuer.name, error)
    return PageError(502, _DOWN, _WHY_DOWN)
