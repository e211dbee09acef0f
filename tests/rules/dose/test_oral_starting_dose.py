from datetime import date

import pytest

from cds.chart.model import Unknown
from cds.rules.dose import oral_starting_dose as rule
from cds.rules.finding import Measure
from tests.charts import chart, order, phase, therapy
from tests.rules.said import level, said

ALCOHOL = frozenset({"alcohol"})
FIRES = ("warning", "above_start")


@pytest.mark.parametrize(
    ("where", "start"),
    [
        ({"jurisdiction": "US"}, 15),
        ({"jurisdiction": "UK"}, 15),
        ({"jurisdiction": "DE"}, 15),
        ({"jurisdiction": "FR"}, 15),
        ({"jurisdiction": "US", "indications": frozenset({"neuropathic"})}, 15),
        ({"jurisdiction": "US", "indications": ALCOHOL}, 15),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2014, 3, 17)}, 15),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2020, 12, 13)}, 15),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2020, 12, 14)}, 20),
        ({"jurisdiction": "FR", "indications": ALCOHOL, "on": date(2021, 11, 18)}, 20),
    ],
)
def test_fires_above_the_start_of_each_regime_and_not_at_it(where, start):
    assert said(rule, chart(therapy=therapy(order(phase(start - 0.1))), **where)) is None
    assert said(rule, chart(therapy=therapy(order(phase(start))), **where)) is None
    finding = said(rule, chart(therapy=therapy(order(phase(start + 0.1))), **where))
    assert level(finding) == FIRES
    assert finding.values["start"] == Measure(start, "mg/d")


def test_of_a_sequence_the_first_phase_counts():
    rising = order(phase(5, 3, days=3), phase(10, 3, days=3), phase(20, 3))
    assert said(rule, chart(therapy=therapy(rising))) is None
    high = order(phase(20, 1, days=3), phase(40, 1))
    assert said(rule, chart(therapy=therapy(high))).values["dailyDose"] == Measure(20, "mg/d")


def test_orders_signed_together_count_together():
    patient = chart(therapy=therapy(order(phase(10)), order(phase(5.5)), start=True))
    assert level(said(rule, patient)) == FIRES
    assert said(rule, chart(therapy=therapy(order(phase(10)), order(phase(5)), start=True))) is None


def test_as_needed_counts_at_its_highest():
    assert said(rule, chart(therapy=therapy(order(phase(5, as_needed=True, limit=15))))) is None
    assert level(said(rule, chart(therapy=therapy(order(phase(5, as_needed=True, limit=20)))))) == FIRES


def test_a_part_without_a_limit_makes_a_lower_bound():
    high = therapy(order(phase(20)), order(phase(5, as_needed=True)))
    assert said(rule, chart(therapy=high)).notes == ("at_least",)
    low = therapy(order(phase(10)), order(phase(5, as_needed=True)))
    assert said(rule, chart(therapy=low)) is None


def test_is_for_proven_starts_of_oral_baclofen():
    assert said(rule, chart()) is None
    assert said(rule, chart(therapy=therapy(order(phase(60)), before=60))) is None
    unproven = therapy(order(phase(60)), starts=Unknown("the EHR sent no medication list"))
    assert said(rule, chart(therapy=unproven)) is None
    assert said(rule, chart(therapy=therapy(order()))) is None
