"""The patient's and the prescriber's registration."""

import pytest

from cds.chart.reading import Absent, Known, Unknown
from cds.rules.finding import Indicator
from cds.rules.rtu import rtu_patient_registration, rtu_prescriber_registration
from tests.charts import KNOWLEDGE
from tests.rules.rtu.french_cases import AFTER, BEFORE, FIRST, LAST, french, programme
from tests.rules.said import asked
from tests.speaking import card_of

PATIENT = (rtu_patient_registration, "patient_registered")
PRESCRIBER = (rtu_prescriber_registration, "prescriber_registered")
BOTH = pytest.mark.parametrize(("rule", "member"), [PATIENT, PRESCRIBER])


@BOTH
@pytest.mark.parametrize(
    ("reading", "message"),
    [(Known("RTU-1"), None), (Absent(), "not_registered"), (Unknown("the registry cannot be reached"), "unknown")],
)
def test_registered_or_not_or_not_to_be_told(rule, member, reading, message):
    on = french(programme=programme(**{member: reading}))
    finding = asked(rule.check)(on, KNOWLEDGE)
    assert (finding.message if finding else None) == message
    if finding is not None:
        assert finding.rule == rule.RULE
        assert finding.indicator == Indicator.INFO
        assert finding.notes == ()
        assert ("the registry cannot be reached" in card_of(finding, on).detail) == (message == "unknown")


def test_each_rule_looks_at_its_own_registration():
    registered = programme(patient_registered=Known("RTU-1"))
    assert asked(rtu_patient_registration.check)(french(programme=registered), KNOWLEDGE) is None
    assert asked(rtu_prescriber_registration.check)(french(programme=registered), KNOWLEDGE) is not None


@BOTH
@pytest.mark.parametrize(
    ("policy", "on", "fires"),
    [
        ("required", BEFORE, True),
        ("required", FIRST, True),
        ("required", LAST, True),
        ("required", AFTER, True),
        ("by-date", BEFORE, False),
        ("by-date", FIRST, True),
        ("by-date", LAST, True),
        ("by-date", AFTER, False),
        ("off", FIRST, False),
    ],
)
def test_policy_and_dates(rule, member, policy, on, fires):
    patient = french(on=on, registration_policy=policy, programme=programme(**{member: Absent()}))
    assert (asked(rule.check)(patient, KNOWLEDGE) is not None) == fires


@BOTH
@pytest.mark.parametrize("reading", [Absent(), Unknown("the registry cannot be reached")])
@pytest.mark.parametrize(("on", "said"), [(BEFORE, "begins on 17 March 2014"), (AFTER, "portal has closed")])
def test_outside_the_programme_the_card_says_so(rule, member, reading, on, said):
    patient = french(on=on, programme=programme(**{member: reading}))
    detail = card_of(asked(rule.check)(patient, KNOWLEDGE), patient).detail
    assert said in detail
    assert "the EHR's own record" in detail
