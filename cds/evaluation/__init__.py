"""From a hook call to its answer: a pure function of the call, the knowledge, the settings and the moment.

`call` reads the request, `relevance` decides whether it concerns the service and what may be said, and this module puts the parts together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cds.cards.build import build_cards
from cds.cards.suggested import in_words
from cds.chart.build.chart import build_chart
from cds.chart.build.drafts import draft_orders
from cds.chart.model import Chart, Hook
from cds.evaluation.call import read_call
from cds.evaluation.effort import refuse_excess
from cds.evaluation.policy import policy_of
from cds.evaluation.relevance import concern_of, worth_checking
from cds.evaluation.report import Answer, Lap, report_of, untimed
from cds.evaluation.signing import signing_of
from cds.evaluation.wanted import wanted
from cds.fhir.asking import Fetched
from cds.fhir.prefetch import NOTHING_FETCHED, read_prefetch
from cds.fhir.record import Record
from cds.knowledge import Knowledge
from cds.language import Language, catalogue
from cds.protocol.discovery import PREFETCH
from cds.protocol.request import HookRequest
from cds.protocol.response import Response
from cds.protocol.vendors import adapt
from cds.rules.finding import Finding, Indicator
from cds.rules.registry import run_rules
from cds.security import Issuer
from cds.settings import Settings
from cds.suggestions.build import suggester
from cds.suggestions.orders import Signing

__all__ = ["Answer", "Evaluation", "answer", "assess", "evaluate", "policy_of", "wanted"]

INFO_WHILE_CHOOSING = frozenset({"DoseNotComputable", "ChecksIncomplete"})
"""The info findings that order-select still shows; everything else below a warning waits for the signature."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the service made of a call: the chart it read and what the rules said of it."""

    chart: Chart
    findings: tuple[Finding, ...]
    signing: Signing


def evaluate(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    language: Language = "en",
    issuer: Issuer | None = None,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
) -> Response:
    """The cards for one call; none where it does not concern the service.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        now: the moment of the call, with its offset.
        language: what the cards are worded in.
        issuer: who calls, as far as it is known: its jurisdiction goes before what order and patient tell, and the answer has its vendor's form.
        fetched: what asking the EHR's FHIR server brought; `wanted` tells what to ask.
    """
    return answer(request, knowledge, settings, now, language=language, issuer=issuer, fetched=fetched).response


def answer(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    language: Language = "en",
    issuer: Issuer | None = None,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
    lap: Lap = untimed,
) -> Answer:
    """The same with a report for logs and metrics.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        now: the moment of the call, with its offset.
        language: what the cards are worded in.
        issuer: who calls, as far as it is known.
        fetched: what asking the EHR's FHIR server brought.
        lap: told the end of the phases `read` and `evaluate`.
    """
    evaluation = assess(request, knowledge, settings, now, issuer=issuer, fetched=fetched, lap=lap)
    if evaluation is None:
        return Answer(Response(cards=()))
    seed = f"{request.service_id}/{request.hook_instance}"
    words = catalogue(language)
    cards = build_cards(
        evaluation.chart,
        evaluation.findings,
        knowledge,
        rules_url=f"{settings.public_url.rstrip('/')}/rules",
        seed=seed,
        language=language,
        suggest=suggester(
            evaluation.chart, evaluation.findings, knowledge, words, signing=evaluation.signing, seed=seed
        ),
    )
    vendor = "generic" if issuer is None else issuer.vendor
    response = adapt(Response(cards=cards), vendor, in_words(words))
    lap("evaluate")
    return Answer(response, report_of(evaluation.chart, evaluation.findings))


def assess(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    issuer: Issuer | None = None,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
    lap: Lap = untimed,
) -> Evaluation | None:
    """The chart and the findings of a call, before they are worded; None where it does not concern the service.

    At an order hook prefetch is decoded only when a draft is baclofen, or may be, or matters to a patient who takes baclofen. A hook
    without orders says nothing of what it is about, so there the record is read.
    """
    call = read_call(request, now)
    refuse_excess(call, Record(), settings.limits)
    concern = concern_of(call, draft_orders(call, Record(), knowledge), knowledge)
    if concern == "none":
        lap("read")
        return None
    record = read_prefetch(request.prefetch, PREFETCH, call.patient_id, fetched, settings.limits)
    refuse_excess(call, record, settings.limits)
    call = replace(call, medications={**record.medications, **call.medications})
    drafts = draft_orders(call, record, knowledge)
    if concern == "doubt":  # the record may tell what the drafts did not
        concern = concern_of(call, drafts, knowledge)
        if concern == "none":
            lap("read")
            return None
    chart = worth_checking(build_chart(call, record, drafts, knowledge, policy_of(settings, issuer)), concern)
    lap("read")
    if chart is None:
        return None
    findings = [finding for finding in run_rules(chart, knowledge) if _speaks(finding, call.hook)]
    return Evaluation(chart, tuple(findings), signing_of(request, call, record))


def _speaks(finding: Finding, hook: Hook) -> bool:
    return hook != "order-select" or finding.indicator > Indicator.INFO or finding.rule in INFO_WHILE_CHOOSING
