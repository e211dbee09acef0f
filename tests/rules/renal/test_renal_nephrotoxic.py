import pytest

from cds.chart.model import AgeRange, OtherDrug
from cds.chart.reading import Absent, Listing, Unknown
from cds.rules.finding import Indicator, Measure
from cds.rules.renal import renal_nephrotoxic
from tests.charts import KNOWLEDGE, changed, chart, intrathecal, therapy
from tests.rules.renal.kidney_cases import egfr, going_on, kidneys
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_nephrotoxic.check)

IBUPROFEN = OtherDrug("Ibuprofen 400 mg", frozenset({"nsaid"}))
TENOFOVIR = OtherDrug("Tenofovir", frozenset({"lowers_renal_clearance"}))
DRAFTED = OtherDrug("Ibuprofen 400 mg", frozenset({"nsaid"}), draft=True)
PARACETAMOL = OtherDrug("Paracetamol", frozenset())


@pytest.mark.parametrize(
    ("age", "value", "message"),
    [
        (40, "59.999", "kidneys"),
        (40, "60", None),
        (64, "80", None),
        (65, "80", "age"),
        (70, "59", "kidneys"),
        (70, None, "age"),
        (40, None, None),
        (None, "59", "kidneys"),
        (None, "80", None),
    ],
)
def test_low_egfr_or_age(age, value, message):
    function = kidneys(egfr=Absent() if value is None else egfr(value))
    on = chart(age=age, therapy=going_on(30), kidneys=function, drugs=Listing((IBUPROFEN, PARACETAMOL)))
    finding = check(on, KNOWLEDGE)
    assert (finding.message if finding else None) == message
    if finding is not None:
        assert finding.indicator == Indicator.WARNING
        assert finding.values["drugs"] == ("Ibuprofen 400 mg",)
        assert ("age" in finding.values) == (age is not None)
        assert "Ibuprofen 400 mg" in card_of(finding, on).summary


def test_names_every_drug_once():
    on = chart(age=70, therapy=going_on(30), drugs=Listing((IBUPROFEN, DRAFTED, TENOFOVIR)))
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.values["drugs"] == ("Ibuprofen 400 mg", "Tenofovir")
    assert finding.values["age"] == Measure(70, "a")


def test_silent_without_such_a_drug_whatever_else_is_missing():
    partial = Listing((PARACETAMOL,), missing=Unknown("the medication list was cut off"))
    assert check(chart(age=70, therapy=going_on(30), egfr=40, drugs=partial), KNOWLEDGE) is None


def test_a_partial_list_proves_what_it_shows():
    partial = Listing((IBUPROFEN,), missing=Unknown("the medication list was cut off"))
    assert check(chart(age=70, therapy=going_on(30), drugs=partial), KNOWLEDGE) is not None


@pytest.mark.parametrize(("value", "said"), [("80", True), ("50", False)])
def test_an_incomplete_birth_date_is_said_where_the_age_decides(value, said):
    on = chart(
        age=AgeRange(64, 65), therapy=going_on(30), kidneys=kidneys(egfr=egfr(value)), drugs=Listing((IBUPROFEN,))
    )
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert ("partial_birth_date" in finding.notes) == said


def test_from_the_other_side_the_drug_must_be_the_one_ordered():
    signing = going_on(60)
    on_file = changed(signing, checked=(), taken=signing.checked)
    ordered = chart(age=70, therapy=on_file, drugs=Listing((DRAFTED,)))
    assert "60 mg/day" in card_of(check(ordered, KNOWLEDGE), ordered).summary
    assert check(chart(age=70, therapy=on_file, drugs=Listing((IBUPROFEN,))), KNOWLEDGE) is None
    assert check(chart(age=70, therapy=changed(on_file, taken=()), drugs=Listing((DRAFTED,))), KNOWLEDGE) is None


def test_a_pump_is_no_oral_baclofen():
    infusion = intrathecal(300)
    ordered = therapy(infusion, total=None, intrathecal=(infusion,))
    on_file = changed(ordered, checked=(), taken=(infusion,))
    for signing in (ordered, on_file):
        assert check(chart(age=70, therapy=signing, drugs=Listing((IBUPROFEN, DRAFTED))), KNOWLEDGE) is None
