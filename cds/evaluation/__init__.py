"""From a hook call to its answer: a pure function of the call, the knowledge, the settings and the moment.

`call` reads the request, `relevance` decides whether it concerns the service and what may be said, and this module puts the parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from cds.cards.build import build_cards
from cds.cards.suggested import in_words
from cds.chart.build.chart import Call, build_chart
from cds.chart.build.drafts import draft_orders, named_drafts
from cds.chart.build.programme import oldest_opinion
from cds.chart.model import Chart, Hook
from cds.chart.registration import RegistryAnswer, RegistryQuestion, with_registry
from cds.evaluation.call import read_call
from cds.evaluation.effort import refuse_excess
from cds.evaluation.links import Linked, links_of
from cds.evaluation.policy import policy_of
from cds.evaluation.relevance import concern_of, worth_checking
from cds.evaluation.report import Answer, Evaluation, Lap, report_of, unit_of, untimed
from cds.evaluation.signing import signing_of
from cds.evaluation.wanted import wanted
from cds.fhir.asking import Fetched
from cds.fhir.prefetch import NOTHING_FETCHED, read_prefetch
from cds.fhir.record import Record
from cds.knowledge import Knowledge
from cds.language import Language, catalogue
from cds.protocol.discovery import PREFETCH
from cds.protocol.request import HookRequest
from cds.protocol.response import Card, Response
from cds.protocol.vendors import adapt
from cds.rules.finding import Finding, Indicator
from cds.rules.registry import findings_of, standing
from cds.security import NO_SECRET, Issuer, Keys
from cds.security.issuers import namespace_of
from cds.security.modes import NO_MODES, Modes
from cds.settings import Settings
from cds.suggestions.build import suggester
from cds.suggestions.orders import Signing

__all__ = ["Answer", "Pending", "assess", "begin", "evaluate", "may_concern", "policy_of", "wanted"]

INFO_WHILE_CHOOSING = frozenset({"DoseNotComputable", "ChecksIncomplete"})
"""The info findings that order-select still shows; everything else below a warning waits for the signature."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that has been read and waits for the registry of the French programme before the rules run.

    Attributes:
        question: what to ask it.
    """

    question: RegistryQuestion
    _read: _Read
    _finish: Callable[[_Read, RegistryAnswer | None], Answer]

    def finish(self, registry: RegistryAnswer | None) -> Answer:
        """The answer, with what the registry said; None where there is no registry."""
        return self._finish(self._read, registry)


@dataclass(frozen=True, slots=True)
class _Read:
    """A call whose chart has been built."""

    call: Call
    chart: Chart
    signing: Signing
    unit: str

    @property
    def question(self) -> RegistryQuestion:
        """What to ask a registry."""
        people = self.chart.programme.prescribers
        return RegistryQuestion(self.call.patient_id, tuple(chain.from_iterable(people)))


def evaluate(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    language: Language = "en",
    issuer: Issuer | None = None,
    keys: Keys = NO_SECRET,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
    registry: RegistryAnswer | None = None,
    invented: bool = False,
) -> Response:
    """The cards for one call; none where it does not concern the service.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        now: the moment of the call, with its offset.
        language: what the cards are worded in.
        issuer: who calls, as far as it is known: its jurisdiction goes before what order and patient tell, and the answer has its vendor's form.
        keys: of the service; they sign the ids of its cards.
        fetched: what asking the EHR's FHIR server brought; `wanted` tells what to ask.
        registry: what the registry of the French programme says of patient and prescriber.
        invented: nobody said that; the links to its forms then carry nothing and lead nowhere.
    """
    begun = begin(
        request,
        knowledge,
        settings,
        now,
        language=language,
        issuer=issuer,
        keys=keys,
        fetched=fetched,
        invented=invented,
    )
    return (begun.finish(registry) if isinstance(begun, Pending) else begun).response


def begin(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    language: Language = "en",
    issuer: Issuer | None = None,
    keys: Keys = NO_SECRET,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
    lap: Lap = untimed,
    invented: bool = False,
) -> Answer | Pending:
    """The same in two steps: most calls are answered at once, and one of the French programme first tells what to ask its registry.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        now: the moment of the call, with its offset.
        language: what the cards are worded in.
        issuer: who calls, as far as it is known: its jurisdiction goes before what order and patient tell, and the answer has its vendor's form.
        keys: of the service; they sign the ids of its cards.
        fetched: what asking the EHR's FHIR server brought.
        lap: told the end of the phases `read` and `evaluate`.
        invented: what the registry says will be invented.
    """

    def finish(read: _Read, registry: RegistryAnswer | None) -> Answer:
        evaluation = _judged(read, knowledge, registry, NO_MODES if issuer is None else issuer.modes)
        seed = f"{request.service_id}/{request.hook_instance}"
        linked = None
        if registry is not None:
            namespace = namespace_of(issuer, request.fhir_server)
            linked = Linked(settings, keys, issuer, namespace, request.patient_id, now, invented)
        cards = _cards(evaluation, knowledge, settings, seed=seed, key=keys.card, language=language, linked=linked)
        vendor = "generic" if issuer is None else issuer.vendor
        response = adapt(Response(cards=cards), vendor, in_words(catalogue(language)))
        lap("evaluate")
        return Answer(response, report_of(evaluation, knowledge, read.unit))

    read = _opened(request, knowledge, settings, now, issuer=issuer, fetched=fetched)
    lap("read")
    if read is None:
        return Answer(Response(cards=()))
    if read.chart.in_programme:
        return Pending(read.question, read, finish)
    return finish(read, None)


def may_concern(request: HookRequest, knowledge: Knowledge, now: datetime) -> bool:
    """Whether a call may concern the service, by its hook and what its drafts name alone; what it prefetched is not looked at.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        now: the moment of the call.
    """
    call = read_call(request, now)
    return concern_of(call, named_drafts(call, knowledge), knowledge) != "none"


def assess(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    issuer: Issuer | None = None,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
    registry: RegistryAnswer | None = None,
) -> Evaluation | None:
    """The chart and the findings of a call, before they are worded; None where it does not concern the service."""
    read = _opened(request, knowledge, settings, now, issuer=issuer, fetched=fetched)
    return None if read is None else _judged(read, knowledge, registry, NO_MODES)


def _opened(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    issuer: Issuer | None,
    fetched: Mapping[str, Fetched],
) -> _Read | None:
    """The chart of a call; None where it does not concern the service.

    At an order hook prefetch is decoded only when a draft is baclofen, or may be, or matters to a patient who takes baclofen. A hook
    without orders says nothing of what it is about, so there the record is read.
    """
    call = read_call(request, now)
    refuse_excess(call, Record(), settings.limits)
    concern = concern_of(call, named_drafts(call, knowledge), knowledge)
    if concern == "none":
        return None
    record = read_prefetch(request.prefetch, PREFETCH, call.patient_id, fetched, settings.limits)
    refuse_excess(call, record, settings.limits)
    call = replace(call, medications={**record.medications, **call.medications})
    drafts = draft_orders(call, record, knowledge)
    if concern == "doubt":  # the record may tell what the drafts did not
        concern = concern_of(call, drafts, knowledge)
        if concern == "none":
            return None
    chart = worth_checking(build_chart(call, record, drafts, knowledge, policy_of(settings, issuer)), concern)
    if chart is None:
        return None
    return _Read(call, chart, signing_of(request, call, record), unit_of(record, call.encounter_id))


def _judged(read: _Read, knowledge: Knowledge, registry: RegistryAnswer | None, modes: Modes) -> Evaluation:
    """What the rules say of the chart, completed by what the registry knows, and what the operator keeps from the prescriber.

    A finding stands for another one only where it is said itself: where RenalAcute is kept, RenalSevere speaks.
    """
    chart = read.chart
    if registry is not None:
        oldest = oldest_opinion(knowledge, chart.evaluation_date)
        programme = with_registry(chart.programme, registry, oldest, chart.evaluation_date)
        chart = replace(chart, programme=programme)
    found = findings_of(chart, knowledge)
    kept = {finding.rule: modes.of(finding.rule) for finding in found}
    heard = [finding for finding in found if kept[finding.rule] != "off"]
    said = standing((finding for finding in heard if kept[finding.rule] == "shown"), knowledge)
    would_be = standing(heard, knowledge) if "silent" in kept.values() else []
    return Evaluation(
        chart,
        tuple(finding for finding in said if _speaks(finding, read.call.hook)),
        read.signing,
        tuple(finding for finding in would_be if kept[finding.rule] == "silent" and _speaks(finding, read.call.hook)),
    )


def _cards(
    evaluation: Evaluation,
    knowledge: Knowledge,
    settings: Settings,
    *,
    seed: str,
    key: bytes,
    language: Language,
    linked: Linked | None,
) -> tuple[Card, ...]:
    chart, findings, words = evaluation.chart, evaluation.findings, catalogue(language)
    return build_cards(
        chart,
        findings,
        knowledge,
        rules_url=f"{settings.public_url.rstrip('/')}/rules",
        seed=seed,
        key=key,
        language=language,
        suggest=suggester(chart, findings, knowledge, words, signing=evaluation.signing, seed=seed, key=key),
        links=None if linked is None else links_of(linked, chart, knowledge, words),
    )


def _speaks(finding: Finding, hook: Hook) -> bool:
    return hook != "order-select" or finding.indicator > Indicator.INFO or finding.rule in INFO_WHILE_CHOOSING
