"""The registry for other services: `POST /registry/lookup`, for those who know the token.

In: `{"patient": "<pseudonym>" | null, "prescribers": ["system|value", …]}`. Out: `{"patient": "2014-03-17" | null, "prescriber": …,
"lastVisit": …, "opinions": [{"kind": "second", "date": "2014-04-02"}]}`. Faults are answered as everywhere, by raising `ProtocolError`.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cds.http.body import check_media_type, read_body
from cds.limits import LIMITS
from cds.protocol.errors import InvalidField, MalformedJson, NotAuthenticated, NotReady, UnknownAddress
from cds.rtu.registry import opinions_of
from cds.rtu.stored import Register
from cds.rtu.wire import PATH, Given, Lookup, LookupAnswer
from cds.store import StoreUnavailable
from cds.strict_json import find_fault

__all__ = ["TokenUnusable", "lookup_route", "token_from"]

_MAX_BODY = 131_072  # bytes
_SECONDS = 5.0
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,512}=*")  # RFC 6750, and not so short that it can be guessed
_WHERE = re.compile(r" - at `\$\.?([^`]*)`$")
_log = logging.getLogger(__name__)
_lookup = msgspec.json.Decoder(Lookup)


class TokenUnusable(ValueError):
    """The file of the token cannot be used; the message names it and holds nothing of it."""


def token_from(file: Path) -> str:
    """The token in a file.

    Raises:
        TokenUnusable: the file cannot be read, or holds no token of 16 to 512 characters of RFC 6750.
    """
    try:
        token = file.read_text("ascii").strip()
    except OSError as error:
        raise TokenUnusable(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        token = ""
    if not _TOKEN.fullmatch(token):
        raise TokenUnusable(f"{file}: holds no token of 16 to 512 letters, digits and -._~+/")
    return token


def lookup_route(register: Register, token: str | None) -> Route:
    """The route.

    Args:
        register: the records.
        token: what callers must know; without one there is nothing at the address.
    """
    expected = None if token is None else _digest(token)

    async def lookup(request: Request) -> Response:
        if expected is None:
            raise UnknownAddress("There is nothing at this address")
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(_digest(given.strip()), expected):
            raise NotAuthenticated
        check_media_type(request)
        asked = _decoded(await read_body(request, _MAX_BODY, _SECONDS))
        try:
            found = await register.find(asked.patient, asked.prescribers)
        except StoreUnavailable as error:
            _log.error("a question to the registry was answered 503: %s", error)
            raise NotReady("its store does not answer") from None
        answer = LookupAnswer(
            found.patient,
            found.prescriber,
            found.last_visit,
            tuple(Given(each.kind, each.on) for each in opinions_of(found.opinions)),
        )
        return Response(msgspec.json.encode(answer), 200, {"Cache-Control": "no-store"}, "application/json")

    return Route(f"/registry{PATH}", lookup, methods=["POST"])


def _digest(token: str) -> bytes:
    """Of one length whatever is sent, so that comparing takes the same time for all."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _decoded(body: bytes) -> Lookup:
    """The question.

    Raises:
        MalformedJson: it is not JSON.
        InvalidField: a member is missing, unknown, twice there or not what it should be.
    """
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedJson("it cannot be decoded") from None
    fault = find_fault(body, LIMITS)
    if fault is not None:
        raise InvalidField(fault.path, "The member cannot be read without doubt")
    try:
        return _lookup.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None


def _invalid(told: str) -> InvalidField:
    """The fault in words of ours: msgspec's message names the member at its end, or between grave accents."""
    where = _WHERE.search(told)
    if where is not None and where[1]:
        return InvalidField(where[1], "The member is not what it should be")
    named = re.search(r"(?:field|attribute) `([A-Za-z]{1,40})`", told)
    if named is None:
        return InvalidField("$", "The body is an object with patient and prescribers")
    return InvalidField(named[1], "The member is missing or unknown")
