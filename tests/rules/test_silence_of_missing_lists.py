"""Unknown is not none: no silent rule says that there is none of what a missing list would have shown.

Every boundary case of every family, each key of the prefetch in turn null or cut off after its first page. `SHOWN_BY` names, for each
sentence that says there is none of something, the keys that would show it; every sentence in the rules' source that denies something
has to be there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cds.rules
from cds.chart.model import Chart
from cds.chart.reading import Known
from cds.rules.finding import Silent
from cds.rules.registry import all_rules
from fhir_fixtures.expand import expand
from tests.charts import KNOWLEDGE
from tests.rules.silences import FOLDER, cases, chart_of

FAMILIES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
SINGLE = frozenset({"patient", "user", "encounter"})
"""One resource, which has no pages."""

ORDERS = frozenset({"medicationRequests"})
DRUGS = ORDERS | {"medicationStatements"}
SUPPLY = frozenset({"medicationDispenses"})
GIVEN = frozenset({"medicationAdministrations"})
PROBLEMS = frozenset({"conditions"})
LABS = frozenset({"renalLabs"})
PROCEDURES = frozenset({"procedures"})
PUMP = DRUGS | PROCEDURES | {"devices"}
DRAFTS: frozenset[str] = frozenset()
"""What the orders of the call alone decide; no list could show more."""


def earlier(chart: Chart) -> frozenset[str]:
    """What would show baclofen by mouth before this signing: once some is known, no dispense or administration tells more."""
    return DRUGS if isinstance(chart.therapy.starts, Known) else DRUGS | SUPPLY | GIVEN


def ever(chart: Chart) -> frozenset[str]:
    """What would show a reason that an order only refers to."""
    return PROBLEMS if chart.indication.unread else DRAFTS


def gap(chart: Chart) -> frozenset[str]:
    """What would show an order that had run out: where the orders on file are linked to the draft, they and the dispenses are known."""
    return frozenset() if isinstance(chart.therapy.starts, Known) else DRUGS | SUPPLY | GIVEN


def problem_list(chart: Chart) -> frozenset[str]:
    """A reason on the order stands before the problem list."""
    return PROBLEMS if chart.indication.source != "order" else DRAFTS


def lower(chart: Chart) -> frozenset[str]:
    """What would show a higher dose before: where one is known, an order more; else anything."""
    return ORDERS if isinstance(chart.therapy.before, Known) else earlier(chart)


SHOWN_BY: dict[str, frozenset[str] | Callable[[Chart], frozenset[str]]] = {
    "{what}: none that is active on the problem list.": PROBLEMS,
    "{what}: none on the problem list, active or past.": PROBLEMS,
    "{what}: on the problem list, but not active: {conditions}.": PROBLEMS,
    "{what}: none on the allergy list (refuted and resolved entries do not count).": frozenset({"allergies"}),
    "{what}: none that is current on file, and none being ordered.": DRUGS,
    "{what}: none is being ordered, and neither is baclofen.": DRAFTS,
    "No baclofen is being ordered, and what is on file is stopped in this signing.": DRUGS,
    "No baclofen is being ordered, and none that runs is on file.": DRUGS,
    "No order that this one goes on from had run out of supply.": gap,
    "No weight is on file, which PediatricWeightUnknown says.": frozenset({"bodyMeasures"}),
    "What is ordered by mouth are no tablets.": DRAFTS,
    "This is no start.": DRAFTS,
    "No active alcohol use disorder on the problem list; drinks a day by the social history: {drinks}.": PROBLEMS,
    "No active alcohol use disorder on the problem list; drinks a day: cannot be told, because {because}.": PROBLEMS,
    "No active alcohol use disorder on the problem list, and no drinks a day on file.": PROBLEMS | {"socialHistory"},
    "Baclofen is neither being ordered nor stopped.": DRAFTS,
    "No tablet that may contain wheat is being ordered: {products}.": DRAFTS,
    "No dosage has been written yet.": DRAFTS,
    "No other order by mouth runs after this signing.": ORDERS,
    "The reason on the order is none that these labels advise against: {reasons}.": DRAFTS,
    "No reason for baclofen stands on the order.": ever,
    "No liquid by mouth is ordered, as far as the products tell.": DRAFTS,
    "Nothing by mouth is ordered as needed.": DRAFTS,
    "{value}: below {warning}. {usual} at a time is no line where opinions take the place of a daily maximum.": DRAFTS,
    (
        "{value}: below {warning}. {usual} at a time is no line where the regime allows {maximum}, more than {within}."
    ): DRAFTS,
    "No single dose by mouth can be told.": DRAFTS,
    "{age}: not {older} or older. No psychiatric or brain disorder is active on the problem list.": PROBLEMS
    | {"patient"},
    (
        "No psychiatric or brain disorder is active on the problem list. Whether the patient is {older} or older cannot "
        "be told: {age_because}."
    ): PROBLEMS,
    (
        "Highest known intrathecal dose {value}: below {limit}; read as µg, its milligrams would be no usual dose."
    ): DRAFTS,
    "No baclofen by mouth or into the spinal canal is being ordered.": DRAFTS,
    "No dose by mouth that can be read is in micrograms.": DRAFTS,
    "Into the spinal canal only single doses are ordered, which have no daily dose.": DRAFTS,
    "No intrathecal pump is on record.": PUMP,
    "No 24-hour dose of intrathecal baclofen is being ordered.": DRAFTS,
    "No 24-hour dose before is on file.": DRUGS,
    "No intrathecal baclofen runs or is being ordered.": DRUGS,
    "No brain injury on the problem list.": PROBLEMS,
    "The 24-hour dose is not lowered: {before}, then {after}.": DRAFTS,
    "The 24-hour dose is not raised: {before}, then {dailyDose}.": DRAFTS,
    "No implantation of an intrathecal pump is being ordered.": DRAFTS,
    "No baclofen is on file, and no intrathecal baclofen is being ordered.": DRUGS,
    "No test dose with a response is on record.": GIVEN | ORDERS,
    (
        "{singleDose}, the first test dose: not above {most}; concentration {concentration}, for tests "
        "{test_concentration}."
    ): GIVEN,
    "Neither epidural nor intrathecal by what is written: {drugs}.": DRUGS,
    "No current morphine on file, and none being ordered.": DRUGS,
    "Neither intrathecal baclofen nor epidural or intrathecal morphine is being ordered.": DRAFTS,
    "Neither magnetic resonance imaging nor hyperbaric oxygen is being ordered.": DRAFTS,
    (
        "No injection is ordered by another route than the intrathecal one, and no baclofen into a vein, a "
        "muscle, under the skin or into the epidural space. Ordered: {routes}."
    ): DRAFTS,
    "{daily}; {count} refills ago {before}. That is no rise.": DRAFTS,
    "Earlier refills on file: {refills}, fewer than {count}.": ORDERS,
    "No single intrathecal dose is being ordered.": DRAFTS,
    "No intrathecal baclofen runs or is being ordered, and no pump is on record.": PUMP,
    "No baclofen and no other antispasmodic is taken or ordered by mouth.": DRUGS,
    "Neither intrathecal baclofen nor an antispasmodic to be taken by mouth is being ordered.": DRAFTS,
    "No check of this call needs what is missing: {topics}.": DRAFTS,
    (
        "Nothing is missing that this rule has to name. Of what else was not sent, the checks that ask for it say "
        "so themselves."
    ): DRAFTS,
    "No running order of baclofen by mouth is on file.": DRUGS,
    (
        "No acute kidney injury is active on the problem list, and of the creatinines of the {window} up to {day} none is "
        "{ratio} times one of the {window} before it while the newest is that high as well."
    ): PROBLEMS | LABS,
    "No current dialysis is on file.": PROBLEMS | PROCEDURES,
    "No creatinine that counts on {day} is above {highest} or below {lowest}.": DRAFTS,
    "eGFR {egfr} of {date}: not below {limit}. No current dialysis is on file.": PROBLEMS | PROCEDURES,
    "No baclofen by mouth goes on or is ordered beside {drugs}.": DRUGS,
    "Neither baclofen by mouth nor a drug that lowers renal clearance is being ordered; on file: {drugs}.": DRAFTS,
    "No NSAID and no other drug that lowers renal clearance is current on file, and none is being ordered.": DRUGS,
    "eGFR {egfr} of {date} counts, and no newer result that was sent is unreadable.": DRAFTS,
    (
        "eGFR {egfr} of {date} counts, and no newer result up to {day} is unreadable. Later than that day, and not "
        "used: {later}."
    ): DRAFTS,
    (
        "Whether baclofen is ordered for alcohol use disorder cannot be told: no order says what it is for, and "
        "the problem list is not whole: {because}."
    ): DRAFTS,
    "Baclofen is not ordered for alcohol use disorder.": problem_list,
    (
        "The problem list names alcohol use disorder and spasticity, and no order says which of them baclofen is for."
    ): DRAFTS,
    "Baclocur of {strength} was never suspended.": DRAFTS,
    "No Baclocur is being ordered.": DRAFTS,
    (
        "No contraindication of the programme that counts is on the problem list. eGFR {egfr} of {date}: not below {limit}."
    ): PROBLEMS | PROCEDURES,
    (
        "No contraindication of the programme that counts is on the problem list. Renal function cannot be told: {because}."
    ): PROBLEMS | PROCEDURES,
    (
        "No contraindication of the programme that counts is on the problem list; whether the patient is on dialysis cannot "
        "be told: {dialysis_because}. eGFR {egfr} of {date}: not below {limit}."
    ): PROBLEMS,
    (
        "No contraindication of the programme that counts is on the problem list; whether the patient is on dialysis cannot "
        "be told: {dialysis_because}. Nor can renal function: {because}."
    ): PROBLEMS,
    "Neither an earlier prescription of baclofen nor a visit is on file.": ORDERS,
    "The dose does not rise: {before} before, {after} now.": ORDERS,
    "No baclofen by mouth is being ordered.": DRAFTS,
    "No intrathecal baclofen is being ordered.": DRAFTS,
    "No baclofen is being ordered.": DRAFTS,
    "No daily dose by mouth can be told.": DRAFTS,
    "The patient has had baclofen by mouth before: this is no start.": DRAFTS,
    "Baclofen by mouth is started: there is no dose before that could rise.": DRUGS | SUPPLY | GIVEN,
    "No baclofen by mouth was in effect whose dose could rise.": earlier,
    "Nothing tells whether this order is for home or belongs to the stay: {orders}.": DRAFTS,
    "No scheduled baclofen by mouth is taken at home.": DRUGS,
    "No baclofen order is being stopped, cancelled or put on hold.": DRAFTS,
    (
        "The baclofen order that ends is carried on by another one, or is as needed only, or a single dose, or is "
        "not active on file."
    ): DRAFTS,
    "The encounter is ambulatory, and therefore no admission.": frozenset({"encounter"}),
    "The call names no encounter, so nothing tells of an admission.": DRAFTS,
    "The encounter is ambulatory, and its end therefore no discharge.": frozenset({"encounter"}),
    "No reading on file predicts when the pump's supply ends.": frozenset({"pumpReadings"}),
    "Nothing on file tells until when a scheduled order of oral baclofen is supplied.": DRUGS | SUPPLY,
    "Of the dose at the restart no more than {restart} can be told: not above {limit}.": DRAFTS,
    "No withdrawal symptoms on record that began in the gap in supply since {since}.": PROBLEMS | SUPPLY,
    (
        "No withdrawal symptoms on record that began during a running taper; a gap in supply: cannot be told, "
        "because {because}."
    ): PROBLEMS | ORDERS,
    "No order that this one goes on from had run out of supply, and no taper is running.": earlier,
    "No withdrawal symptoms on record that began during the running taper.": PROBLEMS,
    "No taper; largest reduction {change}: not above {step}.": DRAFTS,
    "No taper: {after} after {before} is not below {line}, {share} of it.": DRAFTS,
    "The dose is not lowered.": lower,
}

DENIES = re.compile(
    r"\b(no|none|neither|nor(?! can)|nothing|never|not (?:active|ordered|lowered|raised|rise)|does not rise)\b",
    re.IGNORECASE,
)


def sentences() -> set[str]:
    """Every sentence in the source of the rules."""
    found = set()
    for path in Path(cds.rules.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
                said = node.args[0]
                if isinstance(said, ast.Constant) and str(said.value).endswith("."):
                    found.add(str(said.value))
    return found


def with_one_missing(case: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(key, fault, case) with each list in turn null or cut off; none where the case itself sends no prefetch."""
    faults = case.get("faults", {})
    if not isinstance(faults, dict):
        return
    for key in expand({**case, "faults": {}})["prefetch"]:
        for fault in ("null",) if key in SINGLE else ("null", "cut"):
            yield key, fault, {**case, "faults": {**faults, key: fault}}


def shown_by(sentence: str, chart: Chart) -> frozenset[str]:
    keys = SHOWN_BY.get(sentence, DRAFTS)
    return keys if isinstance(keys, frozenset) else keys(chart)


def test_every_sentence_that_denies_something_is_told_what_would_show_it() -> None:
    said = sentences()
    assert {sentence for sentence in said if DENIES.search(sentence)} - SHOWN_BY.keys() == set()
    assert SHOWN_BY.keys() - said == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_list_that_is_missing_denies_nothing(family: str) -> None:
    wrong, silent = [], 0
    for _, case in cases(family):
        for key, fault, variant in with_one_missing(case["case"]):
            chart = chart_of(variant)
            if chart is None:
                continue
            for rule in all_rules():
                said = rule.check(chart, KNOWLEDGE) if rule.speaks(chart) else None
                if isinstance(said, Silent):
                    silent += 1
                    if key in shown_by(said.why.template, chart):
                        wrong.append((rule.id, case["name"], key, fault, said.why.template))
    assert wrong == []
    assert silent > 1000, "the rules were not asked"
