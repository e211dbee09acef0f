"""What the service makes of a form: the same call, answer and rules as behind the hook, put into words."""

from __future__ import annotations

from datetime import date

import msgspec

from cds.cards.escaping import plain
from cds.cards.wording import fact, fill, standard_facts
from cds.chart.model import Chart
from cds.evaluation.examination import Examined, examine
from cds.knowledge import Knowledge
from cds.language import Catalogue, Language, catalogue
from cds.phrases import Phrase
from cds.playground.accept import accepted
from cds.playground.facts import as_on_card, doses_read, facts_read
from cds.playground.form import Decoded, FieldError, Form, Typed, decode, encode
from cds.playground.model import CardShown, Examination, Played, SuggestionShown, VerdictShown
from cds.playground.registry import registry_of
from cds.playground.request import moment_of, request_of, service_id_of
from cds.protocol.errors import ProtocolError
from cds.protocol.request import decode_request, service_for
from cds.protocol.response import Card, Response, Suggestion, encode_response
from cds.rules.finding import Finding
from cds.rules.registry import NOT_ASKED, Verdict
from cds.settings import Settings

__all__ = ["play"]

REFUSED = Phrase("The service refuses the call that this makes: {why}")


def play(
    typed: Typed,
    knowledge: Knowledge,
    settings: Settings,
    today: date,
    *,
    language: Language = "en",
    accept: str = "",
) -> Played:
    """A form from what was typed to the answer in words.

    Args:
        typed: the fields as a browser sends them.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        today: the day of a form that names none.
        language: what all is worded in.
        accept: uuid of a suggestion of the form's answer; the form is changed by it and played again.
    """
    decoded = decode(typed, today, knowledge)
    typed = {**encode(decoded.form, knowledge), **typed}
    words = catalogue(language)
    try:
        body, examined = _examined(decoded.form, knowledge, settings, language)
    except ProtocolError as refused:
        return Played(typed, _errors(decoded, words, refused), None)
    chosen = _suggestion(examined.response, accept)
    changed = accepted(decoded.form, chosen) if chosen else None
    if chosen is not None and changed is not None:
        again = play(encode(changed, knowledge), knowledge, settings, today, language=language)
        return Played(again.typed, again.errors, again.examination, chosen.label)
    return Played(typed, _errors(decoded, words), _worded(decoded.form, body, examined, knowledge, words))


def _examined(form: Form, knowledge: Knowledge, settings: Settings, language: Language) -> tuple[bytes, Examined]:
    body = msgspec.json.encode(request_of(form, knowledge))
    request = decode_request(body, service_for(service_id_of(form)), settings.limits)
    registry = registry_of(form)
    return body, examine(request, knowledge, settings, moment_of(form), registry=registry, language=language)


def _errors(decoded: Decoded, words: Catalogue, refused: ProtocolError | None = None) -> tuple[tuple[str, str], ...]:
    errors = decoded.errors
    if refused is not None:  # only the dosing as FHIR can bring something that the service refuses
        errors = (*errors, FieldError("sig_fhir", Phrase(REFUSED.template, why=str(refused))))
    return tuple((error.field, words.phrase(error.why)) for error in errors)


def _suggestion(response: Response, uuid: str) -> Suggestion | None:
    offered = (suggestion for card in response.cards for suggestion in card.suggestions)
    return next((suggestion for suggestion in offered if uuid and suggestion.uuid == uuid), None)


def _worded(form: Form, body: bytes, examined: Examined, knowledge: Knowledge, words: Catalogue) -> Examination:
    chart = examined.chart
    return Examination(
        concerned=chart is not None,
        request=_indented(body),
        response=_indented(encode_response(examined.response)),
        body=body.decode(),
        service=service_id_of(form),
        cards=tuple(_card(card, form) for card in examined.response.cards),
        doses=doses_read(chart, words) if chart else (),
        facts=facts_read(chart, words) if chart else (),
        verdicts=tuple(_verdict(one, chart, examined, knowledge, words) for one in examined.verdicts) if chart else (),
    )


def _indented(encoded: bytes) -> str:
    return msgspec.json.format(encoded, indent=2).decode()


def _card(card: Card, form: Form) -> CardShown:
    return CardShown(
        indicator=card.indicator,
        summary=card.summary,
        detail=card.detail or "",
        source=card.source.label,
        rule=card.source.topic.code if card.source.topic else "",
        suggestions=tuple(_shown(suggestion, form) for suggestion in card.suggestions),
        one_at_most=card.selection_behavior == "at-most-one",
        overrides=tuple(reason.display for reason in card.override_reasons if reason.display),
        forms=tuple(link.label for link in card.links),
    )


def _shown(suggestion: Suggestion, form: Form) -> SuggestionShown:
    writes = [action.resource_id or _indented(msgspec.json.encode(action.resource)) for action in suggestion.actions]
    return SuggestionShown(
        uuid=suggestion.uuid or "",
        label=suggestion.label,
        description=" ".join(action.description for action in suggestion.actions),
        recommended=suggestion.is_recommended,
        applies=accepted(form, suggestion) is not None,
        writes="\n".join(writes),
    )


def _verdict(
    verdict: Verdict, chart: Chart, examined: Examined, knowledge: Knowledge, words: Catalogue
) -> VerdictShown:
    rule = knowledge.rule(verdict.rule)
    title = words.text(rule.title)
    match verdict.said:
        case Finding() as finding:
            facts = {**standard_facts(chart, words), **finding.values, **finding.facts}
            return VerdictShown(
                rule=rule.id,
                title=title,
                family=rule.family,
                said=fill(rule.texts[finding.message].summary, facts, plain, words),
                indicator=finding.indicator.code,
                figures=tuple((name, fact(as_on_card(value), plain, words)) for name, value in finding.values.items()),
                held_back=rule.id not in examined.shown,
            )
        case silent:
            said = fill(silent.why, silent.facts, plain, words)
            return VerdictShown(rule.id, title, rule.family, said, "", asked=silent is not NOT_ASKED)
