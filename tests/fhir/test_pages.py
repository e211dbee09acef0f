"""A list read in one pass, and entry by entry: the same record, whatever is wrong with it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.bodies import record
from cds.fhir.bundle import read_page
from cds.fhir.prefetch import read_prefetch
from cds.fhir.record import Record
from cds.protocol.discovery import PREFETCH

SENT: dict[str, Any] = record("baclofen", 4, 3, 3)
LISTS = sorted(key for key, answer in SENT.items() if answer["resourceType"] == "Bundle")
WRONG = st.sampled_from(
    [
        None,
        "",
        0,
        [],
        {},
        [None],
        "x",
        True,
        {"resourceType": "Patient", "id": "other"},
        {"resourceType": "OperationOutcome"},
    ]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, each in inside for place in places(each, (*path, key))]


def both_ways(sent: dict[str, Any]) -> tuple[Record, Record]:
    raw = {key: json.dumps(answer).encode() for key, answer in sent.items()}
    at_once = read_prefetch(raw, PREFETCH, "bench-patient")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cds.fhir.prefetch.read_page", lambda raw, kind: None)
        return at_once, read_prefetch(raw, PREFETCH, "bench-patient")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_list_with_one_thing_wrong_is_read_alike(data: st.DataObject) -> None:
    sent = copy.deepcopy(SENT)
    *path, last = data.draw(st.sampled_from([(key, *place) for key in LISTS for place in places(SENT[key])]))
    parent: Any = sent
    for key in path:
        parent = parent[key]
    match data.draw(st.sampled_from(["another value", "gone", "in a list"])):
        case "another value":
            parent[last] = data.draw(WRONG)
        case "gone":
            del parent[last]
        case _:
            parent[last] = [parent[last]]
    at_once, one_by_one = both_ways(sent)
    assert at_once == one_by_one


@pytest.mark.parametrize("link", ["urn:uuid:1", "https://ehr.example/Patient/1"])
def test_patients_are_known_by_their_address(link: str) -> None:
    patient = {"resourceType": "Patient", "id": "bench-patient"}
    sent = {"patient": {"resourceType": "Bundle", "entry": [{"fullUrl": link, "resource": patient}]}}
    at_once, one_by_one = both_ways(sent)
    assert at_once == one_by_one
    assert at_once.patients == ({link: "bench-patient"} if link.startswith("urn:") else {})


@pytest.mark.parametrize("key", LISTS)
def test_lists_as_they_should_be_are_read_at_once(key: str) -> None:
    kind = PREFETCH[key].partition("?")[0]
    page = read_page(json.dumps(SENT[key]).encode(), kind)
    assert page is not None
    assert [entry.resource.id for entry in page.entry or ()] == [
        one["resource"]["id"] for one in SENT[key].get("entry", ())
    ]
    assert read_page(json.dumps(SENT[key] | {"resourceType": "List"}).encode(), kind) is None
