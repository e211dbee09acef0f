"""What is shown is what the service says behind its hooks, and a suggestion that is accepted changes the form."""

from __future__ import annotations

import json
import re
from datetime import date
from urllib.parse import urlsplit

import msgspec
import pytest

from cds.evaluation import evaluate
from cds.evaluation.examination import examine
from cds.knowledge import load_knowledge
from cds.playground.examination import play
from cds.playground.form import decode
from cds.playground.library import cases
from cds.playground.registry import registry_of
from cds.playground.request import moment_of, request_of, service_id_of
from cds.protocol.request import decode_request, service_for
from cds.protocol.response import encode_response
from cds.rules.finding import Finding
from cds.rules.registry import run_rules
from cds.settings import load_settings

KNOWLEDGE = load_knowledge()
SETTINGS = load_settings({})
TODAY = date(2026, 11, 25)
CASES = {case.id: case for case in cases()}
ALL = pytest.mark.parametrize("name", CASES)


def played(name="safe-order", *, accept="", language="en", **fields):
    typed = {**CASES[name].typed(TODAY), **{key: [str(value)] for key, value in fields.items()}}
    return play(typed, KNOWLEDGE, SETTINGS, TODAY, accept=accept, language=language)


def call(name):
    form = decode(CASES[name].typed(TODAY), TODAY, KNOWLEDGE).form
    request = decode_request(msgspec.json.encode(request_of(form, KNOWLEDGE)), service_for(service_id_of(form)))
    return request, moment_of(form), registry_of(form)


def rules(result):
    return {one.rule: one.indicator for one in result.examination.verdicts if one.indicator}


@ALL
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_response_is_that_of_the_hook(name, language):
    request, now, registry = call(name)
    expected = encode_response(
        evaluate(request, KNOWLEDGE, SETTINGS, now, language=language, registry=registry, invented=True)
    )
    assert msgspec.json.decode(played(name, language=language).examination.response) == msgspec.json.decode(expected)


@ALL
def test_an_examination_has_the_findings_of_the_rules(name):
    request, now, registry = call(name)
    examined = examine(request, KNOWLEDGE, SETTINGS, now, registry=registry)
    findings = [one.said for one in examined.verdicts if isinstance(one.said, Finding)]
    assert findings == run_rules(examined.chart, KNOWLEDGE)
    assert examined.shown <= {finding.rule for finding in findings}


def test_a_silent_rule_tells_the_figure_beside_its_line():
    said = {one.rule: one.said for one in played("at-the-maximum").examination.verdicts}
    assert said["OralDailyMaximum"] == "80 mg/day: not above 80 mg/day."
    french = {one.rule: one.said for one in played("at-the-maximum", language="fr").examination.verdicts}
    assert "80\N{NO-BREAK SPACE}mg/jour" in french["OralDailyMaximum"]


def test_the_line_is_crossed():
    assert "OralDailyMaximum" not in rules(played("at-the-maximum", dose="20"))
    above = rules(played("at-the-maximum", dose="21.25"))
    assert above["OralDailyMaximum"] == "warning"
    assert "OralDailyMaximum" not in rules(played("by-country"))
    assert rules(played("by-country", country="US"))["OralDailyMaximum"] == "warning"


def test_what_the_hook_holds_back_is_marked():
    choosing = played("older-adult", hook="order-select")
    held = {one.rule for one in choosing.examination.verdicts if one.held_back}
    assert held == {"AgeOlderAdult"}
    assert choosing.examination.cards == ()


def test_a_call_that_does_not_concern_the_service():
    result = played(change="none", before="none")
    assert not result.examination.concerned
    assert (result.examination.cards, result.examination.verdicts, result.examination.facts) == ((), (), ())


def test_the_dose_is_told_as_it_was_read():
    (order, _) = played("french-words").examination.doses
    assert order.line == "baclofen 10 mg 3×/day = 30 mg/day"
    assert dict(order.figures)["Read from"] == "the words"
    (order,) = played("start-too-high", sig="words", sig_text="as directed").examination.doses
    assert order.problems


def test_what_is_unknown_says_why():
    facts = {fact.label: fact for fact in played("nothing-sent").examination.facts}
    assert not facts["Age"].known
    assert facts["Age"].value.startswith("not known: the EHR sent no")
    assert {fact.label: fact.value for fact in played("severe-kidneys").examination.facts}["eGFR"].startswith(
        "25 mL/min"
    )


@pytest.mark.parametrize(("egfr", "shown", "below"), [("59.996", "59.9", True), ("60", "60", False)])
@pytest.mark.parametrize(("language", "label"), [("en", "eGFR"), ("fr", "DFG estimé")])
def test_an_egfr_just_below_a_line_reads_as_below_it_wherever_it_stands(egfr, shown, below, language, label):
    shown = shown.replace(".", "," if language == "fr" else ".")
    examination = played("severe-kidneys", language=language, egfr=egfr).examination
    moderate = next(one for one in examination.verdicts if one.rule == "RenalModerate")
    assert bool(moderate.indicator) is below
    (fact,) = [fact.value for fact in examination.facts if fact.label == label]
    sentence = re.split("eGFR|DFG", moderate.said)[1]
    told = [sentence, fact, *(figure for name, figure in moderate.figures if name == "eGFR")]
    assert [re.search(r"[0-9.,]*[0-9]", text)[0] for text in told] == [shown] * (3 if below else 2)


@pytest.mark.parametrize(("before", "told"), [("none", False), ("order", True)])
def test_how_long_baclofen_was_taken_is_told_where_any_is_on_file(before, told):
    fields = {"before": before, "before_dose": "10", "before_times": "3", "before_since": "2026-11-01"}
    facts = {fact.label: fact.value for fact in played("severe-kidneys", **fields).examination.facts}
    assert ("Taken for" in facts) is told
    assert facts["Baclofen by mouth before"] == ("30 mg/day" if told else "none on file")


def test_dosing_that_the_service_refuses_names_its_field():
    deep = '{"a": ' * 90 + "1" + "}" * 90
    result = played(sig="fhir", sig_fhir=deep)
    assert result.examination is None
    assert [name for name, _ in result.errors] == ["sig_fhir"]


def offers(result):
    return [suggestion for card in result.examination.cards for suggestion in card.suggestions]


def test_a_start_becomes_the_dose_that_is_offered():
    (lower, *_) = [one for one in offers(played("start-too-high")) if one.applies and one.recommended]
    after = played("start-too-high", accept=lower.uuid)
    assert after.accepted == lower.label
    assert (after.typed["sig"], after.typed["dose"], after.typed["times"]) == (["structured"], ["5"], ["3"])
    assert rules(after) == {}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_stop_becomes_a_taper(language):
    (taper,) = [one for one in offers(played("abrupt-stop")) if one.applies]
    after = played("abrupt-stop", accept=taper.uuid, language=language)
    assert after.typed["change"] == ["order"]
    assert rules(after) == {}
    assert "→" in after.examination.doses[0].line


def test_a_draft_that_is_taken_back_leaves_no_order():
    withdrawn = [one for one in offers(played("dialysis")) if one.applies and "MedicationRequest/new" in one.writes]
    assert withdrawn
    after = played("dialysis", accept=withdrawn[0].uuid)
    assert after.typed["change"] == ["none"]


def test_a_mention_is_a_tick():
    before = played("rtu-120", mention="no")
    (mention,) = [one for one in offers(before) if "RTU" in one.writes and one.applies]
    after = played("rtu-120", mention="no", accept=mention.uuid)
    assert after.typed["mention"] == ["yes"]
    assert "RtuPrescriptionMention" not in rules(after)


def test_a_limit_on_what_is_as_needed():
    before = played("start-too-high", dose="5", times="", as_needed="yes")
    limits = [one for one in offers(before) if "maxDosePerPeriod" in one.writes]
    assert limits
    after = played("start-too-high", dose="5", times="", as_needed="yes", accept=limits[0].uuid)
    assert after.typed["as_needed"] == ["yes"]
    assert after.typed["as_needed_most"] != []


def test_a_request_is_shown_and_changes_nothing():
    asked = [one for one in offers(played("nothing-sent")) if "ServiceRequest" in one.writes]
    assert asked
    assert not asked[0].applies
    assert played("nothing-sent", accept=asked[0].uuid).accepted == ""


@ALL
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_suggestion_that_applies_changes_the_form(name, language):
    result = played(name, language=language)
    for offer in offers(result):
        after = played(name, accept=offer.uuid, language=language)
        assert bool(after.accepted) is offer.applies
        assert after.errors == ()
        assert (after.typed != result.typed) is offer.applies


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_long_taper_is_accepted_whole(language):
    fields = {"sig": "words", "sig_text": "2 tablets three times a day"}
    (taper,) = [one for one in offers(played("rtu-300", language=language, **fields)) if one.applies]
    after = played("rtu-300", accept=taper.uuid, language=language, **fields)
    assert (after.accepted, after.errors) == (taper.label, ())
    assert after.typed["sig"] == ["fhir"]
    assert "→" in after.examination.doses[0].line


@pytest.mark.parametrize(("words", "applies"), [(19_000, True), (19_750, False)])
def test_what_does_not_fit_into_the_form_is_shown_and_changes_nothing(words, applies):
    """The limit of what is as needed adds some hundred characters."""
    dosage = {
        "asNeededBoolean": True,
        "timing": {"repeat": {"durationMax": 1}},
        "patientInstruction": "x" * words,
        "doseAndRate": [{"doseQuantity": {"value": 5, "system": "http://unitsofmeasure.org", "code": "mg"}}],
    }
    fields = {"sig": "fhir", "sig_fhir": json.dumps([dosage])}
    before = played("start-too-high", **fields)
    assert before.errors == ()
    (limit,) = [one for one in offers(before) if "maxDosePerPeriod" in one.writes]
    assert limit.applies is applies
    after = played("start-too-high", accept=limit.uuid, **fields)
    assert (bool(after.accepted), after.errors) == (applies, ())


def test_a_suggestion_that_is_not_offered_changes_nothing():
    assert played("start-too-high", accept="0d9f9a35-5a3b-4b39-8f44-4f6c1c2f7e11").accepted == ""


def said(rule, **fields):
    return next(one.said for one in played("rtu-120", **fields).examination.verdicts if one.rule == rule)


def test_a_card_of_the_french_programme_is_as_the_ehr_shows_it_with_the_links_to_the_registrys_forms():
    examination = played("rtu-120", patient_registered="no", prescriber_registered="no").examination
    forms = [label for card in examination.cards for label in card.forms]
    assert {"Register the patient (two minutes)", "Register as prescriber (two minutes)"} <= set(forms)
    assert "the registry of this service" in " ".join(card.detail for card in examination.cards)


def test_the_links_carry_nothing_and_lead_nowhere():
    response = played("rtu-120", patient_registered="no").examination.response
    links = [link for card in msgspec.json.decode(response)["cards"] for link in card.get("links", [])]
    assert links
    for link in links:
        address = urlsplit(link["url"])
        assert (link["type"], address.hostname, address.query) == ("absolute", "registry.invalid", "")
        assert "appContext" not in link


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"last_visit": "2014-04-21"},
            "Last visit in the registry 19 days ago, on 21 April 2014: not more than 31 days.",
        ),
        (
            {"last_visit": "2014-05-11"},
            "Last baclofen prescription 20 days ago, on 20 April 2014: not more than 31 days.",
        ),
        ({"before_since": "2014-04-08"}, "32 days"),
        ({"before_since": "2014-04-08", "last_visit": "2014-04-09"}, "31 days ago, on 9 April 2014"),
    ],
)
def test_the_registry_knows_the_last_visit(fields, sentence):
    assert sentence in said("RtuFollowUp", **fields)


def test_the_registry_knows_registrations_and_opinions_that_the_ehr_does_not_send():
    """The registry answers for itself where the EHR leaves out the patient's record and the service requests."""
    kept_back = {"opinion": "second", "opinion_on": "2014-05-01", "missing": "requests"}
    assert rules(played("rtu-120", **kept_back))["RtuSecondOpinion"] == "info"
    assert "RtuPatientRegistration" not in rules(played("rtu-120", missing="patient"))
    assert rules(played("rtu-120", patient_registered="no"))["RtuPatientRegistration"] == "info"


def test_a_prescriber_whom_the_call_does_not_tell_is_unknown_to_the_registry():
    assert rules(played("rtu-120", prescriber_registered="unknown"))["RtuPrescriberRegistration"] == "info"
