"""Why ChecksIncomplete is silent: nothing is missing, or nothing that a check of the call needs."""

from __future__ import annotations

import pytest

from cds.chart.model import MissingData
from cds.phrases import Phrase
from cds.rules.missing import checks_incomplete
from tests.charts import chart, order, phase, therapy
from tests.rules.silences import silence

STABLE = therapy(order(phase(5, 3)), before=15)


@pytest.mark.parametrize("hook", ["order-select", "order-sign", "patient-view", "encounter-discharge"])
def test_nothing_is_missing(hook) -> None:
    assert silence(checks_incomplete, chart(hook=hook, therapy=STABLE)) == (
        "Nothing is missing that this rule has to name. Of what else was not sent, the checks that ask for it say so "
        "themselves."
    )


def test_what_is_missing_and_not_needed() -> None:
    missing = tuple(
        MissingData(topic, Phrase("the EHR's own query failed")) for topic in ("conditions", "procedures", "conditions")
    )
    assert silence(checks_incomplete, chart(hook="encounter-discharge", therapy=STABLE, missing=missing)) == (
        "No check of this call needs what is missing: problem list, procedures."
    )
