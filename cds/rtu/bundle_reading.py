"""A FHIR Bundle as rows of the registry. Lenient: what has not the expected shape is a field that is missing, and said so by its name.

Takes what `cds.rtu.bundle` writes. Of a birth date only the year is read, so that no more than that can get in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cds.phrases import Phrase
from cds.rtu.codes import KEY_SYSTEM, OPINIONS, PATIENT_SYSTEM, PRESCRIBER_SYSTEM, RTU
from cds.rtu.exchange import Problem, Row
from cds.rtu.keys import RPPS

__all__ = ["NoBundle", "read_bundle"]

Resource = Mapping[str, Any]
_KINDS = {code: kind for kind, code in OPINIONS.items()}
_YEAR = 4  # characters of a date
_DAY = 10


class NoBundle(ValueError):
    """This is no FHIR Bundle; the message says why."""


def read_bundle(content: bytes) -> tuple[list[Row], list[Problem]]:
    """The rows of a Bundle, and the entries that are none.

    Raises:
        NoBundle: it is not JSON, or no Bundle.
    """
    try:
        bundle = json.loads(content, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise NoBundle("is not JSON") from None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise NoBundle("is no FHIR Bundle")
    reading = _Reading(bundle)
    return list(reading.rows()), reading.problems


class _Reading:
    """The resources of a Bundle by type, and what is not read."""

    def __init__(self, bundle: Resource) -> None:
        self.problems: list[Problem] = []
        self._resources: list[tuple[str, Resource]] = []
        for place, entry in enumerate(_list(bundle, "entry")):
            resource = _object(entry, "resource")
            where = f"entry[{place}]"
            if _text(resource, "resourceType") in _READ:
                self._resources.append((where, resource))
            else:
                self.problems.append(Problem(where, "", Phrase("is none of {types}", types=", ".join(sorted(_READ)))))

    def rows(self) -> Iterator[Row]:
        roles = {_referred(each, "practitioner"): each for _, each in self._of("PractitionerRole")}
        episodes = {_referred(each, "patient"): each for _, each in self._of("EpisodeOfCare")}
        names = {_text(each, "id"): _identifier(each, PATIENT_SYSTEM) for _, each in self._of("Patient")}
        ids = {_text(each, "id"): _identifier(each, PRESCRIBER_SYSTEM) for _, each in self._of("Practitioner")}
        observations = [(where, each, _code(each, RTU)) for where, each in self._of("Observation")]
        registrations = {_referred(each, "subject"): each for _, each, code in observations if code == "registration"}
        for where, each in self._of("Practitioner"):
            yield Row("prescribers", where, _prescriber(each, roles.get(_text(each, "id"), {})))
        for where, each in self._of("Patient"):
            id_ = _text(each, "id")
            yield Row("patients", where, _patient(each, episodes.get(id_, {}), registrations.get(id_, {}), ids))
        for where, each, code in observations:
            if code == "visit":
                yield Row("visits", where, _visit(each, names))
            elif code == "stop":
                yield Row("stops", where, _stop(each, names))
            elif code != "registration":
                self.problems.append(Problem(where, "code", Phrase("is none of the registry’s observations")))
        for where, each in self._of("ServiceRequest"):
            yield Row("opinions", where, _opinion(each, names))

    def _of(self, kind: str) -> Iterator[tuple[str, Resource]]:
        return ((where, each) for where, each in self._resources if each["resourceType"] == kind)


_READ = frozenset({"EpisodeOfCare", "Observation", "Patient", "Practitioner", "PractitionerRole", "ServiceRequest"})


def _prescriber(practitioner: Resource, role: Resource) -> dict[str, str]:
    keys = [_text(each, "value") for each in _list(practitioner, "identifier") if _text(each, "system") == KEY_SYSTEM]
    return {
        "id": _identifier(practitioner, PRESCRIBER_SYSTEM),
        "registered_on": _day(_object(role, "period"), "start"),
        "name": _text(_first(practitioner, "name"), "text"),
        "rpps": _identifier(practitioner, RPPS),
        "specialty": _text(_first(role, "specialty"), "text"),
        "setting": _text(_first(_first(role, "code"), "coding"), "code"),
        "keys": "\n".join(keys),
    }


def _patient(patient: Resource, episode: Resource, registration: Resource, ids: Mapping[str, str]) -> dict[str, str]:
    prescriber = _referred(episode, "careManager")
    told = _components(registration)
    return {
        "pseudonym": _identifier(patient, PATIENT_SYSTEM),
        "registered_on": _day(_object(episode, "period"), "start"),
        "prescriber": ids.get(prescriber, prescriber),
        "started_on": _day(told.get("started-on"), "valueDateTime"),
        "birth_year": _text(patient, "birthDate")[:_YEAR],
        "sex": _text(patient, "gender"),
        "informed": _yes(told.get("informed")),
        "contraindications_checked": _yes(told.get("contraindications-checked")),
        "dose": _amount(told.get("dose")),
    }


def _visit(observation: Resource, names: Mapping[str, str]) -> dict[str, str]:
    told = _components(observation)
    events = [
        _text(_first(_object(each, "valueCodeableConcept"), "coding"), "code")
        for each in _list(observation, "component")
        if _code(each, RTU) == "adverse-event"
    ]
    return {
        "patient": _whose(observation, names),
        "on": _day(observation, "effectiveDateTime"),
        "dose": _amount(told.get("dose")),
        "events": " ".join(events),
        "event_text": _text(told.get("adverse-event-text"), "valueString"),
        "alcohol": _amount(told.get("alcohol")),
        "craving": _text(told.get("craving"), "valueInteger"),
    }


def _opinion(request: Resource, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "patient": _whose(request, names),
        "kind": _KINDS.get(_code(request, RTU), ""),
        "on": _day(request, "authoredOn"),
        "centre": _text(_first(request, "performer"), "display"),
        "favourable": {"completed": "yes", "revoked": "no"}.get(_text(request, "status"), ""),
    }


def _stop(observation: Resource, names: Mapping[str, str]) -> dict[str, str]:
    told = _components(observation)
    return {
        "patient": _whose(observation, names),
        "on": _day(observation, "effectiveDateTime"),
        "reason": _text(_first(_object(observation, "valueCodeableConcept"), "coding"), "code"),
        "taper_planned": _yes(told.get("taper-planned")),
        "taper_days": _amount(told.get("taper-days")),
        "last_dose": _amount(told.get("last-dose")),
        "taper_completed": _yes(told.get("taper-completed")),
    }


def _components(observation: Resource) -> Mapping[str, Resource]:
    return {_code(each, RTU): each for each in _list(observation, "component")}


def _whose(resource: Resource, names: Mapping[str, str]) -> str:
    """The pseudonym; of a patient who is not in the Bundle the id is one."""
    id_ = _referred(resource, "subject")
    return names.get(id_, id_)


def _referred(resource: Resource, name: str) -> str:
    return _text(_object(resource, name), "reference").rpartition("/")[2]


def _identifier(resource: Resource, system: str) -> str:
    found = (_text(each, "value") for each in _list(resource, "identifier") if _text(each, "system") == system)
    return next(found, "")


def _code(resource: Resource, system: str) -> str:
    codings = _list(_object(resource, "code"), "coding")
    return next((_text(each, "code") for each in codings if _text(each, "system") == system), "")


def _amount(component: object) -> str:
    return _text(_object(component, "valueQuantity"), "value")


def _yes(component: object) -> str:
    value = component.get("valueBoolean") if isinstance(component, dict) else None
    return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""


def _day(node: object, name: str) -> str:
    """The day of a dateTime as it is written there."""
    return _text(node, name)[:_DAY]


def _object(node: object, name: str) -> Resource:
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def _list(node: object, name: str) -> list[Any]:
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []


def _first(node: object, name: str) -> Resource:
    found = _list(node, name)
    return found[0] if found and isinstance(found[0], dict) else {}


def _text(node: object, name: str) -> str:
    value = node.get(name) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""
