"""AlcoholMinor, RtuFollowUp and RtuPrescriptionMention."""

from datetime import date, timedelta

import pytest

from cds.chart.model import AgeRange
from cds.chart.reading import Absent, Known, Unknown
from cds.phrases import Phrase
from cds.rules.finding import Indicator, Measure
from cds.rules.rtu import alcohol_minor, rtu_follow_up, rtu_prescription_mention
from tests.charts import KNOWLEDGE, changed
from tests.rules.rtu.french_cases import AFTER, BEFORE, FIRST, IN_2014, LAST, french, programme
from tests.rules.said import asked
from tests.speaking import card_of


@pytest.mark.parametrize(("age", "fires"), [(17, True), (18, False), (19, False)])
@pytest.mark.parametrize("on", [BEFORE, IN_2014, date(2022, 3, 1)])
def test_minors_at_every_date(age, fires, on):
    patient = french(30, age=age, on=on)
    finding = asked(alcohol_minor.check)(patient, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.CRITICAL
        assert finding.values["age"] == Measure(age, "a")
        assert "17 years" in card_of(finding, patient).summary


@pytest.mark.parametrize(("low", "high", "fires"), [(17, 18, True), (18, 19, False)])
def test_an_incomplete_birth_date_fires_at_its_younger_end_and_says_so(low, high, fires):
    finding = asked(alcohol_minor.check)(french(30, age=AgeRange(low, high)), KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert "partial_birth_date" in finding.notes


@pytest.mark.parametrize("age", [Absent(), Unknown("the patient's record was not sent")])
def test_no_age_no_minor(age):
    assert asked(alcohol_minor.check)(changed(french(30), age=age), KNOWLEDGE) is None


@pytest.mark.parametrize(("days", "fires"), [(30, False), (31, False), (32, True), (35, True)])
def test_follow_up_after_more_than_31_days(days, fires):
    patient = french(programme=programme(last_prescription=Known(IN_2014 - timedelta(days=days))))
    finding = asked(rtu_follow_up.check)(patient, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.INFO
        assert finding.values == {"days": Measure(days, "d"), "maximum": Measure(31, "d")}
        assert f"{days} days ago" in card_of(finding, patient).summary


@pytest.mark.parametrize(
    ("visit", "prescription", "said"),
    [
        (32, None, "Last visit in the registry 32 days ago"),
        (31, None, None),
        (40, 32, "Last baclofen prescription 32 days ago"),
        (32, 40, "Last visit in the registry 32 days ago"),
        (33, 33, "Last visit in the registry 33 days ago"),
        (31, 60, None),
        (60, 31, None),
    ],
)
def test_the_later_of_visit_and_prescription_counts(visit, prescription, said):
    def before(days):
        return Absent() if days is None else Known(IN_2014 - timedelta(days=days))

    patient = french(programme=programme(last_visit=before(visit), last_prescription=before(prescription)))
    finding = asked(rtu_follow_up.check)(patient, KNOWLEDGE)
    assert (None if finding is None else card_of(finding, patient).summary.split(" (")[0]) == said


def test_a_registry_that_does_not_answer_may_have_a_later_visit():
    unreachable = Unknown(Phrase("the registry did not answer in time"))
    last = Known(IN_2014 - timedelta(days=32))
    patient = french(programme=programme(last_visit=unreachable, last_prescription=last))
    card = card_of(asked(rtu_follow_up.check)(patient, KNOWLEDGE), patient)
    assert "later visit is not known, because the registry did not answer in time" in card.detail


@pytest.mark.parametrize("last", [Absent(), Unknown("the medication list was not sent")])
def test_follow_up_is_silent_without_an_earlier_prescription(last):
    assert asked(rtu_follow_up.check)(french(programme=programme(last_prescription=last)), KNOWLEDGE) is None


@pytest.mark.parametrize(("on", "fires"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, True)])
def test_follow_up_from_2014_on(on, fires):
    patient = french(on=on, programme=programme(last_prescription=Known(on - timedelta(days=60))))
    assert (asked(rtu_follow_up.check)(patient, KNOWLEDGE) is not None) == fires


@pytest.mark.parametrize(("on", "fires"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
def test_mention_while_the_programme_ran(on, fires):
    patient = french(on=on, rtu=False)
    finding = asked(rtu_prescription_mention.check)(patient, KNOWLEDGE)
    assert (finding is not None) == fires
    if finding is not None:
        assert finding.indicator == Indicator.INFO
        assert "Prescription sous RTU" in card_of(finding, patient).summary


def test_a_mention_on_one_order_is_enough():
    assert asked(rtu_prescription_mention.check)(french(rtu=True), KNOWLEDGE) is None
    silent, spoken = french(rtu=False).therapy, french(rtu=True).therapy
    both = changed(silent, checked=silent.checked + spoken.checked)
    assert asked(rtu_prescription_mention.check)(french(therapy=both), KNOWLEDGE) is None
