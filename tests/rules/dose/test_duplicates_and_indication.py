from dataclasses import replace

import pytest

from cds.chart.model import Indication, Reason
from cds.rules.dose import duplicate_orders, indication_not_recommended
from cds.rules.finding import Measure
from tests.charts import at_least, chart, intrathecal, order, phase, therapy
from tests.rules.said import level, said

ONE = order(phase(20, 3))
TWO = order(phase(20, 3), reference="MedicationRequest/old", draft=False, status="active")


def test_concurrent_orders_and_what_they_come_to():
    finding = said(duplicate_orders, chart(therapy=therapy(ONE, TWO, before=60, duplicates=(ONE, TWO))))
    assert level(finding) == ("warning", "concurrent")
    assert finding.values["dailyDose"] == Measure(120, "mg/d")
    assert finding.facts["count"] == 2


def test_a_lower_bound_is_noted():
    signing = at_least(therapy(ONE, TWO, before=60, duplicates=(ONE, TWO)))
    assert said(duplicate_orders, chart(therapy=signing)).notes == ("at_least",)


def test_duplicates_without_a_dose():
    untold = order()
    finding = said(duplicate_orders, chart(therapy=therapy(untold, untold, duplicates=(untold, untold))))
    assert level(finding) == ("warning", "dose_unknown")


def test_one_regimen_is_no_duplicate():
    assert said(duplicate_orders, chart(therapy=therapy(ONE, before=60))) is None


def test_duplicates_on_file_are_not_said_at_an_order_for_another_drug():
    on_file = replace(therapy(before=60), oral=(ONE, TWO), duplicates=(ONE, TWO))
    assert said(duplicate_orders, chart(therapy=on_file)) is None


def reason(*kinds, source="order"):
    return Indication(frozenset({"spasticity"}), source, (Reason("Spasticity after stroke", frozenset(kinds)),))


@pytest.mark.parametrize("kind", ["stroke", "cerebral_palsy", "parkinson", "rheumatic_disorder"])
@pytest.mark.parametrize(
    ("country", "fires"), [("US", True), ("CA", True), ("UK", False), ("FR", False), ("DE", False)]
)
def test_reasons_that_american_labels_do_not_recommend(kind, country, fires):
    patient = chart(therapy=therapy(ONE, before=60), jurisdiction=country, indication=reason(kind))
    assert level(said(indication_not_recommended, patient)) == (("info", "not_recommended") if fires else None)


def test_only_the_reason_of_an_oral_order_counts():
    oral = therapy(ONE, before=60)
    assert said(indication_not_recommended, chart(therapy=oral, indication=reason("multiple_sclerosis"))) is None
    listed = reason("stroke", source="problem list")
    assert said(indication_not_recommended, chart(therapy=oral, indication=listed)) is None
    pump = therapy(intrathecal(400), total=None)
    assert said(indication_not_recommended, chart(therapy=pump, indication=reason("stroke"))) is None


MS = Reason("Multiple sclerosis", frozenset({"multiple_sclerosis"}))
STROKE = Reason("Stroke", frozenset({"stroke"}))


def test_only_the_reason_that_is_not_recommended_is_named():
    both = Indication(frozenset({"spasticity"}), "order", (MS, STROKE, STROKE))
    finding = said(indication_not_recommended, chart(therapy=therapy(ONE, before=60), indication=both))
    assert finding.facts["reason"] == "Stroke"


def test_a_reason_that_is_a_code_alone_has_a_name_of_ours():
    code = Indication(frozenset({"spasticity"}), "order", (MS, Reason("", frozenset({"stroke"}))))
    finding = said(indication_not_recommended, chart(therapy=therapy(ONE, before=60), indication=code))
    assert finding.facts["reason"] == "a reason given as a code alone"
