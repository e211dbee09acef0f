import pytest

from cds.chart.model import AgeRange, Unknown
from cds.rules.age import age_intrathecal, age_older_adult, age_pediatric_oral, age_unknown
from tests.charts import changed, chart, intrathecal, order, phase, therapy
from tests.rules.said import level, said

NOT_SENT = Unknown("the patient's record was not sent")
STABLE = therapy(order(phase(15)), before=15)
PUMP = therapy(intrathecal(400), total=None)


@pytest.mark.parametrize(
    ("jurisdiction", "age", "expected"),
    [
        *((country, 11, ("warning", "not_established")) for country in ("US", "CA", "DE", "NZ")),
        *((country, 12, None) for country in ("US", "CA", "DE", "NZ")),
        ("US", 13, None),
        ("FR", 5, ("warning", "not_indicated")),
        ("FR", 6, None),
        ("FR", 7, None),
        ("UK", 1, None),
        ("US", AgeRange(11, 12), ("warning", "not_established")),
        ("US", AgeRange(12, 13), None),
        ("US", None, None),
    ],
)
def test_youngest_age_by_mouth(jurisdiction, age, expected):
    finding = said(age_pediatric_oral, chart(therapy=STABLE, jurisdiction=jurisdiction, age=age))
    assert level(finding) == expected
    assert (finding is not None and "partial_birth_date" in finding.notes) == (age == AgeRange(11, 12))


def test_youngest_age_by_mouth_needs_an_oral_order():
    assert said(age_pediatric_oral, chart(age=3)) is None
    assert said(age_pediatric_oral, chart(age=3, therapy=PUMP)) is None


@pytest.mark.parametrize(
    ("age", "expected"),
    [(3, "not_established"), (4, None), (5, None), (AgeRange(3, 4), "not_established"), (None, None)],
)
def test_youngest_age_for_a_pump(age, expected):
    finding = said(age_intrathecal, chart(therapy=PUMP, age=age))
    assert level(finding) == (None if expected is None else ("warning", expected))


def test_youngest_age_for_a_pump_needs_an_intrathecal_order():
    assert said(age_intrathecal, chart(therapy=STABLE, age=3)) is None


@pytest.mark.parametrize(
    ("age", "fires"), [(64, False), (65, True), (66, True), (AgeRange(64, 65), True), (None, False)]
)
def test_older_adults_at_a_start_and_an_increase(age, fires):
    start = chart(therapy=therapy(order(phase(15))), age=age)
    assert level(said(age_older_adult, start)) == (("info", "start") if fires else None)
    increase = chart(therapy=therapy(order(phase(20)), before=15), age=age)
    assert level(said(age_older_adult, increase)) == (("info", "increase") if fires else None)


def test_older_adults_on_a_stable_falling_or_unknown_dose():
    assert said(age_older_adult, chart(therapy=STABLE, age=70)) is None
    assert said(age_older_adult, chart(therapy=therapy(order(phase(10)), before=15), age=70)) is None
    unproven = therapy(order(phase(15)), starts=Unknown("the EHR sent no medication list"))
    assert said(age_older_adult, chart(therapy=unproven, age=70)) is None
    assert said(age_older_adult, chart(age=70)) is None


def test_an_age_that_cannot_be_told():
    assert level(said(age_unknown, chart(therapy=STABLE, age=None))) == ("info", "no_birth_date")
    unsent = said(age_unknown, changed(chart(therapy=PUMP), age=NOT_SENT))
    assert level(unsent) == ("info", "unknown")
    assert unsent.facts["because"] == NOT_SENT.because


def test_an_age_that_is_known_or_not_asked_for():
    assert said(age_unknown, chart(therapy=STABLE)) is None
    assert said(age_unknown, chart(therapy=STABLE, age=AgeRange(64, 65))) is None
    assert said(age_unknown, chart(age=None)) is None


@pytest.mark.parametrize("rule", [age_pediatric_oral, age_older_adult])
def test_without_the_record_only_age_unknown_speaks(rule):
    assert said(rule, changed(chart(therapy=therapy(order(phase(15)))), age=NOT_SENT)) is None
