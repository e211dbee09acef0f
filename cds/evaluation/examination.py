"""A call taken apart for the person who wants to see why: the chart, what every rule says of it, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cds.chart.model import Chart
from cds.chart.registration import RegistryAnswer
from cds.evaluation import assess, evaluate
from cds.knowledge import Knowledge
from cds.language import Language
from cds.protocol.request import HookRequest
from cds.protocol.response import Response
from cds.rules.registry import Verdict, verdicts
from cds.settings import Settings

__all__ = ["Examined", "examine"]


@dataclass(frozen=True, slots=True)
class Examined:
    """What the service makes of a call.

    Attributes:
        response: the answer, as the EHR gets it.
        chart: what was read; None where the call does not concern the service.
        verdicts: what every rule says; none without a chart.
        shown: the rules whose findings the hook shows.
    """

    response: Response
    chart: Chart | None = None
    verdicts: tuple[Verdict, ...] = ()
    shown: frozenset[str] = frozenset()


def examine(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    *,
    registry: RegistryAnswer,
    language: Language = "en",
) -> Examined:
    """The answer to a call, with what it rests on: the call and an invented registry, no other server.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        now: the moment of the call, with its offset.
        registry: what the registry of the French programme is taken to say; the links to its forms carry nothing.
        language: what the cards are worded in.
    """
    response = evaluate(request, knowledge, settings, now, language=language, registry=registry, invented=True)
    evaluation = assess(request, knowledge, settings, now, registry=registry)
    if evaluation is None:
        return Examined(response)
    chart = evaluation.chart
    shown = frozenset(finding.rule for finding in evaluation.findings)
    return Examined(response, chart, tuple(verdicts(chart, knowledge)), shown)
