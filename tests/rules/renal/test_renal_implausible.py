from datetime import date
from fractions import Fraction

import pytest

from cds.chart.model import ImplausibleCreatinine
from cds.chart.reading import Absent
from cds.rules.finding import Indicator, Measure
from cds.rules.renal import renal_implausible
from tests.charts import KNOWLEDGE, TODAY, chart
from tests.rules.renal.kidney_cases import egfr, kidneys, pump, start
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_implausible.check)

MASS = ImplausibleCreatinine(Fraction(150), "mg/dL", TODAY)
MOLES = ImplausibleCreatinine(Fraction("1.1"), "umol/L", date(2026, 5, 1))


def test_silent_where_every_creatinine_fits_its_unit():
    assert check(chart(therapy=start(20)), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(therapy=pump(), kidneys=kidneys(implausible=(MASS,))), KNOWLEDGE) is None


def test_names_the_unit_as_sent():
    on = chart(therapy=start(20), kidneys=kidneys(egfr=Absent(), implausible=(MASS,)))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (Indicator.INFO, "too_high")
    assert finding.values["creatinine"] == Measure(150, "mg/dL")
    card = card_of(finding, on)
    assert "150 mg/dL" in card.summary
    assert "above 20 mg/dL" in card.detail


def test_too_low_for_moles():
    on = chart(therapy=start(20), kidneys=kidneys(egfr=Absent(), implausible=(MOLES,)))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.message == "too_low"
    card = card_of(finding, on)
    assert "1.1 µmol/L" in card.summary
    assert "1 May 2026 is below 10 µmol/L" in card.detail


def test_the_newest_is_named():
    finding = check(chart(therapy=start(20), kidneys=kidneys(egfr=Absent(), implausible=(MOLES, MASS))), KNOWLEDGE)
    assert finding is not None
    assert finding.values["creatinine"] == Measure(150, "mg/dL")


@pytest.mark.parametrize(("creatinine", "message"), [(MASS, "too_high_beside"), (MOLES, "too_low_beside")])
def test_beside_an_egfr_in_force_renal_function_was_checked(creatinine, message):
    on = chart(therapy=start(20), kidneys=kidneys(egfr=egfr(38), implausible=(creatinine,)))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (Indicator.INFO, message)
    card = card_of(finding, on)
    assert "not used. Judged by eGFR 38 of 1 June 2026" in card.summary
    assert "not checked" not in card.summary
