"""The suggestions of one card: remedies chosen, worded, written as FHIR and checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cds.cards.escaping import plain
from cds.cards.identity import SuggestionIdentity, suggestion_id
from cds.cards.wording import Worded, fill, order_line
from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.language import Catalogue
from cds.protocol.response import MENDS_EXTENSION, Action, Suggestion
from cds.remedies import amounts
from cds.remedies.choose import Remedies
from cds.remedies.model import Limit, Mention, Redose, Remedy, Request, Taper, Withdraw
from cds.rules.finding import Fact, Finding
from cds.suggestions import orders
from cds.suggestions.orders import Json, Signing
from cds.suggestions.valid import is_valid


def suggester(
    chart: Chart,
    findings: Iterable[Finding],
    knowledge: Knowledge,
    words: Catalogue,
    *,
    signing: Signing,
    seed: str,
    key: bytes,
) -> Suggester:
    """What makes the suggestions of an answer's cards; all its findings are looked at, so that no two cards recommend opposite things."""
    remedies = Remedies(chart, knowledge)
    return Suggester(chart, knowledge, words, signing, seed, key, remedies, remedies.withdrawing(findings))


@dataclass(frozen=True, slots=True)
class _Written:
    """A remedy in words and in FHIR."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class Suggester:
    """Makes the suggestions of every card of one answer.

    Attributes:
        chart: the patient.
        knowledge: texts and services.
        words: the language.
        signing: the call.
        seed: identifies the call, so that the same call gives the same suggestions.
        key: `Keys.card`, which signs the ids of suggestions.
        remedies: what each card may offer.
        withdrawn: a card of the answer advises to take the draft back.
    """

    chart: Chart
    knowledge: Knowledge
    words: Catalogue
    signing: Signing
    seed: str
    key: bytes = field(repr=False)
    remedies: Remedies
    withdrawn: bool
    _written: dict[str, _Written | None] = field(default_factory=dict, repr=False)

    def __call__(self, findings: Iterable[Finding]) -> tuple[Suggestion, ...]:
        """The suggestions for a card's findings, the recommended one first.

        One is recommended where they exclude each other, as ways to change the same order do.
        """
        members = tuple(findings)
        made = []
        for remedy in self.remedies.of_card(members, withdrawn=self.withdrawn):
            written = self._write(remedy)
            if written is not None:
                made.append((remedy, written))
        exclusive = any(changes_order(remedy) for remedy, _ in made)
        lead = members[0].rule if members else ""
        return tuple(
            self._suggestion(remedy, written, lead, recommended=exclusive and number == 0)
            for number, (remedy, written) in enumerate(made)
        )

    def _suggestion(self, remedy: Remedy, written: _Written, lead: str, *, recommended: bool) -> Suggestion:
        return Suggestion(
            label=written.label,
            uuid=suggestion_id(SuggestionIdentity(lead, remedy.key), self.key, self.seed),
            is_recommended=recommended,
            actions=(written.action,),
            extension={MENDS_EXTENSION: list(remedy.mends)} if remedy.mends else None,
        )

    def _write(self, remedy: Remedy) -> _Written | None:
        """The label and the action of a remedy, which are the same on every card; what it mends is not."""
        if remedy.key not in self._written:
            texts, facts = self.knowledge.remedy(remedy.key), {**self._facts(remedy), **remedy.facts}
            action = self._action(remedy, fill(texts.description, facts, plain, self.words))
            label = fill(texts.label, facts, plain, self.words)
            self._written[remedy.key] = None if action is None else _Written(label, action)
        return self._written[remedy.key]

    def _action(self, remedy: Remedy, description: str) -> Action | None:
        match remedy.change:
            case Withdraw(order):
                if self.signing.draft(order.reference) is None:
                    return None
                return Action(type="delete", description=description, resource_id=order.reference)
            case Request(service):
                entry = self.knowledge.service(service)
                text = self.words.text(entry.text)
                request = orders.service_request(entry, self.chart.jurisdiction.code, self.signing, text)
                return self._create(request, description)
            case Taper() as change:
                return self._create(orders.taper(change, self.signing, self.words), description)
            case Redose(order) | Limit(order) | Mention(order):
                return self._update(remedy, order, description)

    def _create(self, resource: Json | None, description: str) -> Action | None:
        if resource is None or not is_valid(resource):
            return None
        return Action(type="create", description=description, resource=resource)

    def _update(self, remedy: Remedy, order: Order, description: str) -> Action | None:
        draft = self.signing.draft(order.reference)
        if draft is None:
            return None
        match remedy.change:
            case Redose() as change:
                changed = orders.redosed(draft, change, self.signing, self.words)
            case Limit() as change:
                changed = orders.limited(draft, change, self.words)
            case Mention() as change:
                changed = orders.mentioned(draft, change)
            case _:
                return None
        resource = changed if is_valid(changed) else orders.carried(changed)
        if resource is not changed and not is_valid(resource):
            return None
        return Action(type="update", description=description, resource=resource)

    def _facts(self, remedy: Remedy) -> dict[str, Fact]:
        match remedy.change:
            case Redose(order, stages, to_zero):
                changed = order_line(amounts.redosed(order, stages, to_zero=to_zero), self.words)
                return {"order": Worded(order_line(order, self.words)), "new_order": Worded(changed)}
            case Taper(order, stages):
                changed = order_line(amounts.redosed(order, stages, to_zero=True), self.words)
                return {"order": Worded(order_line(order, self.words)), "new_order": Worded(changed)}
            case Limit(order) | Mention(order) | Withdraw(order):
                return {"order": Worded(order_line(order, self.words))}
            case Request():
                return {}


def changes_order(remedy: Remedy) -> bool:
    """Whether choosing it changes the order on hand, so that it excludes the other ways to change it."""
    return isinstance(remedy.change, Redose | Taper | Limit | Withdraw)
