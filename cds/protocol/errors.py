"""What can go wrong with a call, as one tree.

    ProtocolError
    ├── RequestError            400  the request cannot be understood
    │   ├── MalformedJson       400  not JSON; says line and column
    │   └── InvalidField        400  a member is missing or not what it should be
    ├── NotAuthenticated        401  the call does not prove who makes it; says nothing
    ├── UnknownAddress          404  no such service, no such page
    ├── MethodNotAllowed        405  says which methods are
    ├── RequestTimeout          408  the body did not arrive in time
    ├── BodyTooLarge            413  more than CDS_MAX_BODY bytes
    ├── LimitExceeded           413  more of something than the service reads; says of what
    ├── UnsupportedMediaType    415  not JSON
    ├── TooManyRequests         429  one caller asks too often
    ├── HeadersTooLarge         431  more than CDS_MAX_HEADER bytes
    ├── InternalError           500  a fault of ours; says nothing about its cause
    ├── NotReady                503  started and not yet warm, or about to stop
    ├── Overloaded              503  too many calls at once
    └── StoreDown               503  the database does not answer, so that nobody can tell who calls
        └── NotStored           503  … or has no room for what was told

Each is answered as a FHIR OperationOutcome in JSON that names the field. Messages describe the request's shape and never
quote clinical content.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import msgspec

__all__ = [
    "BodyTooLarge",
    "HeadersTooLarge",
    "InternalError",
    "InvalidField",
    "LimitExceeded",
    "MalformedJson",
    "MethodNotAllowed",
    "NotAuthenticated",
    "NotReady",
    "NotStored",
    "Overloaded",
    "ProtocolError",
    "RequestError",
    "RequestTimeout",
    "StoreDown",
    "TooManyRequests",
    "UnknownAddress",
    "UnsupportedMediaType",
]

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class ProtocolError(Exception):
    """A call that is answered with an OperationOutcome.

    Attributes:
        status: HTTP status.
        code: FHIR issue type (http://hl7.org/fhir/issue-type).
        severity: FHIR issue severity.
        text: what is wrong, for a person.
        expression: the member at fault (`context.patientId`), or None.
        headers: further HTTP headers of the answer.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "exception"
    severity: ClassVar[str] = "error"

    def __init__(self, text: str, *, expression: str | None = None, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        super().__init__(text)
        self.text = text
        self.expression = expression
        self.headers = headers

    def __str__(self) -> str:
        return f"{self.expression}: {self.text}" if self.expression else self.text

    def operation_outcome(self) -> bytes:
        """The error as FHIR JSON."""
        issue: dict[str, Any] = {"severity": self.severity, "code": self.code}
        if self.text:
            issue["details"] = {"text": self.text}
        if self.expression:
            issue["expression"] = [self.expression]
        return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})


class RequestError(ProtocolError):
    """A request that cannot be understood."""

    status = 400
    code = "invalid"


class MalformedJson(RequestError):
    """A body that is not JSON.

    Attributes:
        line: line of the fault, from 1; None where it is not known.
        column: column of the fault in characters, from 1; None where it is not known.
    """

    code = "structure"

    def __init__(self, cause: str, *, line: int | None = None, column: int | None = None) -> None:
        where = f" at line {line}, column {column}" if line is not None else ""
        super().__init__(f"The body is not valid JSON{where}: {cause}")
        self.line = line
        self.column = column


class InvalidField(RequestError):
    """A member that is missing or not what it should be."""

    code = "value"

    def __init__(self, expression: str, text: str) -> None:
        super().__init__(text, expression=expression)


class NotAuthenticated(ProtocolError):
    """A call that does not prove who makes it. The answer does not say what was missing."""

    status = 401
    code = "login"

    def __init__(self) -> None:
        super().__init__("", headers={"WWW-Authenticate": "Bearer"})


class UnknownAddress(ProtocolError):
    """No such service, no such page."""

    status = 404
    code = "not-found"


class MethodNotAllowed(ProtocolError):
    """An address that exists, called the wrong way."""

    status = 405
    code = "not-supported"

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"{method} is not supported here; use {allowed}", headers={"Allow": allowed})


class RequestTimeout(ProtocolError):
    """A body that did not arrive in time."""

    status = 408
    code = "timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The body did not arrive within {seconds:g} seconds", headers={"Connection": "close"})


class BodyTooLarge(ProtocolError):
    """More bytes than the service accepts."""

    status = 413
    code = "too-long"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit} bytes", headers={"Connection": "close"})


class LimitExceeded(ProtocolError):
    """More of something than the service reads in one call."""

    status = 413
    code = "too-costly"

    def __init__(self, expression: str, text: str) -> None:
        super().__init__(text, expression=expression or None)


class UnsupportedMediaType(ProtocolError):
    """A body that does not claim to be JSON in UTF-8."""

    status = 415
    code = "not-supported"


class TooManyRequests(ProtocolError):
    """A caller that asks more often than it may."""

    status = 429
    code = "throttled"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many calls from one caller", headers={"Retry-After": str(retry_after)})


class HeadersTooLarge(ProtocolError):
    """More bytes of headers than the service reads."""

    status = 431
    code = "too-long"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The headers are larger than {limit} bytes", headers={"Connection": "close"})


class InternalError(ProtocolError):
    """A fault of ours. The answer says nothing about its cause."""

    severity = "fatal"

    def __init__(self) -> None:
        super().__init__("The service failed; this order was not checked")


class NotReady(ProtocolError):
    """Started and not yet able to answer, or about to stop."""

    status = 503
    code = "transient"

    def __init__(self, why: str = "its example order has not been evaluated") -> None:
        super().__init__(f"The service is not ready: {why}", headers={"Retry-After": "1"})


class Overloaded(ProtocolError):
    """More calls at once than the service takes on: refused at once instead of answered too late."""

    status = 503
    code = "throttled"

    def __init__(self) -> None:
        super().__init__(
            "The service has too many calls to answer; this order was not checked", headers={"Retry-After": "1"}
        )


class StoreDown(ProtocolError):
    """The database of the tokens seen does not answer, so that no caller can be told from one who listened in."""

    status = 503
    code = "transient"
    what: ClassVar[str] = (
        "The service cannot tell who calls, because its store does not answer; this order was not checked"
    )

    def __init__(self) -> None:
        super().__init__(self.what, headers={"Retry-After": "5"})


class NotStored(StoreDown):
    """The database does not answer or has no room, so that what was told is not kept."""

    what = (
        "Nothing of this feedback was stored, because the service's store does not answer or is full; "
        "send it again: what is told twice counts once"
    )
