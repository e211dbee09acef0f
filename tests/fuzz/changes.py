"""Changes to a request as JSON: what careless, old, new, foreign and hostile clients do to it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.fuzz.places import choose, rename, replace
from tests.fuzz.values import CODES, DATES, IMAGE, KINDS, LINK, NUMBERS, STRINGS, SYSTEMS, UNITS

Change = Callable[[Any, int, int], None]
"""Alters a document in place: which of the places that fit, and which of the values."""


def _put(values: tuple[Any, ...], *kinds: type, keys: frozenset[str] | None = None) -> Change:
    """One of the values, where now something of these kinds stands, under one of these keys."""

    def change(document: Any, where: int, what: int) -> None:
        place = choose(document, where, lambda key, value: type(value) in kinds and (keys is None or key in keys))
        replace(place, copy.deepcopy(values[what % len(values)]))

    return change


def drop(document: Any, where: int, _what: int) -> None:
    """A member or an item is not there."""
    place = choose(document, where)
    if place is not None:
        container, key = place
        del container[key]


def repeat(document: Any, where: int, what: int) -> None:
    """An item stands twice, or very often."""
    place = choose(document, where, lambda key, _value: isinstance(key, int))
    if place is not None:
        container, key = place
        container.extend(copy.deepcopy(container[key]) for _ in range((1, 1, 3, 120)[what % 4]))


def wrap(document: Any, where: int, what: int) -> None:
    """An array where one value belongs, or a Bundle, an entry, the legacy wrapper, a deep nest around it."""
    place = choose(document, where)
    if place is None:
        return
    value = place[0][place[1]]
    match what % 5:
        case 0:
            value = [value]
        case 1:
            value = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": value}]}
        case 2:
            value = {"resource": value}
        case 3:
            value = {"response": {"status": "200 OK"}, "resource": value}
        case _:
            for _ in range(70):
                value = [value]
    replace(place, value)


def unwrap(document: Any, where: int, _what: int) -> None:
    """One value where an array, an entry or a Bundle belongs."""
    place = choose(document, where, lambda _key, value: isinstance(value, list | dict) and len(value) > 0)
    if place is not None:
        value = place[0][place[1]]
        replace(
            place,
            value[0]
            if isinstance(value, list)
            else value.get("entry", value.get("resource", next(iter(value.values())))),
        )


def stringify(document: Any, where: int, _what: int) -> None:
    """A number in a string."""
    place = choose(document, where, lambda _key, value: type(value) in (int, float, bool))
    if place is not None:
        replace(place, str(place[0][place[1]]))


def shuffle(document: Any, where: int, what: int) -> None:
    """A list turned, its items in another order."""
    place = choose(document, where, lambda _key, value: isinstance(value, list) and len(value) > 1)
    if place is not None:
        items = place[0][place[1]]
        turn = 1 + what % (len(items) - 1)
        replace(place, items[turn:] + items[:turn])


def swap(document: Any, where: int, what: int) -> None:
    """Two places of the document hold each other's value."""
    first, second = choose(document, where), choose(document, what)
    if first is not None and second is not None:
        one, other = first[0][first[1]], second[0][second[1]]
        replace(first, copy.deepcopy(other))
        if second[1] in (second[0] if isinstance(second[0], dict) else range(len(second[0]))):
            replace(second, copy.deepcopy(one))


def plant(document: Any, _where: int, what: int) -> None:
    """Markup in every text that a card may repeat."""
    for container, key in _texts(document):
        container[key] = f"{container[key]} {(IMAGE, LINK)[what % 2]}"


def _texts(document: Any) -> list[tuple[Any, Any]]:
    found, number = [], 0
    while True:
        place = choose(document, number, lambda key, value: key in ("text", "display") and isinstance(value, str))
        if place is None or (found and place[0] is found[0][0] and place[1] == found[0][1]):
            return found
        found.append(place)
        number += 1


def of_another(document: Any, where: int, what: int) -> None:
    """A resource is another patient's, or names its patient in another way."""
    place = choose(document, where, lambda key, value: key in ("subject", "patient") and isinstance(value, dict))
    others: tuple[Any, ...] = (
        {"reference": "Patient/other"},
        {"reference": "https://ehr.example/fhir/Patient/other/_history/2"},
        {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"},
        {"reference": "#inner"},
        {"identifier": {"system": "urn:x", "value": "other"}},
        {"reference": "Group/g"},
        {"display": IMAGE},
        {},
    )
    replace(place, others[what % len(others)])


def release(document: Any, where: int, what: int) -> None:
    """A member as another FHIR release has it."""
    name, other, form = RELEASES[what % len(RELEASES)]
    rename(choose(document, where, lambda key, _value: key == name), other, form)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


RELEASES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("medicationCodeableConcept", "medication", lambda value: {"concept": value}),
    ("medicationReference", "medication", lambda value: {"reference": value}),
    ("medicationCodeableConcept", "medicationReference", lambda _value: {"reference": "#m"}),
    ("medicationCodeableConcept", "medicationReference", lambda _value: {"reference": "Medication/none", "display": "Baclofen 10 mg"}),
    ("reasonCode", "reason", lambda value: [{"concept": each} for each in value] if isinstance(value, list) else value),
    ("asNeededBoolean", "asNeeded", lambda value: value),
    ("asNeededBoolean", "asNeededCodeableConcept", lambda _value: {"text": IMAGE}),
    ("doseAndRate", "doseQuantity", lambda value: _first(value).get("doseQuantity") if isinstance(_first(value), dict) else value),
    ("doseQuantity", "doseRange", lambda value: {"low": value, "high": value}),
    ("maxDosePerPeriod", "maxDosePerPeriod", lambda value: [value]),
    ("dosageInstruction", "dosage", lambda value: value),
    ("effectivePeriod", "effectiveDateTime", lambda value: value.get("start") if isinstance(value, dict) else value),
    ("clinicalStatus", "clinicalStatus", lambda _value: "active"),
    ("category", "category", _first),
    ("class", "class", lambda value: [{"coding": [value]}]),
    ("authorizingPrescription", "authorizingPrescription", _first),
    ("valueQuantity", "value", lambda value: value),
    ("resourceType", "resourceType", lambda _value: "MedicationUsage"),
    ("resourceType", "resourceType", lambda _value: "MedicationOrder"),
    ("resourceType", "resourcetype", lambda value: value),
)  # fmt: skip

_TEXTS = frozenset("text display note patientInstruction value label reference".split())
_DATES = frozenset(
    "authoredOn birthDate start end effectiveDateTime onsetDateTime recordedDate whenHandedOver performedDateTime".split()
)
_CODES = frozenset("code status intent gender use mode".split())
_AMOUNTS = frozenset("value frequency period total count frequencyMax periodMax duration".split())
_ANY = (str, int, float, bool, list, dict, type(None))

CHANGES: dict[str, Change] = {
    "drop": drop,
    "null": _put((None,), *_ANY),
    "retype": _put(KINDS, *_ANY),
    "empty": _put(([], {}, ""), list, dict, str),
    "number": _put(NUMBERS, int, float),
    "amount": _put(NUMBERS, *_ANY, keys=_AMOUNTS),
    "string": _put(STRINGS, str),
    "words": _put(STRINGS, str, keys=_TEXTS),
    "date": _put(DATES, *_ANY, keys=_DATES),
    "code": _put(CODES, *_ANY, keys=_CODES),
    "system": _put(SYSTEMS, *_ANY, keys=frozenset({"system"})),
    "unit": _put(UNITS, str, keys=frozenset({"unit", "code", "periodUnit"})),
    "repeat": repeat,
    "wrap": wrap,
    "unwrap": unwrap,
    "stringify": stringify,
    "shuffle": shuffle,
    "swap": swap,
    "plant": plant,
    "of another": of_another,
    "release": release,
}


def _outcome() -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


def _with(value: Any, **members: Any) -> Any:
    return {**value, **members} if isinstance(value, dict) else value


def _with_outcome(value: Any) -> Any:
    entries = value.get("entry") if isinstance(value, dict) else None
    return {**value, "entry": [*entries, {"resource": _outcome()}]} if isinstance(entries, list) else value


FAULTS: tuple[Callable[[Any], Any], ...] = (
    lambda _value: None,
    lambda _value: _outcome(),
    lambda value: _with(value, link=[{"relation": "next", "url": "http://127.0.0.1/fhir?page=2"}]),
    lambda value: _with(value, total=7),
    _with_outcome,
    lambda value: {"response": {"status": "200 OK"}, "resource": value},
    lambda _value: {"response": {"status": "412 Precondition Failed"}},
)


def spoil(document: dict[str, Any], where: int, what: int) -> None:
    """An answer to a prefetch query is gone, stands under another key, or is not the whole answer."""
    prefetch = document.get("prefetch")
    if not isinstance(prefetch, dict) or not prefetch:
        return
    key = list(prefetch)[where % len(prefetch)]
    match what % (len(FAULTS) + 2):
        case 0:
            del prefetch[key]
        case 1:
            prefetch["other" + key] = prefetch.pop(key)
        case number:
            prefetch[key] = FAULTS[number - 2](prefetch[key])
