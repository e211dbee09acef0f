"""Why the rules of stops, pumps and cautions are silent: the figure that was compared and its line, and never "none" for unknown."""

import copy
import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from cds.chart.model import Indication, Known, Listing, Therapy, Unknown
from cds.chart.orders import Gap
from cds.chart.stay import Stay
from cds.language import LANGUAGES
from cds.phrases import Phrase
from cds.rules.finding import Finding, Silent
from cds.rules.registry import all_rules, check_of
from tests.charts import KNOWLEDGE, TODAY, chart, order, phase, therapy
from tests.rules.intrathecal.pump_cases import at, bolus, given, infusion, pumped
from tests.rules.silences import cases, chart_of, in_words

FAMILIES = ("stop", "intrathecal", "caution")
RULES = [rule for rule in all_rules() if KNOWLEDGE.rule(rule.id).family in FAMILIES]
CASES = {(family, rule, case["name"]): case["case"] for family in FAMILIES for rule, case in cases(family)}

AT_THE_LINE = [
    ("AdmissionOmission", "5 h 59 into the stay", ["5 h 59 min since", "not above 6 h"]),
    ("AdmissionOmission", "6 h 00 into the stay", ["6 h since", "not above 6 h"]),
    ("AdmissionOmission", "no category, written on the day of admission", ["baclofen 10 MG Oral Tablet"]),
    ("IntrathecalInterruption", "8 days left", ["9 June 2026", "in 8 days", "more than 7 days"]),
    ("RefillGap", "ends today", ["1 June 2026", "0 days without it", "less than 1 day"]),
    ("RestartAfterGap", "2 days without", ["2 days without supply", "not above 2 days"]),
    ("RestartAfterGap", "85 % of the dose", ["51 mg/day", "below 54 mg/day", "90 % of the 60 mg/day"]),
    ("RestartAfterGap", "15 mg/day", ["15 mg/day at the restart", "not above 15 mg/day"]),
    ("RestartAfterGap", "with withdrawal symptoms", ["Baclofen withdrawal", "RestartWithdrawal"]),
    ("RestartWithdrawal", "symptoms before the gap", ["28 May 2026"]),
    (
        "TaperTooFast",
        "15 mg a step, every 2 days, 8 days",
        ["reduction 15 mg/day: not above 15 mg/day", "2 days between reductions: not below 2 days", "8 days to zero"],
    ),
    ("TaperTooFast", "10 days after 60 days of use", ["10 days to zero: not below 7 days", "60 days of use"]),
    ("TaperTooFast", "14 days after long use", ["14 days to zero: not below 14 days"]),
    ("TaperTooFast", "a new order at half the dose", ["30 mg/day after 60 mg/day", "not below 30 mg/day", "50 %"]),
    ("IntrathecalBrainInjury", "a year ago", ["1 June 2025", "1 year or more before 1 June 2026"]),
    (
        "IntrathecalConcentration",
        "500 µg/mL",
        ["500 µg/mL: one of 500 µg/mL, 1000 µg/mL and 2000 µg/mL", "not on file"],
    ),
    ("IntrathecalConcentration", "2000 µg/mL, the pump set to 2000", ["2000 µg/mL:", "programmed to the same"]),
    ("IntrathecalDailyRange", "spinal, 999", ["999 µg/day", "not below 12 µg/day", "below 1000 µg/day"]),
    ("IntrathecalDailyRange", "cerebral, 1000", ["1000 µg/day: not below 22 µg/day", "not above 1000 µg/day"]),
    ("IntrathecalDailyRange", "spinal, 12", ["12 µg/day: not below 12 µg/day"]),
    ("IntrathecalDailyRange", "11 years, 24", ["24 µg/day: not below 24 µg/day"]),
    ("IntrathecalDailyRange", "twice the dose before", ["400 µg/day", "not more than 2 × 200 µg/day"]),
    ("IntrathecalDailyRange", "12000: a unit error, said once", ["12,000 µg/day: not below 12,000 µg/day", "UnitMis"]),
    ("IntrathecalDecrease", "20 %", ["200 µg/day, then 160 µg/day", "20 % less, not above 20 %"]),
    ("IntrathecalIncrement", "adult, spinal, 30 %", ["30 % more, not above 30 %"]),
    ("IntrathecalIncrement", "adult, cerebral, 15 %", ["15 % more, not above 15 %"]),
    ("IntrathecalIncrement", "spinal, refill, 40 %", ["at a refill", "40 % more, not above 40 %"]),
    ("IntrathecalIncrement", "24 h after the dose before", ["24 h later, not below 24 h"]),
    ("IntrathecalInitialDose", "5 % above it", ["105 µg/day: within 5 % of 100 µg/day", "8 h, not longer than 8 h"]),
    ("IntrathecalInitialDose", "5 % below it", ["95 µg/day: within 5 % of 100 µg/day"]),
    ("IntrathecalInitialDose", "the test dose after a response of 9 h", ["1 × the test dose", "9 h, longer than 8 h"]),
    ("IntrathecalSuddenIncrease", "40 % over three refills", ["280 µg/day", "200 µg/day", "40 %: not above 40 %"]),
    ("IntrathecalSuddenIncrease", "two refills on file", ["2, fewer than 3"]),
    ("IntrathecalTestDose", "24 h after the last one", ["24 h later: not under 24 h", "75 µg after 50 µg"]),
    ("IntrathecalTestDose", "100 µg after 75 µg without a response", ["not above 100 µg", "for tests 50 µg/mL"]),
    ("AlcoholUse", "no drink", ["drinks a day by the social history: 0."]),
    ("Epilepsy", "resolved", ["not active: Epilepsy"]),
    ("Pregnancy", "316 days after onset", ["20 July 2025", "45.14 weeks ago", "more than 45 weeks"]),
    ("WheatAllergy", "another country", ["jurisdiction US"]),
    ("WheatAllergy", "Baclocur 10 mg", ["BACLOCUR 10 mg"]),
]


def said_of(rule, case):
    """What a rule says of a case that concerns the service."""
    chart = chart_of(case)
    assert chart is not None
    return check_of(rule)(chart, KNOWLEDGE)


@pytest.mark.parametrize(("rule", "name", "fragments"), AT_THE_LINE)
def test_the_figure_stands_beside_its_line(rule, name, fragments):
    why = in_words(said_of(rule, CASES[KNOWLEDGE.rule(rule).family, rule, name]))
    for fragment in fragments:
        assert fragment in why.replace("\xa0", " ")


@pytest.mark.parametrize("case", CASES.values(), ids=[f"{rule}: {name}" for _, rule, name in CASES])
def test_every_rule_speaks_or_says_why_not(case):
    chart = chart_of(case)
    if chart is None:
        return
    for rule in RULES:
        said = rule.check(chart, KNOWLEDGE)
        assert isinstance(said, Finding | Silent), rule.id
        if isinstance(said, Silent):
            for language in LANGUAGES:
                why = in_words(said, language)
                assert why.endswith("."), (rule.id, why)
                assert not re.search(r"[{}]|not known\)|non connu", why), (rule.id, why)


GAP = Gap(3, TODAY - timedelta(days=3), Fraction(60))
FALLING = order(phase(50, days=2), phase(40, days=2), phase(30))
REFILLS = Listing(tuple(infusion(300, refill=True, status="completed", at=at(days=30 * n)) for n in (1, 2, 3)))
NO_ORDERS = Unknown(Phrase("the EHR sent null"))

RARER = [
    (
        "RestartAfterGap",
        chart(therapy=therapy(order(phase(25, as_needed=True)), before=60, gap=Known(GAP))),
        ["no more than 0 mg/day can be told", "not above 54 mg/day"],
    ),
    (
        "RestartAfterGap",
        chart(therapy=therapy(order(phase(60)), before=60, gap=Known(replace(GAP, dose=None)))),
        ["dose"],
    ),
    ("RestartAfterGap", chart(therapy=therapy(order(phase(60)), before=60, gap=NO_ORDERS)), ["the EHR sent null"]),
    (
        "RestartWithdrawal",
        chart(therapy=therapy(order(phase(60)), before=60, running_taper=True)),
        ["during the running taper"],
    ),
    (
        "TaperTooFast",
        chart(therapy=therapy(FALLING, before=60)),
        ["reduction 10 mg/day: not above 15 mg/day", "2 days between", "does not come down to zero"],
    ),
    (
        "TaperTooFast",
        chart(therapy=therapy(order(phase(20)), before=60, gap=Known(GAP))),
        ["3 days without supply, more than 2 days"],
    ),
    ("TaperTooFast", chart(therapy=replace(therapy(order(phase(20))), before=NO_ORDERS)), ["the EHR sent null"]),
    ("TaperTooFast", chart(therapy=therapy(order(phase(60)), before=60)), ["not lowered"]),
    ("TaperTooFast", chart(therapy=Therapy()), ["No baclofen by mouth"]),
    ("IntrathecalIncrement", pumped(infusion(200), earlier=Listing((infusion(None),))), ["before cannot be told"]),
    ("IntrathecalIncrement", pumped(infusion(200), earlier=Listing((infusion(200),))), ["stays at 200 µg/day"]),
    ("IntrathecalDecrease", pumped(infusion(200), earlier=Listing()), ["No 24-hour dose before is on file"]),
    ("IntrathecalDecrease", pumped(infusion(200), earlier=Listing(missing=NO_ORDERS)), ["the EHR sent null"]),
    ("IntrathecalSuddenIncrease", pumped(infusion(280), earlier=REFILLS), ["280 µg/day", "300 µg/day", "no rise"]),
    (
        "IntrathecalSuddenIncrease",
        pumped(infusion(280), earlier=Listing(REFILLS.entries[:2], missing=NO_ORDERS)),
        ["2, fewer than 3", "the EHR sent null"],
    ),
    (
        "IntrathecalTestDose",
        pumped(replace(bolus(75), at=None), test_doses=Listing((given(50, at(days=2)),))),
        ["75 µg after 50 µg", "when it is to be given is not known"],
    ),
    (
        "RefillGap",
        chart(
            hook="patient-view", setting="inpatient", stay=Stay(inpatient=Listing((order(phase(10)), order(phase(20)))))
        ),
        ["the ward supplies baclofen: Baclofen 10 MG Oral Tablet."],
    ),
    ("AlcoholUse", chart(therapy=therapy(order(phase(30)), before=30), alcohol_use=NO_ORDERS), ["the EHR sent null"]),
    (
        "AlcoholUse",
        chart(therapy=therapy(order(phase(30)), before=30), indication=Indication(frozenset({"alcohol"}), "order")),
        ["is what baclofen is ordered for, so it is not said again"],
    ),
]


@pytest.mark.parametrize(("rule", "patient", "fragments"), RARER)
def test_rarer_reasons(rule, patient, fragments):
    why = in_words(check_of(rule)(patient, KNOWLEDGE))
    for fragment in fragments:
        assert fragment in why.replace("\xa0", " ")


LISTS = {
    "conditions": r"on the problem list",
    "allergies": r"on the allergy list",
    "medicationRequests": r"on file, and none|No current morphine|is on file or being ordered|is taken at home|Nothing on file|No 24-hour dose before is|Earlier refills on file"
    r"|taken or ordered by mouth|No baclofen is on file|none is on file|No gap in supply",
    "medicationStatements": r"on file, and none|No current morphine|is on file or being ordered|is taken at home"
    r"|taken or ordered by mouth|No baclofen is on file|none is on file",
    "pumpReadings": r"No reading on file|is not on file",
    "encounter": r"ambulatory",
    "socialHistory": r"no drinks a day",
    "medicationAdministrations": r"the first test dose|No test dose",
    "devices": r"No intrathecal pump|no pump",
}
"""By list, what cannot be said where that list was not sent."""


@pytest.mark.parametrize("missing", LISTS)
@pytest.mark.parametrize("family", FAMILIES)
def test_unknown_is_not_none(family, missing):
    """A list that was not sent proves nothing absent, and who is said to own up to it does."""
    silences = 0
    for name, case in CASES.items():
        if name[0] != family or not isinstance(case.get("faults", {}), dict):
            continue
        without = copy.deepcopy(case) | {"faults": {**case.get("faults", {}), missing: "null"}}
        chart = chart_of(without)
        if chart is None:
            continue
        for rule in RULES:
            said = rule.check(chart, KNOWLEDGE) if rule.speaks(chart) else None
            if not isinstance(said, Silent):
                continue
            silences += 1
            why = in_words(said)
            assert not re.search(LISTS[missing], why), (name, rule.id, why)
            if why.endswith("ChecksIncomplete says so."):
                assert isinstance(check_of("ChecksIncomplete")(chart, KNOWLEDGE), Finding), (name, rule.id, why)
    assert silences
