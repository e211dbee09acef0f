"""The answer to a hook call: CDS Hooks 2.0.1 members only, nothing null or empty.

A card that breaks the protocol is refused when it is made, by a ValueError that names the member.
"""

from __future__ import annotations

import re
import uuid as uuids
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

__all__ = [
    "FINDINGS_EXTENSION",
    "MENDS_EXTENSION",
    "SUMMARY_LIMIT",
    "Action",
    "Card",
    "Coding",
    "Link",
    "Response",
    "Source",
    "Suggestion",
    "encode_response",
]

FINDINGS_EXTENSION = "org.baclofen-cds.findings"
"""Card extension: the card's findings, each `{"rule": …, "indicator": …, "values": {…}}`."""

MENDS_EXTENSION = "org.baclofen-cds.mends"
"""Suggestion extension: the rules that say nothing more once it is accepted."""

SUMMARY_LIMIT = 139
"""Characters; the protocol says fewer than 140."""

_TOPIC_CODE = re.compile(r"[A-Za-z0-9]{1,100}")
_ABSOLUTE = re.compile(r"(urn:|[A-Za-z][A-Za-z0-9+.-]*://)[^\s]+")
_TYPE_AND_ID = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INDICATORS = ("info", "warning", "critical")


class Coding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A code with its system."""

    system: str
    code: str
    display: str | None = None

    def __post_init__(self) -> None:
        _text("coding.code", self.code)
        _absolute("coding.system", self.system)
        _text("coding.display", self.display)


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Where a card comes from; `topic` is the rule that leads it."""

    label: str
    url: str | None = None
    icon: str | None = None
    topic: Coding | None = None

    def __post_init__(self) -> None:
        _text("source.label", self.label)
        _absolute("source.url", self.url)
        _absolute("source.icon", self.icon)
        if self.topic is not None:
            _require(_TOPIC_CODE.fullmatch(self.topic.code), "source.topic.code", "is not 1 to 100 letters and digits")


class Action(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One change to the orders: `create` and `update` carry a resource, `delete` a `Type/id`."""

    type: Literal["create", "update", "delete"]
    description: str
    resource: Mapping[str, Any] | None = None
    resource_id: str | None = None

    def __post_init__(self) -> None:
        _text("action.description", self.description)
        match self.type:
            case "create" | "update":
                _require(self.resource and self.resource.get("resourceType"), "action.resource", "is missing")
                _require(self.resource_id is None, "action.resourceId", "belongs to delete")
                if self.type == "update":
                    _require(self.resource and self.resource.get("id"), "action.resource.id", "is missing")
            case "delete":
                _require(_TYPE_AND_ID.fullmatch(self.resource_id or ""), "action.resourceId", "is not Type/id")
                _require(self.resource is None, "action.resource", "does not belong to delete")
            case _:
                raise ValueError("action.type is not create, update or delete")
        if self.resource is not None:
            _filled("action.resource", self.resource)


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A way out, offered as a button."""

    label: str
    uuid: str | None = None
    is_recommended: bool = False
    actions: tuple[Action, ...] = ()
    extension: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        _text("suggestion.label", self.label)
        _uuid("suggestion.uuid", self.uuid)
        if self.extension is not None:
            _filled("suggestion.extension", self.extension)


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """An address to read on, or a SMART app to start."""

    label: str
    url: str
    type: Literal["absolute", "smart"]
    app_context: str | None = None

    def __post_init__(self) -> None:
        _text("link.label", self.label)
        _absolute("link.url", self.url)
        _require(self.type in ("absolute", "smart"), "link.type", "is not absolute or smart")
        _text("link.appContext", self.app_context)
        _require(self.app_context is None or self.type == "smart", "link.appContext", "belongs to smart links")


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One card.

    Attributes:
        uuid: comes back in feedback.
        summary: one line of at most 139 characters.
        indicator: `info`, `warning` or `critical`.
        source: who says so, and the leading rule as its topic.
        detail: GitHub markdown; text from the EHR has to be escaped already.
        suggestions: ways out; `selection_behavior` says how many may be chosen.
        selection_behavior: `at-most-one` or `any`; needed with suggestions.
        override_reasons: what a prescriber may answer instead; each has a display.
        links: further reading.
        extension: by reverse domain name.
    """

    uuid: str
    summary: str
    indicator: Literal["info", "warning", "critical"]
    source: Source
    detail: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    selection_behavior: Literal["at-most-one", "any"] | None = None
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()
    extension: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        _uuid("card.uuid", self.uuid)
        _text("card.summary", self.summary)
        length = len(self.summary)
        _require(length <= SUMMARY_LIMIT, "card.summary", f"has {length} characters, more than {SUMMARY_LIMIT}")
        _require(self.indicator in _INDICATORS, "card.indicator", "is not info, warning or critical")
        _text("card.detail", self.detail)
        if self.suggestions:
            _require(self.selection_behavior in ("at-most-one", "any"), "card.selectionBehavior", "is missing")
        else:
            _require(self.selection_behavior is None, "card.selectionBehavior", "stands without suggestions")
        recommended = sum(suggestion.is_recommended for suggestion in self.suggestions)
        _require(
            recommended <= 1 or self.selection_behavior == "any",
            "card.suggestions",
            "recommends more than one of at most one",
        )
        _require(
            all(reason.display for reason in self.override_reasons), "card.overrideReasons", "has one without display"
        )
        if self.extension is not None:
            _filled("card.extension", self.extension)


class Response(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """All cards; none is a statement, too."""

    cards: tuple[Card, ...]
    extension: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        ids = {card.uuid for card in self.cards}
        _require(len(ids) == len(self.cards), "cards", "have a uuid twice")
        if self.extension is not None:
            _filled("extension", self.extension)


def encode_response(response: Response) -> bytes:
    """The answer as JSON."""
    return msgspec.json.encode(response)


def _require(condition: object, name: str, problem: str) -> None:
    if not condition:
        raise ValueError(f"{name} {problem}")


def _text(name: str, value: str | None) -> None:
    _require(value is None or value.strip(), name, "is blank")


def _absolute(name: str, value: str | None) -> None:
    _require(value is None or _ABSOLUTE.fullmatch(value), name, "is not an absolute address")


def _uuid(name: str, value: str | None) -> None:
    if value is None or _UUID.fullmatch(value):
        return
    try:
        uuids.UUID(value)
    except ValueError:
        raise ValueError(f"{name} is not a UUID") from None


def _filled(name: str, value: object) -> None:
    """Refuse null and empty anywhere below."""
    if _has_hole(value):
        _name_hole(name, value)


def _has_hole(value: object) -> bool:
    if isinstance(value, dict):
        return not value or any(_has_hole(member) for member in value.values())
    if isinstance(value, list):
        return not value or any(_has_hole(item) for item in value)
    return value is None or value == "" or not isinstance(value, str | int | float)  # of other kinds it is told by name


def _name_hole(name: str, value: object) -> None:
    match value:
        case None | "":
            raise ValueError(f"{name} is null or empty")
        case Mapping():
            _require(value, name, "is null or empty")
            for key, member in value.items():
                _name_hole(f"{name}.{key}", member)
        case list() | tuple():
            _require(value, name, "is null or empty")
            for number, item in enumerate(value):
                _name_hole(f"{name}[{number}]", item)
        case _:
            pass
