import pytest

from cds.chart.model import Listing, MissingData, OtherDrug, Therapy
from cds.phrases import Phrase
from cds.rules.finding import Indicator
from cds.rules.missing import checks_incomplete as rule
from tests.charts import KNOWLEDGE, chart, order, phase, therapy
from tests.rules.said import said

NULL = Phrase("the EHR sent null, which is not the same as none")
ON_FILE = order(phase(10, 3), status="active", draft=False)
SIGNED = therapy(order(phase(10, 3)), before=30)
TAKEN = Therapy(taken=(ON_FILE,), oral=(ON_FILE,))


def missing(*topics, hook="order-sign", therapy=SIGNED, drugs=()):
    parts = tuple(MissingData(topic, NULL) for topic in topics)
    return said(rule, chart(hook=hook, therapy=therapy, missing=parts, drugs=Listing(drugs)))


def lines(finding):
    return [] if finding is None else [str(line) for line in finding.facts["parts"]]


@pytest.mark.parametrize("topic", ["patient", "conditions", "allergies", "medications"])
def test_every_part_of_the_record_is_named_with_its_reason_and_its_checks(topic):
    finding = missing(topic)
    assert finding.indicator == Indicator.INFO
    (line,) = lines(finding)
    assert line.startswith(f"{KNOWLEDGE.note(f'topic_{topic}')}: {NULL}")
    assert "Not checked" in line


def test_nothing_missing_is_silent():
    assert missing() is None


def test_an_order_that_could_not_be_read_is_named_without_checks():
    assert lines(missing("orders")) == [f"orders in this signing: {NULL}"]
    assert missing("orders", therapy=Therapy()).message == "incomplete"


@pytest.mark.parametrize(
    ("hook", "said_of", "silent_of"),
    [
        (
            "patient-view",
            ("medications", "conditions", "procedures", "renal_labs", "patient", "encounter"),
            ("allergies",),
        ),
        ("encounter-start", ("medications", "encounter", "pump_readings"), ("conditions", "renal_labs", "patient")),
        ("encounter-discharge", ("medications", "encounter"), ("conditions", "renal_labs", "pump_readings")),
    ],
)
def test_a_hook_without_orders_names_what_its_own_checks_need(hook, said_of, silent_of):
    for topic in said_of:
        (line,) = lines(missing(topic, hook=hook, therapy=TAKEN))
        assert "Not checked" in line
    assert missing(*silent_of, hook=hook, therapy=TAKEN) is None


def test_only_the_checks_of_the_hook_are_named():
    (admission,) = lines(missing("medications", hook="encounter-start", therapy=TAKEN))
    assert "home baclofen in a hospital stay" in admission
    assert "discharge" not in admission
    assert "maximum" not in admission


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
def test_that_the_use_of_baclofen_cannot_be_told_is_said(hook):
    assert missing("medications", hook=hook, therapy=Therapy()).message == "use_unknown"
    assert missing("medications", hook=hook, therapy=TAKEN).message == "incomplete"


def test_from_the_other_side_only_the_checks_of_that_pair_are_named():
    ordered = (OtherDrug("Ibuprofen 400 mg", frozenset({"nsaid"}), draft=True),)
    (line,) = lines(missing("medications", therapy=TAKEN, drugs=ordered))
    assert "NSAIDs" in line
    assert "opioids" not in line
    assert "maximum" not in line
    assert missing("allergies", therapy=TAKEN, drugs=ordered) is None
    assert missing("medications", therapy=TAKEN) is None
