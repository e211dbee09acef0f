"""What a remedy mends is told by the rules themselves: a rule that then says why it is silent is mended, too."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from fractions import Fraction

from cds.chart.orders import Gap
from cds.chart.reading import Known
from cds.remedies.choose import Remedies
from cds.rules.finding import Finding, Silent
from cds.rules.registry import check_of
from tests.charts import KNOWLEDGE, TODAY, chart, order, phase, therapy


def test_a_rule_that_says_why_it_is_silent_is_mended() -> None:
    rule = "RestartAfterGap"
    gap = Known(Gap(9, TODAY - timedelta(days=9), Fraction(60)))
    patient = chart(therapy=dataclasses.replace(therapy(order(phase(20, 3)), before=60), gap=gap))
    finding = check_of(rule)(patient, KNOWLEDGE)
    assert isinstance(finding, Finding)
    (remedy,) = Remedies(patient, KNOWLEDGE).of_card([finding])
    assert remedy.key == "dose"
    assert remedy.mends == (rule,)
    small = dataclasses.replace(patient, therapy=dataclasses.replace(therapy(order(phase(5, 3)), before=60), gap=gap))
    assert isinstance(check_of(rule)(small, KNOWLEDGE), Silent)
