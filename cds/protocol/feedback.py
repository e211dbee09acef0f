"""What an EHR tells of cards it has shown: `POST /cds-services/{id}/feedback`.

Read as CDS Hooks 2.0.1 has it and as clients send it: `overrideReasons` for `overrideReason`, one or a list, a Coding without its wrapper, reasons
in an extension (Epic), a dismissal without a card (the public sandbox), one item where a list belongs. An item that cannot be used is
named and left out; it never costs the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from cds.limits import LIMITS, Limits
from cds.protocol._json import NULL, decode_body, elements, kind, members, refuse_faults, refuse_repeated, text
from cds.protocol.errors import InvalidField, LimitExceeded, ProtocolError

__all__ = ["MOST_ITEMS", "Feedback", "FeedbackItem", "Outcome", "Reason", "decode_feedback", "encode_taken"]

Outcome = Literal["accepted", "overridden"]

MOST_ITEMS = 1000
"""In one call. A client that collects more sends them in several."""

_OUTCOMES: Mapping[str, Outcome] = {"accepted": "accepted", "overridden": "overridden"}
_LONGEST_ID = 200
_MOST_SUGGESTIONS = 50
_LONGEST = {"system": 500, "code": 200, "display": 500, "comment": 4000}
"""Characters that are kept."""

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?([Zz]|[+-]\d\d(:?\d\d)?)?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPIC_REASON = "com.epic.cdshooks.feedback.overridereason"
_PARTS = (
    ("comment", "comment"),
    ("system", "system"),
    ("display", "display"),
    ("title", "display"),
    ("name", "display"),
)
"""What the last word of an extension's name says its text is; any other one is a code."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a card was overridden, as a code of the service, of the site or of nobody known; any part may be None."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackItem:
    """What became of one card. What people wrote stays out of the representation.

    Attributes:
        card: its id as it was sent; None where none was.
        outcome: `accepted` or `overridden`.
        outcome_at: ms since 1970; None where it was not sent or is no time.
        suggestions: ids of the accepted suggestions.
        reason: the first reason that says anything.
        comment: what the prescriber wrote, at most 4000 characters.
    """

    card: str | None = None
    outcome: Outcome
    outcome_at: int | None = None
    suggestions: tuple[str, ...] = ()
    reason: Reason | None = field(default=None, repr=False)
    comment: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One call.

    Attributes:
        items: what can be used, in order.
        left_out: what is wrong with each other item, by name (`feedback[3].outcome`).
    """

    items: tuple[FeedbackItem, ...]
    left_out: tuple[ProtocolError, ...] = ()


def decode_feedback(body: bytes, limits: Limits = LIMITS) -> Feedback:
    """Read a feedback call.

    Args:
        body: JSON in UTF-8.
        limits: bounds on depth and strings.

    Raises:
        MalformedJson: the body is not JSON.
        InvalidField: nothing in it can be used.
        LimitExceeded: there are more than `MOST_ITEMS` items, or nothing can be used because of a limit.
    """
    envelope = decode_body(body)
    if envelope is None:
        raise InvalidField("$this", "The body must be a JSON object")
    refuse_repeated(body, envelope, "")
    given = list(_given(envelope))
    if not given:
        raise InvalidField("feedback", "feedback is missing or empty")
    if len(given) > MOST_ITEMS:
        raise LimitExceeded("feedback", f"feedback holds more than {MOST_ITEMS} items; send them in several calls")
    items: list[FeedbackItem] = []
    left_out: list[ProtocolError] = []
    for number, raw in enumerate(given):
        try:
            items.append(_item(raw, f"feedback[{number}]", limits))
        except (InvalidField, LimitExceeded) as error:
            left_out.append(error)
    if not items:
        raise left_out[0]
    return Feedback(tuple(items), tuple(left_out))


def encode_taken(*, received: int, repeated: int, unknown: int, left_out: Sequence[ProtocolError] = ()) -> bytes:
    """The acknowledgement: the counts alone, or an OperationOutcome that names what was left out, too.

    Args:
        received: items that are kept.
        repeated: those of them that had been told before.
        unknown: those of them whose card is none of this service's.
        left_out: what is wrong with each other one.
    """
    if not left_out:
        return msgspec.json.encode({"received": received, "repeated": repeated, "unknown": unknown})
    told = f"{received} items are kept, {repeated} of them told before, {unknown} of unknown cards; {len(left_out)} left out"
    issues: list[dict[str, object]] = [
        {"severity": "information", "code": "informational", "details": {"text": told}},
    ]
    for error in left_out:
        issue: dict[str, object] = {"severity": "warning", "code": error.code, "details": {"text": error.text}}
        issues.append(issue | ({"expression": [error.expression]} if error.expression else {}))
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": issues})


def _given(envelope: dict[str, msgspec.Raw]) -> Iterator[msgspec.Raw]:
    """The items, given as a list, as one object, or as the body itself."""
    raw = envelope.get("feedback", NULL)
    match kind(raw):
        case "array":
            yield from elements(raw)
        case "object":
            yield raw
        case "null" if "outcome" in envelope:
            yield msgspec.Raw(msgspec.json.encode(envelope))
        case "null":
            return
        case _:
            raise InvalidField("feedback", "feedback must be an array")


def _item(raw: msgspec.Raw, name: str, limits: Limits) -> FeedbackItem:
    refuse_faults(raw, name, limits)
    if kind(raw) != "object":
        raise InvalidField(name, f"{name} must be an object")
    item = members(raw)
    said = _said(item)
    return FeedbackItem(
        card=_card(item.get("card", NULL), f"{name}.card"),
        outcome=_outcome(item.get("outcome", NULL), f"{name}.outcome"),
        outcome_at=_moment(item.get("outcomeTimestamp", NULL)),
        suggestions=tuple(_suggestions(item.get("acceptedSuggestions", NULL))),
        reason=next((one.reason for one in said if one.reason is not None), None),
        comment=next((one.comment for one in said if one.comment is not None), None),
    )


def _outcome(raw: msgspec.Raw, name: str) -> Outcome:
    given = text(raw)
    if given is None and kind(raw) in ("null", "string"):
        raise InvalidField(name, f"{name} is missing")
    found = _OUTCOMES.get((given or "").lower())
    if found is None:
        raise InvalidField(name, f"{name} must be accepted or overridden")
    return found


def _card(raw: msgspec.Raw, name: str) -> str | None:
    found = text(raw)
    if found is None and kind(raw) not in ("null", "string"):
        raise InvalidField(name, f"{name} must be a string")
    if found is not None and len(found) > _LONGEST_ID:
        raise LimitExceeded(name, f"{name} is longer than {_LONGEST_ID} characters")
    return found


def _moment(raw: msgspec.Raw) -> int | None:
    """RFC 3339, with what is left out read as midnight and UTC."""
    given = text(raw) if kind(raw) == "string" else None
    if given is None or not _TIMESTAMP.fullmatch(given):
        return None
    try:
        found = datetime.fromisoformat(given.upper().replace(" ", "T"))
    except ValueError:
        return None
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH) // timedelta(milliseconds=1)


def _suggestions(raw: msgspec.Raw) -> Iterator[str]:
    """Their ids: `[{"id": …}]`, with `uuid` for `id`, as plain strings, or one alone."""
    for each in _listed(raw)[:_MOST_SUGGESTIONS]:
        inner = members(each) if kind(each) == "object" else {"id": each}
        found = text(inner.get("id", NULL)) or text(inner.get("uuid", NULL))
        if found is not None and len(found) <= _LONGEST_ID:
            yield found


@dataclass(frozen=True, slots=True)
class _Said:
    reason: Reason | None
    comment: str | None


def _said(item: Mapping[str, msgspec.Raw]) -> list[_Said]:
    """Everything that says why, in the order in which it is believed."""
    wrappers = [*_listed(item.get("overrideReason", NULL)), *_listed(item.get("overrideReasons", NULL))]
    said = [_wrapper(raw) for raw in wrappers]
    inside = [members(raw).get("extension", NULL) for raw in wrappers if kind(raw) == "object"]
    said += [_extension(raw) for raw in (*inside, item.get("extension", NULL))]
    return said


def _wrapper(raw: msgspec.Raw) -> _Said:
    """`{"reason": Coding, "userComment": …}`, or the Coding itself."""
    if kind(raw) != "object":
        return _Said(_reason([raw]), None)
    wrapper = members(raw)
    comment = _kept("comment", wrapper.get("userComment", NULL))
    return _Said(_reason(_listed(wrapper["reason"]) if "reason" in wrapper else [raw]), comment)


def _reason(candidates: Iterable[msgspec.Raw]) -> Reason | None:
    """The first that says anything: a Coding, a CodeableConcept, a bare code."""
    for raw in candidates:
        if kind(raw) != "object":
            code = _kept("code", raw)
            if code is not None:
                return Reason(code=code)
            continue
        coding = members(raw)
        inside = _reason(_listed(coding["coding"])) if "coding" in coding else None
        if inside is not None:
            return inside
        found = Reason(
            _kept("system", coding.get("system", NULL)),
            _kept("code", coding.get("code", NULL)),
            _kept("display", coding.get("display", NULL)) or _kept("display", coding.get("text", NULL)),
        )
        if found.code or found.display:
            return found
    return None


def _extension(raw: msgspec.Raw) -> _Said:
    """Epic's members `com.epic.cdshooks.feedback.overrideReason.*`."""
    parts: dict[str, str] = {}
    reasons: list[Reason] = []
    for name, value in (members(raw) if kind(raw) == "object" else {}).items():
        lowered = name.lower()
        if not lowered.startswith(_EPIC_REASON):
            continue
        if kind(value) in ("object", "array"):
            found = _reason(_listed(value))
            reasons += [found] if found is not None else []
            continue
        part = next((part for word, part in _PARTS if word in lowered[len(_EPIC_REASON) :]), "code")
        kept = _kept(part, value)
        if kept is not None:
            parts.setdefault(part, kept)
    comment = parts.pop("comment", None)
    if parts.keys() & {"code", "display"}:
        reasons.append(Reason(**parts))
    return _Said(reasons[0] if reasons else None, comment)


def _listed(raw: msgspec.Raw) -> list[msgspec.Raw]:
    match kind(raw):
        case "array":
            return [each for each in elements(raw) if kind(each) != "null"]
        case "null":
            return []
        case _:
            return [raw]


def _kept(part: str, raw: msgspec.Raw) -> str | None:
    """A text as far as it is kept."""
    found = text(raw)
    return None if found is None else found[: _LONGEST[part]]
