import pytest

from cds.chart.reading import Absent, Known, Listing, Unknown
from cds.rules.finding import Indicator
from cds.rules.renal import renal_moderate_high_dose
from tests.charts import KNOWLEDGE, at_least, changed, chart, order, phase, therapy
from tests.rules.renal.kidney_cases import NOT_SENT, egfr, going_on, kidneys, pump, raised, sign, start, unclear
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_moderate_high_dose.check)


@pytest.mark.parametrize(
    ("value", "fires"),
    [("29.999", False), ("30", True), ("44.9", True), ("44.999", True), ("45", False), ("45.001", False)],
)
def test_between_30_and_45(value, fires):
    assert (check(chart(therapy=start(20), kidneys=kidneys(egfr=egfr(value))), KNOWLEDGE) is not None) == fires


@pytest.mark.parametrize(("daily", "fires"), [(19.9, False), (20, True), (20.1, True)])
def test_from_20_mg(daily, fires):
    assert (check(chart(therapy=start(daily), egfr=40), KNOWLEDGE) is not None) == fires


@pytest.mark.parametrize("reading", [Absent(), NOT_SENT])
def test_silent_without_an_egfr(reading):
    assert check(chart(therapy=start(30), kidneys=kidneys(egfr=reading)), KNOWLEDGE) is None


def test_silent_without_oral_order_or_dose():
    assert check(chart(therapy=pump(), egfr=40), KNOWLEDGE) is None
    assert check(chart(therapy=changed(start(30), total=None), egfr=40), KNOWLEDGE) is None


RESTART = changed(start(30), starts=Known(value=False))
DOSE_ON_FILE_UNREADABLE = changed(going_on(30), before=Unknown("the dose on file cannot be read"))


@pytest.mark.parametrize(
    ("signing", "indicator", "message", "said_taken_for_start"),
    [
        (start(20), Indicator.CRITICAL, "start", False),
        (raised(20, 30), Indicator.CRITICAL, "taking", False),
        (going_on(30), Indicator.WARNING, "taking", False),
        (raised(40, 30), Indicator.WARNING, "taking", False),
        (unclear(30), Indicator.CRITICAL, "unsure", True),
        (DOSE_ON_FILE_UNREADABLE, Indicator.CRITICAL, "unsure", True),
        (RESTART, Indicator.CRITICAL, "unsure", False),
    ],
)
def test_critical_unless_stable(signing, indicator, message, said_taken_for_start):
    on = chart(therapy=signing, egfr=40)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (indicator, message)
    assert ("taken_for_start" in finding.notes) == said_taken_for_start
    assert "1.23 %" in card_of(finding, on).detail


def test_a_rising_sequence_with_an_unknown_history_is_an_increase():
    rising = therapy(order(phase(10, days=3), phase(20)), starts=Unknown("no list"), before=None)
    rising = changed(rising, before=Unknown("no list"))
    finding = check(chart(therapy=rising, egfr=40), KNOWLEDGE)
    assert finding is not None
    assert finding.indicator == Indicator.CRITICAL
    assert "taken_for_start" not in finding.notes


def test_at_least_20_fires():
    on = chart(therapy=at_least(going_on(20)), egfr=40)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert "at_least" in finding.notes
    assert "at least 20 mg/day" in card_of(finding, on).summary


@pytest.mark.parametrize("signs", [Listing(), sign(3)])
def test_every_text_can_be_filled(signs):
    for signing in (start(40), going_on(40), unclear(40)):
        on = chart(therapy=signing, egfr=30, problems=signs)
        card_of(check(on, KNOWLEDGE), on)
