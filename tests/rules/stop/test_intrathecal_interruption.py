from datetime import timedelta

import pytest

from cds.chart.intrathecal import Intrathecal, Pump
from cds.chart.model import Absent, Known, Unknown
from cds.rules.finding import Measure
from cds.rules.stop import intrathecal_interruption as rule
from tests.charts import TODAY, chart
from tests.rules.said import level, said

PUMP = Known(Pump("Implantable intrathecal infusion pump"))
NOT_SENT = Unknown("the EHR sent no device list")


def patient(days, pump=PUMP):
    empty = Known(TODAY + timedelta(days=days)) if isinstance(days, int) else days
    return chart(hook="patient-view", intrathecal=Intrathecal(predicted_empty=empty, pump=pump))


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (8, None),
        (7, ("warning", "soon")),
        (6, ("warning", "soon")),
        (1, ("warning", "soon")),
        (0, ("warning", "today")),
        (-1, ("critical", "past")),
        (-30, ("critical", "past")),
    ],
)
def test_days_left(left, expected):
    finding = said(rule, patient(left))
    assert level(finding) == expected
    if finding is not None:
        assert finding.values == ({"days": Measure(left, "d")} if left >= 0 else {"gap": Measure(-left, "d")})


@pytest.mark.parametrize("nothing", [Absent(), Unknown("the EHR sent no pump readings")])
def test_silent_without_a_prediction(nothing):
    assert said(rule, patient(nothing)) is None


@pytest.mark.parametrize(("pump", "fires"), [(PUMP, True), (NOT_SENT, True), (Absent(), False)])
def test_a_prediction_counts_unless_the_record_shows_that_there_is_no_pump(pump, fires):
    assert (said(rule, patient(-1, pump)) is not None) == fires
