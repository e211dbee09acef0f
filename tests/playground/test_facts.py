"""The orders as they were read, each with its place in the signing."""

from __future__ import annotations

from typing import Any

import pytest

from cds.language import catalogue
from cds.playground.facts import doses_read
from tests.chart.pump_requests import chart_of

SCHEDULED: dict[str, Any] = {"id": "old", "mg": 20, "times": 3}
AS_NEEDED: dict[str, Any] = {"id": "prn", "mg": 5, "prn": True, "most": 10}
DRUG: dict[str, Any] = {"id": "other", "drug": "oxycodone", "mg": 5, "times": 3}


def places(*drafts: dict[str, Any], file: tuple[dict[str, Any], ...]) -> list[str]:
    read = doses_read(chart_of({"drafts": list(drafts), "file": list(file)}), catalogue("en"))
    return [f"{dose.line} ({dose.place})" for dose in read]


@pytest.mark.parametrize("ended", [SCHEDULED, AS_NEEDED])
def test_what_a_signing_ends_is_not_on_file(ended: dict[str, Any]) -> None:
    (line,) = places({**ended, "status": "stopped"}, DRUG, file=(ended,))
    assert line.endswith("(being stopped or held)")


def test_what_goes_on_beside_it_is() -> None:
    assert places({**AS_NEEDED, "status": "stopped"}, DRUG, file=(SCHEDULED, AS_NEEDED)) == [
        "baclofen 5 mg as needed, at most 10 mg/day (being stopped or held)",
        "baclofen 20 mg 3×/day = 60 mg/day (on file)",
    ]


def test_a_sequence_is_on_file_once_though_a_part_of_it_is_over() -> None:
    phases = [{"mg": 20, "times": 3, "days": 10}, {"mg": 10, "times": 2, "days": 60}]
    assert places(DRUG, file=({"id": "old", "authored": "-20d", "phases": phases},)) == [
        "baclofen 10 mg 2×/day = 20 mg/day (on file)"
    ]
